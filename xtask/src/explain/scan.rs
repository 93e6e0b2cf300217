//! Scans of whole tables in a plan.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::Value;
use tokio_postgres::{Client, types::ToSql};

use super::condition::Condition;
use crate::connection::describe;

/// A lookup that no index serves.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Scan {
    /// Of a table that has no index which begins with a looked-up column: the quoted names of the
    /// table and of these columns.
    Unindexed(String, Vec<String>),
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

/// The leading column of an index, quoted; none if it is an expression.
const LEADING: &str = "
select pg_catalog.quote_ident(a.attname)
from pg_catalog.pg_index as i
join pg_catalog.pg_class as ic on ic.oid = i.indexrelid
join pg_catalog.pg_class as c on c.oid = i.indrelid
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum = i.indkey[0]
where n.nspname = $1 and c.relname = $2 and ic.relname = $3";

/// A scan of a table, by the names of the plan.
struct Table<'a> {
    schema: &'a str,
    name: &'a str,
    /// Quoted, as conditions have it.
    alias: String,
}

/// The lookups of a plan that scan a whole table: `keys` are the numbers of the parameters that hold
/// keys.
pub(super) async fn whole(client: &Client, plan: &Value, keys: &[usize]) -> Result<BTreeSet<Scan>> {
    let mut nodes = Vec::new();
    collect(plan, &mut nodes);
    let aliases = nodes.iter().filter_map(|node| node["Alias"].as_str());
    let aliases = quoted(client, aliases.collect()).await?;
    let mut found = BTreeSet::new();
    for node in nodes {
        let table = Table::of(client, node).await?;
        if is_bounded(client, node, table.as_ref()).await? {
            continue;
        }
        let conditions = ["Index Cond", "Filter"].iter().filter_map(|key| node[key].as_str());
        let conditions = conditions.collect::<Vec<_>>().join(" AND ");
        let condition = Condition::new(&conditions, keys, &aliases);
        let lookup = match &table {
            Some(table) => table.lookup(client, &condition).await?,
            None => Lookup::None,
        };
        match lookup {
            Lookup::Served => {}
            Lookup::Unserved(scan) => drop(found.insert(scan)),
            Lookup::None if condition.mentions_key() => {
                found.insert(Scan::Computed(conditions));
            }
            Lookup::None => {}
        }
    }
    Ok(found)
}

/// Whether a scan looks rows up by columns, and whether an index can serve that.
enum Lookup {
    None,
    Served,
    Unserved(Scan),
}

impl<'a> Table<'a> {
    /// The table that a node scans, if it is one.
    async fn of(client: &Client, node: &'a Value) -> Result<Option<Self>> {
        let names = (&node["Schema"], &node["Relation Name"], &node["Alias"]);
        let (Some(schema), Some(name), Some(alias)) =
            (names.0.as_str(), names.1.as_str(), names.2.as_str())
        else {
            return Ok(None);
        };
        let alias = quoted(client, vec![alias]).await?.concat();
        Ok(Some(Self { schema, name, alias }))
    }

    async fn lookup(&self, client: &Client, condition: &Condition<'_>) -> Result<Lookup> {
        let Self { schema, name, alias } = self;
        let rows = client.query(COLUMNS, &[schema, name]).await.map_err(describe)?;
        let looked_up = rows.iter().filter(|row| condition.looks_up(alias, row.get(0)));
        let looked_up: Vec<_> = looked_up.collect();
        let Some(first) = looked_up.first() else { return Ok(Lookup::None) };
        if looked_up.iter().any(|row| row.get(1)) {
            return Ok(Lookup::Served);
        }
        let columns = looked_up.iter().map(|row| row.get(0)).collect();
        Ok(Lookup::Unserved(Scan::Unindexed(first.get(2), columns)))
    }
}

/// Whether an index or a position narrows a scan. A condition on later columns of an index alone
/// does not: all of it is read.
async fn is_bounded(client: &Client, node: &Value, table: Option<&Table<'_>>) -> Result<bool> {
    if ["Recheck Cond", "TID Cond"].iter().any(|key| node.get(key).is_some()) {
        return Ok(true);
    }
    let (Some(condition), Some(table)) = (node["Index Cond"].as_str(), table) else {
        return Ok(false);
    };
    let index = node["Index Name"].as_str().unwrap_or_default();
    let names: [&(dyn ToSql + Sync); 3] = [&table.schema, &table.name, &index];
    let leading = client.query_opt(LEADING, &names).await.map_err(describe)?;
    let Some(leading) = leading else { return Ok(true) };
    Ok(Condition::new(condition, &[], &[]).has_column(&table.alias, leading.get(0)))
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
