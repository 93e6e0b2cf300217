create view v_orders as select 1 as id;
comment on view v_orders is '@input';
comment on column v_orders.id is E'@notnull\n@nullable';
