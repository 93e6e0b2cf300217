//! Root fields that read a view.

use async_graphql::{Context, InputType, MaybeUndefined, Value};

use crate::database::Database;
use crate::input::{Filter, OrderBy};
use crate::level::Level;
use crate::list::ListArguments;
use crate::model::View;
use crate::output::{Row, Rows};
use crate::predicate::Predicate;
use crate::record::ViewRow;
use crate::selection::Selection;
use crate::sql::Sql;
use crate::{Error, Result};

/// A query of the rows of a view, built from the arguments of a resolver.
#[derive(Debug, Default)]
pub struct Select<V> {
    equal: Vec<(&'static str, Value)>,
    filter: Option<Filter<V>>,
    order_by: Vec<OrderBy<V>>,
    limit: Option<i32>,
    offset: i32,
}

impl<V: ViewRow> Select<V> {
    /// All rows, in the order of the view's key.
    pub fn new() -> Self {
        Self { equal: Vec::new(), filter: None, order_by: Vec::new(), limit: None, offset: 0 }
    }

    /// Keeps rows whose column equals a value, or is null where the value is; an undefined value
    /// keeps all.
    #[must_use]
    pub fn equal<T: InputType>(mut self, column: &'static str, value: MaybeUndefined<T>) -> Self {
        if !value.is_undefined() {
            self.equal.push((column, value.value().map_or(Value::Null, InputType::to_value)));
        }
        self
    }

    /// Keeps rows whose column equals a value.
    #[must_use]
    pub fn key<T: InputType>(mut self, column: &'static str, value: T) -> Self {
        self.equal.push((column, value.to_value()));
        self
    }

    /// Keeps rows that a `where` argument describes.
    #[must_use]
    pub fn filter(mut self, filter: Option<Filter<V>>) -> Self {
        self.filter = filter;
        self
    }

    /// Sorts by an `orderBy` argument first.
    #[must_use]
    pub fn order_by(mut self, order_by: Option<Vec<OrderBy<V>>>) -> Self {
        self.order_by = order_by.unwrap_or_default();
        self
    }

    /// Skips `offset` rows and takes at most `limit`.
    #[must_use]
    pub fn page(mut self, limit: i32, offset: i32) -> Self {
        self.limit = Some(limit);
        self.offset = offset;
        self
    }

    /// Reads the rows with the selected columns and relations.
    ///
    /// # Errors
    ///
    /// Fails if an argument is out of bounds or the database refuses.
    pub async fn rows(self, ctx: &Context<'_>) -> Result<Rows<V>> {
        let (selection, level) = self.load(ctx).await?;
        let mut out = Vec::with_capacity(64 * level.len() * selection.fields.len().max(1));
        level.write_list(&selection, &mut out)?;
        Ok(Rows::new(out))
    }

    /// Reads the only row; `None` when there is none.
    ///
    /// # Errors
    ///
    /// Fails if there are several: the declared key is none.
    pub async fn row(mut self, ctx: &Context<'_>) -> Result<Option<Row<V>>> {
        self.limit = Some(2);
        let (selection, level) = self.load(ctx).await?;
        match level.len() {
            0 => Ok(None),
            1 => {
                let mut out = Vec::with_capacity(256);
                level.write_row(&selection, 0, &mut out)?;
                Ok(Some(Row::new(out)))
            }
            _ => Err(Error::internal(format!("the key of {} is not unique", V::VIEW.name))),
        }
    }

    async fn load(self, ctx: &Context<'_>) -> Result<(Selection, Level)> {
        let view = V::VIEW;
        let database = Database::of(ctx)?;
        let selection = Selection::of_rows(ctx, view.object)?;
        let mut arguments = ListArguments {
            predicates: Vec::with_capacity(self.equal.len() + 1),
            order: self.order_by.into_iter().map(OrderBy::into_order).collect(),
            limit: self.limit,
            offset: self.offset,
        };
        for (column, value) in &self.equal {
            arguments.predicates.push(Predicate::equal(view.object.column(column)?, value)?);
        }
        arguments.predicates.extend(self.filter.map(Filter::into_predicate));
        arguments.check(database.max_page_size())?;

        let sql = statement(view, &selection, &arguments);
        let (connection, rows) = database.query(&sql.text, &sql.params).await?;
        let level = Level::load(&connection, &selection, rows, 0, database.max_page_size()).await?;
        Ok((selection, level))
    }
}

fn statement(view: &View, selection: &Selection, arguments: &ListArguments) -> Sql {
    let mut sql = Sql::default();
    sql.push("select");
    for (index, column) in selection.columns.iter().enumerate() {
        sql.push(if index > 0 { ", t." } else { " t." }).name(column.column);
    }
    sql.push(" from ").name(view.schema).push(".").name(view.name).push(" as t");
    arguments.write_where(&mut sql);
    arguments.write_order(view, &mut sql);
    arguments.write_page(&mut sql);
    sql
}
