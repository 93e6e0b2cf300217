create view v_orders as select 1 as id, 'x' as note;
comment on view v_orders is E'@key number\n@relation items (id) references v_items (order_id)\n@relation buyer (id) references v_customer (id)';
create view v_customers as select 1 as id;
comment on view v_customers is E'@key id\n@relation orders (id) references v_orders (note)';
create function fn_ship(p_lines jsonb) returns void language sql as '';
comment on function fn_ship(jsonb) is '@type p_lines line[]';
