create view v_product_inventory as
select
  p.id as product_id,
  p.name as product_name,
  p.sku,
  p.quantity_on_hand,
  p.quantity_reserved,
  p.quantity_on_hand - p.quantity_reserved as quantity_available,
  p.quantity_in_orders,
  p.low_stock_threshold,
  p.quantity_on_hand - p.quantity_reserved <= p.low_stock_threshold as low_stock,
  p.updated_at
from tb_products as p;

comment on view v_product_inventory is
'@relation product (product_id) references v_products (id)
@relation items (product_id) references v_order_items (product_id)
The stock of every product, as it is now.';
comment on column v_product_inventory.product_id is 'Identifies the product.';
comment on column v_product_inventory.product_name is 'Name of the product.';
comment on column v_product_inventory.sku is 'The product''s code in the warehouse.';
comment on column v_product_inventory.quantity_on_hand is
  'How many are in the warehouse, reserved ones included.';
comment on column v_product_inventory.quantity_reserved is
  'How many of them belong to orders that have not been shipped.';
comment on column v_product_inventory.quantity_available is
  'How many can still be ordered: those on hand that are not reserved.';
comment on column v_product_inventory.quantity_in_orders is
  'How many were ordered altogether, cancelled orders left out.';
comment on column v_product_inventory.low_stock_threshold is
  'Stock is low when no more than this many are available.';
comment on column v_product_inventory.low_stock is
  'Whether stock is low.';
comment on column v_product_inventory.updated_at is 'When the product or its stock last changed.';
