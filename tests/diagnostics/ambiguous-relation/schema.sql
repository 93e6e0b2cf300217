create table tb_shops (id integer primary key);
create table tb_visits (id integer primary key, shop_id integer references tb_shops);
create view v_open_shops as select id from tb_shops;
create view v_closed_shops as select id from tb_shops;
create view v_visits as select * from tb_visits;
create view v_recent_visits as select * from tb_visits;
comment on view v_recent_visits is '@relation shop (shop_id) references v_open_shops (id)';
