//! From the body or the query string of an HTTP request to GraphQL requests.
//!
//! Names and types of the members are those of GraphQL over HTTP; unknown members are ignored, and
//! `null` is the same as leaving an optional one out.

use std::fmt;

use async_graphql::{Extensions, Request, Variables};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::errors::Refusal;

/// What one HTTP request asks for.
#[derive(Debug)]
pub(crate) enum Requests {
    /// One operation.
    Single(Box<Request>),
    /// Operations that are answered in this order, in an array.
    Batch(Vec<Request>),
}

/// Reads the body of a POST request.
pub(crate) fn from_json(body: &[u8], batch_limit: usize) -> Result<Requests, Refusal> {
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Err(Refusal::bad_request("the body is empty; send a JSON object with `query`")),
        Some(b'[') => batch(body, batch_limit),
        Some(_) => match serde_json::from_slice::<Members>(body) {
            Ok(members) => members.request().map(|request| Requests::Single(Box::new(request))),
            Err(error) => Err(explain(body, &error)),
        },
    }
}

fn batch(body: &[u8], limit: usize) -> Result<Requests, Refusal> {
    if limit == 0 {
        return Err(Refusal::bad_request("batches are switched off; send one operation"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let batch = Batch { limit, members: Vec::new(), found: 0 };
    let batch = deserializer.deserialize_seq(batch);
    let batch = batch.and_then(|batch| deserializer.end().map(|()| batch));
    let batch = batch.map_err(|error| explain(body, &error))?;
    if batch.found == 0 {
        return Err(Refusal::bad_request("the batch is empty"));
    }
    if batch.found > limit {
        return Err(Refusal::batch_too_long(batch.found, limit));
    }
    let list = batch.members.into_iter().map(Members::request).collect::<Result<_, _>>()?;
    Ok(Requests::Batch(list))
}

/// Reads the query string of a GET request.
pub(crate) fn from_query_string(query: &str) -> Result<Request, Refusal> {
    let parameters: Parameters = axum::extract::Query::try_from_uri(
        // Only the query string of the address matters.
        &format!("/?{query}").parse().map_err(|_| Refusal::bad_request("unreadable address"))?,
    )
    .map_err(|rejection| Refusal::bad_request(rejection.body_text()))?
    .0;
    let mut members = Members {
        query: parameters.query,
        operation_name: parameters.operation_name.filter(|name| !name.is_empty()),
        ..Members::default()
    };
    if let Some(text) = parameters.variables.filter(|text| !text.is_empty()) {
        members.variables = serde_json::from_str(&text)
            .map_err(|_| Refusal::bad_request("`variables` must be a JSON object"))?;
    }
    if let Some(text) = parameters.extensions.filter(|text| !text.is_empty()) {
        members.extensions = serde_json::from_str(&text)
            .map_err(|_| Refusal::bad_request("`extensions` must be a JSON object"))?;
    }
    members.request()
}

/// The members of a GraphQL request.
#[derive(Debug, Default)]
struct Members {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<Variables>,
    extensions: Option<Extensions>,
}

/// The same in a query string, where everything is text.
#[derive(serde::Deserialize)]
struct Parameters {
    query: Option<String>,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

impl Members {
    fn request(self) -> Result<Request, Refusal> {
        let Some(query) = self.query else {
            return Err(Refusal::bad_request("`query` is missing: the text of a GraphQL document"));
        };
        let mut request = Request::new(query).variables(self.variables.unwrap_or_default());
        request.operation_name = self.operation_name;
        request.extensions = self.extensions.unwrap_or_default();
        Ok(request)
    }
}

impl<'de> Deserialize<'de> for Members {
    /// By hand, for a derived one takes an array as an object of the same length.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `query`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Members::default();
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            match name.as_ref() {
                "query" => members.query = map.next_value()?,
                "operationName" => members.operation_name = map.next_value()?,
                "variables" => members.variables = map.next_value()?,
                "extensions" => members.extensions = map.next_value()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(members)
    }
}

/// Reads the members of a batch; those beyond the limit are counted.
struct Batch {
    limit: usize,
    members: Vec<Members>,
    found: usize,
}

impl<'de> Visitor<'de> for Batch {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects with `query`")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Self, A::Error> {
        while self.found < self.limit {
            let Some(members) = list.next_element()? else { return Ok(self) };
            self.members.push(members);
            self.found += 1;
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            self.found += 1;
        }
        Ok(self)
    }
}

/// Says what is wrong with a body that could not be read. Slower than reading it, and only then.
fn explain(body: &[u8], error: &serde_json::Error) -> Refusal {
    if error.is_data()
        && let Ok(value) = serde_json::from_slice::<Value>(body)
    {
        let elements = match &value {
            Value::Array(elements) => elements.as_slice(),
            single => std::slice::from_ref(single),
        };
        if let Some(message) = elements.iter().find_map(wrong_member) {
            return Refusal::bad_request(message);
        }
    }
    Refusal::bad_request(format!("the body is not valid JSON: {error}"))
}

fn wrong_member(value: &Value) -> Option<String> {
    let Value::Object(members) = value else {
        return Some(format!("a request must be a JSON object, not {}", kind(value)));
    };
    let is_text = |value: &Value| value.is_string() || value.is_null();
    let is_object = |value: &Value| value.is_object() || value.is_null();
    let wrong = |name: &str, fits: &dyn Fn(&Value) -> bool, expected: &str| {
        let value = members.get(name).filter(|value| !fits(value))?;
        Some(format!("`{name}` must be {expected}, not {}", kind(value)))
    };
    wrong("query", &is_text, "a string")
        .or_else(|| wrong("operationName", &is_text, "a string"))
        .or_else(|| wrong("variables", &is_object, "an object"))
        .or_else(|| wrong("extensions", &is_object, "an object"))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
