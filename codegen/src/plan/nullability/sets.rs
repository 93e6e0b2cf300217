//! The rules for functions that return sets, and for the elements of arrays.

use super::built_in::{self, Promise};
use super::expressions::Scope;
use super::{Nullability, not_null, nullable};
use crate::query_tree::expression::{Call, Coercion, Constant, Subquery, SubqueryKind};
use crate::query_tree::{Expr, RangeFunction};

impl Scope<'_> {
    /// A set-returning function in the select list: its rows are the query's rows, unless there
    /// are several such functions, of which the shorter are filled up with nulls.
    pub(super) fn set_in_select_list(&self, call: &Call) -> Nullability {
        let targets = self.level.query.targets.iter();
        let sets = targets.flat_map(|target| sets_in(&target.value)).count();
        match self.set_columns(call, 1).into_iter().next() {
            Some(column) if sets == 1 => column,
            _ => nullable(format!("rows of {} may be filled up with nulls", self.call_name(call))),
        }
    }

    /// The columns of a function in `FROM`.
    pub(super) fn function_columns(&self, function: &RangeFunction) -> Vec<Nullability> {
        let width = function.columns as usize;
        match &function.call {
            Expr::Call(call) if call.set => self.set_columns(call, width),
            value if width == 1 => vec![self.evaluate(value)],
            _ => vec![nullable("a function that finds nothing returns a row of nulls"); width],
        }
    }

    /// The columns of a set-returning function.
    fn set_columns(&self, call: &Call, width: usize) -> Vec<Nullability> {
        let name = self.call_name(call);
        if call.function == "pg_catalog.unnest(anyarray)"
            && let [array] = call.arguments.as_slice()
            && width == 1
        {
            return vec![self.elements(array).because(format!("{name} returns the elements"))];
        }
        let promised = match built_in::promise(&call.function) {
            Some(Promise::Rows(columns)) => columns,
            _ => 0,
        };
        (0..width)
            .map(|column| {
                if column < promised {
                    not_null(format!("{name} never returns null"))
                } else {
                    nullable(format!("no rule for function {name}"))
                }
            })
            .collect()
    }

    /// Whether an element of an array can be null.
    pub(super) fn elements(&self, array: &Expr) -> Nullability {
        match array {
            Expr::Array { elements, nested: false } => self.each(elements),
            Expr::Array { elements, nested: true } => {
                Nullability::all(elements.iter().map(|array| self.elements(array)))
            }
            Expr::Coercion { how: Coercion::Array | Coercion::Relabel, argument, .. } => {
                self.elements(argument)
            }
            Expr::Constant(constant) if is_array_without_nulls(constant) => {
                not_null("it is a literal without nulls")
            }
            Expr::Call(call) if built_in::splits(&call.function) => {
                not_null(format!("{} makes no null elements", self.call_name(call)))
            }
            Expr::Subquery(Subquery { kind: SubqueryKind::Array, query, .. }) => {
                let mut columns = self.subquery_columns(query);
                if columns.is_empty() {
                    return nullable("the subquery is not understood");
                }
                columns.swap_remove(0)
            }
            _ => nullable("an array may hold nulls"),
        }
    }
}

/// The set-returning functions that are called in an expression.
pub(super) fn sets_in(expression: &Expr) -> Vec<&Call> {
    let itself = match expression {
        Expr::Call(call) if call.set => Some(call),
        _ => None,
    };
    itself.into_iter().chain(expression.children().into_iter().flat_map(sets_in)).collect()
}

/// Whether an array literal holds no NULL: then its header has no offset of a bitmap of them.
///
/// The header is the length, the number of dimensions and that offset, four bytes each.
fn is_array_without_nulls(constant: &Constant) -> bool {
    constant.ty.array
        && constant.value.as_ref().and_then(|bytes| bytes.get(16..24)) == Some("00000000")
}
