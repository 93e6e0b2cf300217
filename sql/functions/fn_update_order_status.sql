create function fn_update_order_status(
  p_order_id integer,
  p_status order_status
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
  -- Being paid or cancelled takes more than a word: these have commands of their own.
  if p_status is null or p_status not in ('shipped', 'delivered') then
    perform refuse(
      'QO304',
      'WRONG_COMMAND',
      format(
        'The status of order %s cannot simply be set to %s',
        target.order_number,
        coalesce(p_status::text, 'null')
      ),
      jsonb_build_object('to', upper(p_status::text)),
      case p_status
        when 'paid' then 'Use processPayment.'
        when 'cancelled' then 'Use cancelOrder.'
        else 'Use SHIPPED or DELIVERED.'
      end
    );
  end if;

  perform check_transition(target.order_number, target.status, p_status);

  -- A trigger on tb_orders takes shipped goods out of the stock.
  update tb_orders as o
  set
    status = p_status,
    shipped_at = case when p_status = 'shipped' then app_now() else o.shipped_at end,
    delivered_at = case when p_status = 'delivered' then app_now() else o.delivered_at end
  where o.id = p_order_id;

  select o.*
  into strict result
  from v_orders_summary as o
  where o.id = p_order_id;
  return result;
end
$$;

comment on function fn_update_order_status(integer, order_status) is
'@notnull
Moves an order on: a paid one to SHIPPED, a shipped one to DELIVERED. Shipped goods leave the stock.
Refused: an unknown order (NOT_FOUND), a step out of turn (ILLEGAL_TRANSITION), any other status (WRONG_COMMAND): processPayment and cancelOrder pay and cancel.';
