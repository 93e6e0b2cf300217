//! Which views have a row for each row of a table: `sql/whole.sql`.

use codegen::plan::identity::{identify_all, incomplete};

use super::super::Schema;

#[tokio::test]
async fn views_with_all_rows_of_a_table_are_told_from_others() {
    let schema = Schema::new(&[include_str!("sql/whole.sql")]).await;
    let mut complaints = Vec::new();
    for (name, identity) in identify_all(&schema.catalog) {
        let sql = format!(
            "select count(*) from b where not exists (select from {name} v where v.id = b.id)"
        );
        let missing: i64 = schema.client.query_one(&sql, &[]).await.expect("rows").get(0);
        // Without an instance nothing refers to the table through the view.
        let Some(instance) = identity.instances.first().and_then(Option::as_ref) else {
            complaints.push(format!("{name} has no instance"));
            continue;
        };
        let why = incomplete(&schema.catalog, &name, instance);
        let kind = name.name.split('_').next().expect("a prefix");
        let is_expected = match kind {
            "all" => why.is_none() && missing == 0,
            "some" => why.is_some() && missing > 0,
            _ => why.is_some() && missing == 0,
        };
        if !is_expected {
            complaints.push(format!("{name}: {why:?}, {missing} missing"));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
