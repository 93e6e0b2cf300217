create view v_payments as
select
  payment.id,
  payment.order_id,
  payment.kind,
  payment.amount,
  payment.payment_method,
  payment.created_at
from tb_payments as payment;

comment on view v_payments is
'@relation order (order_id) references v_orders_summary (id)
Money that came in for orders, and money that went back.';
comment on column v_payments.id is 'Identifies the payment.';
comment on column v_payments.order_id is 'The order it belongs to.';
comment on column v_payments.kind is 'Whether it is a payment or a refund.';
comment on column v_payments.amount is 'How much, always above zero.';
comment on column v_payments.payment_method is
  'How it was paid: credit_card, debit_card, bank_transfer, paypal or gift_card.';
comment on column v_payments.created_at is 'When the money moved.';
