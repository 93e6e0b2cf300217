//! A condition on one column: as a filter, and as plain SQL, which does without the operators of
//! PostgreSQL where there is another way to say it.

use serde_json::{Value, json};

use super::column::Column;
use super::data::literal;

/// Decisions, one after the other; when there are no more, the first of everything.
pub(super) struct Choices(pub(super) std::vec::IntoIter<u8>);

impl Choices {
    pub(super) fn below(&mut self, count: usize) -> usize {
        usize::from(self.0.next().unwrap_or(0)) % count.max(1)
    }

    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

const KEYS: [&str; 6] = ["a", "b", "c", "bool", "text", ""];
const PATHS: [&str; 6] =
    ["$.a", "$.a.b[*] ? (@ > 1)", "strict $.c", "$[*]", "$.a == 1", "$.a.b[*] >= 2"];

/// A value to compare with: as a client gives it, and as SQL.
struct Given {
    json: Value,
    sql: String,
}

/// The condition of an operator on a column, with values from rows; nothing if there is none.
pub(super) fn condition(
    column: &Column,
    operator: &str,
    rows: &[Value],
    alias: &str,
    choices: &mut Choices,
) -> Option<(Value, String)> {
    let has = |name: &str| column.operators.iter().any(|known| known == name);
    let c = column.sql(alias);
    let given = given(column, choices.pick(rows));
    let (value, sql) = match operator {
        "isNull" => {
            let is_null = choices.below(2) == 0;
            // `is null` is also true of a row of nulls.
            let number = if is_null { 1 } else { 0 };
            (json!(is_null), format!("num_nulls({c}) = {number}"))
        }
        "distinctFrom" | "notDistinctFrom" => {
            let v = &given.sql;
            let is_same = format!("(coalesce({c} = {v}, false) or num_nulls({c}, {v}) = 2)");
            let not = if operator == "distinctFrom" { "not " } else { "" };
            (given.json, not.to_owned() + &is_same)
        }
        "in" | "notIn" => {
            let values: Vec<Given> = (0..choices.below(4))
                .map(|_| self::given(column, choices.pick(rows)))
                .filter(|given| !given.json.is_null())
                .collect();
            let (sign, word, none) =
                if operator == "in" { ("=", " or ", "false") } else { ("<>", " and ", "true") };
            let parts: Vec<String> =
                values.iter().map(|given| format!("{c} {sign} {}", given.sql)).collect();
            let sql = if parts.is_empty() { none.to_owned() } else { parts.join(word) };
            (values.into_iter().map(|given| given.json).collect(), format!("({sql})"))
        }
        "isEmpty" => {
            let is_empty = choices.below(2) == 0;
            let sql = match has("before") {
                true => format!("isempty({c})"),
                false => format!("case when {c} is not null then array_length({c}, 1) is null end"),
            };
            (json!(is_empty), format!("({sql}) = {is_empty}"))
        }
        "hasKey" => {
            let key = choices.pick(&KEYS);
            (json!(key), format!("jsonb_exists({c}, {})", literal(key)))
        }
        "hasAnyKey" | "hasAllKeys" => {
            let keys: Vec<&str> = (0..choices.below(3)).map(|_| *choices.pick(&KEYS)).collect();
            let function = if operator == "hasAnyKey" { "any" } else { "all" };
            let list: Vec<String> = keys.iter().map(|key| literal(key)).collect();
            let list = format!("array[{}]::text[]", list.join(", "));
            (json!(keys), format!("jsonb_exists_{function}({c}, {list})"))
        }
        "pathExists" | "pathMatches" => {
            let path = choices.pick(&PATHS);
            let function = if operator == "pathExists" { "exists" } else { "match" };
            let sql = format!("jsonb_path_{function}({c}, {}, '{{}}', true)", literal(path));
            (json!(path), sql)
        }
        _ if given.json.is_null() => return None,
        "eq" | "neq" | "gt" | "gte" | "lt" | "lte" => {
            let sign = match operator {
                "eq" => "=",
                "neq" => "<>",
                "gt" => ">",
                "gte" => ">=",
                "lt" => "<",
                _ => "<=",
            };
            (given.json, format!("{c} {sign} {}", given.sql))
        }
        _ if has("like") => text(column, operator, &c, given.json.as_str()?, choices),
        _ if has("has") => elements(column, operator, &c, &given, choices)?,
        _ if has("before") => range(operator, &c, given, choices)?,
        _ => {
            let sign = match (operator, has("hasKey")) {
                ("contains", true) => "@>",
                ("containedBy", true) => "<@",
                ("contains", false) => ">>=",
                ("containedBy", false) => "<<=",
                ("overlaps", false) => "&&",
                _ => panic!("{:?}: no way to test `{operator}`", column.path),
            };
            (given.json, format!("{c} {sign} {}", given.sql))
        }
    };
    Some((column.condition(operator, &value), sql))
}

/// The value of a column in a row.
fn given(column: &Column, row: &Value) -> Given {
    let (value, view) = (column.sql("s"), column.view);
    let sql = format!("(select {value} from {view} as s where s.id = {})", row["id"]);
    Given { json: column.value(row), sql }
}

/// Conditions on the characters of a text, from a part of it.
fn text(
    column: &Column,
    operator: &str,
    c: &str,
    text: &str,
    choices: &mut Choices,
) -> (Value, String) {
    let chars: Vec<char> = text.chars().collect();
    let start = choices.below(chars.len() + 1);
    let end = start + choices.below(chars.len() - start + 1);
    let name = column.path.last().map_or("", String::as_str);
    // As they stand in the table, without a collation of their own; a `name` has that of C.
    let collation = if name == "names" { "C" } else { "default" };
    let collated = |sql: String| format!("({sql})::text collate \"{collation}\"");
    let plain = match name {
        "chars" => collated(format!("rpad(({c})::text, 5)")),
        _ => collated(c.to_owned()),
    };
    let any_case = operator.starts_with('i') || operator == "notIlike" || name == "cis";
    let fold = |sql: String| if any_case { format!("lower({sql})") } else { sql };
    let (c, lower) = (fold(plain.clone()), |part: &str| fold(collated(literal(part))));
    let part = |from: usize, to: usize| chars[from..to].iter().collect::<String>();
    match operator {
        "like" | "notLike" | "ilike" | "notIlike" => {
            let escape =
                |part: String| part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            let wild = choices.pick(&["%", "_", "", "%%"]);
            let pattern = escape(part(0, start)) + wild + &escape(part(end, chars.len()));
            let not = if operator.starts_with("not") { "not " } else { "" };
            let sql = format!("{c} {not}like {}", lower(&pattern));
            (json!(pattern), sql)
        }
        "startsWith" | "istartsWith" => {
            let part = part(0, end);
            (json!(part), format!("left({c}, {end}) = {}", lower(&part)))
        }
        "endsWith" | "iendsWith" => {
            let (count, part) = (chars.len() - start, part(start, chars.len()));
            (json!(part), format!("right({c}, {count}) = {}", lower(&part)))
        }
        "contains" | "icontains" => {
            let part = part(start, end);
            (json!(part), format!("strpos({c}, {}) > 0", lower(&part)))
        }
        _ => {
            let regex = choices.pick(&["^a", "[ab]$", "^$", "a.b", "(a|é)+", "\\\\"]);
            let sign = if any_case { "~*" } else { "~" };
            (json!(regex), format!("{plain} {sign} {}", literal(regex)))
        }
    }
}

/// Conditions on the elements of an array, from those of another.
fn elements(
    column: &Column,
    operator: &str,
    c: &str,
    given: &Given,
    choices: &mut Choices,
) -> Option<(Value, String)> {
    let mut elements = vec![given.json.clone()];
    for _ in 0..column.dimensions() {
        elements = elements.iter().filter_map(Value::as_array).flatten().cloned().collect();
    }
    let places: Vec<usize> =
        (0..elements.len()).filter(|place| !elements[*place].is_null()).collect();
    if operator == "has" {
        let place = *places.get(choices.below(places.len()))?;
        let one = format!(
            "(select e from unnest({}) with ordinality as u (e, n) where n = {})",
            given.sql,
            place + 1
        );
        let sql = format!("case when {c} is not null then coalesce({one} = any ({c}), false) end");
        return Some((elements[place].clone(), sql));
    }
    let all = format!(
        "(select array_agg(e) filter (where num_nulls(e) = 0) from unnest({}) as u (e))",
        given.sql
    );
    let all = format!("coalesce({all}, ({})[2:1])", given.sql);
    let sign = match operator {
        "contains" => "@>",
        "containedBy" => "<@",
        "overlaps" => "&&",
        _ => panic!("{:?}: no way to test `{operator}`", column.path),
    };
    let values = places.iter().map(|place| elements[*place].clone()).collect();
    Some((values, format!("{c} {sign} {all}")))
}

/// Conditions on a range or multirange, from another or one of its bounds.
fn range(operator: &str, c: &str, given: Given, choices: &mut Choices) -> Option<(Value, String)> {
    let v = &given.sql;
    let sql = match operator {
        "contains" => {
            let (first, last) = match &given.json {
                Value::Array(ranges) => (ranges.first()?, ranges.last()?),
                range => (range, range),
            };
            let lower = choices.below(2) == 0;
            let bound = if lower { &first["lower"] } else { &last["upper"] };
            let function = if lower { "lower" } else { "upper" };
            let sql = format!("{c} @> {function}({v})");
            return (!bound.is_null()).then(|| (bound.clone(), sql));
        }
        "containsRange" => format!("{c} * {v} = {v}"),
        "containedBy" => format!("{c} * {v} = {c}"),
        "overlaps" => format!("not isempty({c} * {v})"),
        "before" => format!("{c} << {v}"),
        "after" => format!("{v} << {c}"),
        "adjacent" => format!("{v} -|- {c}"),
        _ => panic!("no way to test `{operator}`"),
    };
    Some((given.json, sql))
}
