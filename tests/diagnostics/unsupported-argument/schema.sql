create view v_orders as select 1 as id;
create function fn_unnamed(integer) returns integer language sql as 'select 1';
create function fn_variadic(variadic p_ids integer[]) returns integer language sql as 'select 1';
