//! Root fields that read a view.

use std::marker::PhantomData;
use std::pin::Pin;

use async_graphql::{Context, InputType, MaybeUndefined, Value};

use crate::database::Database;
use crate::input::{Filter, OrderBy};
use crate::level::Level;
use crate::list::{ListArguments, Order};
use crate::model::View;
use crate::output::{Row, Rows};
use crate::predicate::Predicate;
use crate::record::ViewRow;
use crate::selection::Selection;
use crate::sql::Sql;
use crate::{Error, Result};

/// A query of the rows of a view, built from the arguments of a resolver.
#[derive(Debug)]
pub struct Select<V> {
    query: Query,
    view: PhantomData<fn() -> V>,
}

/// What there is to a [`Select`] besides the type of its rows. Its futures are boxed: each resolver
/// would otherwise be compiled with all that happens in a request.
#[derive(Debug)]
struct Query {
    view: &'static View,
    equal: Vec<(&'static str, Value)>,
    filter: Option<Predicate>,
    order: Vec<Order>,
    limit: Option<i32>,
    offset: i32,
}

/// A result on its way.
pub(crate) type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

impl<V: ViewRow> Default for Select<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V: ViewRow> Select<V> {
    /// All rows, in the order of the view's key.
    pub fn new() -> Self {
        let query = Query {
            view: V::VIEW,
            equal: Vec::new(),
            filter: None,
            order: Vec::new(),
            limit: None,
            offset: 0,
        };
        Self { query, view: PhantomData }
    }

    /// Keeps rows whose column equals a value, or is null where the value is; an undefined value
    /// keeps all.
    #[must_use]
    pub fn equal<T: InputType>(mut self, column: &'static str, value: MaybeUndefined<T>) -> Self {
        if !value.is_undefined() {
            let value = value.value().map_or(Value::Null, InputType::to_value);
            self.query.equal.push((column, value));
        }
        self
    }

    /// Keeps rows whose column equals a value.
    #[must_use]
    pub fn key<T: InputType>(mut self, column: &'static str, value: T) -> Self {
        self.query.equal.push((column, value.to_value()));
        self
    }

    /// Keeps rows that a `where` argument describes.
    #[must_use]
    pub fn filter(mut self, filter: Option<Filter<V>>) -> Self {
        self.query.filter = filter.map(Filter::into_predicate);
        self
    }

    /// Sorts by an `orderBy` argument first.
    #[must_use]
    pub fn order_by(mut self, order_by: Option<Vec<OrderBy<V>>>) -> Self {
        let order_by = order_by.into_iter().flatten();
        self.query.order = order_by.map(OrderBy::into_order).collect();
        self
    }

    /// Skips `offset` rows and takes at most `limit`.
    #[must_use]
    pub fn page(mut self, limit: i32, offset: i32) -> Self {
        self.query.limit = Some(limit);
        self.query.offset = offset;
        self
    }

    /// Reads the rows with the selected columns and relations.
    ///
    /// # Errors
    ///
    /// Fails if an argument is out of bounds or the database refuses.
    pub async fn rows(self, ctx: &Context<'_>) -> Result<Rows<V>> {
        self.query.list(ctx).await.map(Rows::new)
    }

    /// Reads the only row; `None` when there is none.
    ///
    /// # Errors
    ///
    /// Fails if there are several: the declared key is none.
    pub async fn row(self, ctx: &Context<'_>) -> Result<Option<Row<V>>> {
        Ok(self.query.one(ctx).await?.map(Row::new))
    }
}

impl Query {
    fn list<'a>(self, ctx: &'a Context<'_>) -> Pending<'a, Vec<u8>> {
        Box::pin(async move {
            let (selection, level) = self.load(ctx).await?;
            let mut out = Vec::with_capacity(64 * level.len() * selection.fields.len().max(1));
            level.write_list(&selection, &mut out)?;
            Ok(out)
        })
    }

    fn one<'a>(mut self, ctx: &'a Context<'_>) -> Pending<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let name = self.view.name;
            self.limit = Some(2);
            let (selection, level) = self.load(ctx).await?;
            if level.len() > 1 {
                return Err(Error::internal(format!("the key of {name} is not unique")));
            }
            let mut out = Vec::with_capacity(256);
            let found = level.len() == 1;
            if found {
                level.write_row(&selection, 0, &mut out)?;
            }
            Ok(found.then_some(out))
        })
    }

    async fn load(self, ctx: &Context<'_>) -> Result<(Selection, Level)> {
        let Self { view, equal, filter, order, limit, offset } = self;
        let database = Database::of(ctx)?;
        let selection = Selection::of_rows(ctx, view.object)?;
        let mut predicates = Vec::with_capacity(equal.len() + 1);
        for (column, value) in &equal {
            predicates.push(Predicate::equal(view.object.column(column)?, value)?);
        }
        predicates.extend(filter);
        let arguments = ListArguments { predicates, order, limit, offset };
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
