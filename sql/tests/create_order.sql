-- fn_create_order: what it does, and everything it refuses.

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
  w world;
  placed v_orders_summary;
begin
  select * into w from world;
  placed := fn_create_order(
    p_customer_id := w.customer,
    p_items := format(
      '[{"product_id": %s, "quantity": 2}, {"product_id": %s, "quantity": 4}]',
      w.book,
      w.pen
    )::jsonb
  );

  assert placed.status = 'pending', 'a new order is pending';
  assert placed.version = 1, 'a new order has version 1';
  assert placed.total_amount = 46.00, 'the total comes from the prices of the products';
  assert placed.item_count = 2, 'the lines are counted';
  assert placed.customer_email = 'test-customer@example.test', 'the row is a whole row of the view';
  assert placed.order_number ~ '^ORD-\d{6,}$', 'the order has a number';
  assert placed.refund_amount is null and placed.paid_at is null, 'nothing else has happened';

  assert (
    select array_agg(line.product_id order by line.id) = array[w.book, w.pen]
    from v_order_items as line
    where line.order_id = placed.id
  ), 'lines keep their order';
  assert (
    select (i.quantity_available, i.quantity_reserved, i.quantity_in_orders) = (3, 2, 2)
    from v_product_inventory as i
    where i.product_id = w.book
  ), 'stock is reserved';
  assert (
    select count(*) = 1
    from tb_audit_log as log
    where log.entity_type = 'order'
      and log.entity_id = placed.id
  ), 'placing an order is one change of it';
end
$$;

-- A later change of the price does not touch the order.
do $$
declare
  w world;
  placed v_orders_summary;
begin
  select * into w from world;
  placed := fn_create_order(w.customer, format('[{"product_id": %s, "quantity": 1}]', w.pen)::jsonb);
  update tb_products as p set price = 99 where p.id = w.pen;
  assert (
    select o.total_amount = 1.50 from v_orders_summary as o where o.id = placed.id
  ), 'prices are fixed when the order is placed';
  update tb_products as p set price = 1.50 where p.id = w.pen;
end
$$;

-- The whole stock can be ordered, but no more.
do $$
declare
  w world;
begin
  select * into w from world;
  perform fn_create_order(w.customer, format('[{"product_id": %s, "quantity": 3}]', w.book)::jsonb);
  assert pg_temp.refusal(
    'select fn_create_order(%s, ''[{"product_id": %s, "quantity": 1}]'')',
    w.customer::text,
    w.book::text
  ) @> jsonb_build_object(
    'sqlstate', 'QO301',
    'code', 'INSUFFICIENT_STOCK',
    'productId', w.book,
    'requested', 1,
    'available', 0
  ), 'what is gone cannot be ordered';
  assert jsonb_array_length(
    pg_temp.refusal(
      'select fn_create_order(%s, ''[{"product_id": %s, "quantity": 50}, {"product_id": %s, "quantity": 1}]'')',
      w.customer::text,
      w.pen::text,
      w.book::text
    ) -> 'shortages'
  ) = 2, 'all shortages are reported at once';
end
$$;

-- Refusals of the arguments.
do $$
declare
  w world;
  attempt record;
  answer jsonb;
begin
  select * into w from world;
  for attempt in
    select *
    from (
      values
        ('{"sqlstate": "QO101", "code": "EMPTY_ORDER"}', '[]'),
        ('{"sqlstate": "QO101", "code": "EMPTY_ORDER"}', '{}'),
        ('{"sqlstate": "QO101", "code": "EMPTY_ORDER"}', 'null'),
        ('{"sqlstate": "QO102", "code": "INVALID_ITEM", "line": 1}', '[1]'),
        ('{"sqlstate": "QO102", "code": "INVALID_ITEM"}', '[null]'),
        ('{"sqlstate": "QO102", "code": "INVALID_ITEM"}', '[{"product_id": %s}]'),
        ('{"sqlstate": "QO102", "code": "INVALID_ITEM"}', '[{"quantity": 1}]'),
        ('{"sqlstate": "QO102", "code": "INVALID_ITEM"}', '[{"product_id": %s, "quantity": 1, "price": 0}]'),
        ('{"sqlstate": "QO102", "code": "INVALID_ITEM"}', '[{"product_id": %s, "quantity": 1.5}]'),
        ('{"sqlstate": "QO102", "code": "INVALID_ITEM"}', '[{"product_id": %s, "quantity": "1"}]'),
        ('{"sqlstate": "QO102", "code": "INVALID_ITEM"}', '[{"product_id": %s, "quantity": null}]'),
        ('{"sqlstate": "QO102", "code": "INVALID_ITEM"}', '[{"product_id": %s, "quantity": 1e30}]'),
        ('{"sqlstate": "QO102", "code": "INVALID_ITEM", "line": 2}', '[{"product_id": %s, "quantity": 1}, {"product_id": "x", "quantity": 1}]'),
        ('{"sqlstate": "QO103", "code": "INVALID_QUANTITY"}', '[{"product_id": %s, "quantity": 0}]'),
        ('{"sqlstate": "QO103", "code": "INVALID_QUANTITY"}', '[{"product_id": %s, "quantity": -1}]'),
        ('{"sqlstate": "QO103", "code": "INVALID_QUANTITY"}', '[{"product_id": %s, "quantity": 1000001}]'),
        ('{"sqlstate": "QO104", "code": "DUPLICATE_ITEM"}', '[{"product_id": %1$s, "quantity": 1}, {"product_id": %1$s, "quantity": 2}]'),
        ('{"sqlstate": "QO202", "code": "NOT_FOUND", "entity": "product", "id": -1}', '[{"product_id": %s, "quantity": 1}, {"product_id": -1, "quantity": 1}]')
    ) as attempts (expected, items)
  loop
    answer := pg_temp.refusal(
      'select fn_create_order(%s, %L)',
      w.customer::text,
      format(attempt.items, w.pen)
    );
    assert answer @> attempt.expected::jsonb, format('%s was answered by %s', attempt.items, answer);
  end loop;

  assert pg_temp.refusal('select fn_create_order(%s, null)', w.customer::text)
    @> '{"sqlstate": "QO101"}', 'no list at all is an empty order';
  assert pg_temp.refusal(
    'select fn_create_order(-1, ''[{"product_id": %s, "quantity": 1}]'')',
    w.pen::text
  ) @> '{"sqlstate": "QO201", "code": "NOT_FOUND", "entity": "customer", "id": -1}',
    'an unknown customer is refused';
end
$$;

-- Nobody needs a search_path.
set local search_path = '';
do $$
declare
  w pg_temp.world;
begin
  select * into w from pg_temp.world;
  assert (
    public.fn_create_order(
      w.customer,
      pg_catalog.format('[{"product_id": %s, "quantity": 1}]', w.pen)::jsonb
    )
  ).total_amount = 1.50, 'functions find everything with an empty search_path';
end
$$;

rollback;
