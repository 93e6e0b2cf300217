-- Rules that several commands share: how an order is locked, how lines are read, how stock is claimed.
--
-- Locks are always taken in this order, so that commands can wait for each other but never
-- in a circle: the order first, then its products by id. They are NO KEY UPDATE locks,
-- because FOR UPDATE would also block the foreign-key checks of unrelated commands.

-- Locks an order and returns it, in the state that holds until this transaction ends.
create function lock_order(p_order_id integer)
returns tb_orders
language plpgsql
set search_path = pg_catalog, public
as $$
declare
  locked tb_orders;
begin
  select o.*
  into locked
  from tb_orders as o
  where o.id = p_order_id
  for no key update;

  if not found then
    perform refuse(
      'QO203',
      'NOT_FOUND',
      format('There is no order %s', coalesce(p_order_id::text, 'null')),
      jsonb_build_object('entity', 'order', 'id', p_order_id),
      'Use the id of an existing order.'
    );
  end if;
  return locked;
end
$$;

comment on function lock_order(integer) is
  'Locks an order and returns it; refuses an unknown one.';

create function check_quantity(p_product_id integer, p_quantity integer)
returns void
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  if p_quantity between 1 and 1000000 then
    return;
  end if;
  perform refuse(
    'QO103',
    'INVALID_QUANTITY',
    format('The quantity of product %s must be from 1 to 1000000', p_product_id),
    jsonb_build_object(
      'productId', p_product_id,
      'quantity', p_quantity,
      'minimum', 1,
      'maximum', 1000000
    ),
    'Order at least one, or leave the line out.'
  );
end
$$;

comment on function check_quantity(integer, integer) is
  'Refuses a quantity that no line may have.';

-- A JSON number without fraction that fits an integer. A cast would round 1.5 and would
-- fail for large numbers with an error that does not name the line.
create function is_json_integer(p_value jsonb)
returns boolean
language sql
immutable
as $$
  select case jsonb_typeof(p_value)
    when 'number' then
      p_value::numeric = trunc(p_value::numeric)
      and p_value::numeric between -2147483648 and 2147483647
    else false
  end
$$;

comment on function is_json_integer(jsonb) is
  'Whether a JSON value is a number that fits an integer.';

-- Reads lines such as '[{"product_id": 1, "quantity": 2}]'.
create function parse_order_items(p_items jsonb)
returns order_item_input[]
language plpgsql
set search_path = pg_catalog, public
as $$
declare
  item jsonb;
  item_position integer;
  problem text;
  parsed order_item_input;
  items order_item_input[] := '{}';
  seen integer[] := '{}';
begin
  if p_items is null or jsonb_typeof(p_items) <> 'array' or p_items = '[]' then
    perform refuse(
      'QO101',
      'EMPTY_ORDER',
      'An order needs at least one line',
      '{}',
      'Pass a list such as [{"product_id": 1, "quantity": 2}].'
    );
  end if;

  for item, item_position in
    select line.value, line.ordinality
    from jsonb_array_elements(p_items) with ordinality as line
  loop
    problem := case
      when jsonb_typeof(item) <> 'object' then 'it is not an object'
      when not item ?& array['product_id', 'quantity'] then 'product_id or quantity is missing'
      when item - array['product_id', 'quantity'] <> '{}' then
        'it has a key other than product_id and quantity'
      when not is_json_integer(item -> 'product_id') then 'product_id is not an integer'
      when not is_json_integer(item -> 'quantity') then 'quantity is not an integer'
    end;
    if problem is not null then
      perform refuse(
        'QO102',
        'INVALID_ITEM',
        format('Line %s is malformed: %s', item_position, problem),
        jsonb_build_object('line', item_position, 'problem', problem),
        'A line looks like {"product_id": 1, "quantity": 2}.'
      );
    end if;

    parsed.product_id := (item -> 'product_id')::integer;
    parsed.quantity := (item -> 'quantity')::integer;
    perform check_quantity(parsed.product_id, parsed.quantity);

    if parsed.product_id = any (seen) then
      perform refuse(
        'QO104',
        'DUPLICATE_ITEM',
        format('Product %s is in the order more than once', parsed.product_id),
        jsonb_build_object('productId', parsed.product_id),
        'Put the whole quantity into one line.'
      );
    end if;
    seen := seen || parsed.product_id;
    items := items || parsed;
  end loop;
  return items;
end
$$;

comment on function parse_order_items(jsonb) is
  'Reads the lines of an order from JSON; refuses anything that is not exactly a list of lines.';

-- Makes sure that there is stock for lines that are about to be added. The locks keep it so
-- until the lines are there and a trigger has reserved the stock (V003). Every missing product
-- and every shortage is reported, not only the first.
create function claim_stock(p_items order_item_input[])
returns void
language plpgsql
set search_path = pg_catalog, public
as $$
declare
  unknown integer[];
  shortages jsonb;
begin
  perform
  from tb_products as p
  where p.id in (select item.product_id from unnest(p_items) as item)
  order by p.id
  for no key update;

  select array_agg(item.product_id order by item.product_id)
  into unknown
  from unnest(p_items) as item
  where not exists (select from tb_products as p where p.id = item.product_id);

  if unknown is not null then
    perform refuse(
      'QO202',
      'NOT_FOUND',
      format('There is no product %s', array_to_string(unknown, ', ')),
      jsonb_build_object('entity', 'product', 'id', unknown[1], 'ids', unknown),
      'Use the ids of existing products.'
    );
  end if;

  select
    jsonb_agg(
      jsonb_build_object(
        'productId', p.id,
        'requested', item.quantity,
        'available', p.quantity_on_hand - p.quantity_reserved
      )
      order by p.id
    )
  into shortages
  from unnest(p_items) as item
  join tb_products as p on p.id = item.product_id
  where item.quantity > p.quantity_on_hand - p.quantity_reserved;

  if shortages is not null then
    perform refuse(
      'QO301',
      'INSUFFICIENT_STOCK',
      format(
        'Not enough stock of product %s: %s wanted, %s available',
        shortages -> 0 ->> 'productId',
        shortages -> 0 ->> 'requested',
        shortages -> 0 ->> 'available'
      ),
      (shortages -> 0) || jsonb_build_object('shortages', shortages),
      'Order less, or wait until there is new stock.'
    );
  end if;
end
$$;

comment on function claim_stock(order_item_input[]) is
  'Locks products in id order; refuses unknown products and shortages.';
