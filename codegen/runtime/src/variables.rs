//! Values of variables against their declarations, before anything is executed.
//!
//! A document whose variables all fit need not be validated again. What does not fit is refused here
//! if its type is built in, and left to async-graphql's validation otherwise.

use std::collections::BTreeMap;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{BaseType, Type, VariableDefinition};
use async_graphql::registry::{MetaInputValue, MetaType, Registry, ScalarValidatorFn};
use async_graphql::{ErrorExtensionValues, Name, Positioned, ServerError, Value, Variables};

/// What can be said about a value.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Verdict {
    Fits,
    /// Validation has to say what is wrong with it.
    Unknown,
    Refused,
}

/// The types that variables can have, besides those that are built in.
pub(crate) struct InputTypes(BTreeMap<String, InputType>);

enum InputType {
    /// With what tells whether a value is one of it.
    Scalar(Option<ScalarValidatorFn>),
    /// With the names of its values.
    Enum(Vec<String>),
    Object(Vec<InputField>),
}

struct InputField {
    name: String,
    ty: Type,
    /// Whether it may be left out, because it is nullable or has a default.
    is_optional: bool,
}

impl InputTypes {
    pub(crate) fn of(registry: Registry) -> Self {
        let types = registry.types.into_iter();
        Self(types.filter_map(|(name, ty)| Some((name, InputType::of(ty)?))).collect())
    }

    /// Checks all variables of an operation; `true` if nothing is left to validation.
    pub(crate) fn check(
        &self,
        definitions: &[Positioned<VariableDefinition>],
        variables: &Variables,
    ) -> Result<bool, ServerError> {
        let mut decided = true;
        for definition in definitions {
            let (pos, definition) = (definition.pos, &definition.node);
            let (name, ty) = (&definition.name.node, &definition.var_type.node);
            let verdict = match variables.get(name) {
                // With a default, a nullable variable may stand where null may not.
                Some(Value::Null) if ty.nullable && definition.default_value.is_some() => {
                    Verdict::Unknown
                }
                Some(value) => self.judge(ty, value),
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

    fn judge(&self, ty: &Type, value: &Value) -> Verdict {
        match (&ty.base, value) {
            (_, Value::Null) if ty.nullable => Verdict::Fits,
            (_, Value::Null) => Verdict::Refused,
            (BaseType::List(item), Value::List(items)) => {
                worst(items.iter().map(|value| self.judge(item, value)))
            }
            // A single value stands for a list of one.
            (BaseType::List(item), value) => self.judge(item, value),
            (BaseType::Named(name), value) => self.judge_named(name, value),
        }
    }

    fn judge_named(&self, name: &str, value: &Value) -> Verdict {
        let fits = match (name, value) {
            ("Int", Value::Number(number)) => {
                number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
            }
            ("Float", value) => matches!(value, Value::Number(_)),
            ("String", value) => matches!(value, Value::String(_)),
            ("Boolean", value) => matches!(value, Value::Boolean(_)),
            ("Int", _) => false,
            _ => return self.judge_own(name, value),
        };
        if fits { Verdict::Fits } else { Verdict::Refused }
    }

    /// Types of the API: what does not fit is left to validation, which explains it.
    fn judge_own(&self, name: &str, value: &Value) -> Verdict {
        let fits = match (self.0.get(name), value) {
            (Some(InputType::Scalar(is_valid)), value) => {
                is_valid.as_ref().is_none_or(|is_valid| is_valid(value))
            }
            (Some(InputType::Enum(values)), Value::String(name)) => values.contains(name),
            (Some(InputType::Enum(values)), Value::Enum(name)) => {
                values.iter().any(|value| value == name)
            }
            (Some(InputType::Object(fields)), Value::Object(members)) => self.fits(fields, members),
            // Validation takes anything for an input object.
            (Some(InputType::Object(_)), _) => return Verdict::Refused,
            _ => false,
        };
        if fits { Verdict::Fits } else { Verdict::Unknown }
    }

    /// Whether members are those of an input object. Looks through the fields for each: there are
    /// few, and hashing their names would take longer.
    fn fits(&self, fields: &[InputField], members: &IndexMap<Name, Value>) -> bool {
        let mut is_given = vec![false; fields.len()];
        for (name, value) in members {
            let Some(at) = fields.iter().position(|field| field.name == *name) else {
                return false;
            };
            is_given[at] = true;
            if self.judge(&fields[at].ty, value) != Verdict::Fits {
                return false;
            }
        }
        fields.iter().zip(is_given).all(|(field, is_given)| is_given || field.is_optional)
    }
}

impl InputType {
    /// Keeps what is needed of a type; none, if it is none of input.
    fn of(ty: MetaType) -> Option<Self> {
        Some(match ty {
            MetaType::Scalar { is_valid, .. } => Self::Scalar(is_valid),
            MetaType::Enum { enum_values, .. } => {
                Self::Enum(enum_values.into_values().map(|value| value.name).collect())
            }
            MetaType::InputObject { input_fields, .. } => {
                Self::Object(input_fields.into_values().map(InputField::of).collect::<Option<_>>()?)
            }
            MetaType::Object { .. } | MetaType::Interface { .. } | MetaType::Union { .. } => {
                return None;
            }
        })
    }
}

impl InputField {
    fn of(field: MetaInputValue) -> Option<Self> {
        // `[Item!]`; an object with a type that cannot be read would be left to validation.
        let ty = Type::new(&field.ty)?;
        let is_optional = ty.nullable || field.default_value.is_some();
        Some(Self { name: field.name, ty, is_optional })
    }
}

fn worst(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    verdicts.max().unwrap_or(Verdict::Fits)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::value;

    use super::*;
    use crate::types;

    /// `input Item { id: Int!, kind: Kind = A, tags: [String!] }`, `enum Kind { A }`
    fn types() -> InputTypes {
        let mut registry = Registry::default();
        let field = |name: &str, ty: &str, default: Option<&str>| MetaInputValue {
            default_value: default.map(str::to_owned),
            ..types::input(name, "", ty.to_owned())
        };
        let fields = vec![
            field("id", "Int!", None),
            field("kind", "Kind", Some("A")),
            field("tags", "[String!]", None),
        ];
        let item = types::input_object("Item", "", fields);
        registry.types.insert("Item".to_owned(), item);
        let kind = types::enum_type("Kind", "", [("A", "")].into_iter());
        registry.types.insert("Kind".to_owned(), kind);
        InputTypes::of(registry)
    }

    /// `Some(true)`: all decided, `Some(false)`: something left to validation, `None`: refused.
    fn verdict(query: &str, variables: Value) -> Option<bool> {
        let document = parse_query(query).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let variables = Variables::from_value(variables);
        types().check(&operation.node.variable_definitions, &variables).ok()
    }

    #[test]
    fn built_in_scalars_are_decided() {
        let fits = Some(true);
        assert_eq!(verdict("query ($a: Int!, $b: String) { f }", value!({"a": 1})), fits);
        assert_eq!(verdict("query ($a: Int! = 1) { f }", value!({})), fits);
        assert_eq!(verdict("query ($a: Int! = 1) { f }", value!({"a": null})), None);
        assert_eq!(verdict("query ($a: Int = 1) { f }", value!({"a": null})), Some(false));
        assert_eq!(verdict("query ($a: Int = 1) { f }", value!({})), fits);
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
    fn types_of_the_api_are_known() {
        let fits = |value| verdict("query ($a: [Item!]!) { f }", value!({ "a": value }));
        for value in [
            value!({"id": 1}),
            value!([{"id": 1, "kind": "A", "tags": []}, {"id": 2, "tags": "x"}]),
            value!({"id": 1, "kind": null, "tags": null}),
        ] {
            assert_eq!(fits(value.clone()), Some(true), "{value}");
        }
        for value in [
            value!({}),
            value!({"id": null}),
            value!({"id": "1"}),
            value!({"id": 1, "kind": "B"}),
            value!({"id": 1, "tags": [null]}),
            value!({"id": 1, "other": 1}),
        ] {
            assert_eq!(fits(value.clone()), Some(false), "{value}");
        }
        assert_eq!(fits(value!(1)), None);
        assert_eq!(fits(value!([{"id": 1}, 1])), None);
        assert_eq!(verdict("query ($a: Unknown) { f }", value!({"a": {}})), Some(false));
        assert_eq!(verdict("query ($a: Item!) { f }", value!({})), None);
        assert_eq!(verdict("query ($a: Item) { f }", value!({})), Some(true));
    }
}
