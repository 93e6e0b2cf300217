//! Arguments whose GraphQL types come from tables: filters, orderings, input objects, enums.

use std::borrow::Cow;
use std::marker::PhantomData;

use async_graphql::registry::Registry;
use async_graphql::{InputType as GraphqlInput, InputValueError, InputValueResult, Value};

use crate::encode::{encode, fields};
use crate::list::Order;
use crate::model::{InputType, Type};
use crate::predicate::Predicate;
use crate::record::{EnumLabel, ViewRow};
use crate::types;

/// A `where` argument: a condition on the rows of a view.
#[derive(Debug)]
pub struct Filter<V> {
    predicate: Predicate,
    value: Value,
    view: PhantomData<fn() -> V>,
}

/// An element of an `orderBy` argument: one column and its direction.
#[derive(Debug)]
pub struct OrderBy<V> {
    order: Order,
    value: Value,
    view: PhantomData<fn() -> V>,
}

/// The table of an input object.
pub trait InputObject: Send + Sync + 'static {
    /// Its name and fields.
    const INPUT: &'static InputType;
}

/// An input object, checked against its table.
#[derive(Debug)]
pub struct Input<T> {
    value: Value,
    object: PhantomData<fn() -> T>,
}

/// An enum as argument or result.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Enum<E>(pub E);

impl<V> Filter<V> {
    pub(crate) fn into_predicate(self) -> Predicate {
        self.predicate
    }
}

impl<V> OrderBy<V> {
    pub(crate) fn into_order(self) -> Order {
        self.order
    }
}

impl<T> Input<T> {
    pub(crate) fn value(&self) -> &Value {
        &self.value
    }
}

/// Implements the parts of [`GraphqlInput`] that are the same for every type.
macro_rules! raw_value {
    () => {
        type RawValueType = Self;

        fn as_raw_value(&self) -> Option<&Self> {
            Some(self)
        }
    };
}

impl<V: ViewRow> GraphqlInput for Filter<V> {
    raw_value!();

    fn type_name() -> Cow<'static, str> {
        types::filter_name(V::OBJECT).into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        types::register_filter(registry, V::OBJECT);
        Self::qualified_type_name()
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let value = value.unwrap_or_default();
        let predicate = Predicate::parse(V::OBJECT, &value, "where").map_err(refused)?;
        Ok(Self { predicate, value, view: PhantomData })
    }

    fn to_value(&self) -> Value {
        self.value.clone()
    }
}

impl<V: ViewRow> GraphqlInput for OrderBy<V> {
    raw_value!();

    fn type_name() -> Cow<'static, str> {
        types::order_by_name(V::OBJECT).into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        types::register_order_by(registry, V::OBJECT);
        Self::qualified_type_name()
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let value = value.unwrap_or_default();
        let order = Order::parse(V::OBJECT, &value).map_err(refused)?;
        Ok(Self { order, value, view: PhantomData })
    }

    fn to_value(&self) -> Value {
        self.value.clone()
    }
}

impl<T: InputObject> GraphqlInput for Input<T> {
    raw_value!();

    fn type_name() -> Cow<'static, str> {
        T::INPUT.name.into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        types::register_input(registry, T::INPUT);
        Self::qualified_type_name()
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let value = value.unwrap_or_default();
        for (column, value) in fields(T::INPUT.fields, &value, T::INPUT.name).map_err(refused)? {
            let path = format!("{}.{}", T::INPUT.name, column.field);
            encode(&column.ty, value, &path).map_err(refused)?;
        }
        Ok(Self { value, object: PhantomData })
    }

    fn to_value(&self) -> Value {
        self.value.clone()
    }
}

impl<E: EnumLabel> GraphqlInput for Enum<E> {
    raw_value!();

    fn type_name() -> Cow<'static, str> {
        E::ENUM.name.into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        types::register_type(registry, &Type::Enum(E::ENUM));
        Self::qualified_type_name()
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let value = value.unwrap_or_default();
        let name = match &value {
            Value::Enum(name) => name.as_str(),
            Value::String(name) => name,
            _ => "",
        };
        let index = E::ENUM.values.iter().position(|(known, _)| *known == name);
        let value = index.and_then(|index| E::VALUES.get(index)).copied();
        value
            .map(Self)
            .ok_or_else(|| InputValueError::custom(format!("expected a value of {}", E::ENUM.name)))
    }

    fn to_value(&self) -> Value {
        let (name, _) = E::ENUM.values[self.0.index()];
        Value::Enum(async_graphql::Name::new(name))
    }
}

fn refused<T: GraphqlInput>(error: crate::Error) -> InputValueError<T> {
    InputValueError::custom(&error).with_extension("code", error.code().as_str())
}
