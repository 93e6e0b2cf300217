//! The analysed query of a view: what `pg_rewrite` keeps, typed and with names for identifiers.
//!
//! This is PostgreSQL's own understanding of the view, after names were looked up, types decided
//! and `*` expanded, and before any planning: it does not depend on statistics. Only what says
//! something about rows and columns is kept; sort order, locking and permissions are not.
//!
//! The same view gives the same [`Query`] on every supported major version: what the versions
//! store differently (see `read`) is evened out.
//!
//! A part that is not understood, because a newer server wrote it or because it nests too deeply,
//! is there as an `Other`, and means "anything may be".
//!
//! - [`Query`] and its parts are here, [`Expr`] is in [`expression`];
//! - `node` reads the text form, `read` makes a [`Query`] of it.

use serde::{Deserialize, Serialize};

use crate::catalog::{PgName, TypeRef};

mod children;
pub mod expression;
mod node;
mod read;
mod read_expression;
mod references;

#[cfg(test)]
mod tests;

pub use expression::Expr;
pub use node::ParseError;
pub use references::{Names, OperatorName, References, Tree};

/// Whether a value is what an absent field would be read back as.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// An analysed `SELECT`.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Why the query could not be read; then nothing else is here.
    #[serde(skip_serializing_if = "is_default")]
    pub unreadable: Option<String>,
    /// The `WITH` list.
    #[serde(skip_serializing_if = "is_default")]
    pub ctes: Vec<Cte>,
    /// Everything that columns can come from. A [`Column`](expression::Column) refers to it by
    /// number, from 1; see [`Query::range_entry`].
    #[serde(skip_serializing_if = "is_default")]
    pub range: Vec<RangeEntry>,
    /// The numbers of those entries that may refer to entries before them: `LATERAL`.
    #[serde(skip_serializing_if = "is_default")]
    pub lateral: Vec<usize>,
    /// The `FROM` list.
    #[serde(skip_serializing_if = "is_default")]
    pub from: Vec<JoinTree>,
    /// The `WHERE` condition.
    #[serde(skip_serializing_if = "is_default")]
    pub filter: Option<Expr>,
    /// The select list, also what only `GROUP BY` or `ORDER BY` needs.
    pub targets: Vec<Target>,
    /// `GROUP BY`: the sort-group references of targets.
    #[serde(skip_serializing_if = "is_default")]
    pub group_by: Vec<u32>,
    /// `GROUPING SETS`, `ROLLUP` and `CUBE`; the actual sets are the product of these.
    #[serde(skip_serializing_if = "is_default")]
    pub grouping_sets: Vec<GroupingSet>,
    /// The `HAVING` condition.
    #[serde(skip_serializing_if = "is_default")]
    pub having: Option<Expr>,
    /// `DISTINCT`: the sort-group references of targets.
    #[serde(skip_serializing_if = "is_default")]
    pub distinct: Vec<u32>,
    /// Whether it is `DISTINCT ON`.
    #[serde(skip_serializing_if = "is_default")]
    pub distinct_on: bool,
    /// The windows.
    #[serde(skip_serializing_if = "is_default")]
    pub windows: Vec<Window>,
    /// `UNION`, `INTERSECT`, `EXCEPT`: then `targets` only gives names and types.
    #[serde(skip_serializing_if = "is_default")]
    pub set_operation: Option<SetOperation>,
    /// Whether the select list or `HAVING` has aggregates of this level.
    #[serde(skip_serializing_if = "is_default")]
    pub aggregates: bool,
    /// Whether the select list has set-returning functions.
    #[serde(skip_serializing_if = "is_default")]
    pub set_returning: bool,
    /// Whether rows may be left out at the end: by `LIMIT`, `OFFSET` or `SKIP LOCKED`.
    #[serde(skip_serializing_if = "is_default")]
    pub limited: bool,
    /// Whether it is `LIMIT 1`.
    #[serde(skip_serializing_if = "is_default")]
    pub at_most_one: bool,
    /// Whether a `LIMIT` or `OFFSET` leaves the first row in any case.
    #[serde(skip_serializing_if = "is_default")]
    pub keeps_first_row: bool,
}

/// An item of a `WITH` list.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Cte {
    /// Its name.
    pub name: String,
    /// Its query.
    pub query: Query,
    /// Whether it refers to itself.
    #[serde(default, skip_serializing_if = "is_default")]
    pub recursive: bool,
    /// Whether it has more columns than its query: those of `SEARCH` and `CYCLE`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extended: bool,
}

/// An entry of the range table: something that has columns.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct RangeEntry {
    /// Its alias, or the name that stands for one.
    pub name: String,
    /// Whether rows of a table are left out by `ONLY` or `TABLESAMPLE`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub partial: bool,
    /// What it is.
    #[serde(flatten)]
    pub source: RangeSource,
}

/// What the columns of a range table entry come from.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RangeSource {
    /// A table or view.
    Relation {
        /// Its name.
        relation: PgName,
    },
    /// A subquery in `FROM`, or an arm of a set operation.
    Subquery {
        /// The subquery.
        query: Box<Query>,
    },
    /// A join; its columns are those of its sides.
    Join {
        /// What each column stands for.
        columns: Vec<Expr>,
    },
    /// Functions in `FROM`, their columns side by side.
    Function {
        /// The functions.
        functions: Vec<RangeFunction>,
        /// Whether a number is added as the last column.
        #[serde(default, skip_serializing_if = "is_default")]
        ordinality: bool,
    },
    /// `VALUES`
    Values {
        /// The rows.
        rows: Vec<Vec<Expr>>,
    },
    /// A reference to an item of a `WITH` list.
    Cte {
        /// The item's name.
        cte: String,
        /// How many queries further out the list is.
        #[serde(default, skip_serializing_if = "is_default")]
        levels_up: u32,
    },
    /// Something else, for example `XMLTABLE`.
    Other {
        /// What it is, for messages.
        what: String,
    },
}

/// A function in `FROM`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct RangeFunction {
    /// The call.
    pub call: Expr,
    /// How many columns it has.
    pub columns: u32,
}

/// A part of `FROM`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JoinTree {
    /// A range table entry.
    Entry {
        /// Its number.
        range: usize,
    },
    /// A join.
    Join {
        /// Its kind.
        join: JoinKind,
        /// Its own number in the range table.
        range: usize,
        /// The left side.
        left: Box<JoinTree>,
        /// The right side.
        right: Box<JoinTree>,
        /// The condition, also that of `USING`; `None` if there is none.
        #[serde(default, skip_serializing_if = "is_default")]
        on: Option<Expr>,
    },
    /// Something that is not understood: any join may be in it.
    Other,
}

/// The kind of a join.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinKind {
    /// `JOIN`, `CROSS JOIN`
    Inner,
    /// `LEFT JOIN`
    Left,
    /// `FULL JOIN`
    Full,
    /// `RIGHT JOIN`
    Right,
}

/// A column of the select list.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Target {
    /// Its name; `None` for some that are not part of the result.
    pub name: Option<String>,
    /// Its number, by which outer queries refer to it.
    pub number: i16,
    /// Whether it is only there for `GROUP BY` or `ORDER BY`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub junk: bool,
    /// By which `GROUP BY` and the like refer to it; 0 if they do not.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reference: u32,
    /// Its value.
    pub value: Expr,
}

/// A part of `GROUP BY` with several grouping sets.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupingSet {
    /// One set: the sort-group references of targets, possibly none.
    Set(Vec<u32>),
    /// `ROLLUP` or `CUBE`: the empty set and others.
    WithEmpty,
    /// `GROUPING SETS (…)`: each of these in turn.
    Sets(Vec<GroupingSet>),
}

/// A window.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Window {
    /// By which window functions refer to it.
    pub reference: u32,
    /// The bits that describe its frame (`FRAMEOPTION_…` in PostgreSQL's `parsenodes.h`).
    pub frame: u32,
    /// `PARTITION BY`: the sort-group references of targets.
    #[serde(default, skip_serializing_if = "is_default")]
    pub partition_by: Vec<u32>,
}

/// A tree of `UNION`, `INTERSECT` and `EXCEPT`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SetOperation {
    /// A query.
    Query {
        /// Its number in the range table.
        range: usize,
    },
    /// An operation on two of them.
    Operation {
        /// Which one.
        operator: SetOperator,
        /// Whether duplicates stay.
        #[serde(default, skip_serializing_if = "is_default")]
        all: bool,
        /// The types of the result's columns.
        types: Vec<TypeRef>,
        /// The left side.
        left: Box<SetOperation>,
        /// The right side.
        right: Box<SetOperation>,
    },
}

/// A set operation.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetOperator {
    /// `UNION`
    Union,
    /// `INTERSECT`
    Intersect,
    /// `EXCEPT`
    Except,
}

impl Query {
    /// A query of which only the reason is known why it could not be read.
    pub fn unreadable(reason: impl Into<String>) -> Self {
        Self { unreadable: Some(reason.into()), ..Self::default() }
    }

    /// The range table entry of a number.
    pub fn range_entry(&self, number: usize) -> Option<&RangeEntry> {
        self.range.get(number.checked_sub(1)?)
    }

    /// An expression without the detour over a column of a join, if it is one.
    pub fn resolved<'e>(&'e self, expression: &'e Expr) -> &'e Expr {
        let mut expression = expression;
        // Joins of joins nest no deeper than the range table is long.
        for _ in 0..=self.range.len() {
            let Expr::Column(expression::Column { range, column, levels_up: 0 }) = expression
            else {
                break;
            };
            let Some(RangeSource::Join { columns }) =
                self.range_entry(*range).map(|entry| &entry.source)
            else {
                break;
            };
            let Some(behind) = nth(columns, *column) else { break };
            expression = behind;
        }
        expression
    }

    /// The select list as its reader sees it.
    pub fn columns(&self) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(|target| !target.junk)
    }

    /// Whether rows are grouped, be it into a single group.
    pub fn is_grouped(&self) -> bool {
        self.aggregates
            || self.having.is_some()
            || !self.group_by.is_empty()
            || !self.grouping_sets.is_empty()
    }
}

/// The item of a column's number.
pub(crate) fn nth<T>(items: &[T], number: i16) -> Option<&T> {
    items.get(usize::try_from(number).ok()?.checked_sub(1)?)
}
