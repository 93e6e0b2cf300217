//! Scans of whole tables in a plan.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::Value;
use tokio_postgres::Client;

use super::condition::Condition;
use crate::connection::describe;

/// A lookup that no index serves.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Scan {
    /// Of a table that has no index which begins with a looked-up column; the SQL that makes one.
    Unindexed(String),
    /// By what the query computes; the condition.
    Computed(String),
}

/// The columns of a table by their quoted names, in order, each with whether an index begins with
/// it, and the quoted name of the table: of the partitioned one for a partition.
///
/// A partial index or another kind than these may do as well, which only the planner knows: it would
/// have chosen it.
const COLUMNS: &str = "
select pg_catalog.quote_ident(a.attname),
  exists (
    select from pg_catalog.pg_index as i
    join pg_catalog.pg_class as ic on ic.oid = i.indexrelid
    join pg_catalog.pg_am as am on am.oid = ic.relam
    where i.indrelid = c.oid
      and i.indisvalid
      and i.indpred is null
      and i.indkey[0] = a.attnum
      and i.indcollation[0] = a.attcollation
      and am.amname in ('btree', 'hash')
  ),
  pg_catalog.format('%I.%I', rn.nspname, r.relname)
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
join pg_catalog.pg_class as r on r.oid = coalesce(pg_catalog.pg_partition_root(c.oid), c.oid)
join pg_catalog.pg_namespace as rn on rn.oid = r.relnamespace
join pg_catalog.pg_attribute as a
  on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname = $1 and c.relname = $2 and c.relkind <> 'f'
order by a.attnum";

/// The lookups of a plan that scan a whole table: `keys` are the numbers of the parameters that hold
/// keys.
pub(super) async fn whole(client: &Client, plan: &Value, keys: &[usize]) -> Result<BTreeSet<Scan>> {
    let mut nodes = Vec::new();
    collect(plan, &mut nodes);
    let aliases = nodes.iter().filter_map(|node| node["Alias"].as_str());
    let aliases = quoted(client, aliases.collect()).await?;
    let mut found = BTreeSet::new();
    for node in nodes.iter().filter(|node| !is_bounded(node)) {
        let Some(filter) = node["Filter"].as_str() else { continue };
        let names = (node["Schema"].as_str(), node["Relation Name"].as_str());
        let condition = Condition::new(filter, keys, &aliases);
        let mut scan = condition.mentions_key().then(|| Scan::Computed(filter.to_owned()));
        if let ((Some(schema), Some(table)), Some(alias)) = (names, node["Alias"].as_str()) {
            let alias = quoted(client, vec![alias]).await?.concat();
            if let Some(known) = of_table(client, schema, table, &alias, &condition).await? {
                scan = known;
            }
        }
        found.extend(scan);
    }
    Ok(found)
}

/// What a scan of a table with a condition lacks, `Some(None)` if it is nothing; `None` if no column
/// of it is looked up.
async fn of_table(
    client: &Client,
    schema: &str,
    table: &str,
    alias: &str,
    condition: &Condition<'_>,
) -> Result<Option<Option<Scan>>> {
    let rows = client.query(COLUMNS, &[&schema, &table]).await.map_err(describe)?;
    let looked_up = rows.iter().filter(|row| condition.looks_up(alias, row.get(0)));
    let looked_up: Vec<_> = looked_up.collect();
    let Some(first) = looked_up.first() else { return Ok(None) };
    if looked_up.iter().any(|row| row.get(1)) {
        return Ok(Some(None));
    }
    let columns = looked_up.iter().map(|row| row.get(0)).collect::<Vec<&str>>().join(", ");
    let table: &str = first.get(2);
    Ok(Some(Some(Scan::Unindexed(format!("create index on {table} ({columns});")))))
}

/// Whether an index or a position narrows a scan.
fn is_bounded(node: &Value) -> bool {
    ["Index Cond", "Recheck Cond", "TID Cond"].iter().any(|key| node.get(key).is_some())
}

fn collect<'a>(value: &'a Value, nodes: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, nodes)),
        Value::Object(members) => {
            if members.contains_key("Node Type") {
                nodes.push(value);
            }
            members.values().for_each(|member| collect(member, nodes));
        }
        _ => {}
    }
}

/// Names as PostgreSQL writes them.
async fn quoted(client: &Client, names: Vec<&str>) -> Result<Vec<String>> {
    let sql = "select pg_catalog.quote_ident(n) from pg_catalog.unnest($1::text[]) as n";
    let rows = client.query(sql, &[&names]).await.map_err(describe)?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
