//! Decides what the API looks like: names, types, nullability, keys, relations, arguments.
//!
//! [`plan`] is a total function: whatever the catalog holds, it gives a plan of everything that
//! can be planned and a diagnostic for everything that cannot. It reads nothing but its
//! arguments, so the same catalog gives the same plan on any machine.

pub mod aggregates;
mod arguments;
pub mod columns;
mod composites;
mod enums;
mod explain;
mod foreign_keys;
mod functions;
pub mod identity;
mod keys;
pub mod model;
pub mod names;
pub mod nullability;
mod overloads;
pub mod provenance;
mod ranges;
mod register;
mod registry;
mod relations;
mod returns;
pub(crate) mod schema_types;
mod shapes;
mod tags;
mod type_tags;
pub(crate) mod types;
mod usage;
mod views;

use std::collections::BTreeMap;

pub use model::Plan;

use crate::catalog::{Catalog, Function, PgName};
use crate::comment::Comment;
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Plans the API of a catalog.
///
/// With an error among the diagnostics the plan is for looking at, not for emitting.
pub fn plan(catalog: &Catalog, config: &Config) -> (Plan, Diagnostics) {
    let mut planner = Planner::new(catalog, config);
    planner.check_domains();
    let mut plan = Plan { views: planner.views(), ..Plan::default() };
    planner.relations(&mut plan.views);
    planner.foreign_keys(&mut plan.views);
    planner.object_names =
        plan.views.iter().map(|(name, view)| (name.clone(), view.object.name.clone())).collect();
    plan.set_functions(planner.functions());
    planner.used_types(&mut plan);
    planner.check_shapes(&plan);
    planner.check_query(&plan);
    register::register(&plan, &mut planner.diagnostics);
    (plan, planner.diagnostics)
}

/// What planning needs at hand.
struct Planner<'a> {
    catalog: &'a Catalog,
    config: &'a Config,
    /// The views of the API with their comments.
    exposed: BTreeMap<PgName, Comment>,
    /// Functions by their name, several where it is overloaded.
    namesakes: BTreeMap<&'a PgName, Vec<&'a Function>>,
    /// What the queries of all views say about their columns.
    facts: BTreeMap<PgName, Vec<columns::ColumnFacts>>,
    /// What identifies the rows of all views.
    identities: BTreeMap<PgName, identity::Identity>,
    /// The types of the views that were planned, for what is named after them.
    object_names: BTreeMap<PgName, names::GraphqlName>,
    diagnostics: Diagnostics,
}

impl<'a> Planner<'a> {
    /// Finds out which views are part of the API: functions return them and relations reach them.
    fn new(catalog: &'a Catalog, config: &'a Config) -> Self {
        let (exposed, facts) = (BTreeMap::new(), columns::analyse_all(catalog));
        let identities = identity::identify_all(catalog);
        let mut namesakes: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for function in &catalog.functions {
            namesakes.entry(&function.name).or_default().push(function);
        }
        let mut planner = Self {
            catalog,
            config,
            exposed,
            namesakes,
            facts,
            identities,
            object_names: BTreeMap::new(),
            diagnostics: Diagnostics::default(),
        };
        for (name, view) in &catalog.views {
            if !config.schemas.contains(&name.schema) || !name.name.starts_with(&config.view_prefix)
            {
                continue;
            }
            let comment = planner.view_comment(name, view);
            if !comment.omit {
                planner.exposed.insert(name.clone(), comment);
            }
        }
        planner
    }

    /// GraphQL demands at least one query field.
    fn check_query(&mut self, plan: &Plan) {
        let reads = |function: &model::Function| function.operation == model::Operation::Query;
        if plan.views.is_empty() && !plan.functions.iter().any(reads) {
            let Config { schemas, view_prefix, .. } = self.config;
            let schema = schemas.first().map_or("public", String::as_str);
            let message =
                format!("there is no view `{view_prefix}…` to query in {}", schemas.join(", "));
            let sql =
                format!("create view {schema}.{view_prefix}hello as select 'world' as greeting;");
            self.diagnostics
                .push(Diagnostic::new(Code::EmptyApi, message).help(format!("create one:\n{sql}")));
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
