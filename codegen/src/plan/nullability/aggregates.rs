//! The rules for aggregates and window functions.

use super::built_in;
use super::expressions::Scope;
use super::fact_set::Facts;
use super::facts::Finder;
use super::grouping::groups_have_rows;
use super::patterns::counted;
use super::{Nullability, not_null, nullable};
use crate::query_tree::Expr;
use crate::query_tree::expression::{Aggregate, Column, WindowCall};

impl Scope<'_> {
    /// A call of an aggregate.
    pub(super) fn aggregate(&self, aggregate: &Aggregate) -> Nullability {
        if let Some(declared) = self.declared(&aggregate.function) {
            return declared;
        }
        let name = self.function_name(&aggregate.function);
        let needed = match built_in::aggregate(&aggregate.function) {
            None => return nullable(format!("no rule for aggregate {name}")),
            Some(built_in::Aggregate::Always) => {
                return not_null(format!("{name} never returns null"));
            }
            // Whatever the values are, there is one for each row.
            Some(built_in::Aggregate::Rows) => 0,
            Some(built_in::Aggregate::Values(needed)) => needed,
        };
        if aggregate.filtered {
            return nullable(format!("the FILTER of {name} may pass no row"));
        }
        if aggregate.levels_up > 0 {
            return nullable(format!("{name} is over rows of an outer query"));
        }
        let input = Self::input(self.level);
        let values = || aggregate.direct.iter().chain(aggregate.arguments.iter().take(needed));
        // HAVING can show that a group has a row in which something is not null.
        for witness in self.witnesses() {
            let row = input.knowing(witness);
            let seen = Nullability::all(values().map(|value| row.evaluate(value)));
            if seen.is_not_null() {
                return seen.because(format!("HAVING leaves groups with a value for {name}"));
            }
        }
        let query = self.level.query;
        let has_row = groups_have_rows(query)
            || query.group_by.is_empty()
                && query.grouping_sets.is_empty()
                && self.level.input_has_row(&|own| self.outer_value(own)).is_some();
        if !has_row {
            return nullable(format!("{name} of no rows is null, and there may be none"));
        }
        Nullability::all(values().map(|value| input.evaluate(value))).either_way(
            format!("{name} is over a group, which has at least one row"),
            format!("{name} is null if all its values are"),
        )
    }

    /// Whether a column of the query around is not null.
    fn outer_value(&self, own: Column) -> bool {
        let own = Column { levels_up: own.levels_up + 1, ..own };
        self.evaluate(&Expr::Column(own)).is_not_null()
    }

    /// For each aggregate that `HAVING` shows to be non-null, what is known of the rows in which
    /// it found a value, of which there is at least one.
    fn witnesses(&self) -> Vec<Facts> {
        let finder = Finder::new(self.level);
        let values = |aggregate: &Aggregate, needed: usize| {
            let own = aggregate.levels_up == 0 && !aggregate.filtered && needed > 0;
            let values = aggregate.arguments.iter().take(needed);
            own.then(|| Facts::all(values.map(|value| finder.of_value(value))))
        };
        let witness = |fact: &Expr| match fact {
            Expr::Aggregate(aggregate) => match built_in::aggregate(&aggregate.function) {
                Some(built_in::Aggregate::Values(needed)) => values(aggregate, needed),
                _ => None,
            },
            // A count that is not zero.
            Expr::NullIf(call) => match call.arguments.first() {
                Some(Expr::Aggregate(count))
                    if counted(&Expr::Aggregate(count.clone())) == *fact =>
                {
                    values(count, 1)
                }
                _ => None,
            },
            _ => None,
        };
        self.known.facts().not_null.iter().filter_map(witness).collect()
    }

    /// A call of a window function.
    pub(super) fn window(&self, window: &WindowCall) -> Nullability {
        let name = self.function_name(&window.function);
        // Its arguments are taken from other rows too, of which we know what we know of all.
        let rows = Self::output(self.level);
        let windows = &self.level.query.windows;
        let frame = windows.iter().find(|w| w.reference == window.window).map(|w| w.frame);
        if let Some(rule) = built_in::window(&window.function) {
            return match rule {
                built_in::Window::Always => not_null(format!("{name} never returns null")),
                built_in::Window::Arguments => rows.each(&window.arguments).either_way(
                    format!("{name} returns null only for null input"),
                    format!("an argument of {name} may be null"),
                ),
                built_in::Window::Frame if !frame.is_some_and(has_current_row) => {
                    nullable(format!("the frame of {name} may be empty"))
                }
                built_in::Window::Frame => in_frame(rows.each(&window.arguments), &name),
            };
        }
        let needed = match built_in::aggregate(&window.function) {
            None => return nullable(format!("no rule for window function {name}")),
            Some(built_in::Aggregate::Always) => {
                return not_null(format!("{name} never returns null"));
            }
            Some(built_in::Aggregate::Rows) => 0,
            Some(built_in::Aggregate::Values(needed)) => needed,
        };
        if window.filtered {
            return nullable(format!("the FILTER of {name} may pass no row"));
        }
        if !frame.is_some_and(has_current_row) {
            return nullable(format!("the frame of {name} may be empty"));
        }
        let values = window.arguments.iter().take(needed);
        // One value is enough, and the frame has the row at hand.
        in_frame(Nullability::all(values.map(|value| self.evaluate(value))), &name)
    }
}

/// The answer for something over the values of a frame that has at least one row.
fn in_frame(values: Nullability, name: &str) -> Nullability {
    values.either_way(
        format!("the frame of {name} always has a row"),
        format!("{name} is null if all its values are"),
    )
}

/// Whether the frame of a window always has the row that it belongs to.
fn has_current_row(frame: u32) -> bool {
    /// `FRAMEOPTION_…` of PostgreSQL's `parsenodes.h`.
    const RANGE: u32 = 0x2;
    const START_UNBOUNDED_PRECEDING: u32 = 0x20;
    const END_UNBOUNDED_FOLLOWING: u32 = 0x100;
    const START_CURRENT_ROW: u32 = 0x200;
    const END_CURRENT_ROW: u32 = 0x400;
    const START_OFFSET_PRECEDING: u32 = 0x800;
    const END_OFFSET_FOLLOWING: u32 = 0x4000;
    const EXCLUSION: u32 = 0x8000 | 0x1_0000 | 0x2_0000;
    // With RANGE an offset is added to a value, and the sum is the user's idea of one.
    let offsets =
        if frame & RANGE == 0 { START_OFFSET_PRECEDING | END_OFFSET_FOLLOWING } else { 0 };
    let starts = START_UNBOUNDED_PRECEDING | START_CURRENT_ROW | (offsets & START_OFFSET_PRECEDING);
    let ends = END_UNBOUNDED_FOLLOWING | END_CURRENT_ROW | (offsets & END_OFFSET_FOLLOWING);
    frame & EXCLUSION == 0 && frame & starts != 0 && frame & ends != 0
}
