//! Queries.

use std::collections::HashMap;

use async_graphql::{Context, Object, Result};
use rust_decimal::Decimal;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, DatabaseConnection, EntityTrait, FromQueryResult, JoinType, LoaderTrait,
    ModelTrait, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
};

use super::Loading;
use super::objects::{Customer, Inventory, Item, Order, Revenue};
use crate::entity::order::OrderStatus;
use crate::entity::{customer, order, order_item, product};

/// Statuses of orders that were paid for.
const SOLD: [OrderStatus; 3] = [OrderStatus::Paid, OrderStatus::Shipped, OrderStatus::Delivered];

/// The query root.
pub(crate) struct Query;

#[Object]
impl Query {
    async fn orders_summary_by_id(&self, ctx: &Context<'_>, id: i32) -> Result<Option<Order>> {
        let database: &DatabaseConnection = ctx.data_unchecked();
        let order = order::Entity::find_by_id(id).one(database).await?;
        Ok(orders(ctx, order.into_iter().collect(), "").await?.pop())
    }

    async fn orders_summary(
        &self,
        ctx: &Context<'_>,
        after: i32,
        limit: u64,
    ) -> Result<Vec<Order>> {
        let database: &DatabaseConnection = ctx.data_unchecked();
        let found = order::Entity::find().filter(order::Column::Id.gt(after));
        let found = found.order_by_asc(order::Column::Id).limit(limit).all(database).await?;
        orders(ctx, found, "").await
    }

    async fn customer_orders(&self, ctx: &Context<'_>, customer_id: i32) -> Result<Vec<Order>> {
        let database: &DatabaseConnection = ctx.data_unchecked();
        let found = order::Entity::find().filter(order::Column::CustomerId.eq(customer_id));
        let found = found.order_by_asc(order::Column::Id).all(database).await?;
        orders(ctx, found, "").await
    }

    async fn customers(&self, ctx: &Context<'_>, after: i32, limit: u64) -> Result<Vec<Customer>> {
        let database: &DatabaseConnection = ctx.data_unchecked();
        let found = customer::Entity::find().filter(customer::Column::Id.gt(after));
        let found = found.order_by_asc(customer::Column::Id).limit(limit).all(database).await?;
        customers(ctx, found).await
    }

    async fn product_inventory(&self, ctx: &Context<'_>) -> Result<Vec<Inventory>> {
        let database: &DatabaseConnection = ctx.data_unchecked();
        let products = product::Entity::find().order_by_asc(product::Column::Id).all(database);
        Ok(products.await?.into_iter().map(Inventory).collect())
    }

    async fn revenue_by_product(&self, ctx: &Context<'_>, limit: u64) -> Result<Vec<Revenue>> {
        let database: &DatabaseConnection = ctx.data_unchecked();
        let products = product::Entity::find().order_by_asc(product::Column::Id).limit(limit);
        let products = products.all(database).await?;
        match ctx.data_unchecked() {
            Loading::Lazy => revenue_one_by_one(database, products).await,
            Loading::Eager => revenue_at_once(database, products).await,
        }
    }
}

/// Orders, eagerly with what is selected of them below `path`.
async fn orders(ctx: &Context<'_>, found: Vec<order::Model>, path: &str) -> Result<Vec<Order>> {
    if *ctx.data_unchecked::<Loading>() == Loading::Lazy {
        return Ok(found.into_iter().map(Order::lazy).collect());
    }
    let database: &DatabaseConnection = ctx.data_unchecked();
    let look = ctx.look_ahead();
    let look = if path.is_empty() { look } else { look.field(path) };
    let named = look.field("customerName").exists() || look.field("customerEmail").exists();
    let customers = match named {
        true => found.load_one(customer::Entity, database).await?,
        false => vec![None; found.len()],
    };
    let items = match look.field("items").exists() {
        true => {
            Some(items(database, &found, look.field("items").field("productName").exists()).await?)
        }
        false => None,
    };
    let mut items = items.map(Vec::into_iter);
    let orders = found.into_iter().zip(customers).map(|(model, customer)| {
        let mut order = Order::from(model);
        order.customer = customer.map(Into::into).unwrap_or_default();
        if let Some(items) = items.as_mut().and_then(Iterator::next) {
            order.items = items.into();
        }
        order
    });
    Ok(orders.collect())
}

/// The lines of orders, with their products.
async fn items(
    database: &DatabaseConnection,
    orders: &[order::Model],
    with_products: bool,
) -> Result<Vec<Vec<Item>>> {
    let query = order_item::Entity::find().order_by_asc(order_item::Column::Id);
    let of_orders = orders.load_many(query, database).await?;
    let all: Vec<_> = of_orders.iter().flatten().cloned().collect();
    let products = match with_products {
        true => all.load_one(product::Entity, database).await?,
        false => vec![None; all.len()],
    };
    let mut products = products.into_iter();
    let with_product = |model: order_item::Model| {
        let product = products.next().flatten();
        Item { model, product: product.map(Into::into).unwrap_or_default() }
    };
    let mut with_product = with_product;
    Ok(of_orders
        .into_iter()
        .map(|items| items.into_iter().map(&mut with_product).collect())
        .collect())
}

/// Customers, eagerly with their latest orders and the lines of these.
async fn customers(ctx: &Context<'_>, found: Vec<customer::Model>) -> Result<Vec<Customer>> {
    if *ctx.data_unchecked::<Loading>() == Loading::Lazy {
        return Ok(found.into_iter().map(Customer::from).collect());
    }
    let database: &DatabaseConnection = ctx.data_unchecked();
    let selected = ctx.look_ahead().field("ordersSummary");
    let limit = selected.selection_fields().first().and_then(|field| {
        let arguments = field.arguments().ok()?;
        let limit = arguments.into_iter().find(|(name, _)| name == "limit")?;
        serde_json::to_value(limit.1).ok()?.as_u64()
    });
    let limit = usize::try_from(limit.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
    // An ORM cannot limit what it loads per parent: all orders come, and most are dropped here.
    let query = order::Entity::find().order_by_desc(order::Column::CreatedAt);
    let of_customers = found.load_many(query, database).await?;
    let mut counts = Vec::new();
    let mut all = Vec::new();
    for models in of_customers {
        let kept = models.into_iter().take(limit);
        let before = all.len();
        all.extend(kept);
        counts.push(all.len() - before);
    }
    let mut all = orders(ctx, all, "ordersSummary").await?.into_iter();
    let customers = found.into_iter().zip(counts).map(|(model, count)| {
        let mut customer = Customer::from(model);
        customer.orders = all.by_ref().take(count).collect::<Vec<_>>().into();
        customer
    });
    Ok(customers.collect())
}

async fn revenue_one_by_one(
    database: &DatabaseConnection,
    products: Vec<product::Model>,
) -> Result<Vec<Revenue>> {
    let mut revenues = Vec::with_capacity(products.len());
    for product in products {
        let lines = product
            .find_related(order_item::Entity)
            .join(JoinType::InnerJoin, order_item::Relation::Order.def())
            .filter(order::Column::Status.is_in(SOLD))
            .all(database)
            .await?;
        revenues.push(Revenue {
            product,
            order_count: lines.len().try_into()?,
            quantity_sold: lines.iter().map(|line| i64::from(line.quantity)).sum(),
            revenue: lines.iter().map(|line| line.price * Decimal::from(line.quantity)).sum(),
        });
    }
    Ok(revenues)
}

/// Sales of a product, added up by the database.
#[derive(FromQueryResult)]
struct Sale {
    product_id: i32,
    order_count: i64,
    quantity_sold: i64,
    revenue: Decimal,
}

async fn revenue_at_once(
    database: &DatabaseConnection,
    products: Vec<product::Model>,
) -> Result<Vec<Revenue>> {
    use order_item::Column::{Price, ProductId, Quantity};
    let value =
        Expr::col((order_item::Entity, Quantity)).mul(Expr::col((order_item::Entity, Price)));
    let sales: Vec<Sale> = order_item::Entity::find()
        .select_only()
        .column(ProductId)
        .column_as(ProductId.count(), "order_count")
        .column_as(Quantity.sum(), "quantity_sold")
        .column_as(value.sum(), "revenue")
        .join(JoinType::InnerJoin, order_item::Relation::Order.def())
        .filter(order::Column::Status.is_in(SOLD))
        .filter(ProductId.is_in(products.iter().map(|product| product.id)))
        .group_by(ProductId)
        .into_model()
        .all(database)
        .await?;
    let mut sales: HashMap<i32, Sale> =
        sales.into_iter().map(|sale| (sale.product_id, sale)).collect();
    let revenues = products.into_iter().map(|product| match sales.remove(&product.id) {
        Some(sale) => Revenue {
            product,
            order_count: sale.order_count,
            quantity_sold: sale.quantity_sold,
            revenue: sale.revenue,
        },
        None => Revenue { product, order_count: 0, quantity_sold: 0, revenue: Decimal::new(0, 2) },
    });
    Ok(revenues.collect())
}
