//! What is asked of a plan as a whole.

use std::collections::BTreeSet;

use super::{CompositeUse, Function, Object, Operation, Plan, Returns, RowType, Type};
use crate::catalog::PgName;
use crate::plan::names::GraphqlName;

impl Plan {
    /// The object type of a composite or of a view's row.
    pub fn object(&self, name: &PgName) -> Option<&Object> {
        let view = self.views.get(name).map(|view| &view.object);
        view.or_else(|| self.composites.get(name).map(|composite| &composite.object))
    }

    /// What a composite, or a view's row as a value, is used for.
    pub fn composite_use(&self, name: &PgName) -> Option<&CompositeUse> {
        let view = self.views.get(name).and_then(|view| view.composite.as_ref());
        view.or_else(|| self.composites.get(name).map(|composite| &composite.usage))
    }

    /// The number of root fields.
    pub fn operations(&self) -> usize {
        let lookups: usize = self.views.values().map(|view| view.lookups.len()).sum();
        let is_root = |item: &&Function| !matches!(item.operation, Operation::Field(_));
        let connections = self.views.values().filter(|view| view.connection.is_some()).count();
        2 * self.views.len() + lookups + connections + self.functions.iter().filter(is_root).count()
    }

    /// Adds the functions; the views that have some of them as fields are there already.
    pub(in crate::plan) fn set_functions(&mut self, functions: Vec<Function>) {
        for (place, function) in functions.iter().enumerate() {
            let Operation::Field(owner) = &function.operation else { continue };
            if let Some(view) = self.views.get(owner) {
                self.computed.entry(view.object.name.clone()).or_default().push(place);
            }
        }
        self.functions = functions;
    }

    /// The functions that are fields of a type.
    pub fn computed_fields(&self, object: &Object) -> impl Iterator<Item = &Function> {
        let places = self.computed.get(&object.name).into_iter().flatten();
        places.filter_map(|place| self.functions.get(*place))
    }

    /// The functions by whose values rows of this type can be filtered, and sorted if these have an
    /// order.
    pub fn comparable_fields(&self, object: &Object) -> impl Iterator<Item = &Function> {
        self.computed_fields(object).filter(|function| {
            let is_value = matches!(&function.returns, Returns::Value { cast: None, .. });
            is_value && function.arguments.is_empty()
        })
    }

    /// What rows of a type can be filtered by: field, type, description.
    pub fn operands<'a>(
        &'a self,
        object: &'a Object,
    ) -> impl Iterator<Item = (&'a GraphqlName, &'a Type, &'a str)> {
        let columns = object.columns.iter();
        let columns = columns.map(|item| (&item.field, &item.ty, item.description.as_str()));
        let computed = self.comparable_fields(object).filter_map(|function| {
            let Returns::Value { ty, .. } = &function.returns else { return None };
            Some((&function.field, ty, function.description.as_str()))
        });
        columns.chain(computed)
    }

    /// Whether rows of a type can be sorted.
    pub fn is_sortable(&self, object: &Object) -> bool {
        self.operands(object).any(|(_, ty, _)| ty.is_sortable())
    }

    /// The types whose rows clients filter and sort: of views, and of the functions that take the
    /// arguments of a list. Each once.
    pub fn listed_objects(&self) -> Vec<&Object> {
        let views = self.views.values().map(|view| &view.object);
        let rows = self.functions.iter().filter_map(Function::listed_row);
        let rows = rows.filter_map(|row| match row {
            RowType::Own(object) => Some(object.as_ref()),
            RowType::Named(name) => self.object(name),
        });
        let mut objects: Vec<&Object> = views.chain(rows).collect();
        objects.sort_by(|a, b| a.name.cmp(&b.name));
        objects.dedup_by(|a, b| a.name == b.name && a.origin == b.origin);
        objects
    }

    /// The types by whose values any rows can be filtered: of columns, of what functions compute,
    /// and of the attributes of composites among these.
    pub fn filtered_types(&self) -> BTreeSet<&Type> {
        let objects = self.listed_objects();
        let mut open: Vec<&Type> =
            objects.iter().flat_map(|object| self.operands(object)).map(|(_, ty, _)| ty).collect();
        let mut types = BTreeSet::new();
        while let Some(ty) = open.pop() {
            if let (true, Type::Composite(name)) = (types.insert(ty), ty) {
                let columns = self.object(name).map(|object| object.columns.as_slice());
                open.extend(columns.unwrap_or_default().iter().map(|column| &column.ty));
            }
        }
        types
    }
}
