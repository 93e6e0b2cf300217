//! What introspection costs: its lists lead to each other, and so to any number of values.

use super::price::{Price, Rows};
use super::{Merged, Priced, Pricing};

impl<'a> Pricing<'a> {
    /// Prices a field of introspection by its name: its lists count for what is usual.
    pub(super) fn introspection(&self, merged: &Merged<'a>) -> Option<Priced> {
        let rows = match merged.field.name.node.as_str() {
            "types" => 1_000,
            "fields" | "inputFields" => 20,
            "enumValues" | "directives" => 5,
            "args" => 3,
            "interfaces" | "possibleTypes" => 2,
            _ => 1,
        };
        let mut price = Price::default();
        for merged in self.fields(&merged.sets).into_values() {
            price.add(merged, |merged| self.introspection(merged));
        }
        let is_value = price.values == 0 && price.nodes.is_empty();
        (!is_value).then(|| (Rows::fixed(rows), price))
    }
}
