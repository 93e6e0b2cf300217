-- The data set: 10,000 customers, 1,000 products, 100,000 orders with 300,000 lines.
--
-- Everything follows from the number of a row, so that two runs measure the same.
-- Rules and the audit log are for changes made by people; here they would take minutes.
set session_replication_role = replica;

insert into tb_customers (name, email, created_at, updated_at)
select
  'Customer ' || n,
  'customer' || n || '@example.com',
  timestamptz '2023-01-01 00:00:00+00' + n * interval '10 minutes',
  timestamptz '2023-01-01 00:00:00+00' + n * interval '10 minutes'
from generate_series(1, 10000) as n;

insert into tb_products (sku, name, price, quantity_on_hand, created_at, updated_at)
select
  'SKU-' || lpad(n::text, 6, '0'),
  'Product ' || n,
  (100 + n * 7919 % 49900) / 100.0,
  1000000,
  timestamptz '2023-01-01 00:00:00+00',
  timestamptz '2023-01-01 00:00:00+00'
from generate_series(1, 1000) as n;

-- One in ten is pending, paid, shipped and cancelled each; the others are delivered.
with
placed as (
  select
    n,
    timestamptz '2024-01-01 00:00:00+00' + n * interval '5 minutes' as at,
    (array['pending', 'paid', 'shipped', 'cancelled'])[n % 10 + 1] as early
  from generate_series(1, 100000) as n
)
insert into tb_orders (
  order_number, customer_id, status, item_count, created_at, updated_at,
  paid_at, shipped_at, delivered_at, cancelled_at, cancellation_reason
)
select
  'ORD-' || lpad(n::text, 6, '0'),
  n * 7 % 10000 + 1,
  coalesce(early, 'delivered')::order_status,
  3,
  at,
  at,
  case when early is distinct from 'pending' then at + interval '1 minute' end,
  case when coalesce(early, 'delivered') in ('shipped', 'delivered') then at + interval '1 day' end,
  case when early is null then at + interval '3 days' end,
  case when early = 'cancelled' then at + interval '1 hour' end,
  case when early = 'cancelled' then 'Ordered by mistake' end
from placed
order by n;

select setval('order_number_seq', 100000);

-- Steps of 331 never meet again within 1,000, so the products of an order differ.
insert into tb_order_items (order_id, product_id, quantity, price, created_at, updated_at)
select
  o.id,
  p.id,
  1 + (o.id + line) % 5,
  p.price,
  o.created_at,
  o.created_at
from tb_orders as o
cross join generate_series(0, 2) as line
join tb_products as p on p.id = (o.id * 7 + line * 331) % 1000 + 1
order by o.id, line;

update tb_orders as o
set total_amount = line.total
from (
  select order_id, sum(quantity * price) as total
  from tb_order_items
  group by order_id
) as line
where line.order_id = o.id;

insert into tb_payments (order_id, kind, amount, payment_method, created_at, updated_at)
select o.id, 'payment'::payment_kind, o.total_amount, 'credit_card', o.paid_at, o.paid_at
from tb_orders as o
where o.paid_at is not null
union all
select o.id, 'refund', o.total_amount, 'credit_card', o.cancelled_at, o.cancelled_at
from tb_orders as o
where o.cancelled_at is not null;

update tb_products as p
set
  quantity_reserved = taken.reserved,
  quantity_in_orders = taken.in_orders
from (
  select
    line.product_id,
    coalesce(sum(line.quantity) filter (where o.status in ('pending', 'paid')), 0) as reserved,
    coalesce(sum(line.quantity) filter (where o.status <> 'cancelled'), 0) as in_orders
  from tb_order_items as line
  join tb_orders as o on o.id = line.order_id
  group by line.product_id
) as taken
where taken.product_id = p.id;

refresh materialized view v_revenue_by_product;

-- Lines as the hand-written server nests them: an array of anonymous records has no decoder.
create type bench_line as (product_name text, quantity integer, price text, subtotal text);

-- Makes fresh orders for commands to work on, as fn_create_order would have made them.
create function bench_orders(p_count integer, p_status order_status)
returns setof tb_orders
language sql
as $$
  with
  placed as (
    insert into tb_orders (customer_id, status, item_count, total_amount, paid_at)
    select n * 7 % 10000 + 1, p_status, 1, p.price, case when p_status <> 'pending' then now() end
    from generate_series(1, p_count) as n
    join tb_products as p on p.id = n % 1000 + 1
    returning *
  ),
  numbered as (
    select placed.*, row_number() over (order by placed.id) as n
    from placed
  ),
  line as (
    insert into tb_order_items (order_id, product_id, quantity, price)
    select o.id, p.id, 1, p.price
    from numbered as o
    join tb_products as p on p.id = o.n % 1000 + 1
    returning product_id
  ),
  payment as (
    insert into tb_payments (order_id, amount, payment_method)
    select placed.id, placed.total_amount, 'credit_card'
    from placed
    where p_status <> 'pending'
  ),
  stock as (
    update tb_products as p
    set
      quantity_reserved = p.quantity_reserved + taken.pieces,
      quantity_in_orders = p.quantity_in_orders + taken.pieces
    from (select product_id, count(*) as pieces from line group by product_id) as taken
    where taken.product_id = p.id
  )
  select * from placed
$$;
