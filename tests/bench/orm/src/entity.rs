//! The tables as models.

pub(crate) mod customer;
pub(crate) mod order;
pub(crate) mod order_item;
pub(crate) mod payment;
pub(crate) mod product;
