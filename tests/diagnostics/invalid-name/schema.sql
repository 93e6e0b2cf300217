create view v_orders as select 1 as id, 2 as "2nd", 3 as "größe", 4 as "__hidden";
