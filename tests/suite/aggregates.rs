//! Aggregates: what random requests bring, of random rows, is what plain SQL says; and every
//! function is there for the types that PostgreSQL has it for.
//!
//! A request is written down a second time as a statement that groups nothing: each value is a
//! subquery of its own over the rows that have the same key.

use codegen::plan::aggregates::AggregateFunction;
use codegen::plan::model::Type;
use fixture_aggregates::{Schema, schema};
use local_postgres::Database;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use runtime::DatabaseConfig;
use serde_json::{Value, json};
use tests::fixture::Fixture;
use tests::request::{connect, execute};
use tests::sql_log::SqlLog;

/// Decisions, one after the other; when there are no more, the first of everything.
struct Choices(std::vec::IntoIter<u8>);

impl Choices {
    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[usize::from(self.0.next().unwrap_or(0)) % all.len()]
    }

    /// Some of them, each once.
    fn some<'a, T>(&mut self, all: &'a [T], least: usize) -> Vec<&'a T> {
        let count = least + *self.of(&[0, 1, 2]);
        let first = *self.of(&(0..all.len()).collect::<Vec<_>>());
        all.iter().cycle().skip(first).take(count.min(all.len())).collect()
    }
}

/// Conditions on samples: GraphQL, and SQL on rows `t`.
const CONDITIONS: [(&str, &str); 6] = [
    ("", "true"),
    ("{ small: { gt: 1 } }", "t.small > 1"),
    ("{ not: { mood: { in: [SAD, HAPPY] } } }", "not (t.mood = any ('{sad,happy}'))"),
    ("{ label: { isNull: true } }", "t.label is null"),
    (
        "{ owner: { name: { neq: \"Ada\" } } }",
        "exists (select from v_owners as o where o.id = t.owner_id and o.name <> 'Ada')",
    ),
    ("{ id: { lt: 0 } }", "false"),
];

/// What samples are grouped by: the field, how, and SQL for a row `t`.
const KEYS: [(&str, &str, &str); 12] = [
    ("ownerId", "VALUE", "t.owner_id"),
    ("isOpen", "VALUE", "t.is_open"),
    ("small", "VALUE", "t.small"),
    ("label", "VALUE", "t.label"),
    ("mood", "VALUE", "t.mood"),
    ("mark", "VALUE", "t.mark"),
    ("day", "VALUE", "t.day"),
    ("day", "QUARTER", "date_trunc('quarter', t.day::timestamp)::date"),
    ("day", "WEEK", "date_trunc('week', t.day::timestamp)::date"),
    ("happenedAt", "VALUE", "t.happened_at"),
    ("happenedAt", "DAY", "date_trunc('day', t.happened_at, 'Asia/Kolkata')"),
    ("happenedAt", "MONTH", "date_trunc('month', t.happened_at, 'Asia/Kolkata')"),
];

/// What is computed: function, field, and SQL over rows `t`.
const TERMS: [(&str, &str, &str); 20] = [
    ("count", "", "count(*)"),
    ("countDistinct", "small", "count(distinct t.small)"),
    ("countDistinct", "mood", "count(distinct t.mood)"),
    ("countDistinct", "decimalNumber", "count(distinct t.decimal_number)"),
    ("sum", "small", "sum(t.small)::text"),
    ("sum", "normal", "sum(t.normal)::text"),
    ("sum", "large", "sum(t.large)::text"),
    ("sum", "decimalNumber", "sum(t.decimal_number)::text"),
    ("sum", "amount", "sum(t.amount)::text"),
    ("avg", "small", "avg(t.small)::text"),
    ("avg", "large", "avg(t.large)::text"),
    ("avg", "decimalNumber", "avg(t.decimal_number)::text"),
    ("min", "small", "min(t.small)"),
    ("min", "label", "min(t.label)"),
    ("min", "mood", "upper(replace(min(t.mood)::text, ' ', '_'))"),
    ("min", "day", "min(t.day)::text"),
    ("max", "normal", "max(t.normal)"),
    ("max", "decimalNumber", "max(t.decimal_number)::text"),
    ("max", "feeling", "upper(replace(max(t.feeling::mood)::text, ' ', '_'))"),
    (
        "max",
        "happenedAt",
        "to_char(max(t.happened_at) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
    ),
];

/// A value of a key as the API carries it.
fn json_of(field: &str, sql: &str) -> String {
    match field {
        "mood" => format!("upper(replace({sql}::text, ' ', '_'))"),
        "day" | "mark" => format!("{sql}::text"),
        "happenedAt" => {
            format!("to_char({sql} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
        }
        _ => sql.to_owned(),
    }
}

/// The value of a term over some rows, as a subquery.
fn term(sql: &str, condition: &str) -> String {
    format!("(select {sql} from v_samples as t where {condition})")
}

/// Fields with aliases, and the members of an object that they make.
fn terms(choices: &mut Choices, condition: &str, fields: &mut Vec<String>) -> Vec<String> {
    let terms = choices.some(&TERMS, 1).into_iter().enumerate();
    let terms = terms.map(|(index, (function, field, sql))| {
        let value = term(sql, condition);
        if field.is_empty() {
            fields.push(format!("x{index}: count"));
            return format!("'x{index}', {value}");
        }
        fields.push(format!("x{index}: {function} {{ y: {field} }}"));
        format!("'x{index}', jsonb_build_object('y', {value})")
    });
    terms.collect()
}

/// The arguments and fields of an aggregate of the rows that satisfy a condition, and an
/// expression that makes it.
fn aggregate(choices: &mut Choices, condition: &str) -> (String, String) {
    let (filter, sql) = *choices.of(&CONDITIONS);
    let condition = format!("{condition} and {sql}");
    let arguments = if filter.is_empty() { String::new() } else { format!("(where: {filter})") };
    let mut fields = Vec::new();
    let mut members = terms(choices, &condition, &mut fields);
    for index in 0..*choices.of(&[0, 1, 2]) {
        let (field, value) = groups(choices, &condition);
        fields.push(format!("g{index}: {field}"));
        members.push(format!("'g{index}', {value}"));
    }
    (
        format!("{arguments} {{ {} }}", fields.join(" ")),
        format!("jsonb_build_object({})", members.join(", ")),
    )
}

fn groups(choices: &mut Choices, condition: &str) -> (String, String) {
    let mut keys: Vec<&(&str, &str, &str)> = choices.some(&KEYS, 1);
    keys.dedup_by_key(|(field, ..)| *field);
    let columns: Vec<String> =
        keys.iter().map(|(field, how, _)| format!("{{ {field}: {how} }}")).collect();
    let distinct = keys.iter().enumerate().map(|(index, (_, _, sql))| format!("{sql} as k{index}"));
    let distinct = distinct.collect::<Vec<_>>().join(", ");
    let same = keys
        .iter()
        .enumerate()
        .map(|(index, (_, _, sql))| format!(" and {sql} is not distinct from g.k{index}"));
    let of_group = condition.to_owned() + &same.collect::<String>();
    let mut fields = keys.iter().map(|(field, ..)| (*field).to_owned()).collect::<Vec<_>>();
    let key = fields.join(" ");
    let members = keys.iter().enumerate();
    let members = members
        .map(|(n, (field, ..))| format!("'{field}', {}", json_of(field, &format!("g.k{n}"))));
    let mut object =
        vec![format!("'key', jsonb_build_object({})", members.collect::<Vec<_>>().join(", "))];
    fields = vec![format!("key {{ {key} }}")];
    object.extend(terms(choices, &of_group, &mut fields));
    let mut arguments = vec![format!("columns: [{}]", columns.join(", "))];
    if keys.iter().any(|(field, ..)| *field == "happenedAt") {
        arguments.push("timeZone: \"Asia/Kolkata\"".to_owned());
    }
    let mut order = Vec::new();
    if *choices.of(&[false, true]) {
        // Those of one function, whose text sorts as the value does.
        let (field, sql, by) = *choices.of(&[
            ("", "count(*)", "count"),
            ("normal", "sum(t.normal)", "sum"),
            ("small", "avg(t.small)", "avg"),
            ("mood", "max(t.mood)", "max"),
            ("label", "count(distinct t.label)", "countDistinct"),
        ]);
        let direction = *choices.of(&["ASC", "DESC", "DESC_NULLS_LAST"]);
        let (nested, sql) = (direction.replace('_', " ").to_lowercase(), term(sql, &of_group));
        order.push(format!("{sql} {nested}"));
        arguments.push(match field {
            "" => format!("orderBy: [{{ count: {direction} }}]"),
            field => format!("orderBy: [{{ {by}: {{ {field}: {direction} }} }}]"),
        });
    }
    if *choices.of(&[false, true]) {
        order.push("g.k0 desc".to_owned());
        let field = keys[0].0;
        let by = format!("{{ key: {{ {field}: DESC }} }}");
        match arguments.last_mut().filter(|last| last.starts_with("orderBy")) {
            Some(last) => *last = last.replace("}]", &format!("}}, {by}]")),
            None => arguments.push(format!("orderBy: {by}")),
        }
    }
    order.extend((0..keys.len()).map(|index| format!("g.k{index}")));
    let mut page = " limit 100".to_owned();
    if *choices.of(&[false, true]) {
        let (limit, offset) = (*choices.of(&[0, 1, 2, 3]), *choices.of(&[0, 1, 2]));
        arguments.push(format!("limit: {limit} offset: {offset}"));
        page = format!(" limit {limit} offset {offset}");
    }
    let order = order.join(", ");
    let value = format!(
        "(select coalesce(jsonb_agg(o.v order by o.n), '[]') from (\
         select row_number() over (order by {order}) as n, jsonb_build_object({}) as v \
         from (select distinct {distinct} from v_samples as t where {condition}) as g \
         order by {order}{page}) as o)",
        object.join(", ")
    );
    (format!("groupBy({}) {{ {} }}", arguments.join(" "), fields.join(" ")), value)
}

/// Other rows: few values, so that groups have some.
fn rows(seed: u32) -> String {
    format!(
        "select setseed({seed} / 1000.0);
         truncate tb_samples;
         insert into tb_samples (id, owner_id, is_open, small, normal, large, decimal_number, amount, label,
             mark, happened_at, day, mood, feeling)
           select i, 1 + (random() * 3)::integer, (array[true, false, null])[1 + (random() * 2)::integer],
             (array[0, 1, 2, -3, null])[1 + (random() * 4)::integer],
             (array[2147483647, 2147483646, 1, null])[1 + (random() * 3)::integer],
             (array[9223372036854775807, -1, null]::bigint[])[1 + (random() * 2)::integer],
             (array[1.0, 1.50, 2.5, 1e-20, 'NaN', null]::numeric[])[1 + (random() * 5)::integer],
             (array[0.01, 99, null])[1 + (random() * 2)::integer],
             (array['a', 'A', '', 'ä', null])[1 + (random() * 4)::integer],
             (array[md5('1')::uuid, md5('2')::uuid, null])[1 + (random() * 2)::integer],
             (array['2024-01-31 18:29:59Z', '2024-01-31 18:30:00Z', '2024-02-01 00:00Z', null]::timestamptz[])
               [1 + (random() * 3)::integer],
             '2023-12-30'::date + (random() * 4)::integer,
             (array['sad', 'not bad', 'happy', null]::mood[])[1 + (random() * 3)::integer],
             (array['sad', 'happy', null]::mood[])[1 + (random() * 2)::integer]
           from generate_series(1, (random() * 30)::integer) as i"
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

/// More cases with `PROPTEST_CASES`.
#[test]
fn aggregates_are_what_sql_says() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let database = runtime.block_on(async { Fixture::named("aggregates").database().await });
    let api = runtime.block_on(async { schema(connect(database.url())) });
    let config = Config { failure_persistence: None, ..Config::default() };
    let cases = std::env::var_os("PROPTEST_CASES").map_or(96, |_| config.cases);
    let choices = (0..1000_u32, vec(any::<u8>(), 0..60));
    let result = TestRunner::new(Config { cases, ..config }).run(&choices, |(seed, choices)| {
        let mut choices = Choices(choices.into_iter());
        let (query, sql) = if *choices.of(&[false, true]) {
            let (rest, object) = aggregate(&mut choices, "true");
            (format!("samplesAggregate{rest}"), format!("select {object}"))
        } else {
            let (rest, object) = aggregate(&mut choices, "t.owner_id = p.id");
            let members = format!("'id', p.id, 'a', {object}");
            (
                format!("owners {{ id a: samplesAggregate{rest} }}"),
                format!(
                    "select jsonb_agg(jsonb_build_object({members}) order by p.id) from v_owners as p"
                ),
            )
        };
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
async fn many_parents_take_one_statement() {
    let database = Fixture::named("aggregates").database().await;
    let client = database.connect().await.expect("a connection");
    let many =
        "insert into tb_owners select i, 'o' || i, 'east', i from generate_series(5, 1000) as i;
        insert into tb_samples (id, owner_id, normal, day)
          select i, 5 + i % 900, i, '2024-01-01' from generate_series(5, 5000) as i;
        insert into tb_visits select i, 'east', 5 + i % 700, i from generate_series(5, 3000) as i";
    client.batch_execute(many).await.expect("rows");
    let mut config = DatabaseConfig::new(database.url());
    config.pool_size = 1;
    let api = schema(runtime::Database::new(&config).expect("a valid address"));
    let query = "owners(limit: 1000) {
        id samplesAggregate { count sum { normal } }
        visitsAggregate { count groupBy(columns: [{ branch: VALUE }], limit: 1) { key { branch } count } } }";
    let sql = "select jsonb_agg(jsonb_build_object(
          'id', o.id,
          'samplesAggregate', jsonb_build_object(
            'count', coalesce(s.n, 0), 'sum', jsonb_build_object('normal', s.total::text)),
          'visitsAggregate', jsonb_build_object('count', coalesce(v.n, 0), 'groupBy',
            case when v.n is null then '[]' else jsonb_build_array(
              jsonb_build_object('key', jsonb_build_object('branch', o.branch), 'count', v.n)) end)
        ) order by o.id)
        from tb_owners as o
        left join (select owner_id, count(*) as n, sum(normal) as total from tb_samples group by 1) as s
          on s.owner_id = o.id
        left join (select region, branch, count(*) as n from tb_visits group by 1, 2) as v using (region, branch)";
    let log = SqlLog::start();
    check(&database, &api, query, sql).await.expect("the same");
    let statements = log.take();
    assert_eq!(statements.len(), 4, "{statements:#?}");
    // Nothing below nobody.
    let nobody = "{ owners(id: -1) { samplesAggregate { count groupBy(columns: { id: VALUE }) { count } } } }";
    let found = execute(&api, nobody, Value::Null).await;
    assert_eq!(found, json!({ "data": { "owners": [] } }));
    assert_eq!(log.take().len(), 1);
}

/// What is left out although PostgreSQL computes it: it came after version 14, or takes a time of
/// day for an interval.
const LEFT_OUT: [&str; 2] = ["bytes", "at_time"];

#[tokio::test]
async fn functions_are_those_of_postgresql() {
    let database = Fixture::named("aggregates").database().await;
    let mut client = database.connect().await.expect("a connection");
    let config = codegen::Config::default();
    let catalog = codegen::introspect(&mut client, &config).await.expect("a catalog");
    let (plan, _) = codegen::plan(&catalog, &config);
    let view = plan.views.values().find(|view| view.sql.name == "v_samples").expect("the view");
    let mut computed = 0;
    for column in &view.object.columns {
        for function in AggregateFunction::ALL {
            let is_count = function == AggregateFunction::CountDistinct;
            let name = if is_count { "count" } else { function.field() };
            // Functions of any enum take no domain over one.
            let sql = if column.sql == "feeling" { "feeling::mood" } else { &column.sql };
            let sql = format!("select pg_typeof({name}({sql}))::text from v_samples");
            let found = client.query_one(&sql, &[]).await.map(|row| row.get::<_, String>(0));
            match (function.result(&column.ty), found) {
                (Some(ty), Ok(found)) => {
                    assert!(sql_names(&ty).contains(&found.as_str()), "{sql}: {found}");
                    computed += 1;
                }
                (Some(_), Err(error)) => panic!("{sql}: {error:?}"),
                (None, Err(_)) => {}
                (None, Ok(found)) => {
                    let is_left_out = is_count
                        || found.ends_with("[]")
                        || LEFT_OUT.contains(&column.sql.as_str());
                    assert!(is_left_out, "{sql}: {found}");
                }
            }
        }
    }
    assert!(computed > 80, "{computed}");
}

fn sql_names(ty: &Type) -> &'static [&'static str] {
    match ty {
        Type::Int2 => &["smallint"],
        Type::Int4 => &["integer"],
        Type::Int8 => &["bigint"],
        Type::Float4 => &["real"],
        Type::Float8 => &["double precision"],
        Type::Numeric => &["numeric"],
        Type::Timestamptz => &["timestamp with time zone"],
        Type::Timestamp => &["timestamp without time zone"],
        Type::Date => &["date"],
        Type::Time => &["time without time zone"],
        Type::Interval => &["interval"],
        Type::Inet => &["inet"],
        Type::Enum(_) => &["mood"],
        Type::Text => &["text", "character"],
        other => panic!("{other:?} is no result"),
    }
}
