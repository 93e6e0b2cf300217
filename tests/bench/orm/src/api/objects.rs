//! Objects, and how each finds what it is related to: already there, or read when it is asked for.

use async_graphql::{Context, Object, Result};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sea_orm::{
    ColumnTrait, DatabaseConnection, EntityTrait, JoinType, ModelTrait, QueryFilter, QueryOrder,
    QuerySelect, RelationTrait,
};
use tokio::sync::OnceCell;

use super::Loading;
use crate::entity::order::OrderStatus;
use crate::entity::payment::PaymentKind;
use crate::entity::{customer, order, order_item, payment, product};

/// An order.
pub(crate) struct Order {
    pub(crate) model: order::Model,
    pub(crate) customer: OnceCell<customer::Model>,
    pub(crate) items: OnceCell<Vec<Item>>,
    /// Whether totals are computed from the lines whenever they are read, as traditional models do.
    /// Otherwise those are taken that triggers keep in the table.
    pub(crate) computes_totals: bool,
}

/// A line of an order.
pub(crate) struct Item {
    pub(crate) model: order_item::Model,
    pub(crate) product: OnceCell<product::Model>,
}

/// A customer.
pub(crate) struct Customer {
    pub(crate) model: customer::Model,
    /// The latest orders, if they are loaded.
    pub(crate) orders: OnceCell<Vec<Order>>,
}

/// The stock of a product.
pub(crate) struct Inventory(pub(crate) product::Model);

/// What a product has earned.
pub(crate) struct Revenue {
    pub(crate) product: product::Model,
    pub(crate) order_count: i64,
    pub(crate) quantity_sold: i64,
    pub(crate) revenue: Decimal,
}

impl From<order::Model> for Order {
    fn from(model: order::Model) -> Self {
        let (customer, items) = (OnceCell::new(), OnceCell::new());
        Self { model, customer, items, computes_totals: false }
    }
}

impl From<order_item::Model> for Item {
    fn from(model: order_item::Model) -> Self {
        Self { model, product: OnceCell::new() }
    }
}

impl From<customer::Model> for Customer {
    fn from(model: customer::Model) -> Self {
        Self { model, orders: OnceCell::new() }
    }
}

fn database<'a>(ctx: &Context<'a>) -> &'a DatabaseConnection {
    ctx.data_unchecked()
}

impl Order {
    /// An order that reads everything when it is asked for.
    pub(crate) fn lazy(model: order::Model) -> Self {
        Self { computes_totals: true, ..Self::from(model) }
    }

    async fn customer(&self, ctx: &Context<'_>) -> Result<&customer::Model> {
        let read = async || {
            let found = self.model.find_related(customer::Entity).one(database(ctx)).await?;
            found.ok_or_else(|| async_graphql::Error::new("an order has no customer"))
        };
        self.customer.get_or_try_init(read).await
    }

    async fn lines(&self, ctx: &Context<'_>) -> Result<&[Item]> {
        let read = async || {
            let items = self.model.find_related(order_item::Entity);
            let items = items.order_by_asc(order_item::Column::Id).all(database(ctx)).await?;
            Result::<Vec<Item>>::Ok(items.into_iter().map(Item::from).collect())
        };
        Ok(self.items.get_or_try_init(read).await?.as_slice())
    }
}

impl Item {
    fn amount(&self) -> Decimal {
        self.model.price * Decimal::from(self.model.quantity)
    }
}

#[Object]
impl Order {
    async fn id(&self) -> i32 {
        self.model.id
    }

    async fn order_number(&self) -> &str {
        &self.model.order_number
    }

    async fn customer_name(&self, ctx: &Context<'_>) -> Result<&str> {
        Ok(&self.customer(ctx).await?.name)
    }

    async fn customer_email(&self, ctx: &Context<'_>) -> Result<&str> {
        Ok(&self.customer(ctx).await?.email)
    }

    async fn item_count(&self, ctx: &Context<'_>) -> Result<i32> {
        match self.computes_totals {
            true => Ok(self.lines(ctx).await?.len().try_into()?),
            false => Ok(self.model.item_count),
        }
    }

    async fn total_amount(&self, ctx: &Context<'_>) -> Result<Decimal> {
        match self.computes_totals {
            true => Ok(self.lines(ctx).await?.iter().map(Item::amount).sum()),
            false => Ok(self.model.total_amount),
        }
    }

    async fn status(&self) -> OrderStatus {
        self.model.status
    }

    async fn created_at(&self) -> DateTime<Utc> {
        self.model.created_at
    }

    async fn paid_at(&self) -> Option<DateTime<Utc>> {
        self.model.paid_at
    }

    async fn cancelled_at(&self) -> Option<DateTime<Utc>> {
        self.model.cancelled_at
    }

    async fn version(&self) -> i32 {
        self.model.version
    }

    async fn refund_amount(&self, ctx: &Context<'_>) -> Result<Option<Decimal>> {
        if self.model.status != OrderStatus::Cancelled {
            return Ok(None);
        }
        let refund = self.model.find_related(payment::Entity);
        let refund = refund.filter(payment::Column::Kind.eq(PaymentKind::Refund));
        let refund = refund.one(database(ctx)).await?;
        Ok(Some(refund.map_or(Decimal::new(0, 2), |refund| refund.amount)))
    }

    async fn items(&self, ctx: &Context<'_>) -> Result<&[Item]> {
        self.lines(ctx).await
    }
}

#[Object]
impl Item {
    async fn product_name(&self, ctx: &Context<'_>) -> Result<&str> {
        let read = async || {
            let found = self.model.find_related(product::Entity).one(database(ctx)).await?;
            found.ok_or_else(|| async_graphql::Error::new("a line has no product"))
        };
        Ok(&self.product.get_or_try_init(read).await?.name)
    }

    async fn quantity(&self) -> i32 {
        self.model.quantity
    }

    async fn price(&self) -> Decimal {
        self.model.price
    }

    async fn subtotal(&self) -> Decimal {
        self.amount()
    }
}

#[Object]
impl Customer {
    async fn id(&self) -> i32 {
        self.model.id
    }

    async fn name(&self) -> &str {
        &self.model.name
    }

    /// The latest orders.
    async fn orders_summary(&self, ctx: &Context<'_>, limit: u64) -> Result<&[Order]> {
        let read = async || {
            let orders = order::Entity::find()
                .filter(order::Column::CustomerId.eq(self.model.id))
                .order_by_desc(order::Column::CreatedAt)
                .limit(limit)
                .all(database(ctx))
                .await?;
            Result::<Vec<Order>>::Ok(orders.into_iter().map(Order::lazy).collect())
        };
        Ok(self.orders.get_or_try_init(read).await?.as_slice())
    }
}

#[Object]
impl Inventory {
    async fn product_id(&self) -> i32 {
        self.0.id
    }

    async fn product_name(&self) -> &str {
        &self.0.name
    }

    async fn quantity_available(&self) -> i32 {
        self.0.quantity_on_hand - self.0.quantity_reserved
    }

    async fn quantity_reserved(&self) -> i32 {
        self.0.quantity_reserved
    }

    /// As for the totals of orders: added up when it is read, or what triggers keep.
    async fn quantity_in_orders(&self, ctx: &Context<'_>) -> Result<i32> {
        if *ctx.data_unchecked::<Loading>() == Loading::Eager {
            return Ok(self.0.quantity_in_orders);
        }
        let lines = self.0.find_related(order_item::Entity);
        let lines = lines.join(JoinType::InnerJoin, order_item::Relation::Order.def());
        let lines = lines.filter(order::Column::Status.ne(OrderStatus::Cancelled));
        let lines = lines.all(database(ctx)).await?;
        Ok(lines.iter().map(|line| line.quantity).sum())
    }

    async fn low_stock(&self) -> bool {
        self.0.quantity_on_hand - self.0.quantity_reserved <= self.0.low_stock_threshold
    }
}

#[Object]
impl Revenue {
    async fn product_id(&self) -> i32 {
        self.product.id
    }

    async fn product_name(&self) -> &str {
        &self.product.name
    }

    async fn order_count(&self) -> i64 {
        self.order_count
    }

    async fn quantity_sold(&self) -> String {
        self.quantity_sold.to_string()
    }

    async fn revenue(&self) -> Decimal {
        self.revenue
    }
}
