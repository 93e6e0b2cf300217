//! Claims about rows, looked up in the data.

use std::collections::BTreeMap;

use codegen::Catalog;
use codegen::Plan;
use codegen::catalog::PgName;
use codegen::plan::identity::Identity;
use codegen::plan::model::{Cardinality, Relation, View};
use tokio_postgres::Client;

async fn count(client: &Client, sql: &str) -> i64 {
    let row = client.query_one(sql, &[]).await;
    row.unwrap_or_else(|error| panic!("{error:?}\n{sql}")).get(0)
}

/// The keys of views that some rows have in common.
pub(super) async fn repeated_keys(
    client: &Client,
    catalog: &Catalog,
    identities: &BTreeMap<PgName, Identity>,
) -> Vec<String> {
    let mut complaints = Vec::new();
    for (name, identity) in identities {
        let view = &catalog.views[name];
        for key in &identity.keys {
            let columns = key.columns.iter().map(|place| view.columns[*place].name.as_str());
            let columns: Vec<&str> = columns.collect();
            let all = format!("(select * from {} limit 10000) as x", name.name);
            let sql = if columns.is_empty() {
                format!("select greatest(count(*) - 1, 0) from {all}")
            } else {
                let present: String =
                    columns.iter().map(|column| format!(" and {column} is not null")).collect();
                let list = columns.join(", ");
                format!(
                    "select count(*) from (select from {all} where true{present} \
                     group by {list} having count(*) > 1) as twice"
                )
            };
            if count(client, &sql).await > 0 {
                let columns = columns.join(", ");
                complaints.push(format!("{name} ({columns}) repeats: {}", key.reason));
            }
        }
    }
    complaints
}

/// The relations that lead to more rows than they say, or to none where one is promised.
pub(super) async fn wrong_relations(client: &Client, plan: &Plan) -> Vec<String> {
    let mut complaints = Vec::new();
    for view in plan.views.values() {
        for relation in &view.object.relations {
            complaints.extend(wrong_relation(client, view, relation).await);
        }
    }
    complaints
}

async fn wrong_relation(client: &Client, view: &View, relation: &Relation) -> Option<String> {
    let pairs = relation.columns.iter().map(|(own, other)| format!("t.{other} = s.{own}"));
    let partners = format!(
        "(select count(*) from {} as t where {})",
        relation.target.name,
        pairs.collect::<Vec<_>>().join(" and ")
    );
    let allowed = match relation.cardinality {
        Cardinality::One => "= 1",
        Cardinality::Optional => "<= 1",
        Cardinality::Many => ">= 0",
    };
    let own = &view.sql.name;
    let sql = format!("select count(*) from {own} as s where not {partners} {allowed}");
    (count(client, &sql).await > 0).then(|| {
        format!("{own}.{} is not {:?}: {}", relation.field, relation.cardinality, relation.reason)
    })
}
