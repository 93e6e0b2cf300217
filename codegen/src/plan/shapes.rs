//! JSON shapes that contain themselves: constant tables cannot, so they are refused.

use std::collections::BTreeSet;

use super::Planner;
use super::model::{Object, Plan, Type};
use crate::catalog::PgName;
use crate::diagnostic::{Code, Diagnostic};

impl Planner<'_> {
    /// Reports every `@type` through which a type contains itself.
    pub(super) fn check_shapes(&mut self, plan: &Plan) {
        let views = plan.views.iter().map(|(name, view)| (name, &view.object));
        let composites = plan.composites.iter().map(|(name, ty)| (name, &ty.object));
        for (name, object) in views.chain(composites) {
            for column in &object.columns {
                let Type::Shaped(shape) = &column.ty else { continue };
                if shape.named().is_some_and(|inner| reaches(plan, inner, name)) {
                    let message = format!("the shape of `{}` contains itself", column.sql);
                    self.diagnostics.push(
                        Diagnostic::new(Code::RecursiveShape, message)
                            .at(&column.origin.object, "by `@type` in its comment")
                            .help("remove `@type`, and it is plain JSON"),
                    );
                }
            }
        }
    }
}

fn reaches(plan: &Plan, from: &PgName, to: &PgName) -> bool {
    let mut seen = BTreeSet::new();
    let mut pending = vec![from];
    while let Some(name) = pending.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name) {
            let columns = plan.object(name).map_or(&[][..], |object: &Object| &object.columns);
            pending.extend(columns.iter().filter_map(|column| column.ty.named()));
        }
    }
    false
}
