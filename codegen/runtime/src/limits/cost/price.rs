//! Prices: sums of values and of lists, into which variables are put.

use async_graphql::{Name, Value, Variables};

/// What the fields of a row cost.
#[derive(Debug, Default)]
pub(super) struct Price {
    /// Fields that are one value, and never skipped.
    pub(super) values: u64,
    /// The others.
    pub(super) nodes: Vec<Node>,
}

/// A field with fields of its own, or one that may be skipped.
#[derive(Debug)]
pub(super) struct Node {
    /// It counts if all conditions of one of these hold, or if there are none.
    pub(super) when: Vec<Vec<Condition>>,
    pub(super) rows: Rows,
    /// What each row costs.
    pub(super) below: Price,
}

/// How many rows a field has.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// The first that is given counts.
    pub(super) counts: Vec<Count>,
    pub(super) otherwise: u64,
}

/// A number of rows that a client gives.
#[derive(Clone, Debug)]
pub(super) enum Count {
    Fixed(u64),
    Variable { name: Name, default: Option<u64> },
}

/// What a variable has to be.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub(super) name: Name,
    /// What it is if it is not given.
    pub(super) default: bool,
    pub(super) wanted: bool,
}

/// A number of rows; none for null, and none below zero, which is refused later.
pub(super) fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => Some(number.as_u64().unwrap_or(0)),
        _ => None,
    }
}

impl Rows {
    pub(super) fn one() -> Self {
        Self::fixed(1)
    }

    pub(super) fn fixed(rows: u64) -> Self {
        Self { counts: Vec::new(), otherwise: rows }
    }

    /// A page above the maximum counts as one of the maximum: its field refuses it.
    fn number(&self, variables: &Variables, max_page_size: u64) -> u64 {
        let given = self.counts.iter().find_map(|given| match given {
            Count::Fixed(rows) => Some(*rows),
            Count::Variable { name, default } => variables.get(name).map_or(*default, count),
        });
        given.map_or(self.otherwise, |rows| rows.min(max_page_size))
    }

    fn is_fixed(&self) -> bool {
        self.counts.iter().all(|given| matches!(given, Count::Fixed(_)))
    }
}

impl Condition {
    fn holds(&self, variables: &Variables) -> bool {
        let value = match variables.get(&self.name) {
            Some(Value::Boolean(value)) => *value,
            _ => self.default,
        };
        value == self.wanted
    }
}

impl Price {
    /// The sum, with the variables of a request.
    pub(super) fn total(&self, variables: &Variables, max_page_size: u64) -> u64 {
        let nodes = self.nodes.iter().map(|node| node.total(variables, max_page_size));
        nodes.fold(self.values, u64::saturating_add)
    }

    /// Whether variables have no say in it.
    pub(super) fn is_fixed(&self) -> bool {
        let is_fixed =
            |node: &Node| node.when.is_empty() && node.rows.is_fixed() && node.below.is_fixed();
        self.nodes.iter().all(is_fixed)
    }
}

impl Node {
    fn total(&self, variables: &Variables, max_page_size: u64) -> u64 {
        let holds = |all: &Vec<Condition>| all.iter().all(|condition| condition.holds(variables));
        if !self.when.is_empty() && !self.when.iter().any(holds) {
            return 0;
        }
        let rows = self.rows.number(variables, max_page_size);
        let below = if rows == 0 { 0 } else { self.below.total(variables, max_page_size).max(1) };
        rows.saturating_mul(below).saturating_add(1)
    }
}
