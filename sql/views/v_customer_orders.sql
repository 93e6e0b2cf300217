create view v_customer_orders as
select
  o.customer_id,
  o.id as order_id,
  o.order_number,
  o.status,
  o.item_count,
  o.total_amount,
  o.created_at
from tb_orders as o;

comment on view v_customer_orders is
'@relation order (order_id) references v_orders_summary (id)
@relation items (order_id) references v_order_items (order_id)
The order history of customers.';
comment on column v_customer_orders.customer_id is 'The customer who placed the order.';
comment on column v_customer_orders.order_id is 'Identifies the order.';
comment on column v_customer_orders.order_number is 'Order number shown to the customer.';
comment on column v_customer_orders.status is 'Where the order stands.';
comment on column v_customer_orders.item_count is 'Number of lines.';
comment on column v_customer_orders.total_amount is 'Sum of the lines.';
comment on column v_customer_orders.created_at is 'When the order was placed.';
