-- The aggregate always gives one row, so PostgreSQL removes the join if nobody asks for its columns.
create view v_customer_lifetime_value as
select
  c.id as customer_id,
  c.name as customer_name,
  paid.order_count,
  paid.total_spent,
  paid.average_order_value,
  paid.first_order_at,
  paid.last_order_at
from tb_customers as c
left join lateral (
  select
    count(*)::integer as order_count,
    coalesce(sum(o.total_amount), 0.00) as total_spent,
    round(avg(o.total_amount), 2) as average_order_value,
    min(o.created_at) as first_order_at,
    max(o.created_at) as last_order_at
  from tb_orders as o
  where o.customer_id = c.id
    and o.status in ('paid', 'shipped', 'delivered')
) as paid on true;

comment on view v_customer_lifetime_value is
'@relation customer (customer_id) references v_customers (id)
What every customer has spent. Only orders that were paid and not cancelled count.';
comment on column v_customer_lifetime_value.customer_id is 'Identifies the customer.';
comment on column v_customer_lifetime_value.customer_name is 'Name of the customer.';
comment on column v_customer_lifetime_value.order_count is 'Number of orders.';
comment on column v_customer_lifetime_value.total_spent is 'Sum of the orders.';
comment on column v_customer_lifetime_value.average_order_value is
  'Average of the orders, rounded to cents; null if there is none.';
comment on column v_customer_lifetime_value.first_order_at is
  'When the first order was placed; null if there is none.';
comment on column v_customer_lifetime_value.last_order_at is
  'When the last order was placed; null if there is none.';
