//! What is below an expression.

use super::Expr;

impl Expr {
    /// The expressions directly below it in the same query, in order.
    ///
    /// A subquery's test is among them, its query is not.
    pub fn children(&self) -> Vec<&Expr> {
        match self {
            Self::Column(_)
            | Self::Constant(_)
            | Self::SubqueryColumn { .. }
            | Self::Grouping
            | Self::CaseValue
            | Self::Default
            | Self::SessionValue(_)
            | Self::Other { .. } => Vec::new(),
            Self::Call(call) | Self::Distinct(call) | Self::NullIf(call) => {
                call.arguments.iter().collect()
            }
            Self::AnyAll { call, .. } => call.arguments.iter().collect(),
            Self::Aggregate(aggregate) => {
                aggregate.direct.iter().chain(&aggregate.arguments).collect()
            }
            Self::Window(window) => window.arguments.iter().collect(),
            Self::And { arguments }
            | Self::Or { arguments }
            | Self::Coalesce { arguments }
            | Self::GreatestLeast { arguments }
            | Self::RowComparison { arguments, .. } => arguments.iter().collect(),
            Self::Array { elements, .. } => elements.iter().collect(),
            Self::Row { fields } => fields.iter().collect(),
            Self::Not { argument }
            | Self::Field { argument, .. }
            | Self::Coercion { argument, .. }
            | Self::NullTest { argument, .. }
            | Self::BooleanTest { argument, .. } => vec![argument],
            Self::Subscript { argument, subscripts } => {
                std::iter::once(&**argument).chain(subscripts).collect()
            }
            Self::Subquery(subquery) => subquery.test.iter().map(AsRef::as_ref).collect(),
            Self::Case(case) => {
                let arms = case.arms.iter().flat_map(|arm| [&arm.when, &arm.then]);
                case.value
                    .iter()
                    .map(AsRef::as_ref)
                    .chain(arms)
                    .chain(std::iter::once(&*case.otherwise))
                    .collect()
            }
        }
    }

    /// The same, to be changed.
    fn children_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            Self::Column(_)
            | Self::Constant(_)
            | Self::SubqueryColumn { .. }
            | Self::Grouping
            | Self::CaseValue
            | Self::Default
            | Self::SessionValue(_)
            | Self::Other { .. } => Vec::new(),
            Self::Call(call) | Self::Distinct(call) | Self::NullIf(call) => {
                call.arguments.iter_mut().collect()
            }
            Self::AnyAll { call, .. } => call.arguments.iter_mut().collect(),
            Self::Aggregate(aggregate) => {
                aggregate.direct.iter_mut().chain(&mut aggregate.arguments).collect()
            }
            Self::Window(window) => window.arguments.iter_mut().collect(),
            Self::And { arguments }
            | Self::Or { arguments }
            | Self::Coalesce { arguments }
            | Self::GreatestLeast { arguments }
            | Self::RowComparison { arguments, .. } => arguments.iter_mut().collect(),
            Self::Array { elements, .. } => elements.iter_mut().collect(),
            Self::Row { fields } => fields.iter_mut().collect(),
            Self::Not { argument }
            | Self::Field { argument, .. }
            | Self::Coercion { argument, .. }
            | Self::NullTest { argument, .. }
            | Self::BooleanTest { argument, .. } => vec![argument],
            Self::Subscript { argument, subscripts } => {
                std::iter::once(&mut **argument).chain(subscripts).collect()
            }
            Self::Subquery(subquery) => subquery.test.iter_mut().map(AsMut::as_mut).collect(),
            Self::Case(case) => {
                let arms = case.arms.iter_mut().flat_map(|arm| [&mut arm.when, &mut arm.then]);
                case.value
                    .iter_mut()
                    .map(AsMut::as_mut)
                    .chain(arms)
                    .chain(std::iter::once(&mut *case.otherwise))
                    .collect()
            }
        }
    }

    /// The same over other leaves: what is in the place of a column, or of the value of a CASE.
    /// `None` if one of them has no place there. A CASE with a value compares it in each arm.
    pub fn with_leaves(&self, leaf: &dyn Fn(&Expr) -> Option<Expr>) -> Option<Expr> {
        if matches!(self, Self::Column(_) | Self::CaseValue) {
            return leaf(self);
        }
        let mut copy = self.clone();
        if let Self::Case(case) = &mut copy
            && let Some(value) = case.value.take()
        {
            let value = value.with_leaves(leaf)?;
            for arm in &mut case.arms {
                arm.when = arm.when.with_leaves(&|inner| match inner {
                    Self::CaseValue => Some(value.clone()),
                    inner => leaf(inner),
                })?;
                arm.then = arm.then.with_leaves(leaf)?;
            }
            *case.otherwise = case.otherwise.with_leaves(leaf)?;
            return Some(copy);
        }
        for child in copy.children_mut() {
            *child = child.with_leaves(leaf)?;
        }
        Some(copy)
    }
}
