//! Aggregates of the rows of a view: how many there are, their sums, averages and extremes, for all
//! of them or by group.
//!
//! What is selected is planned from the document ([`fields`]); which groups are asked for is read
//! from arguments ([`arguments`]). An aggregate takes one statement, and one more for each
//! `groupBy` in it, which compute what is selected and nothing else ([`statement`]). Below the rows
//! of another view they do so for all parents at once ([`crate::level`]).

mod arguments;
mod fields;
mod function;
mod loaded;
mod statement;

use futures_util::future::try_join_all;

use crate::Result;
use crate::database::{Connection, Database};
use crate::list::ListArguments;
use crate::model::{Cardinality, ObjectType, Relation, View};
use crate::predicate::{Predicate, write_where};
use crate::scope::{Occurrences, Scope};
use crate::sql::Sql;
pub(crate) use arguments::{GroupArguments, Unit};
pub(crate) use fields::{Fields, Groups};
pub(crate) use function::AggregateFunction;
pub(crate) use loaded::{Loaded, LoadedGroups};
pub(crate) use statement::{groups_of_parents, totals};

/// What a relation's field ends in, if it leads to an aggregate of its rows.
pub(crate) const SUFFIX: &str = "Aggregate";

/// A selected field that leads to an aggregate of the rows of another view.
#[derive(Debug)]
pub(crate) struct RelatedAggregate {
    pub(crate) member: Box<str>,
    /// The object that has the relation.
    pub(crate) object: &'static ObjectType,
    pub(crate) relation: &'static Relation,
    pub(crate) predicates: Vec<Predicate>,
    pub(crate) fields: Fields,
    /// Positions of this side of the relation's key among what is fetched.
    pub(crate) slots: Vec<usize>,
}

/// Name of a type of the aggregate of an object's rows; the aggregate itself has no part. All begin
/// alike, so that only a view that is called an aggregate can be in the way.
pub(crate) fn type_name(object: &ObjectType, part: &str) -> String {
    format!("{}{SUFFIX}{part}", object.name)
}

impl ObjectType {
    /// The relation whose rows a field aggregates.
    pub(crate) fn aggregated(&self, field: &str) -> Option<&'static Relation> {
        let name = field.strip_suffix(SUFFIX)?;
        let mut relations = self.relations.iter();
        relations.find(|item| item.field == name && item.cardinality == Cardinality::Many)
    }
}

/// Aggregates the rows of a view; the columns of `equal` are arguments too.
pub(crate) async fn aggregate(
    database: &Database,
    scope: &Scope<'_>,
    field: &Occurrences<'_>,
    view: &'static View,
    equal: &[&str],
) -> Result<Vec<u8>> {
    let given = scope.arguments(&field[0].node)?;
    let ListArguments { predicates, .. } = ListArguments::parse(Some(view.object), equal, given)?;
    let fields = Fields::of(scope, field, view.object)?;
    let loaded = load(database, view, &predicates, &fields).await?;
    let mut out = Vec::with_capacity(256);
    loaded.write(&fields, 0, &mut out)?;
    Ok(out)
}

/// Runs the statements of a root field: the first one, then all others on its connection.
async fn load(
    database: &Database,
    view: &View,
    predicates: &[Predicate],
    fields: &Fields,
) -> Result<Loaded> {
    let from = |sql: &mut Sql| {
        sql.push(" from ").qualified(view.schema, view.name).push(" as t");
        write_where(predicates, sql);
        Ok(())
    };
    let mut statements = Vec::with_capacity(1 + fields.groups.len());
    if !fields.terms.is_empty() {
        statements.push(totals(fields, None, &from)?);
    }
    for groups in &fields.groups {
        groups.arguments.check(database.max_page_size())?;
        statements.push(statement::groups(groups, &from)?);
    }
    let mut results = Vec::with_capacity(statements.len());
    if let Some((first, others)) = statements.split_first() {
        let (connection, rows) = database.query(&first.text, &first.params).await?;
        results.push(rows);
        results.extend(run(&connection, others).await?);
    }
    let mut results = results.into_iter();
    let rows = if fields.terms.is_empty() { None } else { results.next() };
    Ok(Loaded::of_root(rows.unwrap_or_default(), results))
}

async fn run(connection: &Connection, statements: &[Sql]) -> Result<Vec<Vec<tokio_postgres::Row>>> {
    try_join_all(statements.iter().map(|sql| connection.query(&sql.text, &sql.params))).await
}
