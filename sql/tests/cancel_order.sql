-- fn_cancel_order: what it does, and everything it refuses.

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

-- A pending order: nothing to refund.
do $$
declare
  w world;
  b basket;
  cancelled v_orders_summary;
begin
  select * into w from world;
  select * into b from basket;

  assert pg_temp.refusal('select fn_cancel_order(-1, ''no need'')')
    @> '{"sqlstate": "QO203", "code": "NOT_FOUND"}', 'unknown order';
  assert pg_temp.refusal('select fn_cancel_order(%s, ''  '')', b.id::text)
    @> '{"sqlstate": "QO107", "code": "INVALID_ARGUMENT", "argument": "reason"}', 'blank reason';
  assert pg_temp.refusal('select fn_cancel_order(%s, null)', b.id::text)
    @> '{"sqlstate": "QO107"}', 'no reason';

  cancelled := fn_cancel_order(b.id, 'Changed my mind');
  assert cancelled.status = 'cancelled', 'the order is cancelled';
  assert cancelled.cancelled_at = now(), 'the moment is kept';
  assert cancelled.cancellation_reason = 'Changed my mind', 'the reason is kept';
  assert cancelled.refund_amount = 0, 'nothing was paid, so nothing is refunded';
  assert cancelled.version = 2, 'the version is one more';
  assert not exists (
    select from v_payments as payment where payment.order_id = b.id
  ), 'no money moved';
  assert (
    select (i.quantity_available, i.quantity_reserved, i.quantity_in_orders) = (10, 0, 0)
    from v_product_inventory as i
    where i.product_id = w.pen
  ), 'the stock is available again';

  assert pg_temp.refusal('select fn_cancel_order(%s, ''again'')', b.id::text)
    @> '{"sqlstate": "QO302", "code": "ILLEGAL_TRANSITION", "from": "CANCELLED", "allowed": []}', 'twice';
end
$$;

-- A paid order is refunded; a shipped or delivered one cannot be cancelled.
do $$
declare
  w world;
  placed v_orders_summary;
  cancelled v_orders_summary;
begin
  select * into w from world;
  placed := fn_create_order(w.customer, format('[{"product_id": %s, "quantity": 2}]', w.book)::jsonb);
  perform fn_process_payment(placed.id, 40.00, 'gift_card', 1);
  cancelled := fn_cancel_order(placed.id, 'Too late');
  assert cancelled.refund_amount = 40.00, 'what was paid is refunded';
  assert cancelled.paid_at is not null, 'it stays known that it was paid';
  assert (
    select (payment.amount, payment.payment_method) = (40.00, 'gift_card')
    from v_payments as payment
    where payment.order_id = placed.id
      and payment.kind = 'refund'
  ), 'the refund goes the way the payment came';

  placed := fn_create_order(w.customer, format('[{"product_id": %s, "quantity": 2}]', w.book)::jsonb);
  perform fn_process_payment(placed.id, 40.00, 'gift_card', 1);
  perform fn_update_order_status(placed.id, 'shipped');
  assert pg_temp.refusal('select fn_cancel_order(%s, ''too late'')', placed.id::text)
    @> '{"sqlstate": "QO302", "from": "SHIPPED", "to": "CANCELLED", "allowed": ["DELIVERED"]}', 'shipped';
  perform fn_update_order_status(placed.id, 'delivered');
  assert pg_temp.refusal('select fn_cancel_order(%s, ''too late'')', placed.id::text)
    @> '{"sqlstate": "QO302", "from": "DELIVERED", "allowed": []}', 'delivered';
end
$$;

rollback;
