//! Having statements planned and not run.

use anyhow::{Context, Result};
use serde_json::Value;
use tokio_postgres::{Client, SimpleQueryMessage};

use super::Statement;
use crate::connection::describe;

/// The types of the parameters of a prepared statement, and whether a domain is among them.
///
/// Domains are replaced by what they are over: the NULL that stands for a value would break one that
/// is NOT NULL.
const TYPES: &str = "
with recursive parameter (n, type, is_domain) as (
  select p.n, p.type::pg_catalog.oid, false
  from pg_catalog.pg_prepared_statements as s,
    pg_catalog.unnest(s.parameter_types) with ordinality as p (type, n)
  where s.name = 'explained'
  union all
  select p.n, t.typbasetype, true
  from parameter as p
  join pg_catalog.pg_type as t on t.oid = p.type and t.typtype = 'd'
)
select pg_catalog.string_agg(pg_catalog.format_type(p.type, null), ', ' order by p.n),
  coalesce(pg_catalog.bool_or(p.is_domain), false)
from parameter as p
join pg_catalog.pg_type as t on t.oid = p.type and t.typtype <> 'd'";

/// A transaction in which statements are planned for whatever values their parameters will have.
///
/// `EXPLAIN (GENERIC_PLAN)` is not there before PostgreSQL 16; a prepared statement that must have a
/// generic plan has been since 12.
pub(super) struct Planner<'a> {
    client: &'a Client,
}

impl<'a> Planner<'a> {
    pub(super) async fn begin(client: &'a Client) -> Result<Self> {
        let planner = Self { client };
        planner.run("begin read only; set local plan_cache_mode = force_generic_plan").await?;
        Ok(planner)
    }

    /// Ends the transaction; there is nothing to keep.
    pub(super) async fn end(self) -> Result<()> {
        self.run("rollback").await
    }

    /// Makes the planner use an index for a condition if there is any, however small or empty the
    /// table is: without sequential scans, it would still read a small index as a whole, so that
    /// rows are expensive; without nested loops, an index that serves a join says nothing of the
    /// condition beside it; without bitmaps, a scan and its condition are one node.
    pub(super) async fn prefer_indexes(&self) -> Result<()> {
        self.run(
            "set local enable_seqscan = off; set local enable_nestloop = off; \
             set local enable_bitmapscan = off; \
             set local cpu_tuple_cost = 1000; set local cpu_index_tuple_cost = 1000; \
             set local max_parallel_workers_per_gather = 0; set local jit = off",
        )
        .await
    }

    /// The plan of a statement as people read it.
    pub(super) async fn text(&self, statement: &Statement) -> Result<String> {
        self.explain(statement, "").await
    }

    /// The plan of a statement with the names of schemas and tables.
    pub(super) async fn json(&self, statement: &Statement) -> Result<Value> {
        let text = self.explain(statement, "(verbose, costs off, format json)").await?;
        serde_json::from_str(&text).context("PostgreSQL explains in JSON that is none")
    }

    async fn explain(&self, statement: &Statement, options: &str) -> Result<String> {
        self.plan(statement, options).await.with_context(|| {
            format!(
                "cannot plan a statement of `{}`: {}\n  \
                 help: `cargo xtask codegen --check` tells whether generated/ fits this database",
                statement.field, statement.sql
            )
        })
    }

    async fn plan(&self, statement: &Statement, options: &str) -> Result<String> {
        let Statement { sql, parameters, .. } = statement;
        self.run(&format!("prepare explained as {sql}")).await?;
        let row = self.client.query_one(TYPES, &[]).await.map_err(describe)?;
        if row.get(1) {
            let types: String = row.get(0);
            self.run(&format!("deallocate explained; prepare explained ({types}) as {sql}"))
                .await?;
        }
        let values = vec!["null"; *parameters].join(", ");
        let values = if values.is_empty() { values } else { format!("({values})") };
        let explain = format!("explain {options} execute explained {values}");
        let messages = self.client.simple_query(&explain).await.map_err(describe)?;
        self.run("deallocate explained").await?;
        let lines = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        Ok(lines.collect::<Vec<_>>().join("\n"))
    }

    async fn run(&self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).await.map_err(describe)
    }
}
