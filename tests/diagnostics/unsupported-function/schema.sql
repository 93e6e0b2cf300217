create view v_orders as select 1 as id;
create procedure fn_cleanup() language sql as '';
create aggregate fn_total(integer) (sfunc = int4pl, stype = integer, initcond = '0');
create function fn_touch() returns trigger language plpgsql as 'begin return new; end';
create aggregate fn_rows(*) (sfunc = int8inc, stype = bigint, initcond = '0');
create function fn_label(o v_orders) returns text language sql as $$ select 'x' $$;
create function fn_nothing(o v_orders) returns void language sql stable as '';
create function fn_rank() returns bigint language internal window as 'window_rank';
