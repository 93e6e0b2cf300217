create function fn_cancel_order(
  p_order_id integer,
  p_reason text
)
returns v_orders_summary
language plpgsql
volatile
set search_path = pg_catalog, public
as $$
declare
  target constant tb_orders := lock_order(p_order_id);
  result v_orders_summary;
begin
  if coalesce(btrim(p_reason), '') = '' then
    perform refuse(
      'QO107',
      'INVALID_ARGUMENT',
      'A cancellation needs a reason',
      jsonb_build_object('argument', 'reason'),
      'Say in a few words why the order is cancelled.'
    );
  end if;

  perform check_transition(target.order_number, target.status, 'cancelled');

  -- A trigger on tb_orders makes the stock available again.
  update tb_orders as o
  set
    status = 'cancelled',
    cancelled_at = app_now(),
    cancellation_reason = btrim(p_reason)
  where o.id = p_order_id;

  insert into tb_payments (order_id, kind, amount, payment_method)
  select
    paid.order_id,
    'refund',
    paid.amount,
    paid.payment_method
  from tb_payments as paid
  where paid.order_id = p_order_id
    and paid.kind = 'payment';

  select o.*
  into strict result
  from v_orders_summary as o
  where o.id = p_order_id;
  return result;
end
$$;

comment on function fn_cancel_order(integer, text) is
'@notnull
Cancels a pending or paid order, makes its stock available again and refunds what was paid.
Refused: an unknown order (NOT_FOUND), a blank reason (INVALID_ARGUMENT), an order that is shipped, delivered or cancelled already (ILLEGAL_TRANSITION).';
