//! Requests that mean harm, sent to the real server: each is refused for what it is, none costs the
//! server more memory than its limits allow, and a client beside them gets its answers.

mod attacks;
mod server;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use local_postgres::Database;
use serde_json::{Value, json};
use tests::database;

use attacks::{Attack, attacks};
use server::{Answer, Server};

/// What the server may have in memory at the most, built for debugging, whatever is asked of it.
/// An answer may have 8 MiB, and is in memory as rows, as text and once more while it is finished.
const MAX_MEMORY: usize = 160 << 20;

/// How long an answer may be: the last answer of a batch begins below the limit, and ends below
/// twice as much.
const MAX_LENGTH: usize = 17 << 20;

/// Rows to ask too much of: names that are long, orders that lead to one of them, and names that
/// hold a pattern up for longer than anybody waits.
const ROWS: &str = "
    insert into tb_customers (name, email)
      select 'few', 'few' || n || '@example.com' from generate_series(1, 3000) as n;
    insert into tb_customers (name, email)
      select repeat('long ', 8000), 'long' || n || '@example.com' from generate_series(1, 1000) as n;
    insert into tb_customers (name, email)
      select repeat('a', 200000), 'pattern' || n || '@example.com' from generate_series(1, 10) as n;
    insert into tb_orders (customer_id)
      select id from tb_customers, generate_series(1, 1000) where email = 'long1@example.com';
    analyze;";

/// What everybody else asks.
const NORMAL: &str =
    "{ ordersSummary(limit: 2, orderBy: [{ id: ASC }]) { orderNumber customer { name }
    items { quantity } } }";

async fn start() -> (Database, Server) {
    let database = database::demo().await;
    let client = database.connect().await.expect("a connection");
    client.batch_execute(ROWS).await.expect("rows");
    let settings = [("STATEMENT_TIMEOUT", "1s"), ("POOL_SIZE", "4"), ("MAX_ROWS", "5000")];
    let server = Server::start(database.url(), &settings);
    (database, server)
}

/// What is wrong with an answer.
fn fault(attack: &Attack, answer: &Answer, memory: usize) -> Option<String> {
    let found = (answer.status, answer.code.as_deref());
    let names_setting =
        |setting: &str| answer.message.as_deref().is_some_and(|message| message.contains(setting));
    let is_right = found == (attack.status, attack.code)
        && attack.setting.is_none_or(names_setting)
        && answer.length < MAX_LENGTH
        && memory < MAX_MEMORY;
    let name = attack.name;
    let shown = || format!("{name}: {found:?}, {} MiB: {}", memory >> 20, answer.brief());
    (!is_right).then(shown)
}

/// Tells the client beside to stop, also when a test fails.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_notices_a_hostile_client() {
    let (_database, server) = start().await;
    let normal = |server: &Server| server.query(NORMAL, &Value::Null).data();
    let expected = normal(&server);
    assert_eq!(expected["ordersSummary"].as_array().map(Vec::len), Some(2));
    let is_done = AtomicBool::new(false);
    let faults: Vec<String> = thread::scope(|threads| {
        threads.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                assert_eq!(normal(&server), expected);
            }
        });
        let _done = Done(&is_done);
        let attacks = attacks().into_iter();
        let answers = attacks.map(|attack| {
            let answer = server.post(&attack.body);
            fault(&attack, &answer, server.peak_memory())
        });
        answers.flatten().collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(normal(&server), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_clients_usually_ask_is_within_the_limits() {
    let database = database::demo().await;
    let server = Server::start(database.url(), &[]);
    let schema = server.query(INTROSPECTION, &Value::Null).data();
    assert!(schema["__schema"]["types"].as_array().is_some_and(|types| types.len() > 20));
    let pages = "query ($n: Int!) { customers(limit: 100) { id name email createdAt
        ordersSummary(limit: 10) { orderNumber status totalAmount createdAt
          items(limit: $n) { productName quantity price } } } }";
    assert!(server.query(pages, &json!({"n": 5})).data()["customers"].is_array());
    let refused = server.query(pages, &json!({"n": 900}));
    assert_eq!(refused.code.as_deref(), Some("COMPLEXITY_LIMIT_EXCEEDED"), "{}", refused.brief());
    let ids: Vec<u32> = (1..100_000).collect();
    let chosen = "query ($ids: [Int!]) { customers(where: { id: { in: $ids } }) { id } }";
    assert!(server.query(chosen, &json!({"ids": ids})).data()["customers"].is_array());
}

/// What tools such as GraphiQL send.
const INTROSPECTION: &str = "
    query IntrospectionQuery {
      __schema {
        description queryType { name kind } mutationType { name kind } subscriptionType { name kind }
        types { ...FullType }
        directives { name description isRepeatable locations
          args(includeDeprecated: true) { ...InputValue } }
      }
    }
    fragment FullType on __Type {
      kind name description specifiedByURL isOneOf
      fields(includeDeprecated: true) { name description
        args(includeDeprecated: true) { ...InputValue }
        type { ...TypeRef } isDeprecated deprecationReason }
      inputFields(includeDeprecated: true) { ...InputValue }
      interfaces { ...TypeRef }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { ...TypeRef }
    }
    fragment InputValue on __InputValue {
      name description type { ...TypeRef } defaultValue isDeprecated deprecationReason
    }
    fragment TypeRef on __Type {
      kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
      ofType { kind name ofType { kind name ofType { kind name ofType { kind name
      ofType { kind name } } } } } } } } }
    }";
