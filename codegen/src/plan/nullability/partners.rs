//! Rows that are certain to be there: of any query, and of one that follows a foreign key.
//!
//! `LEFT JOIN c ON c.id = o.customer_id` finds a row of `c` for every row whose `customer_id` is
//! not null, if that column has a foreign key to `c.id`. That is sound if
//!
//! - PostgreSQL has checked the key for all rows and checks it before a statement ends: it is
//!   validated, enforced, not deferrable and its triggers are enabled;
//! - the value is one of the referencing table at the moment: it comes from there unchanged, not
//!   from a materialized view, and rows of inheriting tables, which have no such key, are not read
//!   along. The values of a key of several columns come from one row;
//! - the join asks for nothing but the key: each column with the key's own equality, and no other
//!   condition;
//! - the joined side has all rows of the referenced table: it is the table, or a query that leaves
//!   out none, without row-level security, `ONLY` or `TABLESAMPLE`.
//!
//! Both tables are read in one snapshot, and snapshots are taken between statements. What comes
//! in between, a trigger of the deleting statement itself, is not a client of this API. Who turns
//! checks off (`session_replication_role`) breaks this promise, as every other about foreign keys.

use super::level::Level;
use crate::catalog::ForeignKey;
use crate::query_tree::expression::{Call, Coercion, Column};
use crate::query_tree::{Expr, JoinKind, JoinTree, Query, RangeSource, SetOperation, SetOperator};

/// A column of the joined side that is compared with something for equality.
struct Pair<'e> {
    /// The column's number.
    target: i16,
    /// What it is compared with.
    own: Column,
    call: &'e Call,
    /// Whether the column of the joined side comes first.
    target_first: bool,
}

/// Whether a column of the query around is known not to be null.
type HasValue<'f> = &'f dyn Fn(Column) -> bool;

impl Level<'_> {
    /// The foreign key that guarantees that a condition holds for some row of a part of `FROM`.
    pub(super) fn partner(
        &self,
        condition: Option<&Expr>,
        tree: &JoinTree,
        has_value: HasValue<'_>,
    ) -> Option<String> {
        let find = |range: &usize| {
            let pairs = self.pairs(condition?, *range)?;
            let own = pairs.iter().all(|pair| has_value(pair.own));
            self.foreign_key(*range, &pairs).filter(|_| own).map(|key| key.name.clone())
        };
        self.kept(tree).iter().find_map(find)
    }

    /// Whether the query has a row, whatever is in the database, given which columns of the query
    /// around are not null; and if that is so because of a foreign key, its name.
    pub(super) fn has_row(&self, has_value: HasValue<'_>) -> Option<Option<String>> {
        let query = self.query;
        if query.unreadable.is_some()
            || query.limited && !query.keeps_first_row
            || query.set_returning
            || query.having.is_some()
        {
            return None;
        }
        if let Some(operation) = &query.set_operation {
            return self.arm_has_row(operation, has_value).then_some(None);
        }
        if !query.grouping_sets.is_empty() {
            return None;
        }
        if query.aggregates && query.group_by.is_empty() {
            return Some(None);
        }
        self.input_has_row(has_value)
    }

    /// Whether a row passes `WHERE`, and the foreign key because of which.
    pub(super) fn input_has_row(&self, has_value: HasValue<'_>) -> Option<Option<String>> {
        match (&self.query.filter, self.query.from.as_slice()) {
            (Some(filter), [tree]) if !filter.is_true() => {
                let outer = |own: Column| further_out(own).is_some_and(has_value);
                self.partner(Some(filter), tree, &outer).map(Some)
            }
            (Some(filter), _) if !filter.is_true() => None,
            (_, trees) => {
                let own = |own: Column| self.has_value_everywhere(own);
                trees.iter().all(|tree| self.tree_has_row(tree, &own)).then_some(None)
            }
        }
    }

    /// Whether a part of `FROM` has a row, given which columns beside it are not null.
    pub(super) fn tree_has_row(&self, tree: &JoinTree, has_value: HasValue<'_>) -> bool {
        match tree {
            JoinTree::Entry { range } => {
                self.query.range_entry(*range).is_some_and(|entry| match &entry.source {
                    RangeSource::Subquery { query } => {
                        self.inner(query).has_row(has_value).is_some()
                    }
                    RangeSource::Values { rows } => !rows.is_empty(),
                    RangeSource::Function { functions, .. } => functions
                        .iter()
                        .any(|function| matches!(&function.call, Expr::Call(call) if !call.set)),
                    _ => false,
                })
            }
            JoinTree::Join { join, left, right, on, .. } => {
                let left = || self.tree_has_row(left, has_value);
                let right = || self.tree_has_row(right, has_value);
                match join {
                    JoinKind::Inner => on.as_ref().is_none_or(Expr::is_true) && left() && right(),
                    JoinKind::Left => left(),
                    JoinKind::Right => right(),
                    JoinKind::Full => left() || right(),
                }
            }
            JoinTree::Other => false,
        }
    }

    /// Whether a column is never null, wherever it stands.
    fn has_value_everywhere(&self, own: Column) -> bool {
        let within = self.joins.within(own.range);
        own.levels_up == 0
            && within.is_some_and(<[_]>::is_empty)
            && self.entry_column(own).nullability.is_not_null()
    }

    fn arm_has_row(&self, arm: &SetOperation, has_value: HasValue<'_>) -> bool {
        match arm {
            SetOperation::Query { range } => {
                let Some(RangeSource::Subquery { query }) =
                    self.query.range_entry(*range).map(|entry| &entry.source)
                else {
                    return false;
                };
                let outer = |own: Column| further_out(own).is_some_and(has_value);
                self.inner(query).has_row(&outer).is_some()
            }
            SetOperation::Operation { operator: SetOperator::Union, left, right, .. } => {
                self.arm_has_row(left, has_value) || self.arm_has_row(right, has_value)
            }
            SetOperation::Operation { .. } => false,
        }
    }

    pub(super) fn inner<'s>(&'s self, query: &'s Query) -> Level<'s> {
        Level::new(self.context, query, Some(self))
    }

    /// What a condition compares with the columns of an entry; `None` if it says anything else.
    fn pairs<'e>(&self, condition: &'e Expr, range: usize) -> Option<Vec<Pair<'e>>> {
        match condition {
            Expr::And { arguments } => {
                let each = arguments.iter().map(|part| self.pairs(part, range));
                Some(each.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
            }
            Expr::Call(call) if call.operator.as_deref() == Some("=") => {
                let [first, second] = call.arguments.as_slice() else { return None };
                let (first, second) = (self.plain_column(first)?, self.plain_column(second)?);
                let is_target = |column: Column| column.range == range && column.levels_up == 0;
                let (target, own) = match (is_target(first), is_target(second)) {
                    (true, false) => (first, second),
                    (false, true) => (second, first),
                    _ => return None,
                };
                let target_first = target == first;
                Some(vec![Pair { target: target.column, own, call, target_first }])
            }
            _ if condition.is_true() => Some(Vec::new()),
            _ => None,
        }
    }

    /// The column that an expression is, perhaps under another name for its type.
    fn plain_column(&self, expression: &Expr) -> Option<Column> {
        match expression {
            Expr::Coercion { how: Coercion::Relabel, argument, .. } => self.plain_column(argument),
            Expr::Column(column) => {
                let level = self.up(column.levels_up)?;
                let inner = Expr::Column(Column { levels_up: 0, ..*column });
                match level.query.resolved(&inner) {
                    Expr::Column(found) if found.levels_up == 0 => {
                        Some(Column { levels_up: column.levels_up, ..*found })
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A foreign key that consists of these pairs, to the table of an entry.
    fn foreign_key(&self, range: usize, pairs: &[Pair<'_>]) -> Option<&ForeignKey> {
        let tables = &self.context.catalog.tables;
        let whole = self.whole(range)?;
        if tables.get(&whole.table)?.row_security {
            return None;
        }
        let first = pairs.first()?;
        let source = |pair: &Pair<'_>| {
            let level = self.up(pair.own.levels_up)?;
            let facts = level.entry_column(Column { levels_up: 0, ..pair.own });
            facts.source.filter(|_| !facts.stored)
        };
        let referencing = source(first)?.table;
        // Several columns are those of one row only if they are read from the table itself.
        let place = |pair: &Pair<'_>| (pair.own.levels_up, pair.own.range);
        let entry = self.up(first.own.levels_up)?.query.range_entry(first.own.range)?;
        let is_row =
            matches!(&entry.source, RangeSource::Relation { relation } if *relation == referencing);
        if pairs.len() > 1 && !(is_row && pairs.iter().all(|pair| place(pair) == place(first))) {
            return None;
        }
        // The key's column that a pair is about, by its place in the key.
        let part = |key: &ForeignKey, pair: &Pair<'_>| {
            let (_, target) = whole.columns.iter().find(|(number, _)| *number == pair.target)?;
            let own = source(pair)?.column;
            (0..key.columns.len()).find(|at| {
                let equality = &key.equalities[*at];
                let function =
                    if pair.target_first { &equality.target_first } else { &equality.own_first };
                key.columns[*at] == own
                    && key.target_columns[*at] == *target
                    && *function == pair.call.function
            })
        };
        let is_it = |key: &&ForeignKey| {
            let parts: Option<Vec<usize>> = pairs.iter().map(|pair| part(key, pair)).collect();
            key.target == whole.table
                && parts.is_some_and(|parts| (0..key.columns.len()).all(|at| parts.contains(&at)))
        };
        let keys = &tables.get(&referencing)?.foreign_keys;
        keys.iter()
            .filter(|key| key.equalities.len() == key.columns.len() && !key.columns.is_empty())
            .find(is_it)
    }
}

/// A column of the query around, as that query itself says it.
fn further_out(own: Column) -> Option<Column> {
    own.levels_up.checked_sub(1).map(|levels_up| Column { levels_up, ..own })
}
