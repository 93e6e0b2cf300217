-- A schema with one of everything that introspection has a rule for; see database.rs.

create extension citext;
create schema other;
create schema "We.ird";

create type level as enum ('low', 'high');
alter type level add value 'middle' before 'high';
create domain code as text not null check (value <> '');
create domain short_code as code check (length(value) < 9);
create type money_range as range (subtype = numeric);
create type entry as (item int, prices numeric[], level level);
create type other.unused as (a int);

-- In another schema: only what is reached.
create table other.reached (id int primary key);
create table other.unreached (id int primary key);
create table other.read (id int primary key, x text);
create view other.lower_view as select id, x from other.read;

create table "We.ird"."ta""ble" ("co.l" int primary key);
comment on column "We.ird"."ta""ble"."co.l" is 'odd';

create table main (
    id int primary key,
    gone int,
    other_id int not null references other.reached,
    odd int references "We.ird"."ta""ble",
    label code,
    lines entry[],
    span money_range,
    mail citext,
    a int not null,
    b int not null,
    c int unique deferrable,
    constraint main_a_b unique (b, a)
);
alter table main drop gone;
create unique index main_partial on main (a) where b > 0;
create unique index main_expression on main ((a + b));
create unique index main_include on main (other_id) include (a);
alter table main enable row level security;
comment on table main is '@omit
Main.';
comment on column main.id is 'The number.';

create table parent (id int primary key, v int not null);
create table child () inherits (parent);
create table parted (id int not null, v int not null, primary key (id)) partition by range (id);
create table parted_1 partition of parted for values from (0) to (9);
create table refers (id int primary key, parted_id int references parted);

create foreign data wrapper nothing;
create server nowhere foreign data wrapper nothing;
create foreign table distant (id int not null) server nowhere;
create table above (v int not null, w int not null) partition by range (v);
create foreign table above_1 partition of above for values from (0) to (9) server nowhere;

create view v_main as select m.id, m.label, l.x from main m join other.lower_view l on l.id = m.id;
create view vxnot as select 1 as one;
create view v_catalog as select relname, c.oid from pg_class c;
create materialized view v_stored as select id, label, lines from main;
create unique index on v_stored (label, id);
create unique index on v_stored (id);
create view v_citext as select lower(mail) as mail from main;

create function fn_all(
    "p_a" int, inout p_b text default 'x,y', out p_c level, variadic p_d numeric[] default '{1,2}'
) language sql stable strict as 'select $2, null::level';
create function fn_table(int) returns table (x int, y text) language sql immutable as 'select 1, null::text';
create function fnxnot() returns int language sql as 'select 1';
create function computed(v v_main, n int) returns setof v_main language sql stable as 'select $1';
create procedure fn_procedure(p_x short_code) language plpgsql as 'begin end';
create aggregate fn_aggregate(int) (sfunc = int4pl, stype = int);
create function other.fn_other() returns int language sql as 'select 1';
comment on function fn_table(int) is 'Rows.';
