-- fn_process_payment: what it does, and everything it refuses.

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
  b basket;
begin
  select * into b from basket;
  assert pg_temp.refusal('select fn_process_payment(-1, 23.00, ''paypal'', 1)')
    @> '{"sqlstate": "QO203", "code": "NOT_FOUND", "entity": "order", "id": -1}', 'unknown order';
  assert pg_temp.refusal('select fn_process_payment(null, 23.00, ''paypal'', 1)')
    @> '{"sqlstate": "QO203", "id": null}', 'no order';
  assert pg_temp.refusal('select fn_process_payment(%s, 23.00, ''paypal'', 2)', b.id::text)
    @> '{"sqlstate": "QO401", "code": "CONFLICT", "expected": 2, "actual": 1}', 'another version';
  assert pg_temp.refusal('select fn_process_payment(%s, 23.00, ''paypal'', null)', b.id::text)
    @> '{"sqlstate": "QO401", "code": "CONFLICT", "expected": null, "actual": 1}', 'no version';
  assert pg_temp.refusal('select fn_process_payment(%s, 22.99, ''paypal'', 1)', b.id::text)
    @> '{"sqlstate": "QO105", "code": "WRONG_AMOUNT", "expected": "23.00", "actual": "22.99"}', 'too little';
  assert pg_temp.refusal('select fn_process_payment(%s, ''NaN'', ''paypal'', 1)', b.id::text)
    @> '{"sqlstate": "QO105"}', 'not a number';
  assert pg_temp.refusal('select fn_process_payment(%s, null, ''paypal'', 1)', b.id::text)
    @> '{"sqlstate": "QO105"}', 'no amount';
  assert pg_temp.refusal('select fn_process_payment(%s, 23.00, ''shells'', 1)', b.id::text)
    @> '{"sqlstate": "QO106", "code": "INVALID_PAYMENT_METHOD", "paymentMethod": "shells"}', 'unknown method';
  assert pg_temp.refusal('select fn_process_payment(%s, 23.00, null, 1)', b.id::text)
    @> '{"sqlstate": "QO106"}', 'no method';
end
$$;

do $$
declare
  b basket;
  paid v_orders_summary;
begin
  select * into b from basket;
  paid := fn_process_payment(
    p_order_id := b.id,
    p_amount := 23,
    p_payment_method := 'credit_card',
    p_version := b.version
  );
  assert paid.status = 'paid', 'the order is paid';
  assert paid.paid_at = now(), 'the moment is kept';
  assert paid.version = 2, 'the version is one more';
  assert (
    select (payment.kind, payment.amount, payment.payment_method) = ('payment', 23.00, 'credit_card')
    from v_payments as payment
    where payment.order_id = b.id
  ), 'the payment is recorded';
  assert (
    select count(*) = 2
    from tb_audit_log as log
    where log.entity_type = 'order'
      and log.entity_id = b.id
  ), 'the order was changed twice: placed and paid';

  assert pg_temp.refusal('select fn_process_payment(%s, 23.00, ''credit_card'', 1)', b.id::text)
    @> '{"sqlstate": "QO401", "code": "CONFLICT", "expected": 1, "actual": 2}', 'the same again is stale';
  assert pg_temp.refusal('select fn_process_payment(%s, 23.00, ''credit_card'', 2)', b.id::text)
    @> '{"sqlstate": "QO302", "code": "ILLEGAL_TRANSITION", "from": "PAID", "to": "PAID"}', 'paid is paid';
end
$$;

rollback;
