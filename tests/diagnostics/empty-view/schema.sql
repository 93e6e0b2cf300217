create view v_sites as select polygon '((0,0),(1,1),(1,0))' as area;
create view v_orders as select 1 as id;
