//! PostgreSQL's own functions that never invent a null.
//!
//! That a function is strict says what it makes of null input, not that it makes no null of
//! other input: `regexp_match` returns null if nothing matches, `extract` for a part that an
//! infinite date does not have, `array_length` for an empty array. So this is a list of those
//! that are known not to, in `never_null.txt`, by signature.
//!
//! How it was made: from `pg_proc` of all supported major versions, the functions behind
//! comparison and arithmetic operators, casts, and the string, date, array, JSON, range, network
//! and text search functions of the manual; then everything was taken out of which the manual or
//! the source says that it can return null; then each was called with all combinations of odd
//! values (empty, infinite, NaN, JSON null, arrays of nulls …) on the oldest and the newest
//! version. Geometric and XML functions, and what reports on the server, were not considered.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What is known about a function's result.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Promise {
    /// Not null if all arguments are not.
    All,
    /// Not null if the first argument is not.
    First,
    /// Not null if one of the arguments is not.
    Some,
    /// Not null, whatever the arguments.
    Always,
    /// A set: the first columns are not null in any of its rows.
    Rows(usize),
}

/// What is known about an aggregate's result.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Aggregate {
    /// Not null, even without rows.
    Always,
    /// Not null if there are rows, whatever is in them.
    Rows,
    /// Not null if there are rows, and the first so many arguments are never null.
    Values(usize),
}

/// What is known about a window function's result.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Window {
    /// Not null.
    Always,
    /// Not null if all arguments are not.
    Arguments,
    /// Not null if the argument is not, and the frame has a row.
    Frame,
}

static PROMISES: LazyLock<BTreeMap<&str, Promise>> = LazyLock::new(|| {
    let lines = include_str!("never_null.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let (promise, signature) = line.split_once(' ')?;
            let promise = match promise {
                "all" => Promise::All,
                "first" => Promise::First,
                "some" => Promise::Some,
                "always" => Promise::Always,
                rows => Promise::Rows(rows.parse().ok()?),
            };
            Some((signature.trim_start(), promise))
        })
        .collect()
});

/// The part of a signature behind the schema, if it is PostgreSQL's own.
fn local(signature: &str) -> Option<&str> {
    signature.strip_prefix("pg_catalog.")
}

/// What is known about the result of a function.
pub(super) fn promise(signature: &str) -> Option<Promise> {
    PROMISES.get(local(signature)?).copied()
}

/// Whether a function returns an array of the pieces of a text, none of them null.
///
/// With a third argument `string_to_array` says which piece stands for null.
pub(super) fn splits(signature: &str) -> bool {
    let local = local(signature);
    local == Some("string_to_array(text, text)")
        || local.is_some_and(|local| local.starts_with("regexp_split_to_array("))
}

/// What is known about the result of an aggregate, which holds for all its signatures.
pub(super) fn aggregate(signature: &str) -> Option<Aggregate> {
    Some(match local(signature)?.split('(').next()? {
        // The last are about where a row would stand, and there is always a place.
        "count" | "regr_count" | "rank" | "dense_rank" | "percent_rank" | "cume_dist" => {
            Aggregate::Always
        }
        "array_agg" | "json_agg" | "jsonb_agg" | "json_object_agg" | "jsonb_object_agg" => {
            Aggregate::Rows
        }
        "avg"
        | "bit_and"
        | "bit_or"
        | "bit_xor"
        | "bool_and"
        | "bool_or"
        | "every"
        | "max"
        | "min"
        | "mode"
        | "percentile_cont"
        | "percentile_disc"
        | "range_agg"
        | "range_intersect_agg"
        | "stddev_pop"
        | "string_agg"
        | "sum"
        | "var_pop"
        | "any_value" => Aggregate::Values(1),
        "covar_pop" | "regr_avgx" | "regr_avgy" | "regr_sxx" | "regr_sxy" | "regr_syy" => {
            Aggregate::Values(2)
        }
        _ => return None,
    })
}

/// What is known about the result of a window function that is no aggregate.
pub(super) fn window(signature: &str) -> Option<Window> {
    let local = local(signature)?;
    Some(match local.split('(').next()? {
        "row_number" | "rank" | "dense_rank" | "percent_rank" | "cume_dist" => Window::Always,
        "first_value" | "last_value" => Window::Frame,
        "ntile" => Window::Arguments,
        // Without a default there is null at the end.
        "lag" | "lead" if local.matches(", ").count() == 2 => Window::Arguments,
        _ => return None,
    })
}

/// Parts of a date that an infinite one has too, for `extract` and `date_part`.
const PARTS_OF_INFINITY: [&str; 7] =
    ["century", "decade", "epoch", "isoyear", "julian", "millennium", "year"];

/// The same for an interval, which can be infinite from version 17 on.
const PARTS_OF_INFINITE_INTERVALS: [&str; 7] =
    ["century", "day", "decade", "epoch", "hour", "millennium", "year"];

/// Whether a function takes a part of a date by name, and has it for every date.
pub(super) fn is_total_part(signature: &str, part: &str) -> bool {
    let dated = ["date", "timestamp without time zone", "timestamp with time zone"];
    let name = local(signature).and_then(|local| local.strip_suffix(')')?.split_once("(text, "));
    match name {
        Some(("extract" | "date_part", "interval")) => PARTS_OF_INFINITE_INTERVALS.contains(&part),
        Some(("extract" | "date_part", ty)) if dated.contains(&ty) => {
            PARTS_OF_INFINITY.contains(&part)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_is_sorted_and_readable() {
        let lines: Vec<&str> =
            include_str!("never_null.txt").lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(PROMISES.len(), lines.len(), "a line is not understood, or is there twice");
        let signatures: Vec<&str> =
            lines.iter().map(|line| line.split_once(' ').unwrap().1.trim_start()).collect();
        assert!(signatures.is_sorted());
    }

    #[test]
    fn functions_that_invent_nulls_are_not_in_the_list() {
        for signature in [
            "regexp_match(text, text)",
            "array_length(anyarray, integer)",
            "substring(text, text)",
            "lower(anyrange)",
            "jsonb_object_field(jsonb, text)",
            "extract(text, timestamp without time zone)",
            "to_char(timestamp without time zone, text)",
            "time(timestamp without time zone)",
            "scale(numeric)",
            "int4(jsonb)",
        ] {
            assert_eq!(promise(&format!("pg_catalog.{signature}")), None, "{signature}");
        }
    }

    #[test]
    fn function_of_another_schema_is_not_taken_for_a_built_in() {
        assert_eq!(promise("pg_catalog.lower(text)"), Some(Promise::All));
        assert_eq!(promise("public.lower(text)"), None);
        assert_eq!(aggregate("public.count(integer)"), None);
    }
}
