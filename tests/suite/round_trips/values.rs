//! Random values of every type in the text form of PostgreSQL, extremes among them.

use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::strategy::{BoxedStrategy, Union};
use serde_json::Value;

type Text = BoxedStrategy<String>;

/// The columns of the fixture's table with values for each; `None` is NULL.
pub(super) fn columns() -> Vec<(&'static str, BoxedStrategy<Option<String>>)> {
    let scalars = [
        ("bools", any::<bool>().prop_map(|value| value.to_string()).boxed()),
        ("int2s", integer(i16::MIN.into(), i16::MAX.into())),
        ("int4s", integer(i32::MIN.into(), i32::MAX.into())),
        ("int8s", integer(i64::MIN, i64::MAX)),
        ("float4s", float4()),
        ("float8s", float8()),
        ("numerics", numeric()),
        ("texts", text(30)),
        ("varchars", text(20)),
        ("chars", text(5)),
        ("names", ascii(20)),
        ("letters", ascii(1)),
        ("uuids", any::<u128>().prop_map(|value| format!("{value:032x}")).boxed()),
        ("timestamptzs", timestamp(294_275)),
        ("timestamps", timestamp(294_275)),
        ("dates", date(5_874_896)),
        ("times", prop_oneof![9 => clock(), 1 => Just("24:00:00".to_owned())].boxed()),
        ("intervals", interval()),
        ("jsons", json()),
        ("jsonbs", json()),
        ("byteas", bytea()),
        ("inets", inet(false)),
        ("cidrs", inet(true)),
        ("macaddrs", any::<u64>().prop_map(|value| format!("{:012x}", value >> 16)).boxed()),
        ("moods", mood()),
        ("emails", email()),
        ("pairs", pair()),
        ("nests", nested()),
        ("wholes", nested()),
    ];
    let arrays = [
        ("int4_arrays", integer(i32::MIN.into(), i32::MAX.into())),
        ("text_arrays", text(10)),
        ("numeric_arrays", numeric()),
        ("float8_arrays", float8()),
        ("date_arrays", date(9999)),
        ("timestamptz_arrays", timestamp(9999)),
        ("interval_arrays", interval()),
        ("bytea_arrays", bytea()),
        ("jsonb_arrays", json()),
        ("mood_arrays", mood()),
        ("email_arrays", email()),
        ("pair_arrays", pair()),
        ("nest_arrays", nested()),
        ("lists", integer(-9, 9)),
        ("list_arrays", array(integer(-9, 9))),
        ("grid_arrays", grid(2, integer(-9, 9))),
        ("numrange_arrays", numranges()),
        ("tstzmultirange_arrays", multirange(time_range())),
    ]
    .map(|(name, element)| (name, array(element)));
    let others = [
        ("grids", grid(2, integer(-9, 9))),
        ("cubes", grid(3, text(5))),
        ("int4ranges", range(|key| (key / 2).to_string())),
        ("int8ranges", range(|key| (i64::from(key) * 1_000_000_007).to_string())),
        ("numranges", numranges()),
        ("tsranges", time_range()),
        ("tstzranges", time_range()),
        ("dateranges", range(|key| day(5000 + i64::from(key / 1_000_000)))),
        ("spans", range(|key| format!("{key}e-3"))),
        ("mood_ranges", range(|key| if key < 0 { "sad" } else { "1st" }.to_owned())),
        ("pair_ranges", range(|key| record(&[Some(key.to_string()), Some("q\"".to_owned())]))),
        ("nummultiranges", multirange(numranges())),
    ];
    let all = scalars.into_iter().chain(arrays).chain(others);
    all.map(|(name, values)| (name, weighted(0.9, values).boxed())).collect()
}

fn integer(min: i64, max: i64) -> Text {
    prop_oneof![6 => min..=max, 1 => Just(min), 1 => Just(max), 1 => Just(0)]
        .prop_map(|value| value.to_string())
        .boxed()
}

fn float4() -> Text {
    let bits = any::<u32>().prop_map(f32::from_bits);
    bits.prop_filter("finite", |value| value.is_finite())
        .prop_map(|value| value.to_string())
        .boxed()
}

fn float8() -> Text {
    let bits = any::<u64>().prop_map(f64::from_bits);
    let extremes = select(vec![0.0, -0.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 0.1]);
    let finite = bits.prop_filter("finite", |value| value.is_finite());
    prop_oneof![6 => finite, 1 => extremes].prop_map(|value| format!("{value:e}")).boxed()
}

fn numeric() -> Text {
    let digits = |most| vec(0..10_u8, 0..most);
    let number = (any::<bool>(), digits(60), digits(60)).prop_map(|(negative, whole, fraction)| {
        let text = |digits: Vec<u8>| digits.iter().map(ToString::to_string).collect::<String>();
        format!("{}0{}.{}", if negative { "-" } else { "" }, text(whole), text(fraction))
    });
    let special = select(vec!["NaN", "Infinity", "-Infinity", "0", "0.000", "1e-500", "1e2000"]);
    prop_oneof![8 => number, 1 => special.prop_map(str::to_owned)].boxed()
}

fn text(most: usize) -> Text {
    let chars = prop_oneof![
        4 => any::<char>(),
        1 => select(vec!['"', '\\', ',', '{', '}', '(', ')', '[', '\'', '\n', '\r', '\t', ' ', '😀']),
    ];
    let chars = chars.prop_filter("PostgreSQL has no U+0000", |char| *char != '\0');
    let words = select(vec!["", "NULL", "null", "empty", "{}", "()", "\"\"", "\\x", "$1"]);
    let words = words.prop_map(move |word| word.chars().take(most).collect());
    let any = vec(chars, 0..=most).prop_map(|chars| chars.into_iter().collect());
    prop_oneof![8 => any, 1 => words].boxed()
}

fn ascii(most: usize) -> Text {
    vec(32_u8..127, 0..=most).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).boxed()
}

fn email() -> Text {
    (text(5), text(5)).prop_map(|(name, host)| format!("{name}@{host}")).boxed()
}

fn mood() -> Text {
    select(vec!["sad", "in between", "n/a", "ok \"quoted\"", "1st"]).prop_map(str::to_owned).boxed()
}

/// A day of a year, in the months that all years have in full, or a leap day.
fn day(year: i64) -> String {
    let (number, era) = if year > 0 { (year, "") } else { (1 - year, " BC") };
    let leap = year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0);
    format!("{number:04}-{}{era}", if leap { "02-29" } else { "12-31" })
}

fn date(last: i64) -> Text {
    let any = (1..=last, 1..=12_u32, 1..=28_u32)
        .prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"));
    let special = select(vec!["infinity", "-infinity", "0001-01-01", "4713-01-01 BC"]);
    prop_oneof![
        6 => any,
        2 => (-4711..=last).prop_map(day),
        1 => special.prop_map(str::to_owned),
    ]
    .boxed()
}

fn clock() -> Text {
    (0..86_400_u32, prop_oneof![Just(0), 0..1_000_000_u32])
        .prop_map(|(at, micros)| {
            format!("{:02}:{:02}:{:02}.{micros:06}", at / 3600, at / 60 % 60, at % 60)
        })
        .boxed()
}

fn timestamp(last: i64) -> Text {
    (date(last), clock())
        .prop_map(|(date, clock)| match date.strip_suffix(" BC") {
            _ if date.contains("infinity") => date,
            Some(date) => format!("{date} {clock} BC"),
            None => format!("{date} {clock}"),
        })
        .boxed()
}

fn interval() -> Text {
    let part = || prop_oneof![1 => Just(0), 2 => -500..500_i32, 1 => any::<i32>()];
    let hours = prop_oneof![Just(0), -200_000_000..200_000_000_i32];
    (part(), part(), hours, -100_000..100_000_i32, 0..1_000_000_u32)
        .prop_map(|(months, days, hours, seconds, micros)| {
            format!("{months} mons {days} days {hours} hours {seconds}.{micros:06} secs")
        })
        .boxed()
}

/// JSON whose numbers a binary float can hold: those of clients are no more exact.
fn json() -> Text {
    let number = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(Value::from),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number,
        text(10).prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((text(5), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    // The `null` of JSON looks like NULL, and comes back as NULL.
    let value = value.prop_filter("not null", |value| !value.is_null());
    value.prop_map(|value| value.to_string()).boxed()
}

fn bytea() -> Text {
    vec(any::<u8>(), 0..20)
        .prop_map(|bytes| {
            bytes.iter().fold("\\x".to_owned(), |hex, byte| format!("{hex}{byte:02x}"))
        })
        .boxed()
}

fn inet(network: bool) -> Text {
    let v4 = (any::<u32>(), 0..=32_u32).prop_map(move |(address, bits)| {
        let mask = if network { u32::MAX.checked_shl(32 - bits).unwrap_or(0) } else { u32::MAX };
        format!("{}/{bits}", Ipv4Addr::from(address & mask))
    });
    let v6 = (any::<u128>(), 0..=128_u32).prop_map(move |(address, bits)| {
        let mask = if network { u128::MAX.checked_shl(128 - bits).unwrap_or(0) } else { u128::MAX };
        format!("{}/{bits}", Ipv6Addr::from(address & mask))
    });
    prop_oneof![v4, v6].boxed()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn record(values: &[Option<String>]) -> String {
    let values = values.iter().map(|value| value.as_deref().map_or_else(String::new, quoted));
    format!("({})", values.collect::<Vec<_>>().join(","))
}

fn list(values: &[Option<String>]) -> String {
    let values = values.iter().map(|value| value.as_deref().map_or("NULL".to_owned(), quoted));
    format!("{{{}}}", values.collect::<Vec<_>>().join(","))
}

fn array(element: Text) -> Text {
    vec(weighted(0.8, element), 0..4).prop_map(|values| list(&values)).boxed()
}

/// An array of several dimensions, each of length 1 or 2, or the empty one.
fn grid(dimensions: u32, element: Text) -> Text {
    let empty = Just("{}".to_owned()).boxed();
    let full = (1..=dimensions).fold(
        // Elements are quoted already where lists are made of them.
        weighted(0.8, element)
            .prop_map(|value| value.map_or("NULL".to_owned(), |v| quoted(&v)))
            .boxed(),
        |inner, _| {
            let shape = (inner.clone(), inner);
            shape.prop_map(|(one, other)| (one, other)).prop_map(pairwise).boxed()
        },
    );
    Union::new_weighted(vec![(5, full), (1, empty)]).boxed()
}

fn pairwise((one, other): (String, String)) -> String {
    format!("{{{one},{other}}}")
}

fn pair() -> Text {
    let values = (weighted(0.8, integer(-5, 5)), weighted(0.8, text(5)));
    values.prop_map(|(a, b)| record(&[a, b])).boxed()
}

fn nested() -> Text {
    let optional = |values: Text| weighted(0.8, values);
    let first = (optional(pair()), optional(array(pair())), optional(array(mood())));
    let second = (optional(array(email())), optional(range(|key| (key / 2).to_string())));
    let third = (optional(timestamp(9999)), optional(numeric()));
    (first, second, third)
        .prop_map(|((a, b, c), (d, e), (f, g))| record(&[a, b, c, d, e, f, g]))
        .boxed()
}

/// A range whose bounds are made from numbers by a function that keeps their order.
fn range(bound: impl Fn(i32) -> String + Clone + 'static) -> Text {
    let bounds = (weighted(0.8, any::<i32>()), weighted(0.8, any::<i32>()));
    let some =
        (bounds, any::<bool>(), any::<bool>()).prop_map(move |((one, other), lower, upper)| {
            let (from, to) = match (one, other) {
                (Some(one), Some(other)) => (Some(one.min(other)), Some(one.max(other))),
                bounds => bounds,
            };
            let text = |key: Option<i32>| key.map_or_else(String::new, |key| quoted(&bound(key)));
            let (open, close) = (if lower { '[' } else { '(' }, if upper { ']' } else { ')' });
            format!("{open}{},{}{close}", text(from), text(to))
        });
    prop_oneof![8 => some, 1 => Just("empty".to_owned())].boxed()
}

fn numranges() -> Text {
    range(|key| format!("{key}.{}", "0".repeat((key.unsigned_abs() % 30) as usize)))
}

fn time_range() -> Text {
    range(|key| match key {
        ..-2_000_000_000 => "-infinity".to_owned(),
        2_000_000_000.. => "infinity".to_owned(),
        key => format!("{:04}-01-01 00:00:00.5", 5000 + key / 1_000_000),
    })
}

fn multirange(ranges: Text) -> Text {
    vec(ranges, 0..4).prop_map(|ranges| format!("{{{}}}", ranges.join(","))).boxed()
}
