//! Random filters, as clients write them and as plain SQL.

use serde_json::{Value, json};

use super::leaf::{self, Choices};
use super::{List, Tables};

/// Writes a filter, and the condition that it is.
pub(super) struct Writer<'a> {
    tables: &'a Tables,
    pub(super) choices: Choices,
    aliases: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(tables: &'a Tables, choices: Choices) -> Self {
        Self { tables, choices, aliases: 0 }
    }

    /// A condition on rows of a table alias.
    pub(super) fn filter(&mut self, list: &List, alias: &str, depth: usize) -> (Value, String) {
        let kinds = if depth == 0 { 4 } else { 9 };
        match self.choices.below(kinds) {
            0..=3 => self.leaf(list, alias),
            4 => {
                let (filter, sql) = self.filter(list, alias, depth - 1);
                (json!({ "not": filter }), format!("not ({sql})"))
            }
            kind @ (5 | 6) => {
                let (name, word, none) =
                    if kind == 5 { ("and", " and ", "true") } else { ("or", " or ", "false") };
                let parts: Vec<_> = (0..self.choices.below(4))
                    .map(|_| self.filter(list, alias, depth - 1))
                    .collect();
                let (filters, conditions): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
                let sql = match conditions.is_empty() {
                    true => none.to_owned(),
                    false => format!("({})", conditions.join(word)),
                };
                (json!({ name: filters }), sql)
            }
            _ => self.related(list, alias, depth - 1),
        }
    }

    fn leaf(&mut self, list: &List, alias: &str) -> (Value, String) {
        let column = self.choices.pick(&list.columns);
        if column.operators.is_empty() {
            return (json!({}), "true".to_owned());
        }
        let operator = self.choices.pick(&column.operators);
        let condition = leaf::condition(column, operator, &list.rows, alias, &mut self.choices);
        condition.unwrap_or_else(|| (json!({}), "true".to_owned()))
    }

    fn related(&mut self, list: &List, alias: &str, depth: usize) -> (Value, String) {
        self.aliases += 1;
        let below = format!("t{}", self.aliases);
        if list.field == "cells" {
            let (filter, sql) = self.filter(&self.tables.owners, &below, depth);
            let from = format!("v_owners as {below} where {below}.id = {alias}.owner_id");
            return (
                json!({ "owner": filter }),
                format!("(select count(*) from {from} and {sql}) = 1"),
            );
        }
        let (filter, sql) = self.filter(&self.tables.cells, &below, depth);
        let all =
            format!("select count(*) from v_cells as {below} where {below}.owner_id = {alias}.id");
        let (name, condition) = match self.choices.below(3) {
            0 => ("some", format!("({all} and {sql}) > 0")),
            1 => ("every", format!("({all} and {sql}) = ({all})")),
            _ => ("none", format!("({all} and {sql}) = 0")),
        };
        (json!({ "cells": { name: filter } }), condition)
    }
}
