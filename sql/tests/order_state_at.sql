-- fn_order_state_at: an order as it was, from the audit log alone.

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

do $$
declare
  w world;
  placed v_orders_summary;
  state order_state;
begin
  select * into w from world;

  perform set_config('app.now', '2020-01-01 12:00:00+00', true);
  update tb_products as p set name = 'Old name' where p.id = w.pen;
  perform set_config('app.now', '2020-01-02 12:00:00+00', true);
  placed := fn_create_order(w.customer, format('[{"product_id": %s, "quantity": 2}]', w.pen)::jsonb);
  perform set_config('app.now', '2020-01-03 12:00:00+00', true);
  perform fn_add_order_item(placed.id, w.book, 1);
  perform set_config('app.now', '2020-01-04 12:00:00+00', true);
  perform fn_process_payment(placed.id, 23.00, 'paypal', 2);
  perform set_config('app.now', '2020-01-05 12:00:00+00', true);
  perform fn_cancel_order(placed.id, 'Only a test');

  assert fn_order_state_at(placed.id, '2020-01-02 11:59:59+00') is null, 'not placed yet';
  assert fn_order_state_at(-1, now()) is null, 'no such order';

  state := fn_order_state_at(placed.id, '2020-01-02 12:00:00+00');
  assert (state.status, state.version, state.total_amount) = ('pending', 1, 3.00), 'as it was placed';
  assert state.created_at = '2020-01-02 12:00:00+00', 'dates are dates';
  assert cardinality(state.lines) = 1, 'with its line';
  assert (state.lines[1]).product_name = 'Old name', 'names are those of the time';
  assert ((state.lines[1]).quantity, (state.lines[1]).price, (state.lines[1]).subtotal) = (2, 1.50, 3.00), 'line';

  state := fn_order_state_at(placed.id, '2020-01-03 18:00:00+00');
  assert (state.status, state.version, state.total_amount, state.item_count) = ('pending', 2, 23.00, 2), 'grown';
  assert cardinality(state.lines) = 2, 'two lines';

  state := fn_order_state_at(placed.id, '2020-01-04 18:00:00+00');
  assert (state.status, state.version) = ('paid', 3) and state.cancelled_at is null, 'paid';

  state := fn_order_state_at(placed.id, now());
  assert (state.status, state.cancellation_reason) = ('cancelled', 'Only a test'), 'as it is now';

  -- The tables are not needed, only the log.
  delete from tb_payments as payment where payment.order_id = placed.id;
  delete from tb_order_items as line where line.order_id = placed.id;
  delete from tb_orders as o where o.id = placed.id;
  assert (fn_order_state_at(placed.id, '2020-01-04 18:00:00+00')).total_amount = 23.00, 'the past stays';
  perform set_config('app.now', '', true);
  assert fn_order_state_at(placed.id, now()) is null, 'a deleted order is gone';
end
$$;

-- A transaction that waited for the order's lock began before the change it waited for.
-- Its own change still comes second.
do $$
declare
  w world;
  placed v_orders_summary;
begin
  select * into w from world;
  perform set_config('app.now', '2020-02-01 12:00:00+00', true);
  placed := fn_create_order(w.customer, format('[{"product_id": %s, "quantity": 1}]', w.book)::jsonb);
  perform set_config('app.now', '2020-02-01 12:00:02+00', true);
  perform fn_process_payment(placed.id, 20.00, 'paypal', 1);
  perform set_config('app.now', '2020-02-01 12:00:01+00', true);
  perform fn_update_order_status(placed.id, 'shipped');
  assert (fn_order_state_at(placed.id, '2020-02-01 12:00:01+00')).status = 'pending', 'not before it was paid';
  assert (fn_order_state_at(placed.id, '2020-02-01 12:00:02+00')).status = 'shipped', 'then both';
end
$$;

rollback;
