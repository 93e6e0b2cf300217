//! One query after the other.
//!
//! The comment of each view in `views.sql` is what its rows are to be found by. Whatever is claimed is
//! looked up in several sets of random data with duplicates and nulls, so a wrong rule fails
//! here even for a key that nobody thought about.

use codegen::plan::identity::identify_all;
use codegen::plan::model::View;
use codegen::{Config, introspect, plan};
use local_postgres::TestCluster;
use tokio_postgres::Client;

use super::claims;

/// The keys of a view that give a field, the best first, with a question mark if it may be null.
fn keys(view: &View) -> String {
    if view.lookups.is_empty() {
        return "none".to_owned();
    }
    let keys = view.lookups.iter().map(|lookup| {
        let columns: Vec<_> = lookup.key.columns(&view.object).collect();
        let nullable = columns.iter().any(|column| column.nullability.nullable);
        let names: Vec<_> = columns.iter().map(|column| column.sql.as_str()).collect();
        names.join(", ") + if nullable { "?" } else { "" }
    });
    keys.collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn every_key_of_a_view_is_unique() {
    let cluster = TestCluster::start(None).expect("a server for tests");
    let database = cluster.create_database(None).await.expect("a database");
    let mut client = database.connect().await.expect("a connection");
    for script in [include_str!("tables.sql"), include_str!("views.sql")] {
        client.batch_execute(script).await.expect("the script runs");
    }
    let config = Config::default();
    let catalog = introspect(&mut client, &config).await.expect("the schema");
    let identities = identify_all(&catalog);
    let (plan, diagnostics) = plan(&catalog, &config);
    assert!(!diagnostics.has_errors(), "{diagnostics}");
    let mut complaints = Vec::new();
    for (name, view) in &plan.views {
        let single = identities[name].keys.iter().any(|key| key.columns.is_empty());
        let found = if single { "one".to_owned() } else { keys(view) };
        if found != view.object.description {
            let expected = &view.object.description;
            complaints.push(format!("{name} has {found}, not {expected}"));
        }
    }
    // The hour that the clock skips.
    client.batch_execute("set timezone = 'Europe/Berlin'").await.expect("a setting");
    for seed in 0..24 {
        let refresh =
            "refresh materialized view v_materialized; refresh materialized view v_indexed";
        let script = format!("select filled({}); {refresh}", f64::from(seed) / 24.0);
        client.batch_execute(&script).await.expect("data");
        complaints.extend(claims::repeated_keys(&client, &catalog, &identities).await);
    }
    complaints.sort();
    complaints.dedup();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

const UNCLEAR: &str = "
create table tb_shops (id integer primary key, owner_id integer);
create table tb_owners (id bigint primary key);
create table tb_sales (
  id integer primary key, shop_id integer references tb_shops, shop text, shop_id_shops_here text
);
create table tb_visits (id integer primary key, shop_id integer references tb_shops);
create view v_shops_here as select id from tb_shops;
create view v_sales as select * from tb_sales;
create view v_visits as select * from tb_visits;
create view v_alone as select id, shop_id from tb_visits;
comment on view v_alone is '@relation here (shop_id) references v_shops_here (id)';
";

async fn explained(client: &mut Client, view: &str) -> String {
    let config = Config::default();
    let catalog = introspect(client, &config).await.expect("the schema");
    let (plan, diagnostics) = plan(&catalog, &config);
    assert!(!diagnostics.has_errors(), "{diagnostics}");
    plan.explain(view).expect("a view of the plan")
}

#[tokio::test]
async fn what_is_not_inferred_is_explained() {
    let cluster = TestCluster::start(None).expect("a server for tests");
    let database = cluster.create_database(None).await.expect("a database");
    let mut client = database.connect().await.expect("a connection");
    client.batch_execute(UNCLEAR).await.expect("the script runs");
    // Columns have the names, and the declared relation is the same.
    let taken = "no relation to public.v_shops_here, because of taken names: `shop` and \
                 `shopIdShopsHere`; a tag for it: @relation other (shop_id) references public.v_shops_here (id)";
    assert!(
        explained(&mut client, "v_sales").await.contains(taken),
        "{}",
        explained(&mut client, "v_sales").await
    );
    assert!(
        explained(&mut client, "v_visits")
            .await
            .contains("  shop: ShopsHere from public.v_shops_here")
    );
    assert!(!explained(&mut client, "v_alone").await.contains("  shop: "));
    // Two views stand for the table, until one has its name.
    client
        .batch_execute("create view v_shops_there as select id from tb_shops")
        .await
        .expect("SQL");
    let unclear = "no relation follows from constraint tb_visits_shop_id_fkey on public.tb_visits: \
                   public.v_shops_here, public.v_shops_there all have the key of public.tb_shops; \
                   a tag chooses one: @relation shop (shop_id) references public.v_shops_here (id), \
                   or @relation shop (shop_id) references public.v_shops_there (id)";
    assert!(
        explained(&mut client, "v_visits").await.contains(unclear),
        "{}",
        explained(&mut client, "v_visits").await
    );
    assert!(!explained(&mut client, "v_alone").await.contains("no relation"));
    client.batch_execute("create view v_shops as select id from tb_shops").await.expect("SQL");
    assert!(
        explained(&mut client, "v_visits")
            .await
            .contains("  shop: Shops from public.v_shops where")
    );
}
