//! Values of every type in the text form of PostgreSQL: few, so that many are equal, and those that
//! are special.

use tokio_postgres::{Client, Row};

/// The columns of the table with values for each.
const VALUES: &[(&str, &[&str])] = &[
    ("bools", &["t", "f"]),
    ("int2s", &["-32768", "0", "1", "32767"]),
    ("int4s", &["-2147483648", "-1", "0", "1", "2147483647"]),
    ("int8s", &["-9223372036854775808", "0", "1", "9223372036854775807"]),
    ("float4s", &["-0", "0", "1.5", "3.4028235e38", "1e-45"]),
    ("float8s", &["-0", "0", "0.1", "1.7976931348623157e308", "5e-324"]),
    ("numerics", &["0", "1", "1.00", "-1.0000000000000000000000001", "NaN", "Infinity", "1e100"]),
    ("texts", TEXTS),
    ("varchars", TEXTS),
    ("chars", &["", "a", "A", "a b", "a_b", "%", "\\", "abcde"]),
    ("names", TEXTS),
    ("letters", &["", "a", "A", "%", "_"]),
    ("cis", TEXTS),
    ("folded", TEXTS),
    ("uuids", &["00000000-0000-0000-0000-000000000000", "ffffffffffffffffffffffffffffffff"]),
    ("timestamptzs", TIMES),
    ("timestamps", TIMES),
    ("dates", &["infinity", "-infinity", "2024-02-29", "2024-03-01", "0044-03-15 BC"]),
    ("times", &["00:00", "12:00:00.000001", "24:00"]),
    ("intervals", &["1 mon", "30 days", "720:00", "-1 day", "0", "1 day -24:00"]),
    ("jsons", &["1", "{\"a\": 1}", "[]"]),
    ("jsonbs", JSON),
    ("documents", JSON),
    ("shaped", &["{\"a\": 1}", "{\"a\": null, \"b\": \"x\"}"]),
    ("byteas", &["\\x", "\\x00", "\\x00ff", "\\xff"]),
    ("inets", NETWORKS),
    ("cidrs", &["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32", "0.0.0.0/0", "::/0", "fe80::/10"]),
    ("networks", &["10.0.0.0/8", "10.1.0.0/16", "::/0"]),
    ("macaddrs", &["00:00:00:00:00:00", "08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff"]),
    ("moods", MOODS),
    ("shades", MOODS),
    ("emails", &["@", "a@b", "A@b", "a%@b"]),
    ("codes", &["", "a", "A", "ab ", "abc"]),
    ("pairs", PAIRS),
    ("couples", PAIRS),
    (
        "nests",
        &[
            "(,,,,,,,)",
            "(\"(1,x)\",\"[1,5)\",a@b,ok,\"{a,NULL}\",{},\"{\"\"a\"\": 1}\",Ab)",
            "(\"(,)\",empty,@,sad,{},,[],aB)",
            "(,\"(,3]\",,\"in high spirits\",{b},,1,é)",
        ],
    ),
    ("int2_arrays", INTEGERS),
    ("int4_arrays", INTEGERS),
    ("int8_arrays", INTEGERS),
    ("float8_arrays", &["{}", "{0,-0}", "{0.1,NULL}", "{5e-324}"]),
    ("numeric_arrays", &["{}", "{1,1.00}", "{1.0}", "{NaN,NULL}", "{0}"]),
    ("bool_arrays", &["{}", "{t,f}", "{NULL}", "{f}"]),
    ("text_arrays", WORDS),
    ("varchar_arrays", WORDS),
    ("char_arrays", &["{}", "{a,\"a \"}", "{A,NULL}", "{\"\"}"]),
    ("name_arrays", WORDS),
    ("letter_arrays", &["{}", "{a,b}", "{a,NULL}", "{\",\"}"]),
    ("ci_arrays", WORDS),
    ("folded_arrays", WORDS),
    ("uuid_arrays", &["{}", "{00000000-0000-0000-0000-000000000000,NULL}"]),
    ("timestamptz_arrays", &["{}", "{infinity,2024-01-01}", "{NULL,2024-01-01}"]),
    ("date_arrays", &["{}", "{infinity,2024-02-29}", "{NULL,2024-02-29}"]),
    ("interval_arrays", &["{}", "{1 mon,30 days}", "{720:00,NULL}"]),
    ("bytea_arrays", &["{}", "{\"\\\\x00\"}", "{\"\\\\x\",NULL}"]),
    ("json_arrays", &["{}", "{1,NULL}"]),
    ("jsonb_arrays", &["{}", "{\"{\\\"a\\\": 1}\",\"[1]\"}", "{1,NULL}", "{\"[1]\"}"]),
    ("inet_arrays", &["{}", "{10.0.0.1/8,::1}", "{::1,NULL}"]),
    ("cidr_arrays", &["{}", "{10.0.0.0/8}", "{::/0,NULL}"]),
    ("macaddr_arrays", &["{}", "{08:00:2b:01:02:03,NULL}"]),
    ("mood_arrays", &["{}", "{sad,ok}", "{\"in high spirits\",NULL}", "{ok}"]),
    ("shade_arrays", &["{}", "{sad,ok}", "{\"in high spirits\",NULL}", "{ok}"]),
    ("email_arrays", &["{}", "{a@b,@}", "{NULL,@}"]),
    ("code_arrays", &["{}", "{a,ab}", "{NULL,A}", "{a}"]),
    ("pair_arrays", &["{}", "{NULL}", "{\"(1,x)\",\"(,)\"}"]),
    ("lists", INTEGERS),
    ("list_arrays", &["{}", "{\"{1,2}\",NULL}"]),
    ("grids", &["{}", "{{1,2},{3,NULL}}", "{{1},{2}}"]),
    ("cubes", &["{}", "{{{a,b}}}", "{{{a},{NULL}}}"]),
    ("pair_grids", &["{}", "{{NULL}}"]),
    ("int4_ranges", RANGES),
    ("int8_ranges", RANGES),
    ("num_ranges", RANGES),
    ("ts_ranges", PERIODS),
    ("tstz_ranges", PERIODS),
    ("date_ranges", PERIODS),
    ("periods", PERIODS),
    ("spans", RANGES),
    ("code_ranges", &["empty", "(,)", "[a,b)", "(a,ab]", "[\"\",a]"]),
    ("shade_ranges", &["empty", "(,)", "[sad,ok)", "(sad,\"in high spirits\"]", "[ok,ok]"]),
    ("int4_multiranges", &["{}", "{[1,3),[5,9)}", "{(,)}", "{[3,5)}", "{[2,2]}"]),
    ("tstz_multiranges", &["{}", "{[2024-01-01,2024-02-01),[2025-01-01,)}", "{(,2024-01-01)}"]),
    ("range_arrays", &["{}", "{\"[1,5)\",empty}", "{\"[1,5)\",NULL}", "{\"(,)\"}"]),
    ("multirange_arrays", &["{}", "{\"{[1,5)}\",\"{}\"}", "{\"{}\",NULL}"]),
    ("range_grids", &["{}", "{{\"[1,5)\"},{NULL}}"]),
];

const TEXTS: &[&str] = &["", "a", "A", "ab", "aB", "a_b", "a%b", "a\\b", "b ab", "é", "É", "a\n.*"];
const TIMES: &[&str] = &[
    "infinity",
    "-infinity",
    "2024-02-29 12:00:00.000001",
    "2024-02-29 12:00",
    "0044-03-15 BC",
    "12024-01-01",
];
const JSON: &[&str] = &[
    "{}",
    "{\"a\": 1}",
    "{\"a\": {\"b\": [1, 2]}, \"c\": null}",
    "[\"a\", 1, [2]]",
    "\"a\"",
    "1.0",
    "[]",
];
const NETWORKS: &[&str] = &["10.0.0.1", "10.1.2.3/16", "10.0.0.0/8", "::1", "fe80::1/10"];
const MOODS: &[&str] = &["sad", "ok", "in high spirits"];
const PAIRS: &[&str] = &["(,)", "(1,)", "(1,x)", "(,X)", "(2,\"\")"];
const INTEGERS: &[&str] = &["{}", "{1}", "{1,2}", "{2,1}", "{NULL}", "{1,NULL,3}", "{3,3}"];
const WORDS: &[&str] = &["{}", "{a}", "{A,b}", "{a,NULL}", "{\"\",\"a,b\"}", "{b,A}"];
const RANGES: &[&str] = &["empty", "(,)", "[1,5)", "[5,9)", "(,1)", "(3,)", "[3,3]", "[0,10]"];
const PERIODS: &[&str] = &[
    "empty",
    "(,)",
    "[2024-01-01,2024-02-01)",
    "[2024-02-01,2024-03-01]",
    "(,2024-01-01)",
    "[2024-01-15,infinity)",
];

/// The number of rows.
pub(super) const ROWS: usize = 40;

/// Fills the tables with other rows, which the seed decides.
pub(super) async fn fill(client: &Client, seed: u32) {
    let types = "select attname::text, format_type(atttypid, atttypmod) from pg_attribute
                 where attrelid = 'tb_cells'::regclass and attnum > 2";
    let types = client.query(types, &[]).await.expect("the columns of the table");
    let value = |row: &Row| {
        let (name, ty): (&str, &str) = (row.get(0), row.get(1));
        let (_, values) = VALUES.iter().find(|(known, _)| *known == name).expect("values");
        let literals: Vec<String> = values.iter().map(|value| literal(value)).collect();
        // In one case of six the index lies behind the last one: NULL.
        format!(
            "(array[{}]::text[])[1 + floor(random() * 1.2 * {})::integer]::{ty}",
            literals.join(", "),
            values.len()
        )
    };
    let columns: Vec<&str> = types.iter().map(|row| row.get(0)).collect();
    let values: Vec<String> = types.iter().map(value).collect();
    let script = format!(
        "truncate tb_cells, tb_owners;
         select setseed({seed} / 1000000.0);
         insert into tb_owners
           select i, (array['Ann', 'ANN', 'bob', ''])[1 + floor(random() * 5)::integer]
           from generate_series(1, 6) as i;
         insert into tb_cells (id, owner_id, {})
           select i, nullif(floor(random() * 6)::integer, 0), {}
           from generate_series(1, {ROWS}) as i",
        columns.join(", "),
        values.join(", "),
    );
    client.batch_execute(&script).await.unwrap_or_else(|error| panic!("{error:?}\n{script}"));
}

/// A string literal.
pub(super) fn literal(text: &str) -> String {
    format!("e'{}'", text.replace('\\', "\\\\").replace('\'', "''").replace('\n', "\\n"))
}
