//! Nested rows: what random requests bring, of random rows, is what plain SQL says.
//!
//! A request follows relations as the plan has them, to any of their kinds, with orders, filters
//! and pages. The same tree is written down as one statement of correlated subqueries, which knows
//! nothing of levels and keys, and PostgreSQL makes the JSON.

use codegen::Plan;
use codegen::plan::model::{Cardinality, Column, Type, View};
use fixture_references::{Schema, schema};
use local_postgres::Database;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use runtime::{Database as Pools, DatabaseConfig};
use serde_json::{Value, json};
use tests::fixture::Fixture;
use tests::request::{connect, execute};
use tests::sql_log::SqlLog;

/// How many levels a request has.
const DEPTH: usize = 4;

/// Decisions, one after the other; when there are no more, the first of everything.
struct Choices(std::vec::IntoIter<u8>);

impl Choices {
    fn below(&mut self, count: usize) -> usize {
        usize::from(self.0.next().unwrap_or(0)) % count
    }
}

/// A selection as GraphQL and as SQL, and how many aliases were given out.
struct Writer<'a> {
    plan: &'a Plan,
    choices: Choices,
    aliases: usize,
}

impl Writer<'_> {
    /// The fields of a row, and an expression that makes an object of them.
    fn row(&mut self, view: &View, alias: &str, depth: usize) -> (String, String) {
        let (mut fields, mut members) = (Vec::new(), Vec::new());
        for column in &view.object.columns {
            if self.choices.below(3) == 0 {
                fields.push(column.field.to_string());
                members.push(format!("'{}', {}", column.field, json_of(column, alias)));
            }
        }
        let relations = &view.object.relations;
        for _ in 0..if relations.is_empty() || depth == 0 { 0 } else { self.choices.below(4) } {
            let relation = &relations[self.choices.below(relations.len())];
            let target = &self.plan.views[&relation.target];
            self.aliases += 1;
            let (name, inner) = (format!("a{}", self.aliases), format!("t{}", self.aliases));
            let pairs = relation.columns.iter();
            let pairs = pairs.map(|(own, other)| format!("{inner}.{other} = {alias}.{own}"));
            let condition = pairs.collect::<Vec<_>>().join(" and ");
            let (arguments, value) = match relation.cardinality {
                Cardinality::Many => self.list(target, &inner, &condition, depth - 1),
                Cardinality::One | Cardinality::Optional => {
                    let (fields, object) = self.row(target, &inner, depth - 1);
                    let from = &target.sql.name;
                    let value =
                        format!("(select {object} from {from} as {inner} where {condition})");
                    (format!(" {fields}"), value)
                }
            };
            fields.push(format!("{name}: {}{arguments}", relation.field));
            members.push(format!("'{name}', {value}"));
        }
        if fields.is_empty() {
            fields.push("__typename".to_owned());
            members.push(format!("'__typename', '{}'", view.object.name));
        }
        (
            format!("{{ {} }}", fields.join(" ")),
            format!("jsonb_build_object({})", members.join(", ")),
        )
    }

    /// The arguments and fields of a list, and an expression that makes it.
    fn list(
        &mut self,
        view: &View,
        alias: &str,
        condition: &str,
        depth: usize,
    ) -> (String, String) {
        let (mut arguments, mut filter) = (Vec::new(), condition.to_owned());
        let key = view.key.as_ref().expect("every view of the fixture has a key");
        let mut order: Vec<String> =
            key.columns(&view.object).map(|column| format!("{alias}.{}", column.sql)).collect();
        if self.choices.below(3) == 1 {
            let column = &view.object.columns[self.choices.below(view.object.columns.len())];
            arguments.push(format!("orderBy: [{{ {}: DESC }}]", column.field));
            order.insert(0, format!("{alias}.{} desc", column.sql));
        }
        let id = view.object.columns.iter().find(|c| c.sql == "id" && c.ty == Type::Int4);
        if let Some(id) = id.filter(|_| self.choices.below(4) == 1) {
            let least = self.choices.below(6);
            arguments.push(format!("where: {{ {}: {{ gt: {least} }} }}", id.field));
            filter += &format!(" and {alias}.id > {least}");
        }
        let mut page = String::new();
        if self.choices.below(2) == 1 {
            let (limit, offset) = (self.choices.below(4), self.choices.below(3));
            arguments.push(format!("limit: {limit} offset: {offset}"));
            page = format!(" limit {limit} offset {offset}");
        } else if depth == DEPTH {
            // A root list has a limit of its own.
            arguments.push("limit: 1000".to_owned());
        }
        let (fields, object) = self.row(view, alias, depth);
        let arguments = if arguments.is_empty() {
            format!(" {fields}")
        } else {
            format!("({}) {fields}", arguments.join(" "))
        };
        let (order, from) = (order.join(", "), &view.sql.name);
        let value = format!(
            "(select coalesce(jsonb_agg(o.v order by o.n), '[]') from (\
             select row_number() over (order by {order}) as n, {object} as v \
             from {from} as {alias} where {filter} order by {order}{page}) as o)"
        );
        (arguments, value)
    }
}

/// A value as the API carries it.
fn json_of(column: &Column, alias: &str) -> String {
    match column.ty {
        Type::Int2 | Type::Int4 => format!("{alias}.{}", column.sql),
        _ => format!("{alias}.{}::text", column.sql),
    }
}

/// Other rows, with everything that a key can be: null, shared, unused, equal in other words.
fn rows(seed: u32) -> String {
    format!(
        "select setseed({seed} / 1000.0);
         truncate tb_places, tb_grades, tb_prices, tb_slots, tb_clients, tb_profiles, tb_invoices,
           tb_hidden, tb_notes, tb_secrets;
         insert into tb_places select i::bigint * 3000000000 / 2, 'city ' || i from generate_series(0, 1) as i;
         insert into tb_places select i, 'city ' || i from generate_series(1, 4) as i;
         insert into tb_grades values ('gold', 'Gold'), ('tin', 'Tin');
         insert into tb_prices values (7.0, 'seven'), (10, 'ten'), (1e3, 'much');
         insert into tb_slots
           select '2026-01-01'::date + i % 2, i / 2, p.code, 'slot ' || i || p.code
           from generate_series(0, 5) as i, (values ('a'), ('A'), ('a,b')) as p (code);
         insert into tb_clients
           select i, chr(96 + i), nullif((random() * (i - 1))::integer, 0), nullif((random() * (i - 1))::integer, 0),
             (array['gold', 'GOLD', 'Tin', null])[1 + (random() * 3)::integer]
           from generate_series(1, 9) as i;
         insert into tb_profiles select i, 'motto ' || i from generate_series(1, 9) as i where random() < 0.5;
         insert into tb_invoices
           select i, 1 + (random() * 8)::integer, 1 + (random() * 3)::integer,
             (array[0, 1, 2, 1500000000, null]::bigint[])[1 + (random() * 4)::integer],
             (array[7, 7.00, 10.0, 1000.000])[1 + (random() * 3)::integer],
             case when random() < 0.8 then '2026-01-01'::date + (random())::integer end, (random() * 2)::integer,
             (array['a', 'A', 'a,b'])[1 + (random() * 2)::integer], 1 + (random() * 8)::integer
           from generate_series(1, 20) as i;
         insert into tb_hidden values (1, 1);
         insert into tb_secrets select i, 's' from generate_series(1, 3) as i;
         insert into tb_notes select i, 1 + (random() * 19)::integer, 1 + (random() * 2)::integer
           from generate_series(1, 20) as i;
         refresh materialized view v_old_notes;"
    )
}

async fn check(
    database: &Database,
    api: &Schema,
    query: &str,
    sql: &str,
) -> Result<(), TestCaseError> {
    let client = database.connect().await.expect("a connection");
    let row = client.query_one(&format!("select ({sql})::text"), &[]).await;
    let row = row.unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
    let expected: Value = serde_json::from_str(row.get(0)).expect("PostgreSQL makes JSON");
    let found = execute(api, &format!("{{ all: {query} }}"), Value::Null).await;
    prop_assert_eq!(&found, &json!({ "data": { "all": expected } }), "{}\n{}", query, sql);
    Ok(())
}

#[test]
fn requests_bring_what_sql_says() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let fixture = Fixture::named("references");
    let (database, plan) = runtime.block_on(async {
        let database = fixture.database().await;
        let mut client = database.connect().await.expect("a connection");
        let config = codegen::Config::default();
        let catalog = codegen::introspect(&mut client, &config).await.expect("a catalog");
        (database, codegen::plan(&catalog, &config).0)
    });
    let mut settings = DatabaseConfig::new(database.url());
    // A page of 1,000 rows that lead to unlimited lists is more than clients may ask for.
    (settings.pool_size, settings.limits.max_complexity) = (1, u64::MAX);
    let api = runtime.block_on(async { schema(Pools::new(&settings).expect("a valid address")) });
    let config = Config { cases: 96, failure_persistence: None, ..Config::default() };
    let cases = (0..1000_u32, vec(any::<u8>(), 0..200));
    let result = TestRunner::new(config).run(&cases, |(seed, choices)| {
        let mut writer = Writer { plan: &plan, choices: Choices(choices.into_iter()), aliases: 0 };
        let views: Vec<&View> = plan.views.values().collect();
        let view = views[writer.choices.below(views.len())];
        let (rest, sql) = writer.list(view, "t0", "true", DEPTH);
        let query = format!("{}{rest}", view.list.field);
        runtime.block_on(async {
            let client = database.connect().await.expect("a connection");
            client.batch_execute(&rows(seed)).await.expect("rows");
            check(&database, &api, &query, &sql).await
        })
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[tokio::test]
async fn many_parents_take_one_statement_for_each_level() {
    let database = Fixture::named("references").database().await;
    let client = database.connect().await.expect("a connection");
    let many = "insert into tb_clients
          select i, 'client ' || i, 1 + i % 100, nullif(i % 7, 0), null from generate_series(5, 10000) as i;
        insert into tb_invoices
          select i, 1 + i % 9000, 1, nullif(i % 3, 0), 7, null, null, null, 1 from generate_series(5, 15000) as i;
        analyze";
    client.batch_execute(many).await.expect("rows");
    let mut config = DatabaseConfig::new(database.url());
    config.pool_size = 1;
    // The statement with a limit for each parent takes long where many tests run at once.
    config.statement_timeout = std::time::Duration::from_secs(600);
    (config.limits.max_page_size, config.limits.max_complexity) = (10_000, u64::MAX);
    let api = schema(Pools::new(&config).expect("a valid address"));
    let query = "clients(limit: 10000) {
        id parent { id } children(limit: 2, orderBy: [{ id: DESC }]) { id } bills { id shippingAddress { city } }
        profiles { motto } }";
    let sql = "select jsonb_agg(jsonb_build_object(
          'id', c.id,
          'parent', (select jsonb_build_object('id', p.id) from tb_clients as p where p.id = c.parent_id),
          'children', coalesce(k.list, '[]'), 'bills', coalesce(b.list, '[]'),
          'profiles', (select jsonb_build_object('motto', motto) from tb_profiles where client_id = c.id)
        ) order by c.id)
        from tb_clients as c
        left join (
          select parent_id, jsonb_agg(jsonb_build_object('id', id) order by id desc) as list
          from (select *, row_number() over (partition by parent_id order by id desc) as n from tb_clients) as k
          where n <= 2 group by parent_id
        ) as k on k.parent_id = c.id
        left join (
          select payer_id, jsonb_agg(jsonb_build_object('id', i.id, 'shippingAddress',
            case when p.id is not null then jsonb_build_object('city', p.city) end) order by i.id) as list
          from tb_invoices as i left join tb_places as p on p.id = i.shipping_address_id group by payer_id
        ) as b on b.payer_id = c.id";
    let log = SqlLog::start();
    check(&database, &api, query, sql).await.expect("the same");
    let statements = log.take();
    assert_eq!(statements.len(), 6, "{statements:#?}");
    // Nothing below nobody.
    let nobody = r#"{ clients(id: -1) { parent { id } bills { notes { id } } } }"#;
    let found = execute(&api, nobody, Value::Null).await;
    assert_eq!(found, json!({ "data": { "clients": [] } }));
    assert_eq!(log.take().len(), 1);
}

#[tokio::test]
async fn row_that_went_away_in_between_is_a_conflict() {
    let database = Fixture::named("references").database().await;
    let client = database.connect().await.expect("a connection");
    // What the two statements of a request may see of a deletion, made to last.
    let script = "set session_replication_role = replica; delete from tb_clients where id = 1";
    client.batch_execute(script).await.expect("a superuser");
    let api = schema(connect(database.url()));
    let found = execute(&api, "{ invoicesById(id: 1) { paidBy { name } } }", Value::Null).await;
    let error = &found["errors"][0];
    assert_eq!(error["extensions"]["code"], "CONFLICT", "{found}");
    let message = "the row of `paidBy` was deleted while it was being read; ask again";
    assert_eq!(error["message"], message);
}
