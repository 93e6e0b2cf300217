-- fn_add_customer, fn_add_product, fn_update_product_inventory.

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

do $$
declare
  added v_customers;
begin
  added := fn_add_customer(' Barbara Liskov ', ' Barbara@Example.Test ');
  assert (added.name, added.email, added.version) = ('Barbara Liskov', 'barbara@example.test', 1), 'tidied';
  assert pg_temp.refusal('select fn_add_customer(''B'', ''BARBARA@example.test'')')
    @> '{"sqlstate": "23505"}', 'an address belongs to one customer';
  assert pg_temp.refusal('select fn_add_customer('' '', ''b@example.test'')')
    @> '{"sqlstate": "QO107", "argument": "name"}', 'blank name';
  assert pg_temp.refusal('select fn_add_customer(''B'', ''example.test'')')
    @> '{"sqlstate": "QO107", "argument": "email"}', 'no address';
  assert pg_temp.refusal('select fn_add_customer(''B'', null)')
    @> '{"sqlstate": "QO107", "argument": "email"}', 'no address at all';
end
$$;

do $$
declare
  added v_products;
begin
  added := fn_add_product('TEST-INK', 'Ink', 7.25);
  assert (added.sku, added.name, added.price) = ('TEST-INK', 'Ink', 7.25), 'added';
  assert (
    select (i.quantity_on_hand, i.low_stock_threshold, i.low_stock) = (0, 10, true)
    from v_product_inventory as i
    where i.product_id = added.id
  ), 'without arguments there is no stock and the threshold is 10';

  assert pg_temp.refusal('select fn_add_product(''TEST-INK'', ''Ink'', 1)') @> '{"sqlstate": "23505"}', 'sku taken';
  assert pg_temp.refusal('select fn_add_product('''', ''Ink'', 1)') @> '{"sqlstate": "QO107", "argument": "sku"}', 'sku';
  assert pg_temp.refusal('select fn_add_product(''X'', null, 1)') @> '{"sqlstate": "QO107", "argument": "name"}', 'name';
  assert pg_temp.refusal('select fn_add_product(''X'', ''Ink'', 0)') @> '{"sqlstate": "QO107", "argument": "price"}', 'free';
  assert pg_temp.refusal('select fn_add_product(''X'', ''Ink'', 1.005)') @> '{"sqlstate": "QO107", "argument": "price"}', 'half a cent';
  assert pg_temp.refusal('select fn_add_product(''X'', ''Ink'', ''NaN'')') @> '{"sqlstate": "QO107", "argument": "price"}', 'NaN';
  assert pg_temp.refusal('select fn_add_product(''X'', ''Ink'', null)') @> '{"sqlstate": "QO107", "argument": "price"}', 'no price';
  assert pg_temp.refusal('select fn_add_product(''X'', ''Ink'', 1, -1)') @> '{"sqlstate": "QO103"}', 'negative stock';
  assert pg_temp.refusal('select fn_add_product(''X'', ''Ink'', 1, 1, -1)') @> '{"sqlstate": "QO103"}', 'negative threshold';
end
$$;

do $$
declare
  w world;
  stock v_product_inventory;
begin
  select * into w from world;
  stock := fn_update_product_inventory(w.book, 7);
  assert (stock.quantity_on_hand, stock.quantity_available) = (12, 12), 'pieces came in';
  stock := fn_update_product_inventory(w.book, -2);
  assert (stock.quantity_on_hand, stock.quantity_available) = (10, 10), 'pieces went out';

  perform fn_create_order(w.customer, format('[{"product_id": %s, "quantity": 8}]', w.book)::jsonb);
  assert pg_temp.refusal('select fn_update_product_inventory(%s, -3)', w.book::text)
    @> '{"sqlstate": "QO301", "code": "INSUFFICIENT_STOCK", "requested": 3, "available": 2}', 'reserved pieces stay';
  stock := fn_update_product_inventory(w.book, -2);
  assert (stock.quantity_available, stock.quantity_reserved, stock.low_stock) = (0, 8, true), 'the rest may go';

  assert pg_temp.refusal('select fn_update_product_inventory(-1, 1)')
    @> '{"sqlstate": "QO202", "code": "NOT_FOUND", "entity": "product"}', 'unknown product';
  assert pg_temp.refusal('select fn_update_product_inventory(%s, 0)', w.book::text)
    @> '{"sqlstate": "QO103", "code": "INVALID_QUANTITY"}', 'no change';
  assert pg_temp.refusal('select fn_update_product_inventory(%s, null)', w.book::text)
    @> '{"sqlstate": "QO103"}', 'no number';
  assert pg_temp.refusal('select fn_update_product_inventory(%s, 2147483647)', w.book::text)
    @> '{"sqlstate": "QO103"}', 'more than fits';
  assert pg_temp.refusal('select fn_update_product_inventory(%s, -2147483648)', w.book::text)
    @> '{"sqlstate": "QO301"}', 'less than nothing';
end
$$;

rollback;
