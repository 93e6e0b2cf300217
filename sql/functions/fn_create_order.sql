create function fn_create_order(
  p_customer_id integer,
  p_items jsonb
)
returns v_orders_summary
language plpgsql
volatile
set search_path = pg_catalog, public
as $$
declare
  items constant order_item_input[] := parse_order_items(p_items);
  new_order_id integer;
  result v_orders_summary;
begin
  if not exists (select from tb_customers as c where c.id = p_customer_id) then
    perform refuse(
      'QO201',
      'NOT_FOUND',
      format('There is no customer %s', coalesce(p_customer_id::text, 'null')),
      jsonb_build_object('entity', 'customer', 'id', p_customer_id),
      'Use the id of an existing customer.'
    );
  end if;

  perform claim_stock(items);

  -- The products are locked by now, so both inserts see the same prices.
  insert into tb_orders (customer_id, item_count, total_amount)
  select
    p_customer_id,
    count(*),
    sum(item.quantity * p.price)
  from unnest(items) as item
  join tb_products as p on p.id = item.product_id
  returning id into new_order_id;

  -- A trigger on tb_order_items reserves the stock.
  insert into tb_order_items (order_id, product_id, quantity, price)
  select
    new_order_id,
    p.id,
    item.quantity,
    p.price
  from unnest(items) with ordinality as item (product_id, quantity, line)
  join tb_products as p on p.id = item.product_id
  order by item.line;

  -- A later statement sees what the earlier ones did, so the view is up to date here.
  select o.*
  into strict result
  from v_orders_summary as o
  where o.id = new_order_id;
  return result;
end
$$;

comment on function fn_create_order(integer, jsonb) is
'@input
@notnull
@type p_items order_item_input[]
Places an order for a customer and reserves the stock for it.
Prices are those of the products now. All lines are accepted, or none.
Refused: an unknown customer or product (NOT_FOUND), no lines (EMPTY_ORDER), a malformed line (INVALID_ITEM), a quantity out of range (INVALID_QUANTITY), a product named twice (DUPLICATE_ITEM), too little stock (INSUFFICIENT_STOCK).';
