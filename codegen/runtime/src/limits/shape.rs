//! How an operation is written: its depth, aliases and directives.
//!
//! One pass over the document, in which each fragment is measured once, however often it is spread.
//! It comes before validation, which takes its time with what is refused here, and therefore makes
//! do with any document: unknown fragments and circles are left to validation.

use std::collections::HashMap;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};

use super::{Limit, Limits};
use crate::Result;

/// How deep introspection may be nested. What tools send is 15 deep.
const MAX_INTROSPECTION_DEPTH: usize = 20;

/// Refuses an operation that goes beyond the limits on how it is written.
pub(crate) fn check(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    limits: &Limits,
) -> Result<()> {
    let mut measure = Measuring { document, fragments: HashMap::new() };
    let mut found = measure.selections(&operation.selection_set.node);
    found.directives += operation.directives.len();
    for variable in &operation.variable_definitions {
        found.directives += variable.node.directives.len();
    }
    found.check(limits)
}

/// What was found in a selection set.
#[derive(Clone, Copy, Default)]
struct Shape {
    /// Levels of fields.
    depth: usize,
    /// Levels of fields in introspection.
    introspection: usize,
    aliases: usize,
    /// Aliases of the uppermost level.
    top_aliases: usize,
    directives: usize,
}

impl Shape {
    fn check(&self, limits: &Limits) -> Result<()> {
        let check = |limit: Limit, what: &str, found: usize, max: usize| {
            if found <= max {
                return Ok(());
            }
            Err(limit.exceeded(format!("the operation has {found} {what}, more than {max}")))
        };
        check(Limit::Depth, "levels of fields", self.depth, limits.max_depth)?;
        check(Limit::Aliases, "aliases", self.aliases, limits.max_aliases)?;
        let root = "aliases of root fields";
        check(Limit::RootAliases, root, self.top_aliases, limits.max_root_aliases)?;
        check(Limit::Directives, "directives", self.directives, limits.max_directives)?;
        if self.introspection > MAX_INTROSPECTION_DEPTH {
            return Err(Limit::Depth.exceeded_for_good(format!(
                "introspection is {} levels deep, more than {MAX_INTROSPECTION_DEPTH}",
                self.introspection
            )));
        }
        Ok(())
    }

    /// Takes in what stands beside.
    fn add(&mut self, other: Self) {
        self.depth = self.depth.max(other.depth);
        self.introspection = self.introspection.max(other.introspection);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.top_aliases = self.top_aliases.saturating_add(other.top_aliases);
        self.directives = self.directives.saturating_add(other.directives);
    }

    fn with_directives(mut self, directives: &[Positioned<Directive>]) -> Self {
        self.directives = self.directives.saturating_add(directives.len());
        self
    }
}

struct Measuring<'a> {
    document: &'a ExecutableDocument,
    /// Nothing of a fragment that is being measured: it spreads itself.
    fragments: HashMap<&'a Name, Shape>,
}

impl<'a> Measuring<'a> {
    fn selections(&mut self, set: &'a SelectionSet) -> Shape {
        let mut shape = Shape::default();
        for item in &set.items {
            let found = match &item.node {
                Selection::Field(field) => self.field(&field.node),
                Selection::InlineFragment(fragment) => {
                    self.selections(&fragment.node.selection_set.node)
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            };
            shape.add(found.with_directives(item.node.directives()));
        }
        shape
    }

    fn field(&mut self, field: &'a Field) -> Shape {
        let mut shape = self.selections(&field.selection_set.node);
        let depth = 1 + shape.depth;
        if field.name.node.starts_with("__") {
            (shape.depth, shape.introspection) = (1, depth);
        } else {
            shape.depth = depth;
        }
        let aliases = usize::from(field.alias.is_some());
        shape.aliases = shape.aliases.saturating_add(aliases);
        shape.top_aliases = aliases;
        shape
    }

    fn fragment(&mut self, name: &'a Name) -> Shape {
        if let Some(shape) = self.fragments.get(name) {
            return *shape;
        }
        let Some(fragment) = self.document.fragments.get(name) else { return Shape::default() };
        self.fragments.insert(name, Shape::default());
        let shape = self.selections(&fragment.node.selection_set.node);
        let shape = shape.with_directives(&fragment.node.directives);
        self.fragments.insert(name, shape);
        shape
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    /// The code of the limit that a document breaks.
    fn broken(document: &str, limits: Limits) -> Option<&'static str> {
        let document = parse_query(document).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        match check(&document, &operation.node, &limits) {
            Err(error) => match error.code() {
                crate::Code::Limit(limit) => Some(limit.code()),
                code => panic!("{code:?}"),
            },
            Ok(()) => None,
        }
    }

    #[test]
    fn depth_counts_fields_through_fragments() {
        let limits = Limits { max_depth: 3, ..Limits::default() };
        assert_eq!(broken("{ a { b { c } } }", limits), None);
        assert_eq!(broken("{ a { b { c { d } } } }", limits), Some("DEPTH_LIMIT_EXCEEDED"));
        let spread = "{ a { ...F } } fragment F on T { ... on T { b { ...G } } } ";
        assert_eq!(broken(&format!("{spread} fragment G on T {{ c }}"), limits), None);
        let deeper = format!("{spread} fragment G on T {{ c {{ d }} }}");
        assert_eq!(broken(&deeper, limits), Some("DEPTH_LIMIT_EXCEEDED"));
    }

    #[test]
    fn introspection_has_its_own_depth() {
        let limits = Limits { max_depth: 3, ..Limits::default() };
        let nested = |levels: usize| {
            format!("{{ __schema {}name{} }}", "{ a ".repeat(levels), "}".repeat(levels))
        };
        assert_eq!(broken(&nested(14).replace("a name", "name"), limits), None);
        assert_eq!(
            broken(&nested(30).replace("a name", "name"), limits),
            Some("DEPTH_LIMIT_EXCEEDED")
        );
    }

    #[test]
    fn aliases_and_directives_are_counted_wherever_a_fragment_is_spread() {
        let limits =
            Limits { max_aliases: 4, max_root_aliases: 2, max_directives: 4, ..Limits::default() };
        assert_eq!(broken("{ x: a y: b { z: c w: d } }", limits), None);
        assert_eq!(broken("{ x: a y: b v: c }", limits), Some("ALIAS_LIMIT_EXCEEDED"));
        let twice = "{ a { ...F } b { ...F } } fragment F on T { x: c y: d }";
        assert_eq!(broken(twice, limits), None);
        let thrice = "{ a { ...F } b { ...F } c { ...F } } fragment F on T { x: c y: d }";
        assert_eq!(broken(thrice, limits), Some("ALIAS_LIMIT_EXCEEDED"));
        let root = "{ ...F ... { z: e } } fragment F on T { x: c y: d }";
        assert_eq!(broken(root, limits), Some("ALIAS_LIMIT_EXCEEDED"));
        assert_eq!(broken("{ a @x @x @x @x }", limits), None);
        assert_eq!(
            broken("query @x { a @x @x ... @x @x { b } }", limits),
            Some("DIRECTIVE_LIMIT_EXCEEDED")
        );
    }

    #[test]
    fn circles_and_doubling_end() {
        let circle = "{ ...A } fragment A on T { ...B } fragment B on T { ...A ...Unknown }";
        assert_eq!(broken(circle, Limits::default()), None);
        let fragment = |n| format!("fragment F{n} on T {{ ...F{0} ...F{0} x: a }}", n + 1);
        let doubling = format!("{{ ...F0 }} {}", (0..200).map(fragment).collect::<String>());
        assert_eq!(broken(&doubling, Limits::default()), Some("ALIAS_LIMIT_EXCEEDED"));
    }
}
