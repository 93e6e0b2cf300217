//! What a condition of a plan compares.
//!
//! EXPLAIN has conditions as text only. Nothing is parsed here: it is asked whether the text has
//! `alias.column = …` in it, as PostgreSQL writes that, with names that it has quoted itself, and
//! whether the other side is a key that is given or a column of another table. Which index is there
//! is read from the catalog.

/// The filter of a scan.
pub(super) struct Condition<'a> {
    /// Without the texts of constants.
    text: String,
    keys: &'a [usize],
    aliases: &'a [String],
}

impl<'a> Condition<'a> {
    /// `keys` are the numbers of the parameters that hold keys, `aliases` the quoted names of all
    /// tables of the plan.
    pub(super) fn new(filter: &str, keys: &'a [usize], aliases: &'a [String]) -> Self {
        Self { text: without_constants(filter), keys, aliases }
    }

    /// Whether a key that is given plays a part.
    pub(super) fn mentions_key(&self) -> bool {
        self.has_key(&self.text)
    }

    /// Whether a column plays a part.
    pub(super) fn has_column(&self, alias: &str, column: &str) -> bool {
        let name = format!("{alias}.{column}");
        self.text.match_indices(&name).any(|(at, _)| {
            let (before, after) = (&self.text[..at], &self.text[at + name.len()..]);
            !before.ends_with(is_of_name) && !after.starts_with(is_of_name)
        })
    }

    /// Whether it finds the rows of a table by equality of a column with what is given, or with a
    /// column of another table; both names are quoted where needed.
    pub(super) fn looks_up(&self, alias: &str, column: &str) -> bool {
        let name = format!("{alias}.{column}");
        self.text.match_indices(&name).any(|(at, _)| {
            let (before, after) = (&self.text[..at], &self.text[at + name.len()..]);
            let (before, after) = without_cast(before, after);
            let other = match (after.strip_prefix(" = "), before.strip_suffix(" = ")) {
                (Some(right), _) if before.ends_with('(') => operand(right.chars(), '(', ')'),
                (_, Some(left)) if after.starts_with(')') => operand(left.chars().rev(), ')', '('),
                _ => return false,
            };
            let is_other = |other_alias: &&String| other_alias.as_str() != alias;
            !refers_to(&other, alias)
                && (self.has_key(&other)
                    || self.aliases.iter().filter(is_other).any(|it| refers_to(&other, it)))
        })
    }

    fn has_key(&self, text: &str) -> bool {
        let numbers = text.split('$').skip(1).map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            rest[..end].parse::<usize>()
        });
        numbers.flatten().any(|number| self.keys.contains(&number))
    }
}

/// Whether a column of a table is in a text.
fn refers_to(text: &str, alias: &str) -> bool {
    text.match_indices(&format!("{alias}.")).any(|(at, _)| !text[..at].ends_with(is_of_name))
}

/// Whether a character before or after a name makes it another one.
fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '"' | '.')
}

/// Takes `(…)::type` off what surrounds a name.
fn without_cast<'t>(before: &'t str, after: &'t str) -> (&'t str, &'t str) {
    match (before.strip_suffix('('), after.strip_prefix(")::")) {
        (Some(before), Some(cast)) => {
            let end = cast.find(" = ").unwrap_or(cast.len());
            let end = end.min(operand(cast.chars(), '(', ')').len());
            (before, &cast[end..])
        }
        _ => (before, after),
    }
}

/// The text up to a parenthesis that closes what was opened before it; from right to left if the
/// characters come so.
fn operand(text: impl Iterator<Item = char>, open: char, close: char) -> String {
    let mut depth = 0_usize;
    let mut operand: Vec<char> = Vec::new();
    for c in text {
        if c == open {
            depth += 1;
        } else if c == close {
            if depth == 0 {
                break;
            }
            depth -= 1;
        }
        operand.push(c);
    }
    if open == ')' {
        operand.reverse();
    }
    operand.into_iter().collect()
}

/// Empties what stands between quotes, where a text may look like anything; names in double quotes
/// stay.
fn without_constants(text: &str) -> String {
    let (mut out, mut quote) = (String::new(), None);
    for c in text.chars() {
        match quote {
            None if matches!(c, '\'' | '"') => quote = Some(c),
            Some(open) if open == c => quote = None,
            Some('\'') => continue,
            _ => {}
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_told_from_those_with_longer_names() {
        let condition = Condition::new("((t.id2 = $1) AND (at.kind = 1))", &[], &[]);
        assert!(condition.has_column("t", "id2") && condition.has_column("at", "kind"));
        assert!(!condition.has_column("t", "id") && !condition.has_column("t", "kind"));
    }

    #[test]
    fn columns_are_looked_up_by_keys_and_by_columns_of_other_tables() {
        let aliases = ["t", "o", "\"A b\""].map(str::to_owned);
        let cases = [
            ("(t.id = $1)", "id", true),
            ("(t.id = ANY ($1))", "id", true),
            ("((t.code)::text = $1)", "code", true),
            ("((t.code)::numeric(10,2) = ($1)::numeric)", "code", true),
            ("((t.kind = 'a)'::text) AND (t.id = $1))", "id", true),
            ("(o.id = t.order_id)", "order_id", true),
            ("((o.id)::bigint = (t.order_id)::bigint)", "order_id", true),
            ("(t.order_id = \"A b\".id)", "order_id", true),
            ("(t.\"Order\" = $1)", "\"Order\"", true),
            // Another column, another parameter, a constant, its own table, no equality.
            ("(t.id2 = $1)", "id", false),
            ("(xt.id = $1)", "id", false),
            ("(t.id = $12)", "id", false),
            ("(t.id = 1)", "id", false),
            ("(t.id = '$1'::text)", "id", false),
            ("(t.id = t.other)", "id", false),
            ("(t.id > $1)", "id", false),
            ("(lower(t.code) = $1)", "code", false),
            ("(lower((t.code)::text) = $1)", "code", false),
            ("(COALESCE(t.id, o.id) = $1)", "id", false),
        ];
        for (text, column, expected) in cases {
            let condition = Condition::new(text, &[1], &aliases);
            assert_eq!(condition.looks_up("t", column), expected, "{text}");
        }
    }
}
