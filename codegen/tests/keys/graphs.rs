//! Random tables that refer to each other, random views on them, random rows.
//!
//! Whatever the plan claims is held against the data: keys are unique, a relation to one row leads
//! to no more, and one that is never null to exactly one. Then the data changes under materialized
//! views, and all of it is looked up again.

use std::fmt::Write;

use codegen::plan::identity::identify_all;
use codegen::plan::model::Cardinality;
use codegen::{Config, introspect, plan};
use local_postgres::TestCluster;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config as TestConfig, TestRunner};
use tokio_postgres::Client;

use super::claims;

#[derive(Clone, Debug)]
struct Table {
    key: Key,
    /// Whether `code`, which is unique, may be null.
    nullable_code: bool,
    references: Vec<Reference>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Key {
    Small,
    Integer,
    Big,
    Text,
    Two,
}

#[derive(Clone, Debug)]
struct Reference {
    /// Which of the tables up to this one.
    target: usize,
    nullable: bool,
    constraint: Constraint,
    /// The type of the column, if the key is an integer.
    integer: Key,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Constraint {
    Plain,
    Deferrable,
    NotValid,
}

const SHAPES: usize = 18;

fn tables() -> impl Strategy<Value = Vec<(Table, Vec<usize>)>> {
    let integer = || prop_oneof![Just(Key::Small), Just(Key::Integer), Just(Key::Big)];
    let key = prop_oneof![3 => integer(), 1 => Just(Key::Text), 1 => Just(Key::Two)];
    let constraint = prop_oneof![
        4 => Just(Constraint::Plain),
        1 => Just(Constraint::Deferrable),
        1 => Just(Constraint::NotValid),
    ];
    let reference = (0..4_usize, any::<bool>(), constraint, integer()).prop_map(
        |(target, nullable, constraint, integer)| Reference {
            target,
            nullable,
            constraint,
            integer,
        },
    );
    let table = (key, any::<bool>(), vec(reference, 0..3))
        .prop_map(|(key, nullable_code, references)| Table { key, nullable_code, references });
    vec((table, vec(0..SHAPES, 1..4)), 2..5)
}

impl Key {
    fn sql(self) -> &'static str {
        match self {
            Self::Small => "smallint",
            Self::Integer => "integer",
            Self::Big => "bigint",
            Self::Text => "text",
            Self::Two => "integer",
        }
    }
}

impl Reference {
    /// Which table it refers to, given the number of its own.
    fn target(&self, own: usize) -> usize {
        self.target % (own + 1)
    }

    /// The SQL type of its first column, given the key that it refers to.
    fn sql(&self, key: Key) -> &'static str {
        match key {
            Key::Text => "text",
            _ => self.integer.sql(),
        }
    }
}

/// The columns of a key, with a prefix.
fn columns(key: Key, prefix: &str) -> Vec<String> {
    let names: &[&str] = if key == Key::Two { &["id", "part"] } else { &["id"] };
    names.iter().map(|name| format!("{prefix}{name}")).collect()
}

fn schema(tables: &[(Table, Vec<usize>)]) -> String {
    let mut sql = String::from("drop schema public cascade; create schema public;\n");
    for (own, (table, _)) in tables.iter().enumerate() {
        let _ = write!(
            sql,
            "create table t{own} (id {} not null, part text not null, ",
            table.key.sql()
        );
        let _ = write!(sql, "primary key ({})", columns(table.key, "").join(", "));
        let null = if table.nullable_code { "" } else { " not null" };
        let _ = write!(sql, ", code text unique{null}, n integer not null, m integer");
        for (number, reference) in table.references.iter().enumerate() {
            let target = tables[reference.target(own)].0.key;
            let null = if reference.nullable { "" } else { " not null" };
            let _ = write!(sql, ", r{number}_id {}{null}", reference.sql(target));
            if target == Key::Two {
                let _ = write!(sql, ", r{number}_part text{null}");
            }
        }
        sql.push_str(");\n");
    }
    sql
}

/// Adds constraints, those that are not validated after rows that break them.
fn constraints(tables: &[(Table, Vec<usize>)]) -> String {
    let mut sql = String::new();
    for (own, (table, _)) in tables.iter().enumerate() {
        for (number, reference) in table.references.iter().enumerate() {
            let target = reference.target(own);
            let key = tables[target].0.key;
            let suffix = match reference.constraint {
                Constraint::Plain => "",
                Constraint::Deferrable => " deferrable",
                Constraint::NotValid => " not valid",
            };
            let _ = writeln!(
                sql,
                "alter table t{own} add foreign key ({}) references t{target} ({}){suffix};",
                columns(key, &format!("r{number}_")).join(", "),
                columns(key, "").join(", "),
            );
        }
    }
    sql
}

/// Rows for all tables; before there are constraints, some lead nowhere.
fn rows(tables: &[(Table, Vec<usize>)], seed: u32) -> String {
    let mut sql = format!("select setseed({});\n", f64::from(seed % 1000) / 1000.0);
    for own in (0..tables.len()).rev() {
        let _ = writeln!(sql, "delete from t{own};");
    }
    for (own, (table, _)) in tables.iter().enumerate() {
        let (mut names, mut values) = (String::new(), String::new());
        for (number, reference) in table.references.iter().enumerate() {
            let target = reference.target(own);
            let broken = reference.constraint == Constraint::NotValid && seed == 0;
            for column in columns(tables[target].0.key, "") {
                let chosen = if target == own {
                    column.replace("id", "i")
                } else {
                    // One random row for both columns of a key.
                    format!(
                        "(select x.{column} from t{target} as x order by md5(x.id::text || x.part || i) limit 1)"
                    )
                };
                let chosen = if broken { "(1000 + i)".to_owned() } else { chosen };
                let chosen = match reference.nullable {
                    true => format!(
                        "case when hashtext(i::text || {number}) % 3 <> 0 then {chosen} end"
                    ),
                    false => chosen,
                };
                let ty = if column == "id" { reference.sql(tables[target].0.key) } else { "text" };
                let _ = write!(names, ", r{number}_{column}");
                let _ = write!(values, ", ({chosen})::{ty}");
            }
        }
        let _ = writeln!(
            sql,
            "insert into t{own} (id, part, code, n, m{names}) \
             select i::{}, part, nullif('c' || i || part, {}), (random() * 2)::integer, \
             nullif((random() * 2)::integer, 0){values} \
             from generate_series(1, 6) as i, lateral (values ('x'){}) as p (part) \
             where random() < 0.8{} on conflict do nothing;",
            table.key.sql(),
            if table.nullable_code { "'c2x'" } else { "null" },
            if table.key == Key::Two { ", ('y')" } else { "" },
            // A row must have something to refer to.
            table
                .references
                .iter()
                .map(|reference| reference.target(own))
                .filter(|target| *target != own)
                .map(|target| format!(" and exists (select from t{target})"))
                .collect::<String>(),
        );
    }
    sql
}

fn views(tables: &[(Table, Vec<usize>)]) -> String {
    let mut sql = String::new();
    for (own, (table, shapes)) in tables.iter().enumerate() {
        let other = table.references.first().map_or(own, |reference| reference.target(own));
        let key = tables[other].0.key;
        let pairs: Vec<String> = columns(key, "")
            .iter()
            .map(|column| {
                format!(
                    "x.{column} = t.{}{column}",
                    if table.references.is_empty() { "" } else { "r0_" }
                )
            })
            .collect();
        let on = pairs.join(" and ");
        let list: Vec<String> = columns(table.key, "t.");
        let list = list.join(", ");
        for (number, shape) in shapes.iter().enumerate() {
            let name = format!("v_t{own}_{number}");
            let query = match shape {
                0 => format!("select * from t{own}"),
                1 => format!("select * from t{own} where n > 0"),
                2 => format!(
                    "select t.*, x.n as xn from t{own} as t left join t{other} as x on {on}"
                ),
                3 => {
                    format!("select t.*, x.code as xc from t{own} as t join t{other} as x on {on}")
                }
                4 => format!(
                    "select t.*, x.id as xi from t{other} as x right join t{own} as t on {on} and x.n = t.n"
                ),
                5 => format!(
                    "select {list}, max(t.n) as top from t{own} as t left join t{other} as x on x.n = t.n group by {list}"
                ),
                6 => format!("select distinct {list}, t.n from t{own} as t"),
                7 => format!(
                    "select 'a' as kind, t.id::text, t.part, t.n from t{own} as t union all select 'b', x.id::text, x.part, x.n from t{other} as x"
                ),
                8 => format!(
                    "select n, id, part from (select t.*, row_number() over (partition by n order by id, part) as place from t{own} as t) as t where place = 1"
                ),
                9 => format!(
                    "select t.id, t.part, x.id as other_id, x.part as other_part from t{own} as t join t{own} as x on x.n = t.n"
                ),
                10 => format!(
                    "select t.*, x.code as xc from t{own} as t left join lateral (select x.code from t{other} as x where x.n = t.n order by x.id limit 1) as x on true"
                ),
                11 => format!("select * from t{own} order by id limit 3"),
                12 => format!("select t.* from only t{own} as t full join t{other} as x on {on}"),
                13 => format!(
                    "with c as (select * from t{own}) select t.* from c as t where exists (select from t{other} as x where {on})"
                ),
                14 => format!(
                    "select t.*, y.n as yn from (select * from t{own}) as t left join (t{other} as x join t{other} as y on y.code = x.code) on {on}"
                ),
                _ => format!("select * from t{own}"),
            };
            let kind = if *shape >= 15 { "materialized view" } else { "view" };
            let _ = writeln!(sql, "create {kind} {name} as {query};");
        }
        // Sometimes the table has its own view, which then stands for it.
        if shapes.len() > 2 {
            let _ = writeln!(sql, "create view v_t{own} as select * from t{own};");
        }
    }
    sql
}

/// What was claimed, to know that anything was.
#[derive(Debug, Default)]
struct Claims {
    keys: usize,
    one: usize,
    optional: usize,
    many: usize,
}

async fn check(
    client: &mut Client,
    tables: &[(Table, Vec<usize>)],
    claims: &mut Claims,
) -> Vec<String> {
    let run = async |client: &Client, script: String| {
        client.batch_execute(&script).await.unwrap_or_else(|error| panic!("{error:?}\n{script}"));
    };
    let script = schema(tables) + &rows(tables, 0) + &constraints(tables) + &views(tables);
    run(client, script).await;
    let config = Config::default();
    let catalog = introspect(client, &config).await.expect("the schema");
    let identities = identify_all(&catalog);
    let (plan, diagnostics) = plan(&catalog, &config);
    assert!(!diagnostics.has_errors(), "{diagnostics}");
    for view in plan.views.values() {
        claims.keys += view.lookups.len();
        for relation in &view.object.relations {
            match relation.cardinality {
                Cardinality::One => claims.one += 1,
                Cardinality::Optional => claims.optional += 1,
                Cardinality::Many => claims.many += 1,
            }
        }
    }
    let mut complaints = Vec::new();
    for seed in 1..4 {
        complaints.extend(claims::repeated_keys(client, &catalog, &identities).await);
        complaints.extend(claims::wrong_relations(client, &plan).await);
        run(client, rows(tables, seed * 300)).await;
    }
    complaints
}

#[test]
fn claims_hold_on_random_schemas_and_rows() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let cluster = TestCluster::start(None).expect("a server for tests");
    let (_database, mut client) = runtime.block_on(async {
        let database = cluster.create_database(None).await.expect("a database");
        let client = database.connect().await.expect("a connection");
        client
            .batch_execute("set client_min_messages = warning; set statement_timeout = '20s'")
            .await
            .expect("settings");
        (database, client)
    });
    let mut claims = Claims::default();
    let config = TestConfig { cases: 48, failure_persistence: None, ..TestConfig::default() };
    let result = {
        let (client, claims) =
            (std::cell::RefCell::new(&mut client), std::cell::RefCell::new(&mut claims));
        TestRunner::new(config).run(&tables(), |tables| {
            let complaints =
                runtime.block_on(check(*client.borrow_mut(), &tables, *claims.borrow_mut()));
            prop_assert!(complaints.is_empty(), "{}", complaints.join("\n"));
            Ok(())
        })
    };
    if let Err(error) = result {
        panic!("{error}");
    }
    let Claims { keys, one, optional, many } = &claims;
    assert!([keys, one, optional, many].iter().all(|claims| **claims > 16), "{claims:?}");
}
