//! What is asked for.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::http;

/// How many different requests a query is sent with, in turn.
const VARIANTS: i32 = 1_000;

/// How many times a command is sent in a turn.
const COMMANDS: i32 = 1_500;

/// A kind of request.
pub(crate) struct Workload {
    /// Its name: of `--only`, and of its documents.
    pub(crate) name: &'static str,
    /// What it does, for tables.
    pub(crate) title: &'static str,
    /// SQL that makes the variables of `$1` requests, a JSON text each. For a command it makes the
    /// rows that these work on, too, so that none is ever refused.
    inputs: &'static str,
    /// Path of the hand-written handler; `{name}` stands for a variable.
    limit: &'static str,
    /// Whether there is a handler that lets PostgreSQL nest the rows.
    pub(crate) has_array: bool,
    /// For a command, the members of answers that depend on the time and the row.
    pub(crate) volatile: Option<&'static [&'static str]>,
}

const QUERY: Workload = Workload {
    name: "",
    title: "",
    inputs: "select '{}' from generate_series(1, $1)",
    limit: "",
    has_array: false,
    volatile: None,
};

/// All of them.
pub(crate) const WORKLOADS: &[Workload] = &[
    Workload {
        name: "point",
        title: "order by key, with its lines",
        inputs: "select json_build_object('id', n * 7919 % 100000 + 1)::text \
            from generate_series(1, $1) as n",
        limit: "/point/{id}",
        has_array: true,
        ..QUERY
    },
    Workload {
        name: "list",
        title: "50 orders, with their lines",
        inputs: "select json_build_object('after', n * 7919 % 99900)::text \
            from generate_series(1, $1) as n",
        limit: "/list/{after}",
        has_array: true,
        ..QUERY
    },
    Workload {
        name: "narrow",
        title: "50 orders, five columns",
        inputs: "select json_build_object('after', n * 7919 % 99900)::text \
            from generate_series(1, $1) as n",
        limit: "/narrow/{after}/50",
        ..QUERY
    },
    Workload {
        name: "history",
        title: "orders of a customer",
        inputs: "select json_build_object('customerId', n * 7919 % 10000 + 1)::text \
            from generate_series(1, $1) as n",
        limit: "/history/{customerId}",
        ..QUERY
    },
    Workload { name: "inventory", title: "stock of 1,000 products", limit: "/inventory", ..QUERY },
    Workload { name: "revenue", title: "revenue of 100 products", limit: "/revenue", ..QUERY },
    Workload {
        name: "nested",
        title: "10 customers, 5 orders each, lines",
        inputs: "select json_build_object('after', n * 7919 % 9900)::text \
            from generate_series(1, $1) as n",
        limit: "/nested/{after}",
        ..QUERY
    },
    Workload {
        name: "create",
        title: "create an order",
        inputs: "select json_build_object('customerId', n * 7919 % 10000 + 1, 'items', \
            json_build_array( \
            json_build_object('productId', n * 17 % 1000 + 1, 'quantity', 1), \
            json_build_object('productId', (n * 17 + 331) % 1000 + 1, 'quantity', 2)))::text \
            from generate_series(1, $1) as n",
        limit: "/create",
        volatile: Some(&["id", "orderNumber"]),
        ..QUERY
    },
    Workload {
        name: "pay",
        title: "pay an order",
        inputs: "select json_build_object('orderId', id, 'amount', total_amount::text, \
            'paymentMethod', 'credit_card', 'version', version)::text \
            from bench_orders($1, 'pending')",
        limit: "/pay",
        volatile: Some(&["id", "paidAt"]),
        ..QUERY
    },
    Workload {
        name: "cancel",
        title: "cancel a paid order",
        inputs: "select json_build_object('orderId', id, 'reason', 'Ordered by mistake')::text \
            from bench_orders($1, 'paid')",
        limit: "/cancel",
        volatile: Some(&["id", "cancelledAt"]),
        ..QUERY
    },
];

/// How requests are written for a contestant.
#[derive(Clone, Debug)]
pub(crate) enum Style {
    /// GraphQL at a path, with the document in a file of this folder.
    Graphql {
        /// Where requests are sent.
        path: String,
        /// Where the documents are.
        documents: std::path::PathBuf,
    },
    /// The hand-written handler.
    Limit,
    /// The hand-written handler with arrays.
    Array,
}

impl Workload {
    /// Whether it changes something.
    pub(crate) fn is_command(&self) -> bool {
        self.volatile.is_some()
    }

    /// How many requests a turn needs.
    pub(crate) fn count(&self) -> i32 {
        if self.is_command() { COMMANDS } else { VARIANTS }
    }

    /// Makes the variables of some requests.
    pub(crate) async fn variables(&self, client: &Client, count: i32) -> Result<Vec<Value>> {
        let rows = client.query(self.inputs, &[&count]).await?;
        rows.iter().map(|row| Ok(serde_json::from_str(row.get(0))?)).collect()
    }

    /// Writes requests.
    pub(crate) fn requests(&self, style: &Style, variables: &[Value]) -> Result<Vec<Vec<u8>>> {
        match style {
            Style::Graphql { path, documents } => {
                let document = self.document(documents)?;
                let body = |variables| json!({ "query": document, "variables": variables });
                Ok(variables.iter().map(|v| http::post(path, &body(v).to_string())).collect())
            }
            Style::Limit => Ok(variables.iter().map(|v| self.plain(self.limit, v)).collect()),
            Style::Array => {
                let path = self.limit.replacen("/{", "-array/{", 1);
                Ok(variables.iter().map(|v| self.plain(&path, v)).collect())
            }
        }
    }

    /// The document of a contestant.
    pub(crate) fn document(&self, documents: &Path) -> Result<String> {
        let file = documents.join(self.name).with_extension("graphql");
        std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    }

    fn plain(&self, path: &str, variables: &Value) -> Vec<u8> {
        if self.is_command() {
            return http::post(path, &variables.to_string());
        }
        let mut path = path.to_owned();
        for (name, value) in variables.as_object().into_iter().flatten() {
            path = path.replace(&format!("{{{name}}}"), &value.to_string());
        }
        http::get(&path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workload_has_its_documents() {
        for folder in ["quarry", "orm"] {
            let folder = crate::programs::folder().join("documents").join(folder);
            for workload in WORKLOADS {
                assert!(workload.document(&folder).unwrap().contains('{'), "{}", workload.name);
            }
        }
    }

    #[test]
    fn variables_become_parts_of_the_path() {
        let narrow = WORKLOADS.iter().find(|workload| workload.name == "narrow").unwrap();
        let request = narrow.requests(&Style::Limit, &[json!({ "after": 7 })]).unwrap();
        assert!(request[0].starts_with(b"GET /narrow/7/50 HTTP/1.1\r\n"));
        let point = &WORKLOADS[0];
        let request = point.requests(&Style::Array, &[json!({ "id": 7 })]).unwrap();
        assert!(request[0].starts_with(b"GET /point-array/7 HTTP/1.1\r\n"));
    }
}
