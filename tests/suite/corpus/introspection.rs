//! A schema as it says itself what it is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::client::Client;

const QUERY: &str = "{
  __schema { queryType { name } mutationType { name } types {
    kind name
    fields(includeDeprecated: true) {
      name args { name type { ...ref } defaultValue } type { ...ref }
    }
    inputFields { name type { ...ref } }
    enumValues(includeDeprecated: true) { name }
  } }
}
fragment ref on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType {
    kind name ofType { kind name ofType { kind name ofType { kind name } } }
  } } } }
}";

/// Everything the harness needs to know of a schema.
pub(crate) struct Schema {
    types: BTreeMap<String, Type>,
    query: String,
    mutation: Option<String>,
    /// Types and their fields that lead to rows of other views.
    relations: BTreeSet<(String, String)>,
}

/// A type with what its kind has.
#[derive(Deserialize)]
pub(crate) struct Type {
    pub(crate) kind: String,
    name: String,
    fields: Option<Vec<Field>>,
    #[serde(rename = "inputFields")]
    inputs: Option<Vec<Input>>,
    #[serde(rename = "enumValues")]
    values: Option<Vec<EnumValue>>,
}

/// A field of an object.
#[derive(Clone, Deserialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    #[serde(rename = "args")]
    pub(crate) arguments: Vec<Input>,
    #[serde(rename = "type")]
    pub(crate) ty: TypeRef,
}

/// An argument, or a field of an input object.
#[derive(Clone, Deserialize)]
pub(crate) struct Input {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) ty: TypeRef,
}

#[derive(Deserialize)]
struct EnumValue {
    name: String,
}

/// A type where it is used.
#[derive(Clone, Deserialize)]
pub(crate) struct TypeRef {
    kind: String,
    name: Option<String>,
    #[serde(rename = "ofType")]
    inner: Option<Box<TypeRef>>,
}

impl Schema {
    /// Asks a server. Which fields are relations, no schema says.
    pub(crate) fn ask(client: &mut Client, relations: BTreeSet<(String, String)>) -> Self {
        let answer = client.send(QUERY, None, &json!({}));
        let said = &answer["data"]["__schema"];
        assert!(said.is_object(), "no introspection: {answer}");
        let types: Vec<Type> = serde_json::from_value(said["types"].clone()).expect("types");
        let name = |root: &str| said[root]["name"].as_str().map(str::to_owned);
        Self {
            types: types.into_iter().map(|ty| (ty.name.clone(), ty)).collect(),
            query: name("queryType").expect("a query type"),
            mutation: name("mutationType"),
            relations,
        }
    }

    /// The root fields that read.
    pub(crate) fn queries(&self) -> &[Field] {
        self.fields(&self.query)
    }

    /// The root fields that write.
    pub(crate) fn mutations(&self) -> &[Field] {
        self.mutation.as_deref().map_or(&[], |name| self.fields(name))
    }

    /// The fields of an object type; none for any other type.
    pub(crate) fn fields(&self, ty: &str) -> &[Field] {
        self.types[ty].fields.as_deref().unwrap_or_default()
    }

    /// Whether a field leads to rows of another view.
    pub(crate) fn is_relation(&self, ty: &str, field: &str) -> bool {
        self.relations.contains(&(ty.to_owned(), field.to_owned()))
    }

    /// Whether a field leads to rows of another view, or to an aggregate of them.
    pub(crate) fn is_elsewhere(&self, ty: &str, field: &str) -> bool {
        let aggregated = field.strip_suffix("Aggregate");
        self.is_relation(ty, field) || aggregated.is_some_and(|name| self.is_relation(ty, name))
    }

    /// The fields that lead to rows of other views.
    pub(crate) fn relations(&self, ty: &str) -> impl Iterator<Item = &Field> {
        self.fields(ty).iter().filter(move |field| self.is_relation(ty, &field.name))
    }

    /// The fields of an input object.
    pub(crate) fn inputs(&self, ty: &str) -> &[Input] {
        self.types[ty].inputs.as_deref().unwrap_or_default()
    }

    /// The values of an enum, in order.
    pub(crate) fn values(&self, ty: &str) -> Vec<&str> {
        let values = self.types[ty].values.as_deref().unwrap_or_default();
        values.iter().map(|value| value.name.as_str()).collect()
    }

    /// Whether values have no fields to select.
    pub(crate) fn is_leaf(&self, ty: &str) -> bool {
        self.types[ty].fields.is_none()
    }

    /// What is wrong with a value that is not null of a type that is no object.
    pub(crate) fn leaf_fault(&self, ty: &str, value: &Value) -> Option<String> {
        let fits = match ty {
            "Int" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
            "Float" => value.is_number(),
            "Boolean" => value.is_boolean(),
            "JSON" => true,
            _ if self.types[ty].kind == "ENUM" => {
                value.as_str().is_some_and(|value| self.values(ty).contains(&value))
            }
            _ => value.is_string(),
        };
        (!fits).then(|| format!("{value} is no {ty}"))
    }
}

impl Field {
    /// The argument of a name.
    pub(crate) fn argument(&self, name: &str) -> Option<&Input> {
        self.arguments.iter().find(|argument| argument.name == name)
    }
}

impl TypeRef {
    /// The type without non-null and list.
    pub(crate) fn name(&self) -> &str {
        match &self.inner {
            Some(inner) => inner.name(),
            None => self.name.as_deref().expect("a type has a name"),
        }
    }

    /// The type inside a list, and nothing if it is none.
    pub(crate) fn element(&self) -> Option<&Self> {
        let inner = self.nullable();
        (inner.kind == "LIST").then(|| inner.inner.as_deref().expect("a list of something"))
    }

    /// Whether null is not among its values.
    pub(crate) fn is_required(&self) -> bool {
        self.kind == "NON_NULL"
    }

    /// The type without its outer non-null.
    pub(crate) fn nullable(&self) -> &Self {
        match &self.inner {
            Some(inner) if self.is_required() => inner,
            _ => self,
        }
    }
}

impl std::fmt::Display for TypeRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.kind.as_str(), &self.inner) {
            ("NON_NULL", Some(inner)) => write!(f, "{inner}!"),
            ("LIST", Some(inner)) => write!(f, "[{inner}]"),
            _ => f.write_str(self.name()),
        }
    }
}
