-- Sample data for development: a small shop with some weeks of history.
--
-- Everything is done by the commands of the API, with the clock (`app.now`) and the user
-- (`app.user`) of the time, so that the audit log tells the same story as the tables.
-- A database in which anything has ever happened is left as it is.

do $$
declare
  step record;
begin
  if exists (select from tb_audit_log) then
    raise notice 'this database has been in use, so no sample data was added';
    return;
  end if;

  -- The examples in the documentation speak of customer 1, product 1 and order 1.
  -- Numbers that were drawn by transactions which failed, such as tests, are used again.
  alter table tb_customers alter column id restart;
  alter table tb_products alter column id restart;
  alter table tb_orders alter column id restart;
  alter table tb_order_items alter column id restart;
  alter table tb_payments alter column id restart;
  alter sequence order_number_seq restart;

  for step in
    select
      plan.at,
      plan.who,
      plan.command
    from (
      values
        -- The catalogue. The last argument is the threshold of low stock.
        ('2024-01-02 08:00:00+00', 'user:1', $c$fn_add_product('KB-100', 'Mechanical keyboard', 149.99, 60, 10)$c$),
        ('2024-01-02 08:01:00+00', 'user:1', $c$fn_add_product('MS-200', 'Wireless mouse', 39.90, 120, 20)$c$),
        ('2024-01-02 08:02:00+00', 'user:1', $c$fn_add_product('DK-300', 'Docking station', 219.00, 25, 5)$c$),
        ('2024-01-02 08:03:00+00', 'user:1', $c$fn_add_product('MN-400', '27-inch monitor', 329.50, 18, 6)$c$),
        ('2024-01-02 08:04:00+00', 'user:1', $c$fn_add_product('HS-500', 'Noise-cancelling headset', 189.00, 30, 8)$c$),
        ('2024-01-02 08:05:00+00', 'user:1', $c$fn_add_product('CB-600', 'USB-C cable, 2 m', 14.95, 300, 50)$c$),
        ('2024-01-02 08:06:00+00', 'user:1', $c$fn_add_product('WC-700', 'Webcam', 89.00, 12, 10)$c$),
        ('2024-01-02 08:07:00+00', 'user:1', $c$fn_add_product('ST-800', 'Laptop stand', 54.00, 4, 5)$c$),

        -- The customers.
        ('2024-01-03 10:00:00+00', 'system', $c$fn_add_customer('Ada Lovelace', 'ada@example.com')$c$),
        ('2024-01-03 11:30:00+00', 'system', $c$fn_add_customer('Grace Hopper', 'grace@example.com')$c$),
        ('2024-01-05 15:45:00+00', 'system', $c$fn_add_customer('Alan Turing', 'alan@example.com')$c$),
        ('2024-01-08 09:20:00+00', 'system', $c$fn_add_customer('Katherine Johnson', 'katherine@example.com')$c$),
        ('2024-01-12 18:05:00+00', 'system', $c$fn_add_customer('Edsger Dijkstra', 'edsger@example.com')$c$),

        -- Order 1 waits for its payment, as the examples in the documentation expect.
        ('2024-01-15 09:00:00+00', 'user:42', $c$fn_create_order(1, '[{"product_id": 1, "quantity": 2}]')$c$),

        -- Order 2: from basket to doorstep.
        ('2024-01-15 13:10:00+00', 'user:43', $c$fn_create_order(2, '[{"product_id": 4, "quantity": 2}, {"product_id": 6, "quantity": 2}]')$c$),
        ('2024-01-15 13:12:30+00', 'user:43', $c$fn_process_payment(2, 688.90, 'credit_card', 1)$c$),
        ('2024-01-16 07:40:00+00', 'warehouse', $c$fn_update_order_status(2, 'shipped')$c$),
        ('2024-01-18 11:15:00+00', 'courier', $c$fn_update_order_status(2, 'delivered')$c$),

        -- Order 3: on its way.
        ('2024-01-17 16:00:00+00', 'user:44', $c$fn_create_order(3, '[{"product_id": 5, "quantity": 1}]')$c$),
        ('2024-01-17 16:02:00+00', 'user:44', $c$fn_process_payment(3, 189.00, 'paypal', 1)$c$),
        ('2024-01-18 08:05:00+00', 'warehouse', $c$fn_update_order_status(3, 'shipped')$c$),

        -- Order 4: paid, and waiting in the warehouse.
        ('2024-01-18 19:30:00+00', 'user:42', $c$fn_create_order(1, '[{"product_id": 3, "quantity": 1}, {"product_id": 6, "quantity": 3}]')$c$),
        ('2024-01-18 19:33:00+00', 'user:42', $c$fn_process_payment(4, 263.85, 'debit_card', 1)$c$),

        -- Order 5: cancelled before it was paid.
        ('2024-01-19 10:00:00+00', 'user:45', $c$fn_create_order(4, '[{"product_id": 7, "quantity": 2}]')$c$),
        ('2024-01-19 10:20:00+00', 'user:45', $c$fn_cancel_order(5, 'Ordered by mistake')$c$),

        -- Order 6: paid, then cancelled and refunded.
        ('2024-01-20 12:00:00+00', 'user:44', $c$fn_create_order(3, '[{"product_id": 2, "quantity": 1}, {"product_id": 8, "quantity": 1}]')$c$),
        ('2024-01-20 12:04:00+00', 'user:44', $c$fn_process_payment(6, 93.90, 'credit_card', 1)$c$),
        ('2024-01-21 09:00:00+00', 'support', $c$fn_cancel_order(6, 'Customer found a better price')$c$),

        -- Order 7: a whole desk.
        ('2024-01-22 08:45:00+00', 'user:46', $c$fn_create_order(5, '[{"product_id": 1, "quantity": 1}, {"product_id": 2, "quantity": 1}, {"product_id": 4, "quantity": 1}, {"product_id": 8, "quantity": 1}]')$c$),
        ('2024-01-22 08:50:00+00', 'user:46', $c$fn_process_payment(7, 573.39, 'bank_transfer', 1)$c$),
        ('2024-01-23 07:30:00+00', 'warehouse', $c$fn_update_order_status(7, 'shipped')$c$),
        ('2024-01-25 14:20:00+00', 'courier', $c$fn_update_order_status(7, 'delivered')$c$),

        -- Order 8: still pending, and it has grown since it was placed.
        ('2024-01-24 17:00:00+00', 'user:43', $c$fn_create_order(2, '[{"product_id": 2, "quantity": 3}]')$c$),
        ('2024-01-24 17:06:00+00', 'user:43', $c$fn_add_order_item(8, 6, 1)$c$),

        -- New stock arrives.
        ('2024-01-26 06:30:00+00', 'warehouse', $c$fn_update_product_inventory(4, 12)$c$),

        ('2024-01-27 20:15:00+00', 'user:45', $c$fn_create_order(4, '[{"product_id": 5, "quantity": 2}, {"product_id": 7, "quantity": 1}]')$c$),
        ('2024-01-27 20:18:00+00', 'user:45', $c$fn_process_payment(9, 467.00, 'gift_card', 1)$c$),

        ('2024-01-29 11:00:00+00', 'user:42', $c$fn_create_order(1, '[{"product_id": 4, "quantity": 1}]')$c$),
        ('2024-01-29 11:05:00+00', 'user:42', $c$fn_process_payment(10, 329.50, 'credit_card', 1)$c$),
        ('2024-01-30 07:55:00+00', 'warehouse', $c$fn_update_order_status(10, 'shipped')$c$),

        ('2024-02-01 09:25:00+00', 'user:43', $c$fn_create_order(2, '[{"product_id": 3, "quantity": 2}, {"product_id": 1, "quantity": 1}]')$c$),
        ('2024-02-01 09:30:00+00', 'user:43', $c$fn_process_payment(11, 587.99, 'paypal', 1)$c$),
        ('2024-02-02 07:50:00+00', 'warehouse', $c$fn_update_order_status(11, 'shipped')$c$),
        ('2024-02-05 10:40:00+00', 'courier', $c$fn_update_order_status(11, 'delivered')$c$),

        ('2024-02-06 21:10:00+00', 'user:46', $c$fn_create_order(5, '[{"product_id": 7, "quantity": 2}, {"product_id": 6, "quantity": 10}]')$c$)
    ) as plan (at, who, command)
    order by plan.at::timestamptz
  loop
    perform set_config('app.now', step.at, true);
    perform set_config('app.user', step.who, true);
    execute 'select ' || step.command;
  end loop;

  perform set_config('app.now', '', true);
  perform set_config('app.user', '', true);
end
$$;

refresh materialized view v_revenue_by_product;
