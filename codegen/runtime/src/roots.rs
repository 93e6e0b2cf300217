//! Root types that are put together from many small objects.
//!
//! A root of a thousand fields in one `#[Object]` would compile and resolve slowly; a chain of
//! merged objects would ask each in turn. Here a map leads from a field to its object.

use std::borrow::Cow;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::pin::Pin;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, OperationType};
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, Name, ObjectType, OutputType, Positioned,
    QueryPathNode, QueryPathSegment, ServerError, ServerResult, Value,
};
use futures_util::future::join_all;

use crate::Error;
use crate::document::Prepared;
use crate::json::write_string;
use crate::respond;
use crate::scope::Scope;
use crate::types::object_type;

/// The table of a root type.
pub trait Roots: Send + Sync + 'static {
    /// GraphQL name.
    const NAME: &'static str;
    /// The objects whose fields it has.
    const PARTS: &'static [Part];
}

/// An object whose fields become root fields.
#[derive(Debug)]
pub struct Part {
    fields: &'static [&'static str],
    resolve: Resolve,
    register: fn(&mut Registry) -> String,
}

type Resolved<'a> = Pin<Box<dyn Future<Output = ServerResult<Option<Value>>> + Send + 'a>>;
type Resolve = for<'a, 'b> fn(&'a Context<'b>) -> Resolved<'a>;

impl Part {
    /// An object and its fields.
    pub const fn new<T: ObjectType + Default + 'static>(fields: &'static [&'static str]) -> Self {
        Self { fields, resolve: resolve::<T>, register: T::create_type_info }
    }
}

fn resolve<'a, T: ObjectType + Default + 'static>(ctx: &'a Context<'_>) -> Resolved<'a> {
    Box::pin(async move { T::default().resolve_field(ctx).await })
}

/// A root type: all fields of all its parts.
#[derive(Debug)]
pub struct Merged<R> {
    parts: HashMap<&'static str, &'static Part>,
    roots: PhantomData<fn() -> R>,
}

impl<R: Roots> Default for Merged<R> {
    fn default() -> Self {
        let parts =
            R::PARTS.iter().flat_map(|part| part.fields.iter().map(move |field| (*field, part)));
        Self { parts: parts.collect(), roots: PhantomData }
    }
}

impl<R: Roots> OutputType for Merged<R> {
    fn type_name() -> Cow<'static, str> {
        R::NAME.into()
    }

    /// # Panics
    ///
    /// Panics if a part does not have exactly the fields that its table says: a fault of the
    /// generator.
    fn create_type_info(registry: &mut Registry) -> String {
        let mut all = IndexMap::new();
        for part in R::PARTS {
            let name = (part.register)(registry);
            let Some(MetaType::Object { fields, .. }) =
                registry.types.remove(name.trim_end_matches('!'))
            else {
                panic!("`{name}` is not an object");
            };
            assert!(fields.keys().eq(part.fields), "`{name}` has other fields than its table says");
            all.extend(fields);
        }
        registry.types.insert(R::NAME.to_owned(), object_type(R::NAME, "", all));
        Self::qualified_type_name()
    }

    async fn resolve(
        &self,
        _: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        // The executor asks a root for its fields, one by one.
        Ok(Value::Null)
    }
}

impl<R: Roots> ContainerType for Merged<R> {
    /// Runs the whole operation of a request, whatever the field it was entered with: all fields at
    /// once for a query, one after the other for a mutation.
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let at = |error: Error| async_graphql::Error::from(error).into_server_error(ctx.item.pos);
        let scope = Scope::of(ctx).map_err(at)?;
        let prepared: Option<&Prepared> = ctx.data_opt();
        let mut fields = Vec::new();
        for (key, twins) in scope.root() {
            fields.push(Entry { key, field: twins[0], ctx: at_root(ctx, twins[0]) });
        }
        let results = if scope.operation.ty == OperationType::Mutation {
            let mut results = Vec::with_capacity(fields.len());
            for entry in &fields {
                results.push(self.resolve_entry(entry, prepared).await);
            }
            results
        } else {
            join_all(fields.iter().map(|entry| self.resolve_entry(entry, prepared))).await
        };
        let mut out = Vec::with_capacity(results.iter().map(size).sum::<usize>() + 64);
        let mut separator = b'{';
        let mut is_null = false;
        for (entry, result) in fields.iter().zip(results) {
            let value = result.unwrap_or_else(|error| {
                ctx.add_error(entry.ctx.set_error_path(error));
                Value::Null
            });
            is_null |= value == Value::Null && is_non_null::<R>(ctx, entry.field);
            out.push(separator);
            separator = b',';
            write_string(entry.key, &mut out);
            out.push(b':');
            respond::write(&value, &mut out);
        }
        out.push(b'}');
        // A null where none is allowed takes its parent with it, which is the whole of `data`.
        Ok(Some(if is_null { Value::Null } else { Value::Binary(out.into()) }))
    }
}

/// A root field with the context of its resolver.
struct Entry<'a> {
    key: &'a str,
    field: &'a Positioned<Field>,
    ctx: Context<'a>,
}

fn at_root<'a>(ctx: &Context<'a>, field: &'a Positioned<Field>) -> Context<'a> {
    let segment = QueryPathSegment::Name(&field.node.response_key().node);
    let path = QueryPathNode { parent: None, segment };
    ctx.query_env.create_context(ctx.schema_env, Some(path), field, ctx.execute_data)
}

impl<R: Roots> Merged<R> {
    async fn resolve_entry(
        &self,
        entry: &Entry<'_>,
        prepared: Option<&Prepared>,
    ) -> ServerResult<Value> {
        let name = entry.field.node.name.node.as_str();
        if name == "__typename" {
            return Ok(Value::String(R::NAME.to_owned()));
        }
        if let Some(known) = prepared.and_then(|prepared| prepared.introspection.get(entry.key)) {
            return Ok(known.clone());
        }
        match self.parts.get(name) {
            Some(part) => Ok((part.resolve)(&entry.ctx).await?.unwrap_or_default()),
            None => Err(ServerError::new(format!("unknown field `{name}`"), Some(entry.field.pos))),
        }
    }
}

/// Whether a root field must not be null.
fn is_non_null<R: Roots>(ctx: &Context<'_>, field: &Positioned<Field>) -> bool {
    let root = ctx.schema_env.registry.types.get(R::NAME);
    let field = root.and_then(|root| root.field_by_name(&field.node.name.node));
    field.is_some_and(|field| field.ty.ends_with('!'))
}

fn size(result: &ServerResult<Value>) -> usize {
    match result {
        Ok(Value::Binary(json)) => json.len() + 32,
        _ => 32,
    }
}

/// Appends the data of an operation that has no field of a resolver.
pub(crate) fn write_known(
    scope: &Scope<'_>,
    introspection: &IndexMap<Name, Value>,
    out: &mut Vec<u8>,
) {
    let root = if scope.operation.ty == OperationType::Mutation { "Mutation" } else { "Query" };
    let mut separator = b'{';
    for (key, _) in scope.root() {
        out.push(separator);
        separator = b',';
        write_string(key, out);
        out.push(b':');
        match introspection.get(key) {
            Some(value) => respond::write(value, out),
            None => write_string(root, out),
        }
    }
    if separator == b'{' {
        out.push(b'{');
    }
    out.push(b'}');
}

impl<R: Roots> ObjectType for Merged<R> {}
