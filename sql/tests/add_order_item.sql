-- fn_add_order_item: what it does, and everything it refuses.

begin;

-- The world of this test: a customer and two products, a pen for 1.50 (10 in stock) and a
-- book for 20.00 (5 in stock).
create temporary table world on commit drop as
select
  customer.id as customer,
  pen.id as pen,
  book.id as book
from fn_add_customer('Test Customer', 'test-customer@example.test') as customer
cross join fn_add_product('TEST-PEN', 'Pen', 1.50, 10, 3) as pen
cross join fn_add_product('TEST-BOOK', 'Book', 20.00, 5, 3) as book;

-- Everything that a refused command must leave as it was.
create function pg_temp.everything()
returns text
language sql
as $$
  select md5(concat_ws(
    '|',
    (select string_agg(p::text, ',' order by p.id) from tb_products as p),
    (select string_agg(o::text, ',' order by o.id) from tb_orders as o),
    (select string_agg(line::text, ',' order by line.id) from tb_order_items as line),
    (select string_agg(payment::text, ',' order by payment.id) from tb_payments as payment),
    (select max(log.id)::text from tb_audit_log as log)
  ))
$$;

-- Runs a command and returns how it was refused, or null if it was not.
create function pg_temp.refusal(p_command text, variadic p_arguments text[] default '{}')
returns jsonb
language plpgsql
as $$
declare
  before_command constant text := pg_temp.everything();
  state text;
  detail text;
begin
  begin
    execute format(p_command, variadic p_arguments);
    return null;
  exception when others then
    get stacked diagnostics
      state = returned_sqlstate,
      detail = pg_exception_detail;
  end;
  assert pg_temp.everything() = before_command, 'a refused command left something behind';
  if starts_with(state, 'QO') then
    return jsonb_build_object('sqlstate', state) || detail::jsonb;
  end if;
  return jsonb_build_object('sqlstate', state);
end
$$;

create temporary table basket on commit drop as
select o.*
from world as w
cross join fn_create_order(
  w.customer,
  jsonb_build_array(jsonb_build_object('product_id', w.pen, 'quantity', 2))
) as o;

do $$
declare
  w world;
  b basket;
begin
  select * into w from world;
  select * into b from basket;

  assert pg_temp.refusal('select fn_add_order_item(-1, %s, 1)', w.book::text)
    @> '{"sqlstate": "QO203", "code": "NOT_FOUND", "entity": "order"}', 'unknown order';
  assert pg_temp.refusal('select fn_add_order_item(%s, -1, 1)', b.id::text)
    @> '{"sqlstate": "QO202", "code": "NOT_FOUND", "entity": "product", "id": -1}', 'unknown product';
  assert pg_temp.refusal('select fn_add_order_item(%s, null, 1)', b.id::text)
    @> '{"sqlstate": "QO202"}', 'no product';
  assert pg_temp.refusal('select fn_add_order_item(%s, %s, 0)', b.id::text, w.book::text)
    @> '{"sqlstate": "QO103", "code": "INVALID_QUANTITY", "quantity": 0}', 'zero';
  assert pg_temp.refusal('select fn_add_order_item(%s, %s, null)', b.id::text, w.book::text)
    @> '{"sqlstate": "QO103"}', 'no quantity';
  assert pg_temp.refusal('select fn_add_order_item(%s, %s, 1)', b.id::text, w.pen::text)
    @> '{"sqlstate": "QO104", "code": "DUPLICATE_ITEM"}', 'a product that is there already';
  assert pg_temp.refusal('select fn_add_order_item(%s, %s, 6)', b.id::text, w.book::text)
    @> '{"sqlstate": "QO301", "code": "INSUFFICIENT_STOCK", "requested": 6, "available": 5}', 'too many';
end
$$;

do $$
declare
  w world;
  b basket;
  changed v_orders_summary;
begin
  select * into w from world;
  select * into b from basket;
  changed := fn_add_order_item(b.id, w.book, 5);
  assert changed.total_amount = 103.00, 'the total grows';
  assert changed.item_count = 2, 'the line is counted';
  assert changed.version = b.version + 1, 'the order has a new version';
  assert (
    select (i.quantity_available, i.quantity_reserved, i.low_stock) = (0, 5, true)
    from v_product_inventory as i
    where i.product_id = w.book
  ), 'the stock is reserved';

  assert pg_temp.refusal(
    'select fn_process_payment(%s, 3.00, ''credit_card'', %s)',
    b.id::text,
    b.version::text
  ) @> '{"sqlstate": "QO401"}', 'who saw the old total cannot pay it';

  perform fn_process_payment(b.id, 103.00, 'credit_card', changed.version);
  assert pg_temp.refusal('select fn_add_order_item(%s, %s, 1)', b.id::text, w.book::text)
    @> '{"sqlstate": "QO303", "code": "ORDER_NOT_PENDING", "status": "PAID"}', 'a paid order is complete';
end
$$;

rollback;
