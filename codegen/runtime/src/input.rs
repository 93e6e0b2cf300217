//! Values of a document while it is planned, with variables that keep their names.
//!
//! A plan outlives the request it was made for, so it must not depend on more of the variables than
//! it has to. Whoever reads a value here says how much of it matters: that there is one
//! ([`Input::is_null`]), what it consists of ([`Input::members`], [`Input::items`]), or all of it
//! ([`Input::constant`]). That is noted as an [`Assumption`]; a request whose variables satisfy them
//! all is served by the same plan, with its own values as parameters of the statements.

use std::cell::RefCell;

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
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    variable: Name,
    path: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Member(Name),
    Item(usize),
}

/// What a plan takes for granted about the variables.
#[derive(Debug, PartialEq)]
pub(crate) enum Assumption {
    /// A variable has no value.
    Absent(Name),
    /// A value is null.
    Null(Place),
    /// There is a value, and it is not null.
    NotNull(Place),
    /// A value is an object with these members, in this order.
    Members(Place, Vec<Name>),
    /// A value is a list of this length.
    Items(Place, usize),
    /// A value is no list.
    NoList(Place),
    /// A value is this one.
    Is(Place, Value),
}

/// What is being taken for granted, while a plan is made.
#[derive(Default)]
pub(crate) struct Assumptions(RefCell<Vec<Assumption>>);

impl<'s> Input<'s> {
    /// A value as it is written in a document; `None` if it is a variable without a value.
    pub(crate) fn written(scope: &'s Scope<'s>, value: &'s AstValue) -> Option<Self> {
        let AstValue::Variable(name) = value else {
            return Some(Self { scope, node: Node::Written(value) });
        };
        if let Some(value) = scope.variables.get(name) {
            let place = Place { variable: name.clone(), path: Vec::new() };
            return Some(Self { scope, node: Node::Given(place, value) });
        }
        scope.assumptions.add(Assumption::Absent(name.clone()));
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
                self.scope.assumptions.add(Assumption::Null(place.clone()));
                true
            }
            Node::Given(place, _) => {
                self.scope.assumptions.add(Assumption::NotNull(place.clone()));
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
                scope.assumptions.add(Assumption::Members(place.clone(), names));
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
                scope.assumptions.add(Assumption::Items(place.clone(), items.len()));
                let item =
                    |(index, item)| self.with(Node::Given(place.then(Step::Item(index)), item));
                items.iter().enumerate().map(item).collect()
            }
            Node::Given(place, _) => {
                scope.assumptions.add(Assumption::NoList(place.clone()));
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
                let assumption = Assumption::Is(place.clone(), (*value).clone());
                self.scope.assumptions.add(assumption);
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
    fn add(&self, assumption: Assumption) {
        let mut assumptions = self.0.borrow_mut();
        if !assumptions.contains(&assumption) {
            assumptions.push(assumption);
        }
    }

    /// What has been taken for granted.
    pub(crate) fn into_inner(self) -> Vec<Assumption> {
        self.0.into_inner()
    }
}

impl Assumption {
    /// Whether it holds for the variables of a request.
    pub(crate) fn holds(&self, variables: &Variables) -> bool {
        match self {
            Self::Absent(name) => !variables.contains_key(name),
            Self::Null(place) => place.find(variables) == Some(&Value::Null),
            Self::NotNull(place) => {
                place.find(variables).is_some_and(|value| *value != Value::Null)
            }
            Self::Members(place, names) => match place.find(variables) {
                Some(Value::Object(members)) => members.keys().eq(names),
                _ => false,
            },
            Self::Items(place, len) => match place.find(variables) {
                Some(Value::List(items)) => items.len() == *len,
                _ => false,
            },
            Self::NoList(place) => {
                place.find(variables).is_some_and(|value| !matches!(value, Value::List(_)))
            }
            Self::Is(place, value) => place.find(variables) == Some(value),
        }
    }
}
