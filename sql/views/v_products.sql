create view v_products as
select
  p.id,
  p.sku,
  p.name,
  p.price,
  p.created_at,
  p.updated_at,
  p.version
from tb_products as p;

comment on view v_products is
'@relation inventory (id) references v_product_inventory (product_id)
@relation items (id) references v_order_items (product_id)
@relation revenue (id) references v_revenue_by_product (product_id)
Everything that is for sale.';
comment on column v_products.id is 'Identifies the product.';
comment on column v_products.sku is 'Stock keeping unit, the product''s code in the warehouse.';
comment on column v_products.name is 'Name shown to customers.';
comment on column v_products.price is 'Current price of one.';
comment on column v_products.created_at is 'When the product was added.';
comment on column v_products.updated_at is 'When the product or its stock last changed.';
comment on column v_products.version is 'Version of the product, raised by every change.';
