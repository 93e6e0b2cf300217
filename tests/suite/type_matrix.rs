//! Every type in every place that a type can have: it is carried, or the diagnostic's help helps.

use codegen::{Code, Config, Diagnostic, Plan};
use local_postgres::Database;
use tests::database;

/// Types that the API carries.
const CARRIED: &[&str] = &[
    "bool",
    "int2",
    "int4",
    "int8",
    "float4",
    "float8",
    "numeric",
    "numeric(12, 2)",
    "text",
    "varchar",
    "varchar(3)",
    "char(3)",
    "name",
    "\"char\"",
    "uuid",
    "timestamptz",
    "timestamptz(3)",
    "timestamp",
    "date",
    "time",
    "interval",
    "json",
    "jsonb",
    "bytea",
    "inet",
    "cidr",
    "macaddr",
    "mood",
    "pair",
    "nested",
    "email",
    "list",
    "pairs_list",
    "int4range",
    "int8range",
    "numrange",
    "tsrange",
    "tstzrange",
    "daterange",
    "int4multirange",
    "datemultirange",
    "span",
    "spans",
    "mood_range",
    "range_domain",
    "v_row",
    "tb_row",
];

/// Types that it does not, each with a value.
const REFUSED: &[(&str, &str)] = &[
    ("money", "1.50"),
    ("timetz", "10:15:00+02"),
    ("xml", "<a/>"),
    ("bit(3)", "101"),
    ("varbit", "1"),
    ("tsvector", "a b"),
    ("tsquery", "a & b"),
    ("jsonpath", "$.a"),
    ("pg_lsn", "0/1"),
    ("pg_snapshot", "1:1:"),
    ("macaddr8", "08:00:2b:01:02:03:04:05"),
    ("oid", "1"),
    ("xid", "1"),
    ("xid8", "1"),
    ("cid", "1"),
    ("tid", "(0,1)"),
    ("oidvector", "1 2"),
    ("int2vector", "1 2"),
    ("regclass", "pg_class"),
    ("regtype", "int4"),
    ("regproc", "now"),
    ("regrole", "pg_monitor"),
    ("regnamespace", "public"),
    ("refcursor", "c"),
    ("point", "(1,2)"),
    ("line", "{1,2,3}"),
    ("lseg", "[(1,2),(3,4)]"),
    ("box", "(1,2),(3,4)"),
    ("path", "[(1,2),(3,4)]"),
    ("polygon", "((1,2),(3,4))"),
    ("circle", "<(1,2),3>"),
    ("clock_range", "[10:00+00,11:00+00)"),
    ("clock", "10:15:00+02"),
];

const TYPES: &str = "
    create type mood as enum ('sad', 'ok');
    create domain email as text check (value like '%@%');
    create type pair as (a integer, b text);
    create type nested as (one pair, many pair[], moods mood[], emails email[], span int4range);
    create domain list as integer[];
    create domain pairs_list as pair[];
    create type span as range (subtype = float8, multirange_type_name = spans);
    create type mood_range as range (subtype = mood);
    create domain range_domain as span;
    create table tb_row (id integer primary key, m mood);
    create view v_row as select id, m from tb_row;
    create type clock_range as range (subtype = timetz);
    create domain clock as timetz;
";

async fn planned(database: &Database) -> (Plan, Vec<Diagnostic>) {
    let mut client = database.connect().await.expect("a connection");
    let config = Config::default();
    let catalog = codegen::introspect(&mut client, &config).await.expect("a catalog");
    let (plan, diagnostics) = codegen::plan(&catalog, &config);
    (plan, diagnostics.iter().cloned().collect())
}

/// One object for each place, all of one type.
fn places(number: usize, ty: &str) -> String {
    format!(
        "create type holder_{number} as (one {ty}, many {ty}[]);
         create view v_x{number} as select null::{ty} as one, null::{ty}[] as many;
         create view v_h{number} as select null::holder_{number} as one, null::holder_{number}[] as many;
         create function fn_in{number}(p_id integer, p_one {ty}, p_many {ty}[], p_holder holder_{number}) returns void
           language sql as '';
         create function fn_wrapped{number}(p_id integer, p_one {ty}, p_many {ty}[] default null) returns void
           language sql as '';
         comment on function fn_wrapped{number} is '@input';
         create function fn_out{number}() returns {ty} language sql as 'select null::{ty}';
         create function fn_list{number}() returns {ty}[] language sql as 'select null::{ty}[]';
         create function fn_set{number}() returns setof {ty} language sql as 'select null::{ty}';
         create function fn_table{number}() returns table (one {ty}, many {ty}[])
           language sql as 'select null::{ty}, null::{ty}[]';\n"
    )
}

#[tokio::test]
async fn carried_types_are_carried_everywhere() {
    let objects = CARRIED.iter().enumerate().map(|(number, ty)| places(number, ty));
    let script = TYPES.to_owned() + &objects.collect::<String>();
    let (plan, diagnostics) = planned(&database::with_script(&script).await).await;
    assert_eq!(diagnostics, []);
    assert_eq!(plan.functions.len(), CARRIED.len() * 6);
    // What is emitted is valid: anything else panics.
    assert!(codegen::emit(&plan).len() > plan.functions.len());
}

#[tokio::test]
async fn other_types_are_refused_with_an_expression_that_works() {
    let base = database::with_script(TYPES).await;
    let client = base.connect().await.expect("a connection");
    for (ty, value) in REFUSED {
        for array in [false, true] {
            // No constants: a view may not have those of `regrole`.
            let value = format!("cast(concat('{value}') as {ty})");
            let value = if array { format!("array[{value}]") } else { value };
            let sql = format!("create or replace view v_x as select 1 as id, {value} as \"Col\"");
            client.batch_execute(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
            let (_, diagnostics) = planned(&base).await;
            let [diagnostic] = diagnostics.as_slice() else { panic!("{sql}: {diagnostics:?}") };
            assert_eq!(diagnostic.code, Code::UnsupportedType, "{sql}");
            let help = diagnostic.help.as_deref().unwrap_or_default();
            let instead = help
                .strip_prefix("select ")
                .and_then(|help| help.split_once(" in its place"))
                .unwrap_or_else(|| panic!("{sql}: no expression in {help}"));
            let fixed = format!(
                "drop view v_x; create view v_x as select 1 as id, {} as c from (select {value} as \"Col\") as t",
                instead.0
            );
            client.batch_execute(&fixed).await.unwrap_or_else(|error| panic!("{fixed}: {error:?}"));
            client
                .query("select c from v_x", &[])
                .await
                .unwrap_or_else(|e| panic!("{fixed}: {e:?}"));
            assert_eq!(planned(&base).await.1, [], "{fixed}");
            client.batch_execute("drop view v_x").await.expect("the view can be dropped");
        }
    }
}

#[tokio::test]
async fn attributes_and_functions_of_other_types_can_be_hidden_as_the_help_says() {
    let objects = REFUSED.iter().enumerate().map(|(number, (ty, _))| {
        format!(
            "create type holder_{number} as (id integer, one {ty}, many {ty}[]);
             create view v_h{number} as select null::holder_{number} as one;
             create function fn_in{number}(p_one {ty}) returns void language sql as '';
             create function fn_out{number}() returns setof {ty} language sql as 'select null::{ty}';
             create function fn_table{number}() returns table (one {ty}) language sql as 'select null::{ty}';\n"
        )
    });
    let script = TYPES.to_owned() + &objects.collect::<String>();
    let database = database::with_script(&script).await;
    let client = database.connect().await.expect("a connection");
    let (_, diagnostics) = planned(&database).await;
    assert_eq!(diagnostics.len(), REFUSED.len() * 5);
    for diagnostic in diagnostics {
        assert_eq!(diagnostic.code, Code::UnsupportedType);
        let help = diagnostic.help.expect("help");
        let (_, sql) = help.split_once('\n').unwrap_or_else(|| panic!("no SQL in {help}"));
        client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }
    assert_eq!(planned(&database).await.1, []);
}
