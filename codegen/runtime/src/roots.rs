//! The root types: what async-graphql needs to know about them, and their resolvers.

use std::borrow::Cow;
use std::collections::HashMap;
use std::marker::PhantomData;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult,
    Value,
};

use crate::resolver::Resolver;
use crate::types::{object_type, resolver_field};

/// All root fields of an API, as generated code lists them.
pub trait Api: Send + Sync + 'static {
    /// Fields of the query root.
    const QUERIES: &'static [&'static [Resolver]];
    /// Fields of the mutation root; without any there is no such root.
    const MUTATIONS: &'static [&'static [Resolver]];
}

macro_rules! root {
    ($(#[doc = $doc:literal])* $root:ident, $name:literal, $fields:ident) => {
        $(#[doc = $doc])*
        pub(crate) struct $root<A>(PhantomData<fn() -> A>);

        impl<A> Default for $root<A> {
            fn default() -> Self {
                Self(PhantomData)
            }
        }

        impl<A: Api> OutputType for $root<A> {
            fn type_name() -> Cow<'static, str> {
                $name.into()
            }

            fn create_type_info(registry: &mut Registry) -> String {
                register(registry, $name, A::$fields);
                Self::qualified_type_name()
            }

            async fn resolve(
                &self,
                _: &ContextSelectionSet<'_>,
                _: &Positioned<Field>,
            ) -> ServerResult<Value> {
                Ok(Value::Null)
            }
        }

        impl<A: Api> ContainerType for $root<A> {
            fn is_empty() -> bool {
                A::$fields.is_empty()
            }

            async fn resolve_field(&self, _: &Context<'_>) -> ServerResult<Option<Value>> {
                // async-graphql is asked for introspection only, which it answers by itself.
                Ok(None)
            }
        }

        impl<A: Api> ObjectType for $root<A> {}
    };
}

root! {
    /// The query root, as async-graphql validates and describes it.
    Query, "Query", QUERIES
}
root! {
    /// The mutation root, as async-graphql validates and describes it.
    Mutation, "Mutation", MUTATIONS
}

fn register(registry: &mut Registry, name: &str, resolvers: &[&[Resolver]]) {
    let mut fields = IndexMap::new();
    for resolver in resolvers.iter().copied().flatten() {
        let field = resolver_field(registry, resolver);
        fields.insert(resolver.field.to_owned(), field);
    }
    registry.types.insert(name.to_owned(), object_type(name, "", fields));
}

/// The types of an API.
pub(crate) fn registry<A: Api>() -> Registry {
    let mut registry = Registry::default();
    Query::<A>::create_type_info(&mut registry);
    Mutation::<A>::create_type_info(&mut registry);
    registry
}

/// The resolvers of an API by name.
pub(crate) struct Roots {
    queries: HashMap<&'static str, &'static Resolver>,
    mutations: HashMap<&'static str, &'static Resolver>,
}

impl Roots {
    pub(crate) fn of<A: Api>() -> Self {
        let by_name = |resolvers: &'static [&'static [Resolver]]| {
            let all = resolvers.iter().copied().flatten();
            all.map(|resolver| (resolver.field, resolver)).collect()
        };
        Self { queries: by_name(A::QUERIES), mutations: by_name(A::MUTATIONS) }
    }

    /// The resolver of a root field.
    pub(crate) fn resolver(&self, is_mutation: bool, field: &str) -> Option<&'static Resolver> {
        let resolvers = if is_mutation { &self.mutations } else { &self.queries };
        resolvers.get(field).copied()
    }
}
