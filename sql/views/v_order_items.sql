create view v_order_items as
select
  line.id,
  line.order_id,
  line.product_id,
  p.name as product_name,
  p.sku,
  line.quantity,
  line.price,
  line.quantity * line.price as subtotal
from tb_order_items as line
left join tb_products as p on p.id = line.product_id;

comment on view v_order_items is
'@relation order (order_id) references v_orders_summary (id)
Lines of orders; an order has at most one line per product.';
comment on column v_order_items.id is 'Identifies the line.';
comment on column v_order_items.order_id is 'The order it belongs to.';
comment on column v_order_items.product_id is 'The product ordered.';
comment on column v_order_items.product_name is 'Name of the product.';
comment on column v_order_items.sku is 'The product''s code in the warehouse.';
comment on column v_order_items.quantity is 'How many were ordered.';
comment on column v_order_items.price is 'Price of one, fixed when the line was added.';
comment on column v_order_items.subtotal is 'Quantity times price.';
