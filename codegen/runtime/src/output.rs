//! Results of resolvers: JSON that is ready to be sent.
//!
//! A result is written in one pass while its rows are at hand. async-graphql carries it to the
//! response as an opaque value, and [`crate::respond`] copies it there; nothing is built in between.

use std::borrow::Cow;
use std::marker::PhantomData;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use bytes::Bytes;

use crate::input::Enum;
use crate::model::Type;
use crate::record::{EnumLabel, Record};
use crate::types;

macro_rules! output {
    ($(#[doc = $doc:literal])* $name:ident<$param:ident>) => {
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub struct $name<$param> {
            json: Bytes,
            ty: PhantomData<fn() -> $param>,
        }

        impl<$param> $name<$param> {
            pub(crate) fn new(json: Vec<u8>) -> Self {
                Self { json: json.into(), ty: PhantomData }
            }
        }
    };
}

output! {
    /// Rows of a view, or of a function that returns a set.
    Rows<T>
}
output! {
    /// One row.
    Row<T>
}
output! {
    /// One value: a scalar, an enum or a list.
    Cell<T>
}

impl<T: Record> OutputType for Rows<T> {
    fn type_name() -> Cow<'static, str> {
        format!("[{}!]", T::OBJECT.name).into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        types::register_object(registry, T::OBJECT);
        Self::qualified_type_name()
    }

    async fn resolve(
        &self,
        _: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        Ok(Value::Binary(self.json.clone()))
    }
}

impl<T: Record> OutputType for Row<T> {
    fn type_name() -> Cow<'static, str> {
        T::OBJECT.name.into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        types::register_object(registry, T::OBJECT);
        Self::qualified_type_name()
    }

    async fn resolve(
        &self,
        _: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        Ok(Value::Binary(self.json.clone()))
    }
}

impl<T: OutputType> OutputType for Cell<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry);
        Self::qualified_type_name()
    }

    async fn resolve(
        &self,
        _: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        Ok(Value::Binary(self.json.clone()))
    }
}

impl<E: EnumLabel> OutputType for Enum<E> {
    fn type_name() -> Cow<'static, str> {
        E::ENUM.name.into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        types::register_type(registry, &Type::Enum(E::ENUM));
        Self::qualified_type_name()
    }

    async fn resolve(
        &self,
        _: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let (name, _) = E::ENUM.values[self.0.index()];
        Ok(Value::Enum(async_graphql::Name::new(name)))
    }
}
