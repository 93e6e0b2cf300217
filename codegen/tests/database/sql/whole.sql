-- Views of which the first column is `b.id`: those that begin with `all_` have a row for each of
-- `b`, those that begin with `some_` do not in this data, and `maybe_` ones do, unproven.

create table a (id int primary key, name text not null);
create table b (id int primary key, a_id int not null references a, maybe_id int references a, kind int not null);
create table late (id int primary key, a_id int not null references a deferrable);
create table hidden (id int primary key);
alter table hidden enable row level security;
create table seen (id int primary key, hidden_id int not null references hidden);
insert into a values (1, 'x'), (2, 'y'), (3, 'z');
insert into b values (1, 1, null, 1), (2, 1, 2, 1), (3, 2, 2, 2);

create view all_plain as select id, kind from b;
create view all_inner as select b.id, a.name from b join a on a.id = b.a_id;
create view all_left as select b.id, a.name from b left join a on a.id = b.maybe_id;
create view all_right as select b.id, a.name from a right join b on a.id = b.maybe_id;
create view all_full as select b.id, a.name from a full join b on a.id = b.maybe_id;
create view all_using as select b.id from b join (select id as a_id, name from a) a using (a_id);
create view all_two as select b.id, c.name from b join a on a.id = b.a_id join a c on c.id = b.a_id left join b d on d.id = b.kind;
create view all_grouped as select b.id, max(a.name) as name from b left join a on a.id > b.id group by b.id;
create view all_distinct as select distinct b.id, b.kind from b;
create view all_below as select v.id from all_inner v;
create view all_subquery as select s.id from (select id, a_id from b) s left join a on a.id = s.a_id;
create view all_joined_below as select s.id from (select b.id from b join a on a.id = b.a_id) s;
create view all_with as with s as (select * from b) select s.id from s;
create view all_one as select b.id, c.n from b cross join (select count(*) as n from a) c;
create view all_lateral as select b.id, c.n from b cross join lateral (select count(*) as n from a where a.id = b.maybe_id) c;
create view all_to_view as select b.id from b join (select id from a) v on v.id = b.a_id;
create view some_where as select id from b where kind = 1;
create view some_inner as select b.id from b join a on a.id = b.maybe_id;
create view some_more as select b.id from b join a on a.id = b.a_id and a.name = 'x';
create view some_optional as select b.id from a left join b on b.a_id = a.id and b.id < 3;
create view some_distinct_on as select distinct on (kind) id, kind from b;
create view some_grouping_sets as select b.id, count(*) from b group by grouping sets ((id), (kind)) having id > 1;
create view some_limit as select id from b limit 1;
create view some_filtered_side as select b.id from b join (select id from a where name = 'x') v on v.id = b.a_id;
create view some_sample as select id from b tablesample system (0);
create view some_lateral as select b.id from b cross join lateral (select from a where a.id = b.maybe_id) c;
create view some_unnest as select b.id, unnest(array_remove(array[b.kind], 1)) as u from b;
create view some_below as select v.id from some_distinct_on v;
create view some_having as select id from b group by id having max(kind) = 1;
create view maybe_grouping_sets as select b.id, count(*) from b group by grouping sets ((id), (kind));
create view maybe_comma as select b.id, a.name from b, a where a.id = b.a_id;
