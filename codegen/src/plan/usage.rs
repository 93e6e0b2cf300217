//! Which enums and composites the API uses, and in which direction: only those are generated.

use std::collections::BTreeSet;

use super::Planner;
use super::model::{CompositeUse, Plan, Returns, RowType, Type};
use super::names;
use crate::catalog::PgName;

/// Whether values leave through the API or come in.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Direction {
    Out,
    In,
}

impl Planner<'_> {
    /// Adds every enum and composite that views and functions use, directly or within another.
    pub(super) fn used_types(&mut self, plan: &mut Plan) {
        let mut pending = roots(plan);
        let mut done = BTreeSet::new();
        self.add_types(plan, &mut pending, &mut done);
        // What ranges are compared with comes in.
        pending = filtered_ranges(plan);
        self.add_types(plan, &mut pending, &mut done);
    }

    fn add_types(
        &mut self,
        plan: &mut Plan,
        pending: &mut Vec<(Type, Direction)>,
        done: &mut BTreeSet<(Type, Direction)>,
    ) {
        while let Some((ty, direction)) = pending.pop() {
            let Some(name) = ty.named().cloned() else { continue };
            if !done.insert((ty.clone(), direction)) {
                continue;
            }
            if is_enum(&ty) {
                if !plan.enums.contains_key(&name)
                    && let Some(planned) = self.enumeration(&name)
                {
                    plan.enums.insert(name, planned);
                }
                continue;
            }
            if plan.object(&name).is_none()
                && let Some(planned) = self.composite(&name)
            {
                plan.composites.insert(name.clone(), planned);
            }
            mark(plan, &name, direction);
            let columns = plan.object(&name).map(|object| object.columns.as_slice());
            pending.extend(columns.unwrap_or_default().iter().map(|c| (c.ty.clone(), direction)));
        }
    }
}

/// The types that views and functions mention.
fn roots(plan: &Plan) -> Vec<(Type, Direction)> {
    let mut types = Vec::new();
    for view in plan.views.values() {
        types.extend(view.object.columns.iter().map(|column| (column.ty.clone(), Direction::Out)));
    }
    for function in &plan.functions {
        types.extend(function.arguments.iter().map(|a| (a.ty.clone(), Direction::In)));
        match &function.returns {
            Returns::Void => {}
            Returns::Value { ty, .. } | Returns::Values(ty) => {
                types.push((ty.clone(), Direction::Out))
            }
            Returns::Row { row, .. } | Returns::Rows(row) => match row {
                RowType::Own(object) => {
                    types.extend(object.columns.iter().map(|c| (c.ty.clone(), Direction::Out)));
                }
                // The rows of a view are its own type, not a value of its row type.
                RowType::Named(name) if plan.views.contains_key(name) => {}
                RowType::Named(name) => types.push((Type::Composite(name.clone()), Direction::Out)),
            },
        }
    }
    types
}

/// The ranges in filters.
fn filtered_ranges(plan: &Plan) -> Vec<(Type, Direction)> {
    let is_range = |ty: &&Type| match ty {
        Type::Array(element) | Type::MultiArray(element, _) => {
            matches!(**element, Type::Range(_) | Type::Multirange(_))
        }
        ty => matches!(ty, Type::Range(_) | Type::Multirange(_)),
    };
    plan.filtered_types()
        .into_iter()
        .filter(is_range)
        .map(|ty| (ty.clone(), Direction::In))
        .collect()
}

fn is_enum(ty: &Type) -> bool {
    match ty {
        Type::Enum(_) => true,
        Type::Array(inner) | Type::MultiArray(inner, _) | Type::Shaped(inner) => is_enum(inner),
        _ => false,
    }
}

/// Notes a use of a composite, or of a view's row as a value.
fn mark(plan: &mut Plan, name: &PgName, direction: Direction) {
    let Some(object_name) = plan.object(name).map(|object| object.name.clone()) else { return };
    let usage: Option<&mut CompositeUse> = match plan.views.get_mut(name) {
        Some(view) => Some(view.composite.get_or_insert_default()),
        None => plan.composites.get_mut(name).map(|composite| &mut composite.usage),
    };
    match (usage, direction) {
        (Some(usage), Direction::Out) => usage.output = true,
        (Some(usage), Direction::In) => usage.input = Some(names::input_name(&object_name)),
        (None, _) => {}
    }
}
