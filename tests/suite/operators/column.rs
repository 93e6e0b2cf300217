//! What rows can be filtered by, as the running schema says, and the rows themselves.

use async_graphql::Executor;
use serde_json::{Value, json};
use tests::request::execute;

/// Something that rows can be filtered by: a column, an attribute of a composite, or the value of a
/// function of the row.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// The view that has it.
    pub(super) view: &'static str,
    /// The fields that lead to it.
    pub(super) path: Vec<String>,
    /// The name of the type of its filter.
    pub(super) filter: String,
    /// The names of its operators.
    pub(super) operators: Vec<String>,
}

impl Column {
    /// Everything by which a filter filters, but for relations.
    pub(super) async fn all(api: &impl Executor, view: &'static str, filter: &str) -> Vec<Self> {
        let mut found = Vec::new();
        let mut open = vec![(Vec::new(), filter.to_owned())];
        while let Some((path, filter)) = open.pop() {
            let document = "query ($name: String!) {
                __type(name: $name) { inputFields { name type { name kind } } }
            }";
            let answer = execute(api, document, json!({ "name": filter })).await;
            let members = answer["data"]["__type"]["inputFields"].as_array();
            let members = members.unwrap_or_else(|| panic!("{filter}: {answer}"));
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let is_filter = |member: &Value| text(&member["type"]["name"]).ends_with("Filter");
            let (inner, operators): (Vec<&Value>, Vec<&Value>) =
                members.iter().partition(|member| is_filter(member));
            for member in inner {
                let name = text(&member["name"]);
                if !["not", "owner", "cells"].contains(&name.as_str()) {
                    let path = path.iter().cloned().chain([name]).collect();
                    open.push((path, text(&member["type"]["name"])));
                }
            }
            if !path.is_empty() {
                let operators = operators.iter().map(|member| text(&member["name"])).collect();
                found.push(Self { view, path, filter, operators });
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }

    /// Its value in a row of a table alias, with the type that has the operators.
    pub(super) fn sql(&self, alias: &str) -> String {
        let mut sql = alias.to_owned();
        for (depth, field) in self.path.iter().enumerate() {
            let name = sql_name(field);
            sql = match name.as_str() {
                "sum" | "words" | "width" | "about" if depth == 0 => format!("fn_{name}({sql})"),
                _ => format!("({sql}).{name}"),
            };
        }
        match sql_name(self.path.last().map_or("", String::as_str)).as_str() {
            "shades" | "shade" => format!("({sql})::mood"),
            "shade_arrays" => format!("({sql})::mood[]"),
            _ => sql,
        }
    }

    /// Its value in a row that a client has read.
    pub(super) fn value(&self, row: &Value) -> Value {
        let mut value = row;
        for field in &self.path {
            value = &value[field];
        }
        value.clone()
    }

    /// How many lists its values are in, other than those of multiranges.
    pub(super) fn dimensions(&self) -> usize {
        self.filter.matches("List").count()
    }

    /// A condition on it: `{ nests: { one: { a: { eq: 1 } } } }`.
    pub(super) fn condition(&self, operator: &str, value: &Value) -> Value {
        let inner = json!({ operator: value });
        self.path.iter().rev().fold(inner, |inner, field| json!({ field: inner }))
    }
}

/// `int4Arrays` as `int4_arrays`.
fn sql_name(field: &str) -> String {
    let mut name = String::new();
    for char in field.chars() {
        if char.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(char.to_ascii_lowercase());
    }
    name
}

/// The selection of everything that is a value of an object type.
pub(super) async fn selection(api: &impl Executor, ty: &str) -> String {
    let document = "query ($name: String!) {
        __type(name: $name) { fields { name args { name } type { ...ref } } }
    }
    fragment ref on __Type { kind name ofType { kind name ofType { kind name ofType { kind name
      ofType { kind name ofType { kind name ofType { kind name } } } } } } }";
    let answer = execute(api, document, json!({ "name": ty })).await;
    let mut selection = String::from("{");
    for field in answer["data"]["__type"]["fields"].as_array().expect("an object type") {
        let mut ty = &field["type"];
        while !ty["ofType"].is_null() {
            ty = &ty["ofType"];
        }
        let (kind, inner) = (&ty["kind"], ty["name"].as_str().expect("a name"));
        let is_other = ["Owners", "Cells", "OwnersAggregate", "CellsAggregate"].contains(&inner);
        if *kind == "OBJECT" && is_other {
            continue;
        }
        selection += " ";
        selection += field["name"].as_str().expect("a name");
        if *kind == "OBJECT" {
            selection += &Box::pin(self::selection(api, inner)).await;
        }
    }
    selection + " }"
}
