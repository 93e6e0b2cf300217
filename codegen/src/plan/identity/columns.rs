//! What the columns of a query are: their types, and which reading of a table they come from.

use super::rows::Rows;
use crate::catalog::TypeRef;
use crate::query_tree::expression::Column;
use crate::query_tree::nth;
use crate::query_tree::{RangeSource, SetOperation};

impl Rows<'_> {
    /// The type of a column, if that is easy to tell.
    pub(super) fn column_type(&self, column: Column) -> Option<TypeRef> {
        let of_query = |rows: &Rows<'_>| rows.output_type(column.column);
        match &self.query.range_entry(column.range)?.source {
            RangeSource::Relation { relation } => match self.catalog().tables.get(relation) {
                Some(table) => {
                    let number = column.column;
                    Some(table.columns.iter().find(|c| c.number == number)?.ty.clone())
                }
                None => {
                    let columns = &self.catalog().views.get(relation)?.columns;
                    Some(columns.iter().find(|c| c.number == column.column)?.ty.clone())
                }
            },
            RangeSource::Subquery { query } => {
                of_query(&Rows::new(self.context, query, Some(self)))
            }
            _ => None,
        }
    }

    fn output_type(&self, number: i16) -> Option<TypeRef> {
        if let Some(SetOperation::Operation { types, .. }) = &self.query.set_operation {
            return nth(types, number).cloned();
        }
        let target = self.query.targets.iter().find(|target| target.number == number)?;
        match self.own_column(&target.value) {
            Some(column) => self.column_type(column),
            None => target.value.ty().cloned(),
        }
    }

    /// For each output that is a base column, which reading of its table it comes from.
    pub(super) fn instances(&self) -> Vec<Option<Vec<usize>>> {
        self.query.columns().map(|target| self.instance(target.number)).collect()
    }

    fn instance(&self, number: i16) -> Option<Vec<usize>> {
        if self.query.set_operation.is_some() {
            return None;
        }
        let target = self.query.targets.iter().find(|target| target.number == number)?;
        let column = self.own_column(&target.value)?;
        let inner = match &self.query.range_entry(column.range)?.source {
            RangeSource::Relation { relation } => match self.context.views.get(relation) {
                Some(known) => {
                    let view = self.catalog().views.get(relation)?;
                    let place = view.columns.iter().position(|c| c.number == column.column)?;
                    known.instances.get(place)?.clone()?
                }
                None => Vec::new(),
            },
            RangeSource::Subquery { query } => {
                Rows::new(self.context, query, Some(self)).instance(column.column)?
            }
            RangeSource::Cte { cte, levels_up } => {
                let rows = self.up(*levels_up)?;
                let cte = rows.query.ctes.iter().find(|item| item.name == *cte)?;
                if cte.recursive {
                    return None;
                }
                Rows::new(self.context, &cte.query, Some(rows)).instance(column.column)?
            }
            _ => return None,
        };
        Some(std::iter::once(column.range).chain(inner).collect())
    }
}
