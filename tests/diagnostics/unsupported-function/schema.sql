create view v_orders as select 1 as id;
create procedure fn_cleanup() language sql as '';
create aggregate fn_total(integer) (sfunc = int4pl, stype = integer, initcond = '0');
create function fn_touch() returns trigger language plpgsql as 'begin return new; end';
