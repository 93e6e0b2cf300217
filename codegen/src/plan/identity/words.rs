//! How a key is explained.

use std::collections::BTreeSet;

use super::joins::Joins;
use super::rows::Rows;
use crate::catalog::PgName;
use crate::plan::nullability::level::shown;
use crate::query_tree::{RangeEntry, RangeSource, Target};

impl<'a> Rows<'a> {
    /// Why outputs are a key, perhaps that of an entry.
    pub(super) fn reason(
        &self,
        joins: &Joins,
        outputs: &[&Target],
        places: &BTreeSet<usize>,
        from: Option<&(usize, Vec<i16>)>,
    ) -> String {
        let query = self.query;
        let names: Vec<String> = places
            .iter()
            .filter_map(|place| outputs.get(*place))
            .map(|target| self.output_name(target))
            .collect();
        let (subject, verb) =
            (names.join(", "), if names.len() == 1 { "identifies" } else { "identify" });
        let why = if query.is_grouped() {
            "the query groups by that".to_owned()
        } else if let Some((range, columns)) = from {
            let others: Vec<String> = joins
                .entries
                .iter()
                .filter(|entry| entry.range != *range)
                .map(|entry| format!("`{}`", self.entry_name(entry.range)))
                .collect();
            let mut why = self.key_reason(*range, columns);
            if !others.is_empty() {
                why += &format!(
                    ", whose rows are joined to at most one of {}",
                    others.join(" and of ")
                );
            }
            why
        } else if !query.distinct.is_empty() {
            "DISTINCT leaves no duplicates".to_owned()
        } else {
            "together they identify each of the joined rows".to_owned()
        };
        format!("{subject} {verb} its rows: {why}")
    }

    fn key_reason(&self, range: usize, columns: &[i16]) -> String {
        let name = self.entry_name(range);
        let source = self.query.range_entry(range).map(|entry| &entry.source);
        if let Some(RangeSource::Relation { relation }) = source
            && let Some(table) = self.catalog().tables.get(relation)
        {
            let primary = table.keys.iter().any(|key| {
                key.primary && self.numbers(relation, &key.columns).as_deref() == Some(columns)
            });
            let kind = if primary { "the primary key of" } else { "unique in" };
            return format!("{kind} `{name}`");
        }
        format!("a key of `{name}`")
    }

    fn output_name(&self, target: &Target) -> String {
        let own = self.own_column(&target.value).and_then(|column| {
            let entry = self.query.range_entry(column.range)?;
            let RangeSource::Relation { relation } = &entry.source else { return None };
            let name = self.relation_column(relation, column.column)?;
            Some(format!("`{}.{name}`", shown(relation)))
        });
        own.unwrap_or_else(|| format!("`{}`", target.name.as_deref().unwrap_or("?")))
    }

    fn relation_column(&self, relation: &PgName, number: i16) -> Option<&'a str> {
        if let Some(table) = self.catalog().tables.get(relation) {
            return Some(&table.columns.iter().find(|c| c.number == number)?.name);
        }
        let view = self.catalog().views.get(relation)?;
        Some(&view.columns.iter().find(|c| c.number == number)?.name)
    }

    fn entry_name(&self, range: usize) -> String {
        match self.query.range_entry(range) {
            Some(RangeEntry { source: RangeSource::Relation { relation }, .. }) => shown(relation),
            Some(entry) => entry.name.clone(),
            None => String::new(),
        }
    }
}
