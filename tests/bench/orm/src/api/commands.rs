//! Commands: the rules of `fn_create_order`, `fn_process_payment` and `fn_cancel_order`, in the
//! application.
//!
//! Rows are locked as the functions lock them, so that no rule is weaker here than there.

use async_graphql::{Context, Error, InputObject, Object, Result};
use chrono::Utc;
use rust_decimal::Decimal;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseConnection, DatabaseTransaction,
    EntityTrait, IntoActiveModel, ModelTrait, QueryFilter, QueryOrder, QuerySelect,
    TransactionTrait,
};

use super::objects::Order;
use crate::entity::order::OrderStatus;
use crate::entity::payment::PaymentKind;
use crate::entity::{customer, order, order_item, payment, product};

/// Ways to pay that are accepted.
const METHODS: [&str; 5] = ["credit_card", "debit_card", "bank_transfer", "paypal", "gift_card"];

/// The mutation root.
pub(crate) struct Mutation;

/// What to order.
#[derive(InputObject)]
struct CreateOrderInput {
    customer_id: i32,
    items: Vec<OrderItemInput>,
}

/// One product to order.
#[derive(InputObject)]
struct OrderItemInput {
    product_id: i32,
    quantity: i32,
}

#[Object]
impl Mutation {
    async fn create_order(&self, ctx: &Context<'_>, input: CreateOrderInput) -> Result<Order> {
        let transaction = begin(ctx).await?;
        let customer = customer::Entity::find_by_id(input.customer_id).one(&transaction).await?;
        let customer = customer.ok_or_else(|| Error::new("there is no such customer"))?;
        let wanted = input.items.iter().map(|item| item.product_id);
        let products = product::Entity::find()
            .filter(product::Column::Id.is_in(wanted))
            .order_by_asc(product::Column::Id)
            .lock(LockType::NoKeyUpdate)
            .all(&transaction)
            .await?;
        let lines = lines(&input.items, &products)?;
        let total =
            lines.iter().map(|(item, product)| product.price * Decimal::from(item.quantity));
        let order = order::ActiveModel {
            customer_id: Set(customer.id),
            item_count: Set(lines.len().try_into()?),
            total_amount: Set(total.sum()),
            ..Default::default()
        };
        let order = order.insert(&transaction).await?;
        let items = lines.into_iter().map(|(item, product)| order_item::ActiveModel {
            order_id: Set(order.id),
            product_id: Set(product.id),
            quantity: Set(item.quantity),
            price: Set(product.price),
            ..Default::default()
        });
        order_item::Entity::insert_many(items).exec_without_returning(&transaction).await?;
        transaction.commit().await?;
        Ok(order.into())
    }

    async fn process_payment(
        &self,
        ctx: &Context<'_>,
        order_id: i32,
        amount: Decimal,
        payment_method: String,
        version: i32,
    ) -> Result<Order> {
        let transaction = begin(ctx).await?;
        let order = locked(&transaction, order_id).await?;
        if order.version != version {
            return Err(Error::new("the order was modified by another user"));
        }
        if order.status != OrderStatus::Pending {
            return Err(Error::new("the order is not pending"));
        }
        if !METHODS.contains(&payment_method.as_str()) {
            return Err(Error::new("the payment method is not accepted"));
        }
        if order.total_amount != amount {
            return Err(Error::new("the amount must be the total of the order"));
        }
        let mut order = order.into_active_model();
        order.status = Set(OrderStatus::Paid);
        order.paid_at = Set(Some(Utc::now()));
        let order = order.update(&transaction).await?;
        pay(&transaction, order.id, PaymentKind::Payment, amount, payment_method).await?;
        transaction.commit().await?;
        Ok(order.into())
    }

    async fn cancel_order(
        &self,
        ctx: &Context<'_>,
        order_id: i32,
        reason: String,
    ) -> Result<Order> {
        let transaction = begin(ctx).await?;
        let order = locked(&transaction, order_id).await?;
        if reason.trim().is_empty() {
            return Err(Error::new("a cancellation needs a reason"));
        }
        if !matches!(order.status, OrderStatus::Pending | OrderStatus::Paid) {
            return Err(Error::new("the order cannot be cancelled"));
        }
        let paid = order.find_related(payment::Entity);
        let paid = paid.filter(payment::Column::Kind.eq(PaymentKind::Payment));
        let paid = paid.one(&transaction).await?;
        let mut order = order.into_active_model();
        order.status = Set(OrderStatus::Cancelled);
        order.cancelled_at = Set(Some(Utc::now()));
        order.cancellation_reason = Set(Some(reason.trim().to_owned()));
        let order = order.update(&transaction).await?;
        if let Some(paid) = paid {
            let method = paid.payment_method;
            pay(&transaction, order.id, PaymentKind::Refund, paid.amount, method).await?;
        }
        transaction.commit().await?;
        Ok(order.into())
    }
}

async fn begin(ctx: &Context<'_>) -> Result<DatabaseTransaction> {
    let database: &DatabaseConnection = ctx.data_unchecked();
    Ok(database.begin().await?)
}

/// An order, locked until the end of the transaction.
async fn locked(transaction: &DatabaseTransaction, id: i32) -> Result<order::Model> {
    let order = order::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(transaction).await?;
    order.ok_or_else(|| Error::new("there is no such order"))
}

/// Each item with its product, if there is enough of it.
fn lines<'a>(
    items: &'a [OrderItemInput],
    products: &'a [product::Model],
) -> Result<Vec<(&'a OrderItemInput, &'a product::Model)>> {
    let line = |item: &'a OrderItemInput| {
        let product = products.iter().find(|product| product.id == item.product_id);
        let product = product.ok_or_else(|| Error::new("there is no such product"))?;
        if item.quantity < 1 || item.quantity > product.quantity_on_hand - product.quantity_reserved
        {
            return Err(Error::new("there is too little stock"));
        }
        Ok((item, product))
    };
    items.iter().map(line).collect()
}

async fn pay(
    transaction: &DatabaseTransaction,
    order_id: i32,
    kind: PaymentKind,
    amount: Decimal,
    method: String,
) -> Result<()> {
    let payment = payment::ActiveModel {
        order_id: Set(order_id),
        kind: Set(kind),
        amount: Set(amount),
        payment_method: Set(method),
        ..Default::default()
    };
    payment.insert(transaction).await?;
    Ok(())
}
