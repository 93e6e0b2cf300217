//! What is known of a row, as a set that can be joined and intersected.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::truth::Truth;
use crate::query_tree::Expr;
use crate::query_tree::expression::Column;

/// What is known of a row.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(in crate::plan) struct Facts {
    /// Expressions that are not null. A column with the number 0 stands for the row of its range
    /// table entry: the row is there.
    pub(super) not_null: BTreeSet<Expr>,
    /// Alternatives: in each of these lists at least one set holds as a whole.
    pub(super) one_of: BTreeSet<Vec<BTreeSet<Expr>>>,
    /// Pairs of which both are null or none is.
    pub(super) alike: BTreeSet<(Expr, Expr)>,
    /// Conditions with what is known of their truth.
    pub(super) holds: BTreeSet<(Rc<Expr>, Truth)>,
}

/// How many lists of alternatives are kept, and how many alternatives in each: more are rare, and
/// each is looked at in turn.
const MOST_ALTERNATIVES: usize = 6;

impl Facts {
    /// Two expressions are both null or none is.
    pub(super) fn alike(one: &Expr, other: &Expr) -> Self {
        Self { alike: BTreeSet::from([(one.clone(), other.clone())]), ..Self::default() }
    }

    /// All of these hold.
    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::default();
        parts.into_iter().for_each(|part| all.extend(part));
        all
    }

    /// At least one of these holds; none of them is a contradiction, and then nothing is claimed.
    pub(super) fn one_of(parts: impl IntoIterator<Item = Self>) -> Self {
        let parts: Vec<Self> = parts.into_iter().collect();
        let mut each = parts.iter().cloned();
        let Some(mut common) = each.next() else { return Self::default() };
        for part in each {
            common.not_null = &common.not_null & &part.not_null;
            common.one_of = &common.one_of & &part.one_of;
            common.alike = &common.alike & &part.alike;
            common.holds = &common.holds & &part.holds;
        }
        let rest = parts.iter().map(|part| &part.not_null - &common.not_null);
        let alternatives: Vec<_> = rest.collect();
        if (2..=MOST_ALTERNATIVES).contains(&alternatives.len())
            && alternatives.iter().all(|set| !set.is_empty())
            && common.one_of.len() < MOST_ALTERNATIVES
        {
            common.one_of.insert(alternatives);
        }
        common
    }

    /// An expression is not null.
    pub(super) fn add(&mut self, expression: Expr) {
        self.not_null.insert(expression);
    }

    /// These hold too.
    pub(super) fn extend(&mut self, other: Self) {
        self.not_null.extend(other.not_null);
        self.one_of.extend(other.one_of);
        self.alike.extend(other.alike);
        self.holds.extend(other.holds);
    }

    /// How much is known; grows with every new fact.
    pub(super) fn size(&self) -> usize {
        self.not_null.len() + self.one_of.len() + self.alike.len() + self.holds.len()
    }

    /// Whether these say nothing that others do not say.
    pub(super) fn is_subset(&self, others: &Self) -> bool {
        self.not_null.is_subset(&others.not_null)
            && self.one_of.is_subset(&others.one_of)
            && self.alike.is_subset(&others.alike)
            && self.holds.is_subset(&others.holds)
    }

    /// What is about columns, each in another place; what is about one that has none is left out.
    pub(super) fn moved(&self, place: impl Fn(Column) -> Option<Column>) -> Self {
        let column = |expression: &Expr| match expression {
            Expr::Column(column) => place(*column).map(Expr::Column),
            _ => None,
        };
        let set = |set: &BTreeSet<Expr>| set.iter().filter_map(column).collect::<BTreeSet<_>>();
        let list = |list: &Vec<BTreeSet<Expr>>| list.iter().map(set).collect::<Vec<_>>();
        let lists = self.one_of.iter().map(list);
        let leaf = |leaf: &Expr| column(leaf);
        let moved = |(condition, truth): &(Rc<Expr>, Truth)| {
            let condition = condition.with_leaves(&leaf).filter(is_of_row)?;
            Some((Rc::new(condition), *truth))
        };
        Self {
            not_null: set(&self.not_null),
            one_of: lists.filter(|list| list.iter().all(|set| !set.is_empty())).collect(),
            alike: BTreeSet::new(),
            holds: self.holds.iter().filter_map(moved).collect(),
        }
    }
}

/// Whether an expression is about one row, not about those of a group.
fn is_of_row(expression: &Expr) -> bool {
    !matches!(expression, Expr::Aggregate(_)) && expression.children().into_iter().all(is_of_row)
}
