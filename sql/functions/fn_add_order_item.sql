create function fn_add_order_item(
  p_order_id integer,
  p_product_id integer,
  p_quantity integer
)
returns v_orders_summary
language plpgsql
volatile
set search_path = pg_catalog, public
as $$
declare
  target constant tb_orders := lock_order(p_order_id);
  result v_orders_summary;
begin
  if target.status <> 'pending' then
    perform refuse(
      'QO303',
      'ORDER_NOT_PENDING',
      format('Order %s is %s; only a pending order can get more lines', target.order_number, target.status),
      jsonb_build_object('status', upper(target.status::text)),
      'Place another order.'
    );
  end if;

  perform check_quantity(p_product_id, p_quantity);

  if exists (
    select
    from tb_order_items as line
    where line.order_id = p_order_id
      and line.product_id = p_product_id
  ) then
    perform refuse(
      'QO104',
      'DUPLICATE_ITEM',
      format('Order %s has product %s already', target.order_number, p_product_id),
      jsonb_build_object('productId', p_product_id),
      'An order has one line per product; place another order for more of it.'
    );
  end if;

  perform claim_stock(array[row(p_product_id, p_quantity)::order_item_input]);

  -- A trigger on tb_order_items reserves the stock and brings the order's totals, and so its
  -- version, up to date.
  insert into tb_order_items (order_id, product_id, quantity, price)
  select
    p_order_id,
    p.id,
    p_quantity,
    p.price
  from tb_products as p
  where p.id = p_product_id;

  select o.*
  into strict result
  from v_orders_summary as o
  where o.id = p_order_id;
  return result;
end
$$;

comment on function fn_add_order_item(integer, integer, integer) is
'@notnull
Adds a line to a pending order and reserves the stock for it. The order gets a new version.
Refused: an unknown order or product (NOT_FOUND), an order that is not pending (ORDER_NOT_PENDING), a quantity out of range (INVALID_QUANTITY), a product that the order has already (DUPLICATE_ITEM), too little stock (INSUFFICIENT_STOCK).';
