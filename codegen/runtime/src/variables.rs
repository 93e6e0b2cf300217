//! Values of variables against their declarations, before anything is executed.
//!
//! Built-in scalars and lists of them are decided here. Other types are left to async-graphql's
//! validation, which knows them, so a document whose variables are all decided need not be
//! validated again.

use async_graphql::parser::types::{BaseType, OperationDefinition, Type};
use async_graphql::{ErrorExtensionValues, ServerError, Value, Variables};

/// What can be said about a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verdict {
    Fits,
    /// Its type is not a built-in scalar.
    Unknown,
    Refused,
}

/// Checks all variables of an operation; `true` if nothing is left to validation.
pub(crate) fn check(
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<bool, ServerError> {
    let mut decided = true;
    for definition in &operation.variable_definitions {
        let (pos, definition) = (definition.pos, &definition.node);
        let (name, ty) = (&definition.name.node, &definition.var_type.node);
        let verdict = match variables.get(name) {
            Some(value) => judge(ty, value),
            None if ty.nullable || definition.default_value.is_some() => Verdict::Fits,
            None => Verdict::Refused,
        };
        decided &= verdict == Verdict::Fits;
        if verdict == Verdict::Refused {
            let message = match variables.get(name) {
                Some(_) => format!("variable `${name}` has no value of type `{ty}`"),
                None => format!("variable `${name}` of type `{ty}` is required"),
            };
            let mut error = ServerError::new(message, Some(pos));
            let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
            extensions.set("code", "BAD_USER_INPUT");
            return Err(error);
        }
    }
    Ok(decided)
}

fn judge(ty: &Type, value: &Value) -> Verdict {
    match (&ty.base, value) {
        (_, Value::Null) if ty.nullable => Verdict::Fits,
        (_, Value::Null) => Verdict::Refused,
        (BaseType::List(item), Value::List(items)) => {
            let verdicts = items.iter().map(|value| judge(item, value));
            verdicts.fold(Verdict::Fits, |worst, verdict| match (worst, verdict) {
                (Verdict::Refused, _) | (_, Verdict::Refused) => Verdict::Refused,
                (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
                _ => Verdict::Fits,
            })
        }
        // A single value stands for a list of one.
        (BaseType::List(item), value) => judge(item, value),
        (BaseType::Named(name), value) => judge_scalar(name, value),
    }
}

fn judge_scalar(name: &str, value: &Value) -> Verdict {
    let fits = match (name, value) {
        ("Int", Value::Number(number)) => {
            number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
        }
        ("Float", value) => matches!(value, Value::Number(_)),
        ("String", value) => matches!(value, Value::String(_)),
        ("Boolean", value) => matches!(value, Value::Boolean(_)),
        ("Int", _) => false,
        _ => return Verdict::Unknown,
    };
    if fits { Verdict::Fits } else { Verdict::Refused }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::value;

    use super::*;

    /// `Some(true)`: all decided, `Some(false)`: something left to validation, `None`: refused.
    fn verdict(query: &str, variables: Value) -> Option<bool> {
        let document = parse_query(query).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        check(&operation.node, &Variables::from_value(variables)).ok()
    }

    #[test]
    fn built_in_scalars_are_decided() {
        let fits = Some(true);
        assert_eq!(verdict("query ($a: Int!, $b: String) { f }", value!({"a": 1})), fits);
        assert_eq!(verdict("query ($a: Int! = 1) { f }", value!({})), fits);
        assert_eq!(verdict("query ($a: Int! = 1) { f }", value!({"a": null})), None);
        assert_eq!(verdict("query ($a: Int!) { f }", value!({})), None);
        assert_eq!(verdict("query ($a: Int!) { f }", value!({"a": 3000000000u64})), None);
        assert_eq!(verdict("query ($a: Int!) { f }", value!({"a": "1"})), None);
        assert_eq!(verdict("query ($a: Float!) { f }", value!({"a": 1})), fits);
        assert_eq!(verdict("query ($a: Boolean!) { f }", value!({"a": "true"})), None);
    }

    #[test]
    fn lists_are_decided_by_their_items() {
        assert_eq!(verdict("query ($a: [Int!]) { f }", value!({"a": [1, 2]})), Some(true));
        assert_eq!(verdict("query ($a: [Int!]) { f }", value!({"a": 1})), Some(true));
        assert_eq!(verdict("query ($a: [Int!]) { f }", value!({"a": [1, null]})), None);
        assert_eq!(verdict("query ($a: [Int]) { f }", value!({"a": [1, null]})), Some(true));
        assert_eq!(verdict("query ($a: [X!]) { f }", value!({"a": [{}, null]})), None);
    }

    #[test]
    fn other_types_are_left_to_validation() {
        assert_eq!(verdict("query ($a: OrderInput!) { f }", value!({"a": {}})), Some(false));
        assert_eq!(verdict("query ($a: OrderInput!) { f }", value!({})), None);
        assert_eq!(verdict("query ($a: OrderInput) { f }", value!({})), Some(true));
    }
}
