create function fn_update_product_inventory(
  p_product_id integer,
  p_quantity_change integer
)
returns v_product_inventory
language plpgsql
volatile
set search_path = pg_catalog, public
as $$
declare
  target tb_products;
  result v_product_inventory;
begin
  -- A change, not a new quantity: two deliveries at once are both counted.
  select p.*
  into target
  from tb_products as p
  where p.id = p_product_id
  for no key update;

  if not found then
    perform refuse(
      'QO202',
      'NOT_FOUND',
      format('There is no product %s', coalesce(p_product_id::text, 'null')),
      jsonb_build_object('entity', 'product', 'id', p_product_id),
      'Use the id of an existing product.'
    );
  end if;

  if p_quantity_change is null
    or p_quantity_change = 0
    or p_quantity_change::bigint + target.quantity_on_hand > 2147483647 then
    perform refuse(
      'QO103',
      'INVALID_QUANTITY',
      'The stock must change by a number other than zero, to at most 2147483647',
      jsonb_build_object('productId', p_product_id, 'quantity', p_quantity_change),
      'Pass how many pieces came in, or minus how many went out.'
    );
  end if;

  if target.quantity_on_hand::bigint + p_quantity_change < target.quantity_reserved then
    perform refuse(
      'QO301',
      'INSUFFICIENT_STOCK',
      format(
        'Not enough stock of product %s: %s to be removed, %s available',
        p_product_id,
        -p_quantity_change::bigint,
        target.quantity_on_hand - target.quantity_reserved
      ),
      jsonb_build_object(
        'productId', p_product_id,
        'requested', -p_quantity_change::bigint,
        'available', target.quantity_on_hand - target.quantity_reserved
      ),
      'Reserved pieces cannot be removed; cancel orders first.'
    );
  end if;

  update tb_products as p
  set quantity_on_hand = p.quantity_on_hand + p_quantity_change
  where p.id = p_product_id;

  select i.*
  into strict result
  from v_product_inventory as i
  where i.product_id = p_product_id;
  return result;
end
$$;

comment on function fn_update_product_inventory(integer, integer) is
'@notnull
Adds pieces of a product to the stock, or removes them if `quantityChange` is negative.
Refused: an unknown product (NOT_FOUND), a change of zero (INVALID_QUANTITY), removing pieces that are reserved (INSUFFICIENT_STOCK).';
