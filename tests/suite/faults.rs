//! A database that goes away and comes back, and a schema that changes under a running server.

use serde_json::json;
use tests::database;
use tests::fixture::Fixture;
use tests::request::{connect, connect_many, execute};

const SHOPS: &str = "{ shops(limit: 1) { id } }";

#[tokio::test]
async fn a_database_that_is_down_is_reported_and_used_again_when_it_is_back() {
    let database = Fixture::named("relations").database().await;
    let schema = fixture_relations::schema(connect(database.url()));
    assert_eq!(execute(&schema, SHOPS, json!({})).await["data"]["shops"][0]["id"], "1");

    let admin = database::admin().await;
    let name = database.name();
    let close = format!("alter database \"{name}\" allow_connections false");
    admin.batch_execute(&close).await.expect("the database can be closed");
    let kick = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
    admin.query(kick, &[&name]).await.expect("connections can be ended");
    let down = execute(&schema, SHOPS, json!({})).await;
    let error = &down["errors"][0];
    assert_eq!(error["extensions"]["code"], "UNAVAILABLE", "{down}");
    assert!(!error["message"].as_str().expect("a message").contains(name), "{down}");
    assert!(error["extensions"]["correlationId"].is_string());

    let open = format!("alter database \"{name}\" allow_connections true");
    admin.batch_execute(&open).await.expect("the database can be opened");
    let back = execute(&schema, SHOPS, json!({})).await;
    assert_eq!(back["data"]["shops"][0]["id"], "1", "{back}");
}

#[tokio::test]
async fn a_query_survives_the_loss_of_every_connection() {
    let database = Fixture::named("relations").database().await;
    let schema = fixture_relations::schema(connect_many(database.url()));
    let all = futures_util::future::join_all((0..8).map(|_| execute(&schema, SHOPS, json!({}))));
    assert!(all.await.iter().all(|response| response.get("errors").is_none()));
    let kick = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
    let admin = database::admin().await;
    admin.query(kick, &[&database.name()]).await.expect("connections can be ended");
    for _ in 0..8 {
        let response = execute(&schema, SHOPS, json!({})).await;
        assert!(response.get("errors").is_none(), "{response}");
    }
}

#[tokio::test]
async fn an_address_where_nothing_listens_is_reported() {
    let schema = fixture_relations::schema(connect("postgres://nobody:secret@127.0.0.1:1/nothing"));
    let response = execute(&schema, SHOPS, json!({})).await;
    assert_eq!(response["errors"][0]["extensions"]["code"], "UNAVAILABLE");
    assert!(!response.to_string().contains("secret"));
}

#[tokio::test]
async fn a_statement_that_was_prepared_before_its_view_changed_is_prepared_again() {
    let fixture = Fixture::named("relations");
    let database = fixture.database().await;
    let schema = fixture_relations::schema(connect(database.url()));
    let query = "{ rates { label } }";
    let before = execute(&schema, query, json!({})).await;
    let client = database.connect().await.expect("a connection");
    let replace =
        "drop view v_rates; create view v_rates as select rate, label::varchar(50) from tb_rates";
    client.batch_execute(replace).await.expect("the view can be replaced");
    assert_eq!(execute(&schema, query, json!({})).await, before);
}

#[tokio::test]
async fn a_slow_statement_is_stopped() {
    let database =
        database::with_script("create view v_slow as select 1 as id, pg_sleep(10)::text as slept;")
            .await;
    let mut config = runtime::DatabaseConfig::new(database.url());
    config.statement_timeout = std::time::Duration::from_millis(50);
    let runtime = runtime::Database::new(&config).expect("a valid address");
    let schema = slow::schema(runtime);
    let response = execute(&schema, "{ slow { slept } }", json!({})).await;
    assert_eq!(response["errors"][0]["extensions"]["code"], "STATEMENT_TIMEOUT", "{response}");
}

#[tokio::test]
async fn a_cancelled_statement_is_no_timeout() {
    let script = "create view v_slow as
        select pg_cancel_backend(pg_backend_pid())::text || pg_sleep(10) as slept;";
    let database = database::with_script(script).await;
    let schema = slow::schema(connect(database.url()));
    let response = execute(&schema, "{ slow { slept } }", json!({})).await;
    assert_eq!(response["errors"][0]["extensions"]["code"], "CANCELLED", "{response}");
}

/// A schema with one slow view, as the compiler would write it.
mod slow {
    use runtime::{Cells, Column, ObjectType, Record, Resolver, Result, Type, View, ViewRow};

    pub(super) struct Slow;

    impl Record for Slow {
        const OBJECT: &'static ObjectType = &ObjectType {
            name: "Slow",
            doc: "",
            origin: "view public.v_slow",
            columns: &[Column::new("slept", "slept", Type::Text)],
            relations: &[],
            computed: &[],
        };

        fn read(_: &mut Cells<'_>) -> Result<Self> {
            Ok(Self)
        }
    }

    impl ViewRow for Slow {
        const VIEW: &'static View =
            &View { object: Self::OBJECT, schema: "public", name: "v_slow", key: &[] };
    }

    pub(super) struct Api;

    impl runtime::Api for Api {
        const QUERIES: &'static [&'static [Resolver]] =
            &[&[Resolver::list("slow", Slow::VIEW, &[])]];
        const MUTATIONS: &'static [&'static [Resolver]] = &[];
    }

    pub(super) fn schema(database: runtime::Database) -> runtime::Engine<Api> {
        runtime::Engine::new(database)
    }
}
