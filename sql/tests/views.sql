-- The views: what they show, and that nobody pays for columns that were not asked for.

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

do $$
declare
  w world;
  b basket;
  details v_order_details;
begin
  select * into w from world;
  select * into b from basket;
  perform fn_process_payment(b.id, 23.00, 'debit_card', 1);

  select d.* into details from v_order_details as d where d.id = b.id;
  assert cardinality(details.lines) = 2, 'an order nests its lines';
  assert ((details.lines[1]).product_name, (details.lines[1]).subtotal) = ('Pen', 3.00), 'line';
  assert (details.payment_method, details.paid_amount, details.refunded_amount) = ('debit_card', 23.00, 0.00), 'money';

  assert (
    select (h.order_id, h.status, h.item_count, h.total_amount) = (b.id, 'paid', 2, 23.00)
    from v_customer_orders as h
    where h.customer_id = w.customer
  ), 'the history of the customer';
  assert (
    select (v.order_count, v.total_spent, v.average_order_value) = (1, 23.00, 23.00)
    from v_customer_lifetime_value as v
    where v.customer_id = w.customer
  ), 'what the customer has spent';

  -- A second order, so that a product has several lines and an order several payments.
  perform fn_process_payment(
    (fn_create_order(w.customer, format('[{"product_id": %s, "quantity": 1}]', w.pen)::jsonb)).id,
    1.50,
    'paypal',
    1
  );
  perform fn_create_order(w.customer, format('[{"product_id": %s, "quantity": 1}]', w.pen)::jsonb);
  refresh materialized view v_revenue_by_product;
  assert (
    select (r.order_count, r.quantity_sold, r.revenue) = (2, 3, 4.50)
    from v_revenue_by_product as r
    where r.product_id = w.pen
  ), 'every paid line counts once, unpaid ones do not';

  perform fn_cancel_order(b.id, 'Only a test');
  refresh materialized view v_revenue_by_product;
  assert (
    select (r.order_count, r.quantity_sold, r.revenue, r.first_sold_at) is not distinct from (0, 0::bigint, 0.00, null::timestamptz)
    from v_revenue_by_product as r
    where r.product_id = w.book
  ), 'a cancelled order earns nothing';
end
$$;

-- Stock is the sum of the lines, whatever happened.
do $$
begin
  assert not exists (
    select
    from tb_products as p
    where (p.quantity_reserved, p.quantity_in_orders) <> (
      select
        coalesce(sum(line.quantity) filter (where o.status in ('pending', 'paid')), 0),
        coalesce(sum(line.quantity) filter (where o.status <> 'cancelled'), 0)
      from tb_order_items as line
      join tb_orders as o on o.id = line.order_id
      where line.product_id = p.id
    )
  ), 'stock';
  assert not exists (
    select
    from tb_orders as o
    where (o.item_count, o.total_amount) <> (
      select
        count(*),
        coalesce(sum(line.quantity * line.price), 0)
      from tb_order_items as line
      where line.order_id = o.id
    )
  ), 'totals';
end
$$;

-- The plan of a query that leaves columns out touches no other table.
create function pg_temp.tables_read(p_query text)
returns text[]
language plpgsql
as $$
declare
  plan json;
begin
  execute 'explain (format json) ' || p_query into plan;
  return (
    select array_agg(distinct found.part[1] order by found.part[1])
    from regexp_matches(plan::text, '"Relation Name": "([^"]*)"', 'g') as found (part)
  );
end
$$;

do $$
begin
  assert pg_temp.tables_read('select id, order_number, total_amount, status from v_orders_summary')
    = '{tb_orders}', 'v_orders_summary';
  assert pg_temp.tables_read('select id, customer_name from v_orders_summary')
    = '{tb_customers,tb_orders}', 'v_orders_summary with its customer';
  assert pg_temp.tables_read('select id, total_amount from v_order_details')
    = '{tb_orders}', 'v_order_details';
  assert pg_temp.tables_read('select id, paid_amount from v_order_details')
    = '{tb_orders,tb_payments}', 'v_order_details with its payment';
  assert pg_temp.tables_read('select id, subtotal from v_order_items')
    = '{tb_order_items}', 'v_order_items';
  assert pg_temp.tables_read('select * from v_product_inventory')
    = '{tb_products}', 'v_product_inventory';
  assert pg_temp.tables_read('select customer_id, customer_name from v_customer_lifetime_value')
    = '{tb_customers}', 'v_customer_lifetime_value';
end
$$;

rollback;
