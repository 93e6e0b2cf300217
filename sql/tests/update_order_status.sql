-- fn_update_order_status: every step, legal and illegal.

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

do $$
declare
  w world;
  b basket;
  moved v_orders_summary;
begin
  select * into w from world;
  select * into b from basket;

  assert pg_temp.refusal('select fn_update_order_status(-1, ''shipped'')')
    @> '{"sqlstate": "QO203", "code": "NOT_FOUND"}', 'unknown order';
  assert pg_temp.refusal('select fn_update_order_status(%s, ''paid'')', b.id::text)
    @> '{"sqlstate": "QO304", "code": "WRONG_COMMAND", "to": "PAID"}', 'payment has its own command';
  assert pg_temp.refusal('select fn_update_order_status(%s, ''cancelled'')', b.id::text)
    @> '{"sqlstate": "QO304", "to": "CANCELLED"}', 'cancelling has its own command';
  assert pg_temp.refusal('select fn_update_order_status(%s, ''pending'')', b.id::text)
    @> '{"sqlstate": "QO304"}', 'there is no way back';
  assert pg_temp.refusal('select fn_update_order_status(%s, null)', b.id::text)
    @> '{"sqlstate": "QO304", "to": null}', 'no status';
  assert pg_temp.refusal('select fn_update_order_status(%s, ''shipped'')', b.id::text)
    @> '{"sqlstate": "QO302", "code": "ILLEGAL_TRANSITION", "from": "PENDING", "to": "SHIPPED", "allowed": ["PAID", "CANCELLED"]}',
    'what is not paid is not shipped';

  perform fn_process_payment(b.id, 23.00, 'paypal', 1);
  assert pg_temp.refusal('select fn_update_order_status(%s, ''delivered'')', b.id::text)
    @> '{"sqlstate": "QO302", "from": "PAID", "to": "DELIVERED"}', 'no step is left out';

  moved := fn_update_order_status(b.id, 'shipped');
  assert (moved.status, moved.shipped_at, moved.version) = ('shipped', now(), 3), 'shipped';
  assert (
    select (i.quantity_on_hand, i.quantity_reserved, i.quantity_available, i.quantity_in_orders) = (8, 0, 8, 2)
    from v_product_inventory as i
    where i.product_id = w.pen
  ), 'what is shipped has left the warehouse and still counts as ordered';
  assert pg_temp.refusal('select fn_update_order_status(%s, ''shipped'')', b.id::text)
    @> '{"sqlstate": "QO302", "from": "SHIPPED", "to": "SHIPPED"}', 'no step is made twice';

  moved := fn_update_order_status(b.id, 'delivered');
  assert (moved.status, moved.delivered_at, moved.version) = ('delivered', now(), 4), 'delivered';
  assert (
    select array_agg(step.status order by step.id) = '{pending,paid,shipped,delivered}'
    from v_order_status_timeline as step
    where step.order_id = b.id
  ), 'the timeline shows every step';
end
$$;

rollback;
