//! What the plan says about the rows of views, as statements that look for the contrary.
//!
//! A column that is never null and a key that identifies a row are proven from the schema, or
//! promised by a comment. The proofs rest on constraints, which a superuser can bypass; promises on
//! their author. Each [`Claim`] has the statement that returns the rows which contradict it: they
//! are written beside the API for reviewers, and `cargo xtask verify` runs them.

use std::fmt::Write;

use crate::plan::model::{Column, Object, Plan, Type, View};
use crate::sql_name;

/// A statement about the rows of a view.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Claim {
    /// The view, as in `comment on …`: `view public.v_orders`.
    pub view: String,
    /// A query for the rows that contradict it.
    pub sql: String,
    /// What is claimed.
    pub promise: Promise,
}

/// What is claimed about the rows of a view.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Promise {
    /// These columns are never null. The query returns the columns of the key, which are so many,
    /// and then these.
    NotNull {
        /// How many columns of the query only tell which row it is.
        leading: usize,
        /// The columns.
        columns: Vec<NotNull>,
    },
    /// No two rows have the same values in these columns. The query returns them, and how often
    /// they are there.
    Key {
        /// SQL names.
        columns: Vec<String>,
        /// How we know.
        reason: String,
    },
}

/// A column that is never null.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NotNull {
    /// SQL name.
    pub column: String,
    /// As in `comment on …`: `column public.v_orders.id`.
    pub object: String,
    /// How we know, as a chain.
    pub reasons: Vec<String>,
}

impl Plan {
    /// Everything that is claimed about the rows of views, by view.
    pub fn claims(&self) -> Vec<Claim> {
        let claims = |view| {
            let attributes = self.attributes_never_null(view);
            never_null(view).into_iter().chain(attributes).chain(identified(view))
        };
        self.views.values().flat_map(claims).collect()
    }

    /// The claims that attributes of composites in the columns of a view are never null.
    fn attributes_never_null(&self, view: &View) -> impl Iterator<Item = Claim> {
        view.object.columns.iter().filter_map(|column| {
            let (ty, from, value) = match &column.ty {
                Type::Composite(ty) => (ty, String::new(), name(column)),
                Type::Array(element) => match &**element {
                    Type::Composite(ty) => {
                        // Not in FROM, where the attributes would become columns of their own.
                        let each = format!("(select unnest({}) as element)", name(column));
                        (ty, format!(", lateral {each} as elements"), "element".to_owned())
                    }
                    _ => return None,
                },
                _ => return None,
            };
            let attributes = self.object(ty)?.columns.iter();
            let attributes: Vec<&Column> =
                attributes.filter(|attribute| !attribute.nullability.nullable).collect();
            let field = |attribute: &Column| format!("({value}).{}", name(attribute));
            let label = |attribute: &Column| format!("{}.{}", column.sql, attribute.sql);
            let shown = attributes.iter().map(|attribute| {
                format!("{} as {}", field(attribute), sql_name::identifier(&label(attribute)))
            });
            let leading = key_columns(view);
            let shown: Vec<String> = leading.iter().map(|key| name(key)).chain(shown).collect();
            let nulls: Vec<String> = attributes
                .iter()
                .map(|attribute| test_null(&field(attribute), &attribute.ty))
                .collect();
            let sql = format!(
                "select {}\nfrom {}{from}\nwhere {value} is distinct from null\n    and ({})",
                shown.join(", "),
                sql_name::qualified(&view.sql),
                nulls.join(" or ")
            );
            let not_null = |attribute: &&Column| NotNull {
                column: label(attribute),
                object: attribute.origin.object.clone(),
                reasons: attribute.nullability.reasons.clone(),
            };
            let columns: Vec<NotNull> = attributes.iter().map(not_null).collect();
            let promise = Promise::NotNull { leading: leading.len(), columns };
            let view = view.object.origin.object.clone();
            (!attributes.is_empty()).then_some(Claim { view, sql, promise })
        })
    }
}

/// The claim that some columns of a view are never null.
fn never_null(view: &View) -> Option<Claim> {
    let object = &view.object;
    let columns: Vec<&Column> =
        object.columns.iter().filter(|column| !column.nullability.nullable).collect();
    let first = columns.first()?;
    let leading = key_columns(view);
    let others = columns.iter().filter(|column| !leading.contains(column));
    let shown: Vec<String> = leading.iter().chain(others).map(|column| name(column)).collect();
    let mut sql = format!(
        "select {}\nfrom {}\nwhere {}",
        shown.join(", "),
        sql_name::qualified(&view.sql),
        is_null(first)
    );
    for column in &columns[1..] {
        let _ = write!(sql, "\n    or {}", is_null(column));
    }
    let not_null = |column: &&Column| NotNull {
        column: column.sql.clone(),
        object: column.origin.object.clone(),
        reasons: column.nullability.reasons.clone(),
    };
    let columns = columns.iter().map(not_null).collect();
    let promise = Promise::NotNull { leading: leading.len(), columns };
    Some(Claim { view: object.origin.object.clone(), sql, promise })
}

/// The claim that a key identifies the rows of a view.
fn identified(view: &View) -> Option<Claim> {
    let key = view.key.as_ref()?;
    let columns = key_columns(view);
    let list = columns.iter().map(|column| name(column)).collect::<Vec<_>>().join(", ");
    let mut sql = format!("select {list}, count(*)\nfrom {}", sql_name::qualified(&view.sql));
    // Null is not equal to itself, so nobody finds a row by it.
    for (index, column) in columns.iter().filter(|column| column.nullability.nullable).enumerate() {
        let word = if index == 0 { "where" } else { "    and" };
        let _ = write!(sql, "\n{word} {} is not null", name(column));
    }
    let _ = write!(sql, "\ngroup by {list}\nhaving count(*) > 1");
    let columns = columns.iter().map(|column| column.sql.clone()).collect();
    let promise = Promise::Key { columns, reason: key.reason.clone() };
    Some(Claim { view: view.object.origin.object.clone(), sql, promise })
}

fn key_columns(view: &View) -> Vec<&Column> {
    let Object { columns, .. } = &view.object;
    let places = view.key.iter().flat_map(|key| &key.columns);
    places.filter_map(|place| columns.get(*place)).collect()
}

fn name(column: &Column) -> String {
    sql_name::identifier(&column.sql)
}

fn is_null(column: &Column) -> String {
    test_null(&name(column), &column.ty)
}

/// A composite of nothing but nulls `is null`, and is an object all the same.
fn test_null(value: &str, ty: &Type) -> String {
    match ty {
        Type::Composite(_) => format!("{value} is not distinct from null"),
        _ => format!("{value} is null"),
    }
}
