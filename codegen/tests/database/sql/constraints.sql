-- What constraints, defaults and storage say about columns, and what foreign keys say about
-- joins; the names of columns mean what they mean in views.sql.

-- CHECK constraints and generated columns.
create table entry (
    id int generated always as identity primary key,
    kind text not null,
    a int check (a is not null),
    b int,
    c int check (c > 0),
    d int,
    e int,
    paid_at date,
    total int generated always as (id * 2) stored,
    doubtful int generated always as (b * 2) stored,
    constraint one_of check (b is not null or d is not null),
    constraint exactly_one check (num_nonnulls(b, d) = 1),
    constraint paid check (kind <> 'paid' or paid_at is not null)
);
insert into entry (kind, a, b, c, d, e, paid_at) values
    ('new', 1, 1, null, null, null, null), ('paid', 2, null, 1, 3, 1, '2020-01-01');
insert into entry (kind, a, b, d, e) values ('new', 1, 2, null, null);
alter table entry add constraint unchecked check (e is not null) not valid;
create view check_constraints as
    select a as y_a, c as n_c, e as n_e, coalesce(b, d) as y_one, b as n_b, d as n_d, paid_at as n_paid
    from entry;
create view check_implies as
    select paid_at as y_paid_at, b as n_b from entry where kind = 'paid';
create view generated_columns as
    select id as y_id, total as y_total, doubtful as n_doubtful from entry;

-- A NO INHERIT constraint says nothing about the rows of children.
create table upper (id int, v int, check (id is not null), check (v is not null) no inherit);
create table lower () inherits (upper);
insert into lower values (1, null);
create view check_inherited as
    select id as y_id, v as n_v from upper;
