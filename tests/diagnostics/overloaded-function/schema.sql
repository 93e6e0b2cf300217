create view v_orders as select 1 as id;
create function fn_ship(p_order integer) returns integer language sql as 'select 1';
create function fn_ship(p_order integer, p_note text) returns integer language sql as 'select 1';
