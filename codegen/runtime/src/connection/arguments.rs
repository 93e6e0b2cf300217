//! The arguments of a connection.

use async_graphql::{Value, Variables};

use super::cursor::{self, Values};
use crate::input::{Input, Place};
use crate::list::{self, ListArguments, int};
use crate::model::View;
use crate::order::{self, Order};
use crate::predicate::Predicate;
use crate::{Error, Result};

/// Which rows, in which order, and which page of them.
pub(super) struct Arguments {
    pub(super) predicates: Vec<Predicate>,
    /// Ends with the key of the view, so that no two rows are equal in it.
    pub(super) order: Vec<Order>,
    /// Where the page begins and ends.
    pub(super) after: Option<Cursor>,
    pub(super) before: Option<Cursor>,
    /// How many rows, counted from the end if `is_backward`.
    pub(super) limit: i32,
    pub(super) is_backward: bool,
}

/// A cursor that was given.
pub(super) enum Cursor {
    /// In the document.
    Text(String),
    /// In the variables of each request.
    Variable(Place),
}

/// The cursors of a request, decoded.
pub(super) struct Bounds {
    pub(super) after: Option<Values>,
    pub(super) before: Option<Values>,
}

impl Arguments {
    pub(super) fn parse(
        view: &'static View,
        given: Vec<(&str, Input<'_>)>,
        max_page_size: u32,
    ) -> Result<Self> {
        let (mut predicates, mut order) = (Vec::new(), Vec::new());
        let (mut first, mut last, mut after, mut before) = (None, None, None, None);
        for (name, input) in given {
            if input.is_null() {
                continue;
            }
            match name {
                "where" => predicates.push(Predicate::parse(view.object, &input, "where")?),
                "orderBy" => order = Order::parse_list(view.object, &input)?,
                "first" => first = Some(int(&input, "first")?),
                "last" => last = Some(int(&input, "last")?),
                "after" => after = Some(Cursor::of(&input)?),
                "before" => before = Some(Cursor::of(&input)?),
                name => return Err(Error::bad_input(format!("unknown argument `{name}`"))),
            }
        }
        if first.is_some() && last.is_some() {
            return Err(Error::bad_input("`first` and `last` exclude each other"));
        }
        let (name, limit) = if last.is_some() { ("last", last) } else { ("first", first) };
        let limit = limit.unwrap_or(ListArguments::DEFAULT_LIMIT);
        list::check_limit(limit, name, max_page_size)?;
        let order = order::complete(&order, view)?;
        Ok(Self { predicates, order, after, before, limit, is_backward: last.is_some() })
    }

    /// Reads the cursors of a request.
    pub(super) fn bounds(&self, view: &View, variables: &Variables) -> Result<Bounds> {
        let decode = |cursor: &Option<Cursor>, argument| {
            let Some(cursor) = cursor else { return Ok(None) };
            cursor::decode(view, &self.order, cursor.text(variables)?, argument).map(Some)
        };
        Ok(Bounds { after: decode(&self.after, "after")?, before: decode(&self.before, "before")? })
    }

    /// The order in which the statement reads the rows.
    pub(super) fn reading_order(&self) -> Vec<Order> {
        if self.is_backward { reversed(&self.order) } else { self.order.clone() }
    }
}

impl Cursor {
    fn of(input: &Input<'_>) -> Result<Self> {
        if let Some(place) = input.place() {
            return Ok(Self::Variable(place.clone()));
        }
        let text = input.name().ok_or_else(|| Error::bad_input("a cursor is a string"))?;
        Ok(Self::Text(text))
    }

    fn text<'a>(&'a self, variables: &'a Variables) -> Result<&'a str> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Variable(place) => match place.find(variables) {
                Some(Value::String(text)) => Ok(text),
                _ => Err(Error::bad_input("a cursor is a string")),
            },
        }
    }
}

/// The opposite order.
pub(super) fn reversed(order: &[Order]) -> Vec<Order> {
    let reverse = |order: &Order| Order { direction: order.direction.reversed(), ..order.clone() };
    order.iter().map(reverse).collect()
}
