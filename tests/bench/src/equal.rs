//! Whether two contestants say the same, but for the way in which they write it.

use chrono::{DateTime, Utc};
use serde_json::Value;

/// What a volatile member is replaced by.
const VOLATILE: &str = "(volatile)";

/// Brings an answer into one form: times in one notation, and no values that depend on the time
/// or the row that a command worked on.
pub(crate) fn normalize(value: &mut Value, volatile: &[&str]) {
    match value {
        Value::String(text) => {
            if let Ok(time) = text.parse::<DateTime<Utc>>() {
                *text = time.to_rfc3339();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| normalize(item, volatile)),
        Value::Object(members) => {
            for (name, value) in members {
                if volatile.contains(&name.as_str()) && !value.is_null() {
                    *value = VOLATILE.into();
                }
                normalize(value, volatile);
            }
        }
        _ => {}
    }
}

/// How many values an answer holds: all that can be compared if names and types differ.
pub(crate) fn leaves(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(leaves).sum(),
        Value::Object(members) => members.values().map(leaves).sum(),
        _ => 1,
    }
}

/// Where two answers differ first.
pub(crate) fn difference(left: &Value, right: &Value, path: &str) -> Option<String> {
    match (left, right) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            a.iter().find_map(|(name, a)| difference(a, &b[name], &format!("{path}.{name}")))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            pairs.find_map(|(index, (a, b))| difference(a, b, &format!("{path}[{index}]")))
        }
        _ if left == right => None,
        _ => Some(format!("{path}: {} and {}", short(left), short(right))),
    }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn spelling_does_not_matter_but_values_do() {
        let mut left = json!({"a": [{"id": 1, "at": "2024-01-01T00:00:00.50+00:00"}]});
        let mut right = json!({"a": [{"at": "2024-01-01T00:00:00.500Z", "id": 2}]});
        normalize(&mut left, &[]);
        normalize(&mut right, &[]);
        assert_eq!(difference(&left, &right, "").unwrap(), ".a[0].id: 1 and 2");
        normalize(&mut left, &["id"]);
        normalize(&mut right, &["id"]);
        assert_eq!(difference(&left, &right, ""), None);
        assert_eq!(leaves(&left), 2);
    }

    #[test]
    fn a_missing_value_is_a_difference() {
        let mut found = json!({"paidAt": null});
        normalize(&mut found, &["paidAt"]);
        assert!(difference(&found, &json!({"paidAt": VOLATILE}), "").is_some());
    }
}
