-- Whoever leaves the customer's columns out does not pay for the join: PostgreSQL removes a
-- left join on a unique key, but not an inner one. The foreign key makes both mean the same.
create view v_orders_summary as
select
  o.id,
  o.order_number,
  o.customer_id,
  c.name as customer_name,
  c.email as customer_email,
  o.item_count,
  o.total_amount,
  o.status,
  o.created_at,
  o.updated_at,
  o.paid_at,
  o.shipped_at,
  o.delivered_at,
  o.cancelled_at,
  o.cancellation_reason,
  case
    when o.status = 'cancelled' then coalesce(
      (
        select refund.amount
        from tb_payments as refund
        where refund.order_id = o.id
          and refund.kind = 'refund'
      ),
      0.00
    )
  end as refund_amount,
  o.version
from tb_orders as o
left join tb_customers as c on c.id = o.customer_id;

comment on view v_orders_summary is
'@relation items (id) references v_order_items (order_id)
@relation payments (id) references v_payments (order_id)
@relation timeline (id) references v_order_status_timeline (order_id)
An order with its customer and totals, one row per order whatever its status.';
comment on column v_orders_summary.id is 'Identifies the order.';
comment on column v_orders_summary.order_number is 'Order number shown to the customer.';
comment on column v_orders_summary.customer_id is 'The customer who placed the order.';
comment on column v_orders_summary.customer_name is 'Name of the customer.';
comment on column v_orders_summary.customer_email is 'E-mail address of the customer.';
comment on column v_orders_summary.item_count is 'Number of lines.';
comment on column v_orders_summary.total_amount is 'Sum of the lines.';
comment on column v_orders_summary.status is 'Where the order stands.';
comment on column v_orders_summary.created_at is 'When the order was placed.';
comment on column v_orders_summary.updated_at is 'When the order last changed.';
comment on column v_orders_summary.paid_at is 'When it was paid; null until then.';
comment on column v_orders_summary.shipped_at is 'When it left the warehouse; null until then.';
comment on column v_orders_summary.delivered_at is 'When it reached the customer; null until then.';
comment on column v_orders_summary.cancelled_at is 'When it was cancelled; null if it was not.';
comment on column v_orders_summary.cancellation_reason is 'Why it was cancelled; null if it was not.';
comment on column v_orders_summary.refund_amount is
  'How much was refunded: null unless cancelled, zero if nothing had been paid.';
comment on column v_orders_summary.version is
  'Version of the order, raised by every change; commands take it to notice changes by others.';
