//! The root types: what async-graphql needs to know about them, and how an operation is run.

use std::borrow::Cow;
use std::collections::HashMap;
use std::marker::PhantomData;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, OperationType};
use async_graphql::registry::Registry;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, Name, ObjectType, OutputType, PathSegment,
    Positioned, Response, ServerError, ServerResult, Value,
};
use futures_util::stream::{self, StreamExt};

use crate::database::Database;
use crate::json::write_string;
use crate::resolver::Resolver;
use crate::scope::{Fields, Occurrences, Scope};
use crate::types::{object_type, resolver_field};
use crate::{Error, respond};

/// How many root fields of a query run at the same time: one client must not take every connection
/// from the others.
const AT_A_TIME: usize = 4;

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

/// The resolvers of an API by name.
pub(crate) struct Roots {
    queries: HashMap<&'static str, &'static Resolver>,
    mutations: HashMap<&'static str, &'static Resolver>,
}

/// A field on its way, with the name that the response gives it.
struct Entry<'a> {
    key: &'a str,
    field: Occurrences<'a>,
    resolver: Option<&'static Resolver>,
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
    pub(crate) fn resolver(&self, is_mutation: bool, name: &str) -> Option<&'static Resolver> {
        let resolvers = if is_mutation { &self.mutations } else { &self.queries };
        resolvers.get(name).copied()
    }

    /// Runs the fields of an operation: some at a time for a query, one after the other for a
    /// mutation.
    ///
    /// `introspection` holds the results of `__schema` and `__type`.
    pub(crate) async fn run(
        &self,
        database: &Database,
        scope: &Scope<'_>,
        fields: Fields<'_>,
        introspection: &IndexMap<Name, Value>,
    ) -> Response {
        let is_mutation = scope.operation.ty == OperationType::Mutation;
        let root = if is_mutation { "Mutation" } else { "Query" };
        let entries: Vec<Entry<'_>> = fields
            .into_iter()
            .map(|(key, field)| {
                let resolver = self.resolver(is_mutation, &field[0].node.name.node);
                Entry { key, field, resolver }
            })
            .collect();
        let at_a_time = if is_mutation { 1 } else { AT_A_TIME };
        let resolve = |entry| resolve(database, scope, root, introspection, entry);
        let results: Vec<_> = entries.iter().map(resolve).collect();
        respond_with(&entries, stream::iter(results).buffered(at_a_time).collect().await)
    }
}

/// Resolves a root field to JSON text; `None` is null.
async fn resolve(
    database: &Database,
    scope: &Scope<'_>,
    root: &str,
    introspection: &IndexMap<Name, Value>,
    entry: &Entry<'_>,
) -> ServerResult<Option<Vec<u8>>> {
    let Some(resolver) = entry.resolver else {
        let mut out = Vec::new();
        match introspection.get(entry.key) {
            Some(value) => respond::write(value, &mut out),
            // Validation has let nothing else pass than `__typename`.
            None => write_string(root, &mut out),
        }
        return Ok(Some(out));
    };
    let resolved = async {
        let json = resolver.resolve(database, scope, &entry.field).await?;
        json.as_deref().map_or(Ok(()), |json| database.write(json))?;
        Ok(json)
    };
    resolved.await.map_err(|error: Error| {
        let error = async_graphql::Error::from(error).into_server_error(entry.field[0].pos);
        ServerError { path: vec![PathSegment::Field(entry.key.to_owned())], ..error }
    })
}

/// A failed field is null. A null where none is allowed takes its parent with it, which is the whole
/// of `data`.
fn respond_with(entries: &[Entry<'_>], results: Vec<ServerResult<Option<Vec<u8>>>>) -> Response {
    let size = |result: &ServerResult<Option<Vec<u8>>>| match result {
        Ok(Some(json)) => json.len() + 32,
        _ => 32,
    };
    let mut out = Vec::with_capacity(results.iter().map(size).sum::<usize>() + 2);
    let mut errors = Vec::new();
    let mut is_null = false;
    out.push(b'{');
    for (index, (entry, result)) in entries.iter().zip(results).enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_string(entry.key, &mut out);
        out.push(b':');
        let json = result.unwrap_or_else(|error| {
            errors.push(error);
            None
        });
        match json {
            Some(json) => out.extend_from_slice(&json),
            None => {
                is_null |= entry.resolver.is_some_and(Resolver::is_non_null);
                out.extend_from_slice(b"null");
            }
        }
    }
    out.push(b'}');
    let data = if is_null { Value::Null } else { Value::Binary(out.into()) };
    let mut response = Response::new(data);
    response.errors = errors;
    response
}
