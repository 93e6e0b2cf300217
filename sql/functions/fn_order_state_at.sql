create function fn_order_state_at(
  p_order_id integer,
  p_at timestamptz
)
returns order_state
language sql
stable
set search_path = pg_catalog, public
as $$
  with
  event as (
    select
      log.id,
      log.entity_type,
      log.entity_id,
      log.new_values,
      log.created_at
    from tb_audit_log as log
    where log.entity_type = 'order'
      and log.entity_id = p_order_id
    union all
    select
      log.id,
      log.entity_type,
      log.entity_id,
      log.new_values,
      log.created_at
    from tb_audit_log as log
    where log.entity_type = 'order_item'
      and (coalesce(log.new_values, log.old_values) ->> 'order_id')::integer = p_order_id
  ),
  -- created_at is when a transaction began. One that had to wait for the order's lock
  -- began earlier than its change took effect, which was after the change before it.
  history as (
    select
      event.*,
      max(event.created_at) over (order by event.id) as effective_at
    from event
  ),
  latest as (
    select distinct on (history.entity_type, history.entity_id)
      history.entity_type,
      history.entity_id,
      history.new_values
    from history
    where history.effective_at <= p_at
    order by
      history.entity_type,
      history.entity_id,
      history.id desc
  ),
  line as (
    select row(
      item.id,
      item.product_id,
      (
        select product.new_values ->> 'name'
        from tb_audit_log as product
        where product.entity_type = 'product'
          and product.entity_id = item.product_id
          and product.new_values is not null
          and product.created_at <= p_at
        order by product.id desc
        limit 1
      ),
      item.quantity,
      item.price,
      item.quantity * item.price
    )::order_line as line
    from latest
    cross join jsonb_populate_record(null::tb_order_items, latest.new_values) as item
    where latest.entity_type = 'order_item'
      and latest.new_values is not null
    order by item.id
  )
  select
    o.id,
    o.order_number,
    o.customer_id,
    o.status,
    o.item_count,
    o.total_amount,
    o.created_at,
    o.paid_at,
    o.shipped_at,
    o.delivered_at,
    o.cancelled_at,
    o.cancellation_reason,
    o.version,
    array(select line.line from line)
  from latest
  cross join jsonb_populate_record(null::tb_orders, latest.new_values) as o
  where latest.entity_type = 'order'
    and latest.new_values is not null
$$;

comment on function fn_order_state_at(integer, timestamptz) is
'Rebuilds an order, with its lines, as it was at some moment, from the audit log alone.
Null if there was no such order at that moment.';
