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

use futures_util::future::{try_join, try_join_all};

use crate::Result;
use crate::database::Read;
use crate::explain::Explanation;
use crate::level::{AggregateStatements, Run};
use crate::list::ListArguments;
use crate::model::{Cardinality, ObjectType, Relation, View};
use crate::predicate::write_where;
use crate::scope::{Occurrences, Scope};
use crate::sql::Sql;
pub(crate) use arguments::{GroupArguments, Unit};
pub(crate) use fields::Fields;
pub(crate) use function::AggregateFunction;
pub(crate) use loaded::{Loaded, LoadedGroups};
pub(crate) use statement::{groups_of_parents, totals};

/// What a relation's field ends in, if it leads to an aggregate of its rows.
pub(crate) const SUFFIX: &str = "Aggregate";

/// A selected field that leads to an aggregate of the rows of another view.
#[derive(Debug)]
pub(crate) struct RelatedAggregate {
    pub(crate) member: Box<str>,
    pub(crate) statements: AggregateStatements,
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

/// An aggregate of the rows of a view.
pub(crate) struct Aggregate {
    fields: Fields,
    /// Absent where nothing is computed of all rows.
    totals: Option<Sql>,
    /// One for each `groupBy`.
    groups: Vec<Sql>,
}

impl Aggregate {
    /// Plans an aggregate; the columns of `equal` are arguments too.
    pub(crate) fn of(
        scope: &Scope<'_>,
        field: &Occurrences<'_>,
        view: &'static View,
        equal: &[&str],
    ) -> Result<Self> {
        let given = scope.arguments(&field[0].node);
        let max_page_size = scope.limits.max_page_size;
        let ListArguments { predicates, .. } =
            ListArguments::parse(Some(view.object), equal, given, None, max_page_size)?;
        let fields = Fields::of(scope, field, view.object)?;
        let from = |sql: &mut Sql| {
            sql.push(" from ").qualified(view.schema, view.name).push(" as t");
            write_where(&predicates, sql);
            Ok(())
        };
        let totals = (!fields.terms.is_empty()).then(|| totals(&fields, None, &from));
        let totals = totals.transpose()?;
        let groups = fields.groups.iter().map(|groups| statement::groups(groups, &from));
        let groups = groups.collect::<Result<_>>()?;
        Ok(Self { fields, totals, groups })
    }

    /// Tells its statements.
    pub(crate) fn explain(&self, to: &mut Explanation) {
        self.totals.iter().for_each(|sql| to.add("the aggregate", sql));
        self.groups.iter().for_each(|sql| to.add("the groups", sql));
    }
}

impl Read for Aggregate {
    async fn read(&self, run: Run<'_>, out: &mut Vec<u8>) -> Result<bool> {
        let totals = try_join_all(self.totals.iter().map(|sql| run.rows(sql, &[])));
        let groups = try_join_all(self.groups.iter().map(|sql| run.rows(sql, &[])));
        let (mut totals, groups) = try_join(totals, groups).await?;
        let loaded = Loaded::of_root(totals.pop().unwrap_or_default(), groups);
        loaded.write(&self.fields, 0, out)?;
        Ok(true)
    }
}
