//! Values of a document while it is planned, with variables that keep their names.
//!
//! A plan outlives the request it was made for, so it must not depend on more of the variables than
//! it has to. Whoever reads a value here says how much of it matters: that there is one
//! ([`Input::is_null`]), what it consists of ([`Input::members`], [`Input::items`]), or all of it
//! ([`Input::constant`]). That is noted as an [`Assumption`]; a request whose variables satisfy them
//! all is served by the same plan, with its own values as parameters of the statements.

use std::cell::RefCell;
use std::mem::{Discriminant, discriminant};

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value, Variables};
use async_graphql_value::Value as AstValue;

use crate::scope::Scope;

/// A value of a document.
#[derive(Clone)]
pub(crate) struct Input<'s> {
    scope: &'s Scope<'s>,
    node: Node<'s>,
}

#[derive(Clone)]
enum Node<'s> {
    /// A part of the document that is no variable, and no default of one.
    Written(&'s AstValue),
    /// A default of a variable, or a part of it.
    Default(&'s Value),
    /// The value of a variable, or a part of it.
    Given(Place, &'s Value),
}

/// Where in the variables of a request a value stands.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Place {
    variable: Name,
    path: Vec<Step>,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum Step {
    Member(Name),
    Item(usize),
}

/// What a plan takes for granted about the variables.
#[derive(Debug, PartialEq)]
pub(crate) struct Assumption {
    place: Place,
    fact: Fact,
}

/// What a value is.
#[derive(Debug, PartialEq)]
enum Fact {
    /// It was not given; the place is a variable.
    Absent,
    Null,
    NotNull,
    /// An object with these members, in this order.
    Members(Vec<Name>),
    /// A list of this length.
    Items(usize),
    NoList,
    /// This one.
    Is(Value),
}

/// What is being taken for granted, while a plan is made. All of it is about the same variables, so
/// that a place and the kind of a fact say which one it is; there may be many thousands.
#[derive(Default)]
pub(crate) struct Assumptions(RefCell<IndexMap<(Place, Discriminant<Fact>), Fact>>);

impl<'s> Input<'s> {
    /// A value as it is written in a document; `None` if it is a variable without a value.
    pub(crate) fn written(scope: &'s Scope<'s>, value: &'s AstValue) -> Option<Self> {
        let AstValue::Variable(name) = value else {
            return Some(Self { scope, node: Node::Written(value) });
        };
        if let Some(value) = scope.variables.get(name) {
            return Some(Self { scope, node: Node::Given(Place::of(name), value) });
        }
        scope.assumptions.add(&Place::of(name), Fact::Absent);
        let mut definitions = scope.operation.variable_definitions.iter().map(|item| &item.node);
        let definition = definitions.find(|definition| definition.name.node == *name)?;
        let default = definition.default_value.as_ref()?;
        Some(Self { scope, node: Node::Default(&default.node) })
    }

    /// Whether it is null.
    pub(crate) fn is_null(&self) -> bool {
        match &self.node {
            Node::Written(value) => matches!(value, AstValue::Null),
            Node::Default(value) => matches!(value, Value::Null),
            Node::Given(place, Value::Null) => {
                self.scope.assumptions.add(place, Fact::Null);
                true
            }
            Node::Given(place, _) => {
                self.scope.assumptions.add(place, Fact::NotNull);
                false
            }
        }
    }

    /// The members of an object, `None` of anything else. One whose variable has no value is left
    /// out.
    pub(crate) fn members(&self) -> Option<Vec<(&'s str, Self)>> {
        let Self { scope, node } = self;
        match node {
            Node::Written(AstValue::Object(members)) => {
                let members = members.iter();
                let member =
                    |(name, value)| Some((Name::as_str(name), Self::written(scope, value)?));
                Some(members.filter_map(member).collect())
            }
            Node::Default(Value::Object(members)) => {
                let member = |(name, value)| (Name::as_str(name), self.with(Node::Default(value)));
                Some(members.iter().map(member).collect())
            }
            Node::Given(place, Value::Object(members)) => {
                let names = members.keys().cloned().collect();
                scope.assumptions.add(place, Fact::Members(names));
                let member = |(name, value): (&'s Name, _)| {
                    let place = place.then(Step::Member(name.clone()));
                    (name.as_str(), self.with(Node::Given(place, value)))
                };
                Some(members.iter().map(member).collect())
            }
            _ => None,
        }
    }

    /// Whether it is a list. Whoever asks reads the items next, or the members.
    pub(crate) fn is_list(&self) -> bool {
        match &self.node {
            Node::Written(value) => matches!(value, AstValue::List(_)),
            Node::Default(value) | Node::Given(_, value) => matches!(value, Value::List(_)),
        }
    }

    /// The items of a list, or the value itself as a list of one (GraphQL's input coercion).
    pub(crate) fn items(&self) -> Vec<Self> {
        let Self { scope, node } = self;
        match node {
            // A variable without a value is null among the items of a list.
            Node::Written(AstValue::List(items)) => items
                .iter()
                .map(|item| Self::written(scope, item))
                .map(|item| item.unwrap_or_else(|| self.with(Node::Default(&Value::Null))))
                .collect(),
            Node::Default(Value::List(items)) => {
                items.iter().map(|item| self.with(Node::Default(item))).collect()
            }
            Node::Given(place, Value::List(items)) => {
                scope.assumptions.add(place, Fact::Items(items.len()));
                let item =
                    |(index, item)| self.with(Node::Given(place.then(Step::Item(index)), item));
                items.iter().enumerate().map(item).collect()
            }
            Node::Given(place, _) => {
                scope.assumptions.add(place, Fact::NoList);
                vec![self.clone()]
            }
            _ => vec![self.clone()],
        }
    }

    /// The value, all of which matters.
    pub(crate) fn constant(&self) -> Value {
        match &self.node {
            Node::Written(AstValue::List(_)) => {
                Value::List(self.items().iter().map(Self::constant).collect())
            }
            Node::Written(AstValue::Object(_)) => {
                let members = self.members().unwrap_or_default();
                let member = |(name, value): (&str, Self)| (Name::new(name), value.constant());
                Value::Object(members.into_iter().map(member).collect())
            }
            Node::Written(value) => (*value).clone().into_const().unwrap_or_default(),
            Node::Default(value) => (*value).clone(),
            Node::Given(place, value) => {
                self.scope.assumptions.add(place, Fact::Is((*value).clone()));
                (*value).clone()
            }
        }
    }

    /// Where its value stands in the variables of each request, if it is one of a variable.
    pub(crate) fn place(&self) -> Option<&Place> {
        match &self.node {
            Node::Given(place, _) => Some(place),
            _ => None,
        }
    }

    /// The value if it is a boolean.
    pub(crate) fn boolean(&self) -> Option<bool> {
        match self.constant() {
            Value::Boolean(value) => Some(value),
            _ => None,
        }
    }

    /// The value if it is a name: of an enum, or as a string in a variable.
    pub(crate) fn name(&self) -> Option<String> {
        match self.constant() {
            Value::Enum(name) => Some(name.to_string()),
            Value::String(name) => Some(name),
            _ => None,
        }
    }

    fn with(&self, node: Node<'s>) -> Self {
        Self { scope: self.scope, node }
    }
}

impl Place {
    fn of(variable: &Name) -> Self {
        Self { variable: variable.clone(), path: Vec::new() }
    }

    fn then(&self, step: Step) -> Self {
        let mut place = self.clone();
        place.path.push(step);
        place
    }

    /// The value there, in the variables of a request.
    pub(crate) fn find<'v>(&self, variables: &'v Variables) -> Option<&'v Value> {
        let value = variables.get(&self.variable)?;
        self.path.iter().try_fold(value, |value, step| match (value, step) {
            (Value::Object(members), Step::Member(name)) => members.get(name),
            (Value::List(items), Step::Item(index)) => items.get(*index),
            _ => None,
        })
    }
}

impl Assumptions {
    fn add(&self, place: &Place, fact: Fact) {
        self.0.borrow_mut().insert((place.clone(), discriminant(&fact)), fact);
    }

    /// What has been taken for granted.
    pub(crate) fn into_inner(self) -> Vec<Assumption> {
        let all = self.0.into_inner().into_iter();
        all.map(|((place, _), fact)| Assumption { place, fact }).collect()
    }
}

impl Assumption {
    /// Whether it holds for the variables of a request.
    pub(crate) fn holds(&self, variables: &Variables) -> bool {
        let value = self.place.find(variables);
        match (&self.fact, value) {
            (Fact::Absent, value) => value.is_none(),
            (Fact::Null, value) => value == Some(&Value::Null),
            (Fact::NotNull, value) => value.is_some_and(|value| *value != Value::Null),
            (Fact::Members(names), Some(Value::Object(members))) => members.keys().eq(names),
            (Fact::Items(len), Some(Value::List(items))) => items.len() == *len,
            (Fact::NoList, Some(value)) => !matches!(value, Value::List(_)),
            (Fact::Is(expected), Some(value)) => value == expected,
            (Fact::Members(_) | Fact::Items(_) | Fact::NoList | Fact::Is(_), _) => false,
        }
    }
}
