create view v_orders as select 1 as id;
comment on view v_orders is E'@key\n@relation items\nOrders.';
comment on column v_orders.id is '@name not a name';
