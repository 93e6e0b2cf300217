create type area as (outline polygon);
create view v_sites as select 1 as id, row(null)::area as area;
comment on view v_sites is '@key id';
