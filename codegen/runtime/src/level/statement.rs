//! The statements that read the rows of a field for its parents.

use crate::arguments::Call;
use crate::explain::{Explanation, Parents};
use crate::list::ListArguments;
use crate::model::{Cardinality, ObjectType, Relation};
use crate::order::{self, Order, write_joins, write_order};
use crate::param::Param;
use crate::selection::{Output, RowsField, Target};
use crate::sql::Sql;
use crate::{Limits, Result};

/// How the rows of a field are read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statements {
    /// For one key. Absent for a function, which is called in the same way for one row.
    pub(super) one: Option<Sql>,
    /// For any number of keys.
    pub(super) many: (Shape, Sql),
}

/// How a level is asked for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Shape {
    /// `where key = key`: all rows belong to the only parent.
    One,
    /// `where key = any (keys)`: a condition that PostgreSQL pushes into any view. The key comes
    /// back and is looked up by its bytes, which is right where equal values have equal bytes.
    Any {
        /// Its place among the columns; before the selected ones if it is not one of them.
        key: Option<usize>,
    },
    /// A join with the keys, which come back as positions: for several columns, and for types whose
    /// equality only the server knows (`1.0 = 1.00`).
    #[default]
    Join,
    /// One run of the view for each key, so that each has its own limit. The rows of a key come in
    /// the order of the inner query, because a lateral reference forces a nested loop.
    Lateral,
    /// One call of a function for each row.
    Call,
}

impl Shape {
    fn of(field: &RowsField, link: Link) -> Result<Self> {
        if field.arguments.limit.is_some() || field.arguments.offset > 0 {
            return Ok(Self::Lateral);
        }
        let shape = link.shape()?;
        let Self::Any { .. } = shape else { return Ok(shape) };
        let (_, target) = link.relation.columns[0];
        let is_key = |output: &Output| matches!(output, Output::Column(it) if it.column == target);
        Ok(Self::Any { key: field.selection.outputs.iter().position(is_key) })
    }

    /// How many columns come before the selected ones.
    pub(super) fn skip(self) -> usize {
        match self {
            Self::One => 0,
            Self::Any { key } => usize::from(key.is_none()),
            Self::Join | Self::Lateral | Self::Call => 1,
        }
    }
}

impl Statements {
    pub(crate) fn of(field: &RowsField, limits: &Limits) -> Result<Self> {
        let link = match &field.target {
            Target::Function(call, row) => {
                let many = (Shape::Call, of_function(field, call, row, limits));
                return Ok(Self { one: None, many });
            }
            Target::View(object, relation) => Link { object, relation },
        };
        let order = order::complete(&field.arguments.order, (link.relation.target)())?;
        let view = OfView { field, link, order: &order, limits };
        let shape = Shape::of(field, link)?;
        let many = match shape {
            Shape::Any { key } => view.any(key.is_none())?,
            Shape::Lateral => view.lateral()?,
            _ => view.join()?,
        };
        Ok(Self { one: Some(view.one()?), many: (shape, many) })
    }
}

impl RowsField {
    /// Tells the statements for so many parents, and what lies below.
    pub(crate) fn explain(&self, parents: Parents, to: &mut Explanation) {
        let Statements { one, many: (shape, many) } = &self.statements;
        match one {
            _ if *shape == Shape::Call => to.add_other("calls for all parents", many),
            Some(one) if parents == Parents::One => to.add("for the parent", one),
            one => {
                to.add("for several parents", many);
                one.iter().for_each(|one| to.add("if there is one parent", one));
            }
        }
        let below = if self.cardinality == Cardinality::Many { Parents::Many } else { parents };
        to.below(&self.selection, below);
    }

    /// The statement for a single parent that was looked up by these columns, with what each of them
    /// was compared with: `None` if it needs more of the parent than that.
    pub(crate) fn early(&self, key: &[&str], compared: &[Option<&Param>]) -> Option<Sql> {
        let (Target::View(object, relation), Some(one)) = (&self.target, &self.statements.one)
        else {
            return None;
        };
        let view = (relation.target)();
        let given = relation.columns.iter().map(|(own, target)| {
            let position = key.iter().position(|name| name == own)?;
            let (own, target) = (object.column(own).ok()?.ty, view.object.column(target).ok()?.ty);
            // What equals the given value must equal the parent's.
            let same = own.equals_by_bytes(&target) || own.is_integer() && target.is_integer();
            compared.get(position).copied().flatten().filter(|_| same)
        });
        let given: Vec<&Param> = given.collect::<Option<_>>()?;
        let mut sql = one.clone();
        for param in &mut sql.params {
            if let Param::Key(part) = *param {
                *param = given[part].clone();
            }
        }
        Some(sql)
    }
}

/// Rows of a view, by a relation.
struct OfView<'a> {
    field: &'a RowsField,
    link: Link,
    order: &'a [Order],
    limits: &'a Limits,
}

/// A relation, with the object that it leads from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) object: &'static ObjectType,
    pub(crate) relation: &'static Relation,
}

impl OfView<'_> {
    fn one(&self) -> Result<Sql> {
        let mut sql = Sql::default();
        sql.push("select");
        self.write_selected(" ", &mut sql);
        self.write_from(&mut sql);
        write_joins(self.order, &mut sql);
        for (index, (_, target)) in self.link.relation.columns.iter().enumerate() {
            sql.push(if index == 0 { " where t" } else { " and t" });
            self.link.relation.write_compared(target, target, &mut sql);
            sql.push(" = ").param(Param::Key(index), &self.link.key_type(index)?);
        }
        write_filter(&self.field.arguments, &mut sql);
        write_order(self.order, &mut sql);
        self.field.arguments.write_bounded_page(self.limits.max_page_size, &mut sql);
        Ok(sql)
    }

    fn any(&self, fetch_key: bool) -> Result<Sql> {
        let (_, target) = self.link.relation.columns[0];
        let mut sql = Sql::default();
        sql.push("select ");
        if fetch_key {
            sql.push("t.").name(target);
        }
        self.write_selected(if fetch_key { ", " } else { "" }, &mut sql);
        self.write_from(&mut sql);
        write_joins(self.order, &mut sql);
        sql.push(" where ");
        self.link.write_any(&mut sql)?;
        write_filter(&self.field.arguments, &mut sql);
        write_order(self.order, &mut sql);
        write_limit(self.limits, &mut sql);
        Ok(sql)
    }

    fn join(&self) -> Result<Sql> {
        let mut sql = Sql::default();
        sql.push("select p.n");
        self.write_selected(", ", &mut sql);
        sql.push(" from ");
        self.link.write_parents(&mut sql)?;
        sql.push(" join ");
        self.write_view(&mut sql);
        self.link.write_condition(" on ", &mut sql);
        write_joins(self.order, &mut sql);
        self.field.arguments.write_where(&mut sql);
        write_order(self.order, &mut sql);
        write_limit(self.limits, &mut sql);
        Ok(sql)
    }

    fn lateral(&self) -> Result<Sql> {
        let mut sql = Sql::default();
        sql.push("select p.n, c.* from ");
        self.link.write_parents(&mut sql)?;
        sql.push(" cross join lateral (select ");
        self.write_selected("", &mut sql);
        self.write_from(&mut sql);
        write_joins(self.order, &mut sql);
        self.link.write_condition(" where ", &mut sql);
        write_filter(&self.field.arguments, &mut sql);
        write_order(self.order, &mut sql);
        self.field.arguments.write_page(&mut sql);
        sql.push(") as c");
        Ok(sql)
    }

    fn write_selected(&self, before: &str, sql: &mut Sql) {
        self.field.selection.write_outputs(before, self.limits.max_page_size, sql);
    }

    fn write_from(&self, sql: &mut Sql) {
        sql.push(" from ");
        self.write_view(sql);
    }

    fn write_view(&self, sql: &mut Sql) {
        self.link.write_view(sql);
    }
}

impl Link {
    /// How all rows of the relation are asked for, with nothing selected of them.
    pub(super) fn shape(self) -> Result<Shape> {
        let [(own, target)] = self.relation.columns else { return Ok(Shape::Join) };
        let target = (self.relation.target)().object.column(target)?;
        let is_plain = self.object.column(own)?.ty.equals_by_bytes(&target.ty);
        Ok(if is_plain { Shape::Any { key: None } } else { Shape::Join })
    }

    pub(super) fn write_view(self, sql: &mut Sql) {
        let view = (self.relation.target)();
        sql.qualified(view.schema, view.name).push(" as t");
    }

    /// Appends `t.key = any (keys)`, for a key of one part.
    pub(super) fn write_any(self, sql: &mut Sql) -> Result<()> {
        let (_, target) = self.relation.columns[0];
        sql.push("t");
        self.relation.write_compared(target, target, sql);
        sql.push(" = any (");
        self.write_keys(sql)?;
        sql.push(")");
        Ok(())
    }

    /// Appends the keys as rows of `p`, with their positions.
    pub(super) fn write_parents(self, sql: &mut Sql) -> Result<()> {
        sql.push("unnest(");
        self.write_keys(sql)?;
        sql.push(") with ordinality as p (");
        for index in 0..self.relation.columns.len() {
            sql.push("k").number(index as u64).push(", ");
        }
        sql.push("n)");
        Ok(())
    }

    pub(super) fn write_condition(self, before: &str, sql: &mut Sql) {
        for (index, (_, target)) in self.relation.columns.iter().enumerate() {
            sql.push(if index == 0 { before } else { " and " }).push("t");
            self.relation.write_compared(target, target, sql);
            sql.push(" = p.k").number(index as u64);
        }
    }

    fn write_keys(self, sql: &mut Sql) -> Result<()> {
        for index in 0..self.relation.columns.len() {
            sql.push(if index > 0 { ", " } else { "" });
            sql.param(Param::Keys(index), &format!("{}[]", self.key_type(index)?));
        }
        Ok(())
    }

    /// The SQL type of a part of a key.
    fn key_type(self, index: usize) -> Result<String> {
        let (own, target) = self.relation.columns[index];
        let view = (self.relation.target)();
        let (own, target) = (self.object.column(own)?, view.object.column(target)?);
        // Integers of different sizes keep theirs: `=` compares them, and indexes know how.
        let column = if own.ty.is_integer() { own } else { target };
        Ok(column.sql_type().into_owned())
    }
}

/// Rows go back as they came, so that neither a key nor another look at the view is needed.
fn of_function(field: &RowsField, call: &Call, row: &str, limits: &Limits) -> Sql {
    let max_page_size = limits.max_page_size;
    let arguments = &field.arguments;
    let mut sql = Sql::default();
    // `r` could be a column; `r.*` is the row.
    sql.push("select p.n, c.* from (select row_number() over () as n, r.*::").push(row);
    sql.push(" as r from unnest(");
    sql.param(Param::Keys(0), &format!("{row}[]"));
    sql.push(") as r) as p cross join lateral (select ");
    field.selection.write_outputs("", max_page_size, &mut sql);
    sql.push(" from ");
    call.write(Some("p.r"), &mut sql);
    sql.push(" as t");
    if field.cardinality == Cardinality::Many {
        arguments.write_where_of_function(&mut sql);
        arguments.write_order_of_function(&mut sql);
        arguments.write_bounded_page(max_page_size, &mut sql);
    } else {
        // A row of nothing but NULLs is how one that was not found looks.
        sql.push(" where not t.* is null");
    }
    sql.push(") as c");
    sql
}

fn write_filter(arguments: &ListArguments, sql: &mut Sql) {
    for predicate in &arguments.predicates {
        sql.push(" and ");
        predicate.write(sql);
    }
}

/// One row more than an operation may read.
fn write_limit(limits: &Limits, sql: &mut Sql) {
    sql.push(" limit ").number(limits.max_rows as u64 + 1);
}
