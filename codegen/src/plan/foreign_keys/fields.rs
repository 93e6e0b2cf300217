//! What the relations of a foreign key are called, and what is said about them.

use super::Link;
use crate::plan::model::{Cardinality, Object, Relation, View};
use crate::plan::names::{self, GraphqlName};

/// `billing_address_id` leads to `billingAddress`, and `country_code` to `country` if it refers to
/// `code`.
pub(super) fn short_name(own: &[&String], referenced: &[String]) -> Option<GraphqlName> {
    let ([column], [referenced]) = (own, referenced) else { return None };
    let without = |suffix: &str| column.strip_suffix(suffix).filter(|rest| !rest.is_empty());
    let short = without("_id").or_else(|| without("Id"));
    let short = short.or_else(|| without(&format!("_{referenced}")))?;
    names::field_name(short).ok()
}

impl Link {
    /// The field that leads from the referencing row to the referenced one, the best name first:
    /// `billingAddress`, `reviewedByPeople`; `rooms` for several columns, or one that is called like
    /// the other.
    pub(super) fn forward(&self, from: &View, to: &View, one_of_several: bool) -> Vec<GraphqlName> {
        if let Some(name) = named(self.name.as_ref()) {
            return vec![name];
        }
        let list = &to.list.field;
        let says_little = match (self.columns.as_slice(), self.referenced.as_slice()) {
            ([(own, _)], [referenced]) => own == referenced,
            _ => true,
        };
        let short = self.short().or_else(|| {
            let alone = says_little && !one_of_several && self.from != self.to;
            alone.then(|| list.clone())
        });
        let long = names::joined(self.fields(from).into_iter().chain([list]));
        short.into_iter().chain([long]).collect()
    }

    /// The field that leads from the referenced row to those that refer to it, the best name first:
    /// `orders`, `ordersByPayer`; `children` of a `parent`. Within one view the list's own name would
    /// not tell the directions apart.
    pub(super) fn backward(&self, from: &View, one_of_several: bool) -> Vec<GraphqlName> {
        if let Some(name) = named(self.inverse.as_ref()) {
            return vec![name];
        }
        let list = &from.list.field;
        let own = from
            .object
            .relations
            .iter()
            .find(|relation| relation.target == self.to && is_between(relation, &self.columns));
        let own = own.map(|relation| &relation.field);
        let itself = self.from == self.to;
        let children = own.filter(|field| itself && field.as_str() == "parent");
        let children = children.and_then(|_| names::field_name("children").ok());
        let short = children.or_else(|| (!itself && !one_of_several).then(|| list.clone()));
        let long = match own.filter(|_| self.name.is_some() || self.short().is_some()) {
            Some(field) => names::by_columns(list, [field]),
            None => names::by_columns(list, self.fields(from)),
        };
        short.into_iter().chain([long]).collect()
    }

    /// Of several columns, those that have one name in both tables say nothing: a `tenant_id` that
    /// is carried along.
    fn short(&self) -> Option<GraphqlName> {
        let pairs = self.columns.iter().map(|(own, _)| own).zip(&self.referenced);
        let (own, referenced): (Vec<&String>, Vec<String>) = pairs
            .filter(|(own, referenced)| self.columns.len() == 1 || own != referenced)
            .map(|(own, referenced)| (own, referenced.clone()))
            .unzip();
        short_name(&own, &referenced)
    }

    fn fields<'v>(&self, from: &'v View) -> Vec<&'v GraphqlName> {
        let field = |(own, _): &(String, String)| {
            let column = from.object.columns.iter().find(|column| column.sql == *own)?;
            Some(&column.field)
        };
        self.columns.iter().filter_map(field).collect()
    }
}

fn named(name: Option<&String>) -> Option<GraphqlName> {
    name.and_then(|name| GraphqlName::new(name.clone()).ok())
}

/// Whether a relation compares these columns.
pub(super) fn is_between(relation: &Relation, columns: &[(String, String)]) -> bool {
    relation.columns.len() == columns.len()
        && columns.iter().all(|pair| relation.columns.contains(pair))
}

/// The description of a relation: which rows it leads to.
pub(in crate::plan) fn description(
    own: &Object,
    target: &Object,
    columns: &[(String, String)],
    cardinality: Cardinality,
) -> String {
    let field = |object: &Object, name: &str| {
        let column = object.columns.iter().find(|column| column.sql == name);
        column.map_or_else(|| name.to_owned(), |column| column.field.to_string())
    };
    let pairs = columns.iter().map(|(mine, theirs)| {
        format!("`{}` is this `{}`", field(target, theirs), field(own, mine))
    });
    let pairs = pairs.collect::<Vec<_>>().join(" and ");
    let or_null = if cardinality == Cardinality::Optional { ", or null" } else { "" };
    format!("The `{}` whose {pairs}{or_null}.", target.name)
}
