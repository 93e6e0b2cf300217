-- Lines are added up per product before anything is joined to them: joining first and adding
-- up later counts a line once per joined row.
create materialized view v_revenue_by_product as
with
sale as (
  select
    line.product_id,
    count(*)::integer as order_count,
    sum(line.quantity) as quantity_sold,
    sum(line.quantity * line.price) as revenue,
    min(o.paid_at) as first_sold_at,
    max(o.paid_at) as last_sold_at
  from tb_order_items as line
  join tb_orders as o on o.id = line.order_id
  where o.status in ('paid', 'shipped', 'delivered')
  group by line.product_id
)
select
  p.id as product_id,
  p.name as product_name,
  p.sku,
  coalesce(sale.order_count, 0) as order_count,
  coalesce(sale.quantity_sold, 0) as quantity_sold,
  coalesce(sale.revenue, 0.00) as revenue,
  sale.first_sold_at,
  sale.last_sold_at,
  now() as refreshed_at
from tb_products as p
left join sale on sale.product_id = p.id;

-- REFRESH MATERIALIZED VIEW CONCURRENTLY needs a unique index.
create unique index v_revenue_by_product_key on v_revenue_by_product (product_id);
create index v_revenue_by_product_sku_idx on v_revenue_by_product (sku);
create index v_revenue_by_product_revenue_idx on v_revenue_by_product (revenue);

comment on materialized view v_revenue_by_product is
'@relation product (product_id) references v_products (id)
What every product has earned, as of `refreshedAt`. Only orders that were paid and not cancelled count.';
comment on column v_revenue_by_product.product_id is 'Identifies the product.';
comment on column v_revenue_by_product.product_name is 'Name of the product.';
comment on column v_revenue_by_product.sku is 'The product''s code in the warehouse.';
comment on column v_revenue_by_product.order_count is 'Number of orders with this product.';
comment on column v_revenue_by_product.quantity_sold is 'How many were sold.';
comment on column v_revenue_by_product.revenue is
  'What they earned, at the prices of the orders.';
comment on column v_revenue_by_product.first_sold_at is
  'When the first of these orders was paid; null if there is none.';
comment on column v_revenue_by_product.last_sold_at is
  'When the last of these orders was paid; null if there is none.';
comment on column v_revenue_by_product.refreshed_at is 'When these numbers were computed.';
