create table tb_orders (id integer);
create view v_orders as select id from tb_orders;
comment on view v_orders is '@key id';
