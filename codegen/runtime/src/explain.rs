//! Explaining: the statements that a plan would send, without sending them.
//!
//! Everything that runs statements has a method `explain` beside it, which hands the same statements
//! to an [`Explanation`].

pub(crate) mod sample;

use serde::Serialize;

use crate::param::Param;
use crate::selection::Selection;
use crate::sql::Sql;

/// A statement that a document makes the runtime send.
#[derive(Clone, Debug, Serialize)]
pub struct Statement {
    /// The field that it is for, from the root on: `customers.orders`.
    pub field: String,
    /// What it is for, in words.
    pub purpose: &'static str,
    /// Its text; every parameter is cast to its type.
    pub sql: String,
    /// How many parameters it has.
    pub parameters: usize,
    /// The numbers of those that hold keys: which rows are looked up.
    pub keys: Vec<usize>,
}

/// A document and its statements.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    /// The text of the document.
    pub document: String,
    /// In the order in which they are planned.
    pub statements: Vec<Statement>,
}

/// How many rows are known to lead to others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Parents {
    /// One at the most.
    One,
    /// Any number.
    Many,
}

/// What has been explained so far.
#[derive(Debug)]
pub(crate) struct Explanation {
    /// The field that is being explained.
    field: String,
    statements: Vec<Statement>,
}

impl Explanation {
    /// Nothing yet, for a root field.
    pub(crate) fn of(field: &str) -> Self {
        Self { field: field.to_owned(), statements: Vec::new() }
    }

    /// Adds a statement that reads a view.
    pub(crate) fn add(&mut self, purpose: &'static str, sql: &Sql) {
        let params = sql.params.iter().enumerate();
        let keys = params.filter(|(_, param)| param.is_key()).map(|(index, _)| index + 1);
        self.push(purpose, sql, keys.collect());
    }

    /// Adds a statement that looks nothing up: what it is given are bounds of a page, or arguments of
    /// a function, which are that function's business.
    pub(crate) fn add_other(&mut self, purpose: &'static str, sql: &Sql) {
        self.push(purpose, sql, Vec::new());
    }

    fn push(&mut self, purpose: &'static str, sql: &Sql, keys: Vec<usize>) {
        let (field, parameters) = (self.field.clone(), sql.params.len());
        self.statements.push(Statement { field, purpose, sql: sql.text.clone(), parameters, keys });
    }

    /// Explains what lies below the rows of a selection.
    pub(crate) fn below(&mut self, selection: &Selection, parents: Parents) {
        for field in selection.rows_fields() {
            self.within(field.name, |to| field.explain(parents, to));
        }
        for field in selection.aggregate_fields() {
            let key = field.member.trim_matches(['"', ':']);
            self.within(key, |to| field.statements.explain(to));
        }
    }

    fn within(&mut self, field: &str, explain: impl FnOnce(&mut Self)) {
        let length = self.field.len();
        self.field.push('.');
        self.field.push_str(field);
        explain(self);
        self.field.truncate(length);
    }

    /// The statements.
    pub(crate) fn into_statements(self) -> Vec<Statement> {
        self.statements
    }
}

impl Param {
    /// Whether it holds keys of rows to read: those of parents, or an argument of a view's own field,
    /// which is a column. What a filter compares with has a longer path.
    fn is_key(&self) -> bool {
        match self {
            Self::Keys(_) | Self::Key(_) => true,
            Self::Variable { path, .. } => is_column(path),
            Self::Text { given, .. } => is_column(&given.path),
        }
    }
}

fn is_column(path: &str) -> bool {
    path != Param::TIME_ZONE && !path.contains(['.', '['])
}
