create function fn_add_product(
  p_sku text,
  p_name text,
  p_price numeric,
  p_quantity integer default 0,
  p_low_stock_threshold integer default 10
)
returns v_products
language plpgsql
volatile
set search_path = pg_catalog, public
as $$
declare
  wrong_argument constant text := case
    when coalesce(btrim(p_sku), '') = '' then 'sku'
    when coalesce(btrim(p_name), '') = '' then 'name'
    when p_price between 0.01 and 9999999999.99 and p_price = round(p_price, 2) then null
    else 'price'
  end;
  new_product_id integer;
  result v_products;
begin
  if wrong_argument is not null then
    perform refuse(
      'QO107',
      'INVALID_ARGUMENT',
      format('A product needs a valid %s', wrong_argument),
      jsonb_build_object('argument', wrong_argument),
      'SKU and name must not be blank; the price is above zero and has at most two decimals.'
    );
  end if;
  if p_quantity < 0 or p_low_stock_threshold < 0 then
    perform refuse(
      'QO103',
      'INVALID_QUANTITY',
      'Quantities of a product must not be negative',
      jsonb_build_object('quantity', p_quantity, 'lowStockThreshold', p_low_stock_threshold),
      'Pass zero or more.'
    );
  end if;

  -- A code that is taken violates tb_products_sku_key, whose error names the column.
  insert into tb_products (sku, name, price, quantity_on_hand, low_stock_threshold)
  values (
    btrim(p_sku),
    btrim(p_name),
    p_price,
    coalesce(p_quantity, 0),
    coalesce(p_low_stock_threshold, 10)
  )
  returning id into new_product_id;

  select p.*
  into strict result
  from v_products as p
  where p.id = new_product_id;
  return result;
end
$$;

comment on function fn_add_product(text, text, numeric, integer, integer) is
'@notnull
Adds a product. `quantity` is its first stock; `lowStockThreshold` is the number of available pieces at which stock counts as low.
Refused: a blank SKU or name, or a price that is not above zero (INVALID_ARGUMENT), a negative quantity (INVALID_QUANTITY), a SKU that another product has.';
