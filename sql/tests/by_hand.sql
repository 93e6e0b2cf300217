-- What holds for changes made without the functions: versions, sums, stock, checks.

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
  jsonb_build_array(
    jsonb_build_object('product_id', w.pen, 'quantity', 2),
    jsonb_build_object('product_id', w.book, 'quantity', 1)
  )
) as o;

-- Versions count real changes only, and nobody sets them.
do $$
declare
  w world;
begin
  select * into w from world;
  update tb_products as p set name = 'Better book' where p.id = w.book;
  assert (select p.version = 3 from tb_products as p where p.id = w.book), 'one for the order, one for the name';
  update tb_products as p set name = 'Better book' where p.id = w.book;
  update tb_products as p set version = 100 where p.id = w.book;
  assert (select p.version = 3 from tb_products as p where p.id = w.book), 'no change, no version';
end
$$;

-- Totals and stock follow the lines.
do $$
declare
  w world;
  b basket;
begin
  select * into w from world;
  select * into b from basket;

  update tb_order_items as line set quantity = 5 where line.order_id = b.id and line.product_id = w.pen;
  assert (select (o.total_amount, o.item_count, o.version) = (27.50, 2, 2) from tb_orders as o where o.id = b.id), 'total';
  assert (select (p.quantity_reserved, p.quantity_in_orders) = (5, 5) from tb_products as p where p.id = w.pen), 'stock';

  delete from tb_order_items as line where line.order_id = b.id and line.product_id = w.pen;
  assert (select (o.total_amount, o.item_count, o.version) = (20.00, 1, 3) from tb_orders as o where o.id = b.id), 'total';
  assert (select (p.quantity_reserved, p.quantity_in_orders) = (0, 0) from tb_products as p where p.id = w.pen), 'stock';

  insert into tb_order_items (order_id, product_id, quantity, price) values (b.id, w.pen, 1, 0.50);
  assert (select (o.total_amount, o.item_count, o.version) = (20.50, 2, 4) from tb_orders as o where o.id = b.id), 'total';
  assert (select (p.quantity_reserved, p.quantity_in_orders) = (1, 1) from tb_products as p where p.id = w.pen), 'stock';

  assert pg_temp.refusal(
    'update tb_order_items set product_id = %s where order_id = %s and product_id = %s',
    (select fn_add_product('TEST-CUP', 'Cup', 3.00, 1)).id::text,
    b.id::text,
    w.pen::text
  ) @> '{"sqlstate": "QO501"}', 'a line does not become another one';
  assert pg_temp.refusal(
    'insert into tb_order_items (order_id, product_id, quantity, price) values (%s, %s, 2, 3.00)',
    b.id::text,
    (select p.id::text from tb_products as p where p.sku = 'TEST-CUP')
  ) @> '{"sqlstate": "23514"}', 'not even by hand is anything oversold';
  assert pg_temp.refusal('update tb_orders set status = ''delivered'' where id = %s', b.id::text)
    @> '{"sqlstate": "QO302"}', 'no status is left out by hand';
end
$$;

-- Checks and keys of the tables.
do $$
declare
  w world;
  b basket;
  attempt record;
  answer jsonb;
begin
  select * into w from world;
  select * into b from basket;
  for attempt in
    select *
    from (
      values
        ('23514', 'insert into tb_customers (name, email) values ('' '', ''a@b'')'),
        ('23514', 'insert into tb_customers (name, email) values (''A'', ''a b@c'')'),
        ('23514', 'insert into tb_customers (name, email) values (''A'', ''A@b'')'),
        ('23505', 'insert into tb_customers (name, email) values (''A'', ''test-customer@example.test'')'),
        ('23514', 'insert into tb_products (sku, name, price) values (''X'', ''X'', 0)'),
        ('23514', 'insert into tb_products (sku, name, price) values (''X'', ''X'', ''NaN'')'),
        ('23514', 'update tb_products set quantity_on_hand = 0 where id = %1$s'),
        ('23514', 'update tb_products set quantity_reserved = -1 where id = %1$s'),
        ('23503', 'insert into tb_orders (customer_id) values (-1)'),
        ('23514', 'insert into tb_orders (customer_id, status) values (%2$s, ''paid'')'),
        ('23514', 'update tb_orders set cancelled_at = now() where id = %3$s'),
        ('23514', 'update tb_orders set shipped_at = now() where id = %3$s'),
        ('23505', 'insert into tb_orders (customer_id, order_number) select %2$s, order_number from tb_orders where id = %3$s'),
        ('23505', 'insert into tb_order_items (order_id, product_id, quantity, price) values (%3$s, %1$s, 1, 1)'),
        ('23514', 'update tb_order_items set quantity = 0 where order_id = %3$s'),
        ('23503', 'delete from tb_customers where id = %2$s'),
        ('23503', 'delete from tb_orders where id = %3$s'),
        ('23503', 'delete from tb_products where id = %1$s'),
        ('23514', 'insert into tb_payments (order_id, amount, payment_method) values (%3$s, 0, ''paypal'')'),
        ('23514', 'insert into tb_payments (order_id, amount, payment_method) values (%3$s, 1, ''shells'')'),
        ('23505', 'insert into tb_payments (order_id, amount, payment_method) values (%3$s, 1, ''paypal''), (%3$s, 1, ''paypal'')')
    ) as attempts (expected, command)
  loop
    answer := pg_temp.refusal(attempt.command, w.book::text, w.customer::text, b.id::text);
    assert answer ->> 'sqlstate' = attempt.expected, format('%s was answered by %s', attempt.command, answer);
  end loop;
end
$$;

rollback;
