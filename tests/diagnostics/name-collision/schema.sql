create view v_orders as select 1 as id, 2 as order_id, 3 as "orderId";
create view "v_Orders" as select 1 as id;
create function fn_orders() returns integer language sql stable as 'select 1';
