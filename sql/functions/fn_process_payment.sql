create function fn_process_payment(
  p_order_id integer,
  p_amount numeric,
  p_payment_method text,
  p_version integer
)
returns v_orders_summary
language plpgsql
volatile
set search_path = pg_catalog, public
as $$
declare
  -- Locked before the version is looked at: of two payments, the second sees the first.
  target constant tb_orders := lock_order(p_order_id);
  result v_orders_summary;
begin
  if p_version is distinct from target.version then
    perform refuse(
      'QO401',
      'CONFLICT',
      format('Order %s was modified by another user', target.order_number),
      jsonb_build_object('expected', p_version, 'actual', target.version),
      'Read the order again and decide again with its current version.'
    );
  end if;

  perform check_transition(target.order_number, target.status, 'paid');

  if p_payment_method is null or p_payment_method <> all (payment_methods()) then
    perform refuse(
      'QO106',
      'INVALID_PAYMENT_METHOD',
      'This payment method is not accepted',
      jsonb_build_object('paymentMethod', p_payment_method, 'accepted', payment_methods()),
      format('Use one of %s.', array_to_string(payment_methods(), ', '))
    );
  end if;

  -- Amounts are strings in the details, as they are in the API: a JSON number loses digits.
  if p_amount is distinct from target.total_amount then
    perform refuse(
      'QO105',
      'WRONG_AMOUNT',
      format(
        'The amount must be the total of order %s, %s',
        target.order_number,
        target.total_amount
      ),
      jsonb_build_object('expected', target.total_amount::text, 'actual', p_amount::text),
      'An order is paid in full and at once.'
    );
  end if;

  update tb_orders as o
  set
    status = 'paid',
    paid_at = app_now()
  where o.id = p_order_id;

  insert into tb_payments (order_id, kind, amount, payment_method)
  values (p_order_id, 'payment', p_amount, p_payment_method);

  select o.*
  into strict result
  from v_orders_summary as o
  where o.id = p_order_id;
  return result;
end
$$;

comment on function fn_process_payment(integer, numeric, text, integer) is
'@notnull
Pays a pending order in full. `version` is the version of the order that the customer saw; `paymentMethod` is credit_card, debit_card, bank_transfer, paypal or gift_card.
Refused: an unknown order (NOT_FOUND), an order that has changed since (CONFLICT), an order that is not pending (ILLEGAL_TRANSITION), an amount other than the total (WRONG_AMOUNT), an unknown payment method (INVALID_PAYMENT_METHOD).';
