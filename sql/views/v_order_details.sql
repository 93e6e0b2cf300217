-- Nests the lines as an array of a composite type: whoever asks for `lines` gets whole lines.
-- v_orders_summary offers the same lines as a relation, which reads only the asked fields.
create view v_order_details as
select
  o.id,
  o.order_number,
  o.status,
  o.customer_id,
  c.name as customer_name,
  c.email as customer_email,
  o.item_count,
  o.total_amount,
  array(
    select row(
      line.id,
      line.product_id,
      p.name,
      line.quantity,
      line.price,
      line.quantity * line.price
    )::order_line
    from tb_order_items as line
    join tb_products as p on p.id = line.product_id
    where line.order_id = o.id
    order by line.id
  ) as lines,
  payment.payment_method,
  coalesce(payment.amount, 0.00) as paid_amount,
  coalesce(refund.amount, 0.00) as refunded_amount,
  o.created_at,
  o.paid_at,
  o.shipped_at,
  o.delivered_at,
  o.cancelled_at,
  o.cancellation_reason,
  o.version
from tb_orders as o
left join tb_customers as c on c.id = o.customer_id
left join tb_payments as payment on payment.order_id = o.id and payment.kind = 'payment'
left join tb_payments as refund on refund.order_id = o.id and refund.kind = 'refund';

comment on view v_order_details is
'@relation payments (id) references v_payments (order_id)
@relation timeline (id) references v_order_status_timeline (order_id)
Everything about an order on one page: customer, lines, payment and dates.';
comment on column v_order_details.id is 'Identifies the order.';
comment on column v_order_details.order_number is 'Order number shown to the customer.';
comment on column v_order_details.status is 'Where the order stands.';
comment on column v_order_details.customer_id is 'The customer who placed the order.';
comment on column v_order_details.customer_name is 'Name of the customer.';
comment on column v_order_details.customer_email is 'E-mail address of the customer.';
comment on column v_order_details.item_count is 'Number of lines.';
comment on column v_order_details.total_amount is 'Sum of the lines.';
comment on column v_order_details.lines is
  'The lines, in the order in which they were added.';
comment on column v_order_details.payment_method is 'How it was paid; null if it was not paid.';
comment on column v_order_details.paid_amount is 'How much was paid; zero if nothing was.';
comment on column v_order_details.refunded_amount is
  'How much was refunded; zero if nothing was.';
comment on column v_order_details.created_at is 'When the order was placed.';
comment on column v_order_details.paid_at is 'When it was paid; null until then.';
comment on column v_order_details.shipped_at is 'When it left the warehouse; null until then.';
comment on column v_order_details.delivered_at is 'When it reached the customer; null until then.';
comment on column v_order_details.cancelled_at is 'When it was cancelled; null if it was not.';
comment on column v_order_details.cancellation_reason is 'Why it was cancelled; null if it was not.';
comment on column v_order_details.version is 'Version of the order, raised by every change.';
