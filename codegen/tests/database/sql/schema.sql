-- Tables for views.sql, with data that turns every wrong claim into a null somewhere: rows
-- without partners on either side, empty groups, infinite dates, empty arrays, nulls wherever
-- they are allowed.

create type kind as enum ('small', 'large');
create type pair as (a int, b text);
create domain positive as int check (value > 0);
create domain required as text not null;

create table city (
    id int primary key,
    name text not null,
    note text
);

create table person (
    id int primary key,
    city_id int not null references city,
    boss_id int references person,
    name text not null,
    nick text,
    score int,
    tags text[] not null,
    joined timestamptz not null,
    data jsonb not null,
    active boolean not null,
    maybe boolean,
    kind kind not null,
    amount numeric(10, 2) not null,
    rank positive,
    motto required,
    span int4range not null
);

create table item (
    person_id int not null references person,
    n int not null,
    label text,
    price numeric,
    primary key (person_id, n)
);

-- Not null in the parent alone.
create table parent (id int not null, v int);
create table child () inherits (parent);
alter table only parent alter v set not null;
insert into child values (1, null);

create table part (id int not null, v int not null) partition by range (id);
create table part_1 partition of part for values from (0) to (10);
insert into part values (1, 1);

create function unknown(x int) returns int language sql immutable strict as 'select nullif(x, x)';
create function declared(x int) returns int language sql immutable as 'select coalesce(x, 0)';
comment on function declared(int) is '@notnull
Never null.';
create function find_pair(x int) returns pair language sql stable
    as 'select (1, ''a'')::pair where x = 1';

insert into city values (1, 'Ulm', null), (2, 'Bonn', 'old'), (3, 'Empty', 'x'), (4, 'Kiel', null),
    (8, 'Ost', 'o'), (9, 'West', 'w'),
    (12, 'Nord', 'n');
-- A NOT NULL domain lets nulls in through a subquery without a row, so the motto of one is null.
insert into person values
    (1, 1, null, 'Ann', null, null, '{}', 'infinity', '{}', true, null, 'small', 0, null, 'm', 'empty'),
    (2, 1, 1, 'Bob', 'b', 5, '{a,null}', '2020-01-01', '{"a": null}', false, true, 'large', 1.5, 1, 'm', '[1,2)'),
    (3, 2, 1, 'Cid', '', 0, '{x}', '-infinity', '{"a": 1}', true, false, 'small', -1, 2, 'm', '(,)'),
    (4, 4, 2, 'Dan', 'b', null, '{}', '2021-01-01', '{"a": 1}', true, null, 'small', 0, 1, 'm', '(,)'),
    (5, 4, 3, 'Eva', null, null, '{}', '2021-01-01', '[]', false, null, 'small', 0, 1,
        (select 'm'::required where false), '(,)'),
    (6, 1, null, 'Flo', 'f', 7, '{}', '2021-01-01', '[]', false, false, 'small', 0, null, 'm', '(,)'),
    (7, 1, 6, 'Gil', null, null, '{}', '2021-01-01', '[]', false, true, 'small', 0, null, 'm', '(,)'),
    (8, 8, 5, 'Hal', null, null, '{}', '2021-01-01', '[]', false, null, 'small', 0, null, 'm', '(,)'),
    (9, 9, null, 'Ida', null, 3, '{}', '2021-01-01', '[]', false, null, 'small', 0, null, 'm', '(,)'),
    (10, 9, null, 'Jon', 'z', null, '{}', '2021-01-01', '[]', false, null, 'small', 0, null, 'm', '(,)'),
    (11, 12, null, 'Kai', null, 1, '{}', '2021-01-01', '[]', false, null, 'small', 0, null, 'm', '(,)');
insert into item values (1, 1, null, null), (1, 2, 'l', 2), (2, 1, null, null);
