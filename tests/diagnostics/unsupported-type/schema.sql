create view v_sites as select 1 as id, polygon '((0,0),(1,1),(1,0))' as area;
create function fn_area(p_area polygon) returns float8 language sql stable as 'select 1.0::float8';
create function fn_any(p_value anyelement) returns anyelement language sql stable as 'select p_value';
create function fn_record() returns record language sql stable as 'select 1, 2';
create function fn_cursor() returns refcursor language plpgsql as $$
declare c refcursor; begin open c for select 1; return c; end $$;
