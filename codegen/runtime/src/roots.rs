//! Root types that are put together from many small objects.
//!
//! A root of a thousand fields in one `#[Object]` would compile and resolve slowly; a chain of
//! merged objects would ask each in turn. Here a map leads from a field to its object.

use std::borrow::Cow;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::pin::Pin;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult,
    Value,
};

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
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        match self.parts.get(ctx.item.node.name.node.as_str()) {
            Some(part) => (part.resolve)(ctx).await,
            None => Ok(None),
        }
    }
}

impl<R: Roots> ObjectType for Merged<R> {}
