//! How many values an operation may bring.
//!
//! | field | costs |
//! |---|---|
//! | a value | 1 |
//! | one row | 1, and its fields |
//! | a list | 1, and for each row at least 1, and its fields |
//!
//! A list has as many rows as `limit`, `first` or `last` says. Without one, a root list has a page
//! ([`ListArguments::DEFAULT_LIMIT`]), and what a row leads to, or an array, [`ASSUMED_ROWS`]: its
//! length is unknown, and the limits on rows and bytes hold for it all the same.
//! A page above the maximum counts as one of the maximum, and is then refused by its field.
//!
//! Fields of the same response name are one, as in the answer, and fields that variables skip cost
//! nothing. What depends on the text is worked out once per document; per request, variables are put
//! in, where there are any that matter.

mod introspection;
mod price;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Directive, Field, OperationType, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Value, Variables};
use async_graphql_value::Value as AstValue;

use super::{Limit, Limits};
use crate::Result;
use crate::list::ListArguments;
use crate::model::{Cardinality, ObjectType, Type};
use crate::resolver::{Action, Function, Resolver, Returns};
use crate::roots::Roots;
use crate::scope::Scope;
use price::{Condition, Count, Node, Price, Rows};

/// How many rows a list of unknown length counts for.
const ASSUMED_ROWS: u64 = 10;

/// What introspection may cost; what tools send costs about half. No setting moves it.
const MAX_INTROSPECTION: u64 = 6_000_000;

/// The cost of an operation.
pub(crate) struct Cost {
    data: Price,
    introspection: Price,
    /// The cost of the data, where no variable has a say in it.
    fixed: Option<u64>,
}

impl Cost {
    /// Works out the cost of a valid operation.
    pub(crate) fn of(scope: &Scope<'_>, roots: &Roots) -> Self {
        let is_mutation = scope.operation.ty == OperationType::Mutation;
        let (mut data, mut introspection) = (Price::default(), Price::default());
        let pricing = Pricing { scope };
        for merged in pricing.fields(&[&scope.operation.selection_set.node]).into_values() {
            let name = merged.field.name.node.as_str();
            match roots.resolver(is_mutation, name) {
                Some(resolver) => data.add(merged, |merged| pricing.resolver(resolver, merged)),
                None if name.starts_with("__") => {
                    introspection.add(merged, |merged| pricing.introspection(merged));
                }
                None => {}
            }
        }
        let max_page_size = scope.limits.max_page_size.into();
        let fixed = data.is_fixed().then(|| data.total(&Variables::default(), max_page_size));
        Self { data, introspection, fixed }
    }

    /// Refuses the operation if it may bring more than is allowed.
    pub(crate) fn check(&self, variables: &Variables, limits: &Limits) -> Result<()> {
        let max_page_size = limits.max_page_size.into();
        let cost = self.fixed.unwrap_or_else(|| self.data.total(variables, max_page_size));
        if cost > limits.max_complexity {
            return Err(Limit::Complexity.exceeded(format!(
                "the operation may bring {cost} values, more than {}; ask for fewer rows with \
                 `limit`, or for fewer fields",
                limits.max_complexity
            )));
        }
        let cost = self.introspection.total(variables, max_page_size);
        if cost > MAX_INTROSPECTION {
            return Err(Limit::Complexity.exceeded_for_good(format!(
                "introspection may bring {cost} values, more than {MAX_INTROSPECTION}; ask for \
                 fewer lists within lists"
            )));
        }
        Ok(())
    }
}

/// A field wherever it is selected under the same response name.
struct Merged<'a> {
    field: &'a Field,
    sets: Vec<&'a SelectionSet>,
    /// What has to hold for each place; one without conditions always counts.
    when: Vec<Vec<Condition>>,
}

/// How many rows a field has, and what each costs.
type Priced = (Rows, Price);

/// Works out prices.
struct Pricing<'a> {
    scope: &'a Scope<'a>,
}

impl Price {
    fn add<'a>(&mut self, merged: Merged<'a>, price: impl FnOnce(&Merged<'a>) -> Option<Priced>) {
        let priced = price(&merged);
        let always = merged.when.iter().any(Vec::is_empty);
        let when = if always { Vec::new() } else { merged.when };
        match priced {
            None if always => self.values += 1,
            priced => {
                let (rows, below) = priced.unwrap_or_default();
                self.nodes.push(Node { when, rows, below });
            }
        }
    }
}

impl<'a> Pricing<'a> {
    fn resolver(&self, resolver: &Resolver, merged: &Merged<'a>) -> Option<Priced> {
        let page = ListArguments::DEFAULT_LIMIT.unsigned_abs().into();
        match resolver.action {
            Action::List(view, _) => {
                let rows = self.rows(merged, &["limit"], page);
                Some((rows, self.object(view.object, &merged.sets)))
            }
            Action::Connection(view) => {
                let rows = self.rows(merged, &["first", "last"], page);
                Some((Rows::one(), self.connection(view.object, &rows, &merged.sets)))
            }
            Action::Aggregate(..) => Some((Rows::one(), self.aggregate(&merged.sets))),
            Action::Lookup(view, _) => Some((Rows::one(), self.object(view.object, &merged.sets))),
            Action::Call(function) => self.call(function, merged, page),
        }
    }

    fn connection(
        &self,
        object: &'static ObjectType,
        rows: &Rows,
        sets: &[&'a SelectionSet],
    ) -> Price {
        let mut price = Price::default();
        for merged in self.fields(sets).into_values() {
            price.add(merged, |merged| match merged.field.name.node.as_str() {
                "nodes" => Some((rows.clone(), self.object(object, &merged.sets))),
                "edges" => Some((rows.clone(), self.edge(object, &merged.sets))),
                "pageInfo" => Some((Rows::one(), self.values(&merged.sets))),
                _ => None,
            });
        }
        price
    }

    fn edge(&self, object: &'static ObjectType, sets: &[&'a SelectionSet]) -> Price {
        let mut price = Price::default();
        for merged in self.fields(sets).into_values() {
            price.add(merged, |merged| match merged.field.name.node.as_str() {
                "node" => Some((Rows::one(), self.object(object, &merged.sets))),
                _ => None,
            });
        }
        price
    }

    fn aggregate(&self, sets: &[&'a SelectionSet]) -> Price {
        let page = ListArguments::DEFAULT_LIMIT.unsigned_abs().into();
        let mut price = Price::default();
        for merged in self.fields(sets).into_values() {
            price.add(merged, |merged| match merged.field.name.node.as_str() {
                "groupBy" => {
                    Some((self.rows(merged, &["limit"], page), self.aggregate(&merged.sets)))
                }
                _ => Some((Rows::one(), self.values(&merged.sets))),
            });
        }
        price
    }

    fn values(&self, sets: &[&'a SelectionSet]) -> Price {
        let mut price = Price::default();
        for merged in self.fields(sets).into_values() {
            price.add(merged, |_| None);
        }
        price
    }

    fn object(&self, object: &'static ObjectType, sets: &[&'a SelectionSet]) -> Price {
        let mut price = Price::default();
        for merged in self.fields(sets).into_values() {
            price.add(merged, |merged| self.field(object, merged));
        }
        price
    }

    fn field(&self, object: &'static ObjectType, merged: &Merged<'a>) -> Option<Priced> {
        let name = merged.field.name.node.as_str();
        if let Some((_, column)) = object.field(name) {
            return self.value(&column.ty, merged);
        }
        if let Some(relation) = object.relations.iter().find(|relation| relation.field == name) {
            let rows = match relation.cardinality {
                Cardinality::Many => self.rows(merged, &["limit"], ASSUMED_ROWS),
                Cardinality::One | Cardinality::Optional => Rows::one(),
            };
            return Some((rows, self.object((relation.target)().object, &merged.sets)));
        }
        if object.aggregated(name).is_some() {
            return Some((Rows::one(), self.aggregate(&merged.sets)));
        }
        let computed = object.computed.iter().find(|computed| computed.field == name)?;
        self.call((computed.function)(), merged, ASSUMED_ROWS)
    }

    fn call(&self, function: &Function, merged: &Merged<'a>, otherwise: u64) -> Option<Priced> {
        // Without this, an argument of the name is the function's own.
        let names: &[&str] = if function.list { &["limit"] } else { &[] };
        match function.returns {
            Returns::Void => None,
            Returns::Value(ty) | Returns::RequiredValue(ty) => self.value(&ty, merged),
            Returns::Values(ty) => {
                let below = self.value(&ty, merged).map(|(_, price)| price);
                Some((self.rows(merged, names, otherwise), below.unwrap_or_default()))
            }
            Returns::Row(object) | Returns::RequiredRow(object) => {
                Some((Rows::one(), self.object(object, &merged.sets)))
            }
            Returns::Rows(object) => {
                let rows = self.rows(merged, names, otherwise);
                Some((rows, self.object(object, &merged.sets)))
            }
        }
    }

    fn value(&self, ty: &Type, merged: &Merged<'a>) -> Option<Priced> {
        match ty {
            Type::Composite(composite) => {
                Some((Rows::one(), self.object(composite.object, &merged.sets)))
            }
            Type::Range(range) => Some((Rows::one(), self.object(range.object, &merged.sets))),
            Type::Multirange(range) => {
                Some((Rows::fixed(ASSUMED_ROWS), self.object(range.object, &merged.sets)))
            }
            Type::Array(element) | Type::MultiArray(element, _) => {
                self.value(element, merged).map(|(_, price)| (Rows::fixed(ASSUMED_ROWS), price))
            }
            Type::Shaped(shape) => self.value(shape, merged),
            _ => None,
        }
    }

    /// How many rows the first of these arguments that is given says.
    fn rows(&self, merged: &Merged<'a>, names: &[&str], otherwise: u64) -> Rows {
        let counts = names.iter().filter_map(|name| match &merged.field.get_argument(name)?.node {
            AstValue::Number(number) => Some(Count::Fixed(number.as_u64().unwrap_or(0))),
            AstValue::Variable(name) => Some(Count::Variable {
                name: name.clone(),
                default: self.default(name).and_then(price::count),
            }),
            _ => None,
        });
        Rows { counts: counts.collect(), otherwise }
    }

    fn default(&self, name: &Name) -> Option<&'a Value> {
        let mut definitions = self.scope.operation.variable_definitions.iter();
        let definition = definitions.find(|definition| definition.node.name.node == *name)?;
        definition.node.default_value.as_ref().map(|value| &value.node)
    }

    /// The fields of selection sets of the same object, those that are never skipped and those that
    /// may be.
    fn fields(&self, sets: &[&'a SelectionSet]) -> IndexMap<&'a str, Merged<'a>> {
        let mut fields = IndexMap::new();
        for set in sets {
            self.collect(set, &[], &mut fields);
        }
        fields
    }

    fn collect(
        &self,
        set: &'a SelectionSet,
        when: &[Condition],
        fields: &mut IndexMap<&'a str, Merged<'a>>,
    ) {
        for item in &set.items {
            let mut when = when.to_vec();
            if !self.conditions(item.node.directives(), &mut when) {
                continue;
            }
            let inner = match &item.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let merged = fields
                        .entry(field.response_key().node.as_str())
                        .or_insert_with(|| Merged { field, sets: Vec::new(), when: Vec::new() });
                    merged.sets.push(&field.selection_set.node);
                    merged.when.push(when);
                    continue;
                }
                Selection::InlineFragment(fragment) => &fragment.node.selection_set.node,
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let Some(fragment) = self.scope.fragments.get(name) else { continue };
                    &fragment.node.selection_set.node
                }
            };
            self.collect(inner, &when, fields);
        }
    }

    /// Adds the conditions of `@skip` and `@include`; `false` if one of them never holds.
    fn conditions(&self, directives: &[Positioned<Directive>], when: &mut Vec<Condition>) -> bool {
        for directive in directives {
            let wanted = match directive.node.name.node.as_str() {
                "skip" => false,
                "include" => true,
                _ => continue,
            };
            match directive.node.get_argument("if").map(|value| &value.node) {
                Some(AstValue::Boolean(value)) if *value != wanted => return false,
                Some(AstValue::Variable(name)) => when.push(Condition {
                    name: name.clone(),
                    default: matches!(self.default(name), Some(Value::Boolean(true))),
                    wanted,
                }),
                _ => {}
            }
        }
        true
    }
}

#[cfg(test)]
mod tests;
