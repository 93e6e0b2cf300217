//! The file of composite and range types.

use super::object;
use super::print::File;
use crate::plan::Plan;
use crate::sql_name;

/// `composites.rs`
pub(super) fn file(plan: &Plan) -> String {
    let items = plan.composites.values().flat_map(|ty| {
        let sql = sql_name::qualified(&ty.sql);
        let mut items = object::record(plan, &ty.object, true, Default::default());
        items.extend(match &ty.multirange {
            None => object::composite(&ty.object, &ty.usage, &sql),
            Some(multirange) => {
                object::range(&ty.object, &ty.usage, &sql, &sql_name::qualified(multirange))
            }
        });
        items
    });
    File {
        source: Some("composite types"),
        doc: "Composite types as object types and input objects.".to_owned(),
        attributes: Default::default(),
        items: items.collect(),
    }
    .print()
}
