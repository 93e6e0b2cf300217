//! The rules for functions, operators, aggregates and window functions.

use super::built_in::{self, Promise};
use super::expressions::Scope;
use super::fact_set::Facts;
use super::facts::{Finder, counted};
use super::grouping::groups_have_rows;
use super::level::shown;
use super::{Nullability, Reason};
use crate::catalog::Routine;
use crate::comment;
use crate::query_tree::expression::{
    Aggregate, Call, Coercion, Column, Constant, Subquery, SubqueryKind, WindowCall,
};
use crate::query_tree::{Expr, RangeFunction};

fn not_null(reason: impl Into<String>) -> Nullability {
    Nullability::not_null(Reason::new(reason))
}

fn nullable(reason: impl Into<String>) -> Nullability {
    Nullability::nullable(Reason::new(reason))
}

impl Scope<'_> {
    fn routine(&self, signature: &str) -> Option<&Routine> {
        self.level.context.catalog.routines.get(signature)
    }

    /// What people call a function.
    fn function_name(&self, signature: &str) -> String {
        match self.routine(signature) {
            Some(routine) if routine.name.schema == "pg_catalog" => {
                format!("`{}`", routine.name.name)
            }
            Some(routine) => format!("`{}`", shown(&routine.name)),
            None => format!("`{signature}`"),
        }
    }

    /// What people call the function or operator of a call.
    pub(super) fn call_name(&self, call: &Call) -> String {
        match &call.operator {
            Some(operator) => format!("`{operator}`"),
            None => self.function_name(&call.function),
        }
    }

    /// What a user says about a function.
    fn declared(&self, signature: &str) -> Option<Nullability> {
        let text = self.routine(signature)?.comment.as_deref();
        let (comment, _) = comment::parse(text, comment::Place::Function);
        let name = self.function_name(signature);
        comment.not_null.then(|| not_null(format!("the comment of {name} says `@notnull`")))
    }

    /// A call of a function or operator.
    pub(super) fn call(&self, call: &Call) -> Nullability {
        if call.set {
            return self.set_in_select_list(call);
        }
        if let Some(declared) = self.declared(&call.function) {
            return declared;
        }
        let name = self.call_name(call);
        let arguments = call.arguments.as_slice();
        // An array that is passed with VARIADIC can be null as a whole.
        match built_in::promise(&call.function) {
            Some(Promise::Always) if !call.variadic => {
                not_null(format!("{name} never returns null"))
            }
            Some(Promise::First) if !call.variadic => {
                self.each(&arguments[..arguments.len().min(1)]).either_way(
                    format!("{name} returns null only for a null first argument"),
                    format!("the first argument of {name} may be null"),
                )
            }
            Some(Promise::Some) => {
                Nullability::any(arguments.iter().map(|argument| self.evaluate(argument)))
                    .either_way(
                        format!("{name} returns null only if all arguments are null"),
                        format!("all arguments of {name} may be null"),
                    )
            }
            // A cast is a function with the name of its result's type.
            Some(Promise::All)
                if call.function.starts_with(&format!("pg_catalog.{}(", call.ty.name.name)) =>
            {
                self.each(arguments)
            }
            Some(Promise::Always | Promise::First | Promise::All) => {
                self.each(arguments).either_way(
                    format!("{name} returns null only for null input"),
                    format!("an argument of {name} may be null"),
                )
            }
            Some(Promise::Rows(_)) | None => match arguments {
                [Expr::Constant(part), date]
                    if part
                        .text()
                        .is_some_and(|part| built_in::is_total_part(&call.function, &part)) =>
                {
                    self.evaluate(date).because(format!("{name} of a part that every date has"))
                }
                _ => nullable(format!("no rule for {}", self.kind(call))),
            },
        }
    }

    fn kind(&self, call: &Call) -> String {
        match &call.operator {
            Some(operator) => format!("operator `{operator}`"),
            None => format!("function {}", self.function_name(&call.function)),
        }
    }

    /// A set-returning function in the select list: its rows are the query's rows, unless there
    /// are several such functions, of which the shorter are filled up with nulls.
    fn set_in_select_list(&self, call: &Call) -> Nullability {
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
    fn elements(&self, array: &Expr) -> Nullability {
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

    /// `operand operator ANY (array)` and `ALL`.
    pub(super) fn any_all(&self, call: &Call) -> Nullability {
        let [scalar, array] = call.arguments.as_slice() else {
            return nullable("a comparison that is not understood");
        };
        Nullability::all([
            self.built_in_only(std::slice::from_ref(&call.function), &self.call_name(call)),
            self.evaluate(scalar),
            self.evaluate(array),
            self.elements(array),
        ])
    }

    /// Non-null if PostgreSQL's own functions do the work, and do not invent nulls.
    pub(super) fn built_in_only(&self, functions: &[String], name: &str) -> Nullability {
        let sound = |function: &String| matches!(built_in::promise(function), Some(Promise::All));
        match functions.iter().find(|function| !sound(function)) {
            Some(function) => nullable(format!("no rule for {}", self.function_name(function))),
            None => not_null(format!("{name} is null only for null input")),
        }
    }

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
