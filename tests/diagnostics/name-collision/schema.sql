create view v_orders as select 1 as id, 2 as order_id, 3 as "orderId";
create view "v_Orders" as select 1 as id;
create function fn_orders() returns integer language sql stable as 'select 1';
create view v_parents as select 1 as id, 2 as child;
comment on view v_parents is E'@key id\n@relation child (child) references v_parents (id)';
create table tb_topics (topic text primary key, code text not null unique);
create view v_topics as select * from tb_topics;
create view v_topics_by_code as select 1 as x;
