create view v_orders as select 1 as id;
comment on view v_orders is E'@kye id\nOrders.';
