//! The arguments of a connection.

use async_graphql::Value;

use super::cursor::{self, Values};
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
    pub(super) after: Option<Values>,
    pub(super) before: Option<Values>,
    /// How many rows, counted from the end if `is_backward`.
    pub(super) limit: i32,
    pub(super) is_backward: bool,
}

impl Arguments {
    pub(super) fn parse(view: &'static View, given: Vec<(String, Value)>) -> Result<Self> {
        let (mut predicates, mut order) = (Vec::new(), Vec::new());
        let (mut first, mut last, mut after, mut before) = (None, None, None, None);
        for (name, value) in given {
            match (name.as_str(), value) {
                (_, Value::Null) => {}
                ("where", value) => {
                    predicates.push(Predicate::parse(view.object, &value, "where")?);
                }
                ("orderBy", value) => order = Order::parse_list(view.object, &value)?,
                ("first", value) => first = Some(int(&value, "first")?),
                ("last", value) => last = Some(int(&value, "last")?),
                ("after", Value::String(text)) => after = Some(text),
                ("before", Value::String(text)) => before = Some(text),
                (name, _) => return Err(Error::bad_input(format!("unknown argument `{name}`"))),
            }
        }
        if first.is_some() && last.is_some() {
            return Err(Error::bad_input("`first` and `last` exclude each other"));
        }
        let order = order::complete(&order, view)?;
        let decode = |text: Option<String>, argument| {
            text.map(|text| cursor::decode(view, &order, &text, argument)).transpose()
        };
        let (after, before) = (decode(after, "after")?, decode(before, "before")?);
        let limit = first.or(last).unwrap_or(ListArguments::DEFAULT_LIMIT);
        Ok(Self { predicates, order, after, before, limit, is_backward: last.is_some() })
    }

    /// Refuses negative numbers and pages above the maximum.
    pub(super) fn check(&self, max_page_size: u32) -> Result<()> {
        let name = if self.is_backward { "last" } else { "first" };
        list::check_limit(self.limit, name, max_page_size)
    }

    /// The order in which the statement reads the rows.
    pub(super) fn reading_order(&self) -> Vec<Order> {
        if self.is_backward { reversed(&self.order) } else { self.order.clone() }
    }
}

/// The opposite order.
pub(super) fn reversed(order: &[Order]) -> Vec<Order> {
    let reverse = |order: &Order| Order { direction: order.direction.reversed(), ..order.clone() };
    order.iter().map(reverse).collect()
}
