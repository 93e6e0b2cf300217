-- Tables for random views: few values, many nulls, keys of all kinds. `filled` gives them new rows.

create type kind as enum ('small', 'large');
create table town (
    id int primary key,
    x int,
    label text not null
);
create table shop (
    id int primary key,
    town_id int not null references town,
    other_id int references town,
    name text,
    score int,
    kind kind not null,
    open boolean not null,
    follows int generated always as (id + 1) stored,
    check (name is not null or score is not null)
);
create table sale (
    shop_id int not null references shop,
    n int not null,
    amount int,
    note text check (note is not null),
    flag boolean,
    primary key (shop_id, n)
);
create table line (
    id int primary key,
    shop_id int,
    n int,
    price int not null,
    tags text[] not null,
    foreign key (shop_id, n) references sale
);
-- A child is not held to its parent's keys.
create table item (
    id int primary key,
    town_id int not null references town,
    name text
);
create table odd_item () inherits (item);

-- What its CHECK constraints say depends on the conditions of a query, and they pass on unknown.
create table rule (
    id int primary key,
    state text not null check (state in ('x', '', 'y')),
    kind kind,
    done boolean,
    a int,
    b int,
    c int,
    note text,
    check (state <> 'x' or a is not null),
    check ((state = 'y') = (b is not null)),
    check (not done or c is not null),
    check (kind <> 'small' or note is not null),
    check (c <= 1 or kind is not null),
    check (case kind when 'large' then a is not null else true end),
    check (num_nonnulls(a, b, c) >= 1)
);

create function pick(many int) returns int language sql as 'select floor(random() * many)::int';
create function maybe(value anyelement) returns anyelement language sql
    as 'select case when random() < 0.6 then value end';
create function word() returns text language sql as $$ select ('{x,"",y}'::text[])[1 + pick(3)] $$;

create function filled(seed float8) returns void language plpgsql as $$
begin
    perform setseed(seed);
    truncate town, shop, sale, line, item, odd_item, rule;
    insert into town select i, maybe(pick(4)), word() from generate_series(0, 1 + pick(4)) as i;
    insert into shop
        select i, t.id, maybe(o.id), case when s is null then word() else maybe(word()) end, s,
            (array['small', 'large']::kind[])[1 + pick(2)], random() < 0.5
        from generate_series(0, pick(5)) as i
        cross join lateral (select maybe(pick(4)) as s where i >= 0) as s
        cross join lateral (select id from town where i >= 0 order by random() limit 1) as t
        cross join lateral (select id from town where i >= 0 order by random() limit 1) as o;
    insert into sale
        select distinct on (s.id, m) s.id, m, maybe(pick(4)), word(), maybe(random() < 0.5)
        from shop as s, lateral (select pick(3) as m from generate_series(1, pick(3)) where s.id >= 0) as m (m);
    insert into line
        select i, maybe(s.shop_id), maybe(s.n), pick(4), array[maybe(word()), word()]
        from generate_series(0, pick(6)) as i
        cross join lateral (select shop_id, n from sale where i >= 0 order by random() limit 1) as s;
    insert into item
        select i, t.id, maybe(word()) from generate_series(0, pick(3)) as i
        cross join lateral (select id from town where i >= 0 order by random() limit 1) as t;
    insert into odd_item select pick(4), 99, maybe(word()) from generate_series(0, pick(2));
    for i in 0 .. 12 loop
        begin
            insert into rule select i, word(), maybe((array['small', 'large']::kind[])[1 + pick(2)]),
                maybe(random() < 0.5), maybe(pick(4)), maybe(pick(4)), maybe(pick(4)), maybe(word());
        exception when check_violation then
            null;
        end;
    end loop;
end
$$;
