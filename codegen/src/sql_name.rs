//! SQL text for names: quoting, `comment on …` statements, and names shown to people.

use crate::catalog::{PgName, TypeRef};

/// Words that cannot stand first in a qualified name without quotes: the reserved words and those
/// that may only name functions or types. From every supported server:
/// `select word from pg_get_keywords() where catcode in ('R', 'T')`.
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

/// An identifier, quoted where needed.
pub(crate) fn identifier(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && RESERVED.binary_search(&name).is_err();
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// A schema-qualified name, quoted where needed.
pub(crate) fn qualified(name: &PgName) -> String {
    format!("{}.{}", identifier(&name.schema), identifier(&name.name))
}

/// A type, quoted where needed: `public.order_line[]`.
pub(crate) fn type_name(ty: &TypeRef) -> String {
    format!("{}{}", qualified(&ty.name), if ty.array { "[]" } else { "" })
}

/// A type as people write it: built-in types without their schema.
pub(crate) fn short_type(ty: &TypeRef) -> String {
    let long = type_name(ty);
    // `"char"` is not `char`, so it keeps its quotes.
    match long.strip_prefix("pg_catalog.") {
        Some("char" | "char[]") => format!("\"char\"{}", if ty.array { "[]" } else { "" }),
        Some(short) => short.to_owned(),
        None => long,
    }
}

/// A string literal.
pub(crate) fn literal(text: &str) -> String {
    let quoted = format!("'{}'", text.replace('\'', "''"));
    if text.contains('\\') { format!("E{}", quoted.replace('\\', "\\\\")) } else { quoted }
}

/// `comment on view … is …` that puts a tag line before what the comment says now.
pub(crate) fn comment_with(object: &str, tag_line: &str, comment: Option<&str>) -> String {
    let text = match comment.unwrap_or_default() {
        "" => tag_line.to_owned(),
        old => format!("{tag_line}\n{old}"),
    };
    format!("comment on {object} is {};", literal(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_sorted_for_the_search() {
        assert!(RESERVED.is_sorted());
    }

    #[test]
    fn identifiers_are_quoted_where_needed() {
        for (name, quoted) in [
            ("order_status", "order_status"),
            ("order", "\"order\""),
            ("Order", "\"Order\""),
            ("a b", "\"a b\""),
            ("a\"b", "\"a\"\"b\""),
            ("1st", "\"1st\""),
            ("größe", "\"größe\""),
        ] {
            assert_eq!(identifier(name), quoted);
        }
        assert_eq!(qualified(&PgName::new("user", "v_a")), "\"user\".v_a");
    }

    #[test]
    fn comments_keep_what_was_said() {
        assert_eq!(
            comment_with("view public.v_a", "@omit", Some("It's \\ here")),
            "comment on view public.v_a is E'@omit\nIt''s \\\\ here';"
        );
        assert_eq!(
            comment_with("view public.v_a", "@omit", None),
            "comment on view public.v_a is '@omit';"
        );
    }
}
