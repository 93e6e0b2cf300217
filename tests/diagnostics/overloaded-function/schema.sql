create view v_orders as select 1 as id;
create function fn_ship(p_order integer) returns integer language sql as 'select 1';
create function fn_ship(p_order integer, p_note text) returns integer language sql as 'select 1';
create function fn_send(p_to integer) returns integer language sql as 'select 1';
create function fn_send(p_to text) returns integer language sql as 'select 1';
comment on function fn_send(text) is 'Sends a letter.';
create function fn_area(p_a integer) returns integer language sql as 'select 1';
create function fn_area(p_a integer, p_b integer default 2) returns integer language sql as 'select 1';
comment on function fn_area(integer, integer) is '@name areaOfRectangle';
