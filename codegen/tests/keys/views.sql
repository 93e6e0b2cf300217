-- The comment of each view is the keys that it is to have, those that may be null with a question
-- mark, or `none`, or `one` for a single row.

create view v_base as select t, id from a;
comment on view v_base is 'id';
create view v_hidden as select t, n from a;
comment on view v_hidden is 'none';
create view v_cast as select id::bigint as id from a;
comment on view v_cast is 'none';
create view v_inherited as select id, n from p;
comment on view v_inherited is 'none';
create view v_own_order as select t from g;
comment on view v_own_order is 'none';
create view v_unique as select w, n from b;
comment on view v_unique is 'w';
create view v_nullable_unique as select u, n from b;
comment on view v_nullable_unique is 'u?';
create view v_tested_unique as select u, n from b where u is not null;
comment on view v_tested_unique is 'u';
create view v_two_keys as select w, id from b;
comment on view v_two_keys is 'id; w';
create view v_composite as select y, n, x from c;
comment on view v_composite is 'y, x';
create view v_fixed_part as select y, n, x from c where x = 1;
comment on view v_fixed_part is 'y';
create view v_setting_part as
  select y, n, x from c where x = coalesce(current_setting('app.x', true), '1')::integer;
comment on view v_setting_part is 'y';
create view v_volatile_part as select y, n, x from c where x = (random() * 2)::integer;
comment on view v_volatile_part is 'y, x';
create view v_true_part as select name, late from d where late;
comment on view v_true_part is 'name';
create view v_all_fixed as select y, n, x from c where x = 1 and 2 = y;
comment on view v_all_fixed is 'one';

create view v_inner as select a.id, b.n from a join b on b.id = a.b_id;
comment on view v_inner is 'id';
create view v_comma as select a.id, b.n from a, b where a.b_id = b.id;
comment on view v_comma is 'id';
create view v_comma_many as select a.id, b.n from a, b where a.n = b.n;
comment on view v_comma_many is 'none';
create view v_less as select a.id, b.n from a join b on b.id <= a.b_id;
comment on view v_less is 'none';
create view v_or as select a.id, b.n from a join b on b.id = a.b_id or b.id = 1;
comment on view v_or is 'none';
create view v_both as select a.id, b.id as b_id from a join b on b.n = a.n;
comment on view v_both is 'id, b_id';
create view v_equivalent as select b.id as other, a.b_id, a.n from a join b on b.id = a.b_id group by b.id, a.b_id, a.n;
comment on view v_equivalent is 'other, n';
create view v_through as select a.b_id, count(*) as n from b join a on a.b_id = b.id group by a.b_id, b.id, b.n;
comment on view v_through is 'b_id';
create view v_swapped as select a.n, f.at from a join f on f.id = a.n;
comment on view v_swapped is 'none';
create view v_other_side as select x.n as b_id, y.id from (select n, count(*) from a group by n) as x join b as y on y.id = x.n;
comment on view v_other_side is 'id; b_id';
create view v_stand_in as select a.n from a join (select distinct n from a) as x on x.n = a.id;
comment on view v_stand_in is 'none';
create view v_left as select a.id, b.n from a left join b on b.id = a.b_id;
comment on view v_left is 'id';
create view v_left_unique as select a.id, b.n from a left join b on b.u = a.m;
comment on view v_left_unique is 'id';
create view v_left_many as select a.id, b.n from a left join b on b.n = a.n;
comment on view v_left_many is 'none';
create view v_left_part as select a.id, c.n from a left join c on c.x = a.n;
comment on view v_left_part is 'none';
create view v_left_whole as select a.id, c.n from a left join c on c.x = a.n and c.y = 1;
comment on view v_left_whole is 'id';
create view v_left_chain as
  select a.id, c.n from a left join b on b.id = a.b_id left join c on c.x = b.c_x and c.y = a.n;
comment on view v_left_chain is 'id';
create view v_left_nested as
  select a.id, c.n from a left join (b join c on c.x = b.c_x and c.y = b.n) on b.id = a.b_id;
comment on view v_left_nested is 'id';
create view v_left_nested_many as
  select a.id, c.n from a left join (b join c on c.x = b.c_x) on b.id = a.b_id;
comment on view v_left_nested_many is 'none';
create view v_left_key_of_nullable as select b.id, a.n from a left join b on b.id = a.b_id;
comment on view v_left_key_of_nullable is 'none';
create view v_left_reversed as select b.id, a.n from b left join a on a.id = b.n where b.id > 0;
comment on view v_left_reversed is 'id';
create view v_left_fixed_nullable as select b.id, a.t from b left join a on a.id = 1;
comment on view v_left_fixed_nullable is 'id';
create view v_right as select a.id, b.n from b right join a on b.id = a.b_id;
comment on view v_right is 'id';
create view v_full as select a.id, b.id as b_id from a full join b on b.id = a.b_id;
comment on view v_full is 'none';
create view v_full_tested as select a.id from a full join b on b.id = a.b_id where a.id is not null;
comment on view v_full_tested is 'none';
create view v_using as select id, a.n from a join b using (id);
comment on view v_using is 'id';
create view v_domain as select a.id, d.late from a join d on d.name = a.t;
comment on view v_domain is 'id';
create view v_varchar as select a.id, d.late from a join d on d.name = a.v;
comment on view v_varchar is 'id';
create view v_bigger as select a.id, d.late from a left join d on d.big = a.n;
comment on view v_bigger is 'id';
create view v_rounded as select a.id, d.late from a left join d on d.big / 2 = a.n;
comment on view v_rounded is 'none';
create view v_clocks as select f.id, e.n from f join e on e.at = f.at;
comment on view v_clocks is 'none';
create view v_self as select a.id, other.id as other_id from a join a as other on other.n = a.n;
comment on view v_self is 'id, other_id';
create view v_self_key as select a.id, other.t from a join a as other on other.id = a.id;
comment on view v_self_key is 'id';

create view v_group as select n, count(*) as many from a group by n;
comment on view v_group is 'n';
create view v_group_nullable as select m, count(*) as many from a group by m;
comment on view v_group_nullable is 'none';
create view v_group_hidden as select count(*) as many, t from a group by n, t;
comment on view v_group_hidden is 'none';
create view v_group_two as select t, n, count(*) as many from a group by n, t;
comment on view v_group_two is 't, n';
create view v_group_key as select b.n, b.id, count(a.id) as many from b left join a on a.b_id = b.id group by b.id, b.n;
comment on view v_group_key is 'id';
create view v_group_expression as select n + 1 as more, n, count(*) as many from a group by n, n + 1;
comment on view v_group_expression is 'more, n';
create view v_group_computed as select n + 1 as more, count(*) as many from a group by n + 1;
comment on view v_group_computed is 'more';
create view v_group_lower as select w, id, lower(t) as t, count(*) from b join a using (id) group by b.w, id, lower(t);
comment on view v_group_lower is 'id; w';
create view v_rollup as select n, t, count(*) as many from a group by rollup (n, t);
comment on view v_rollup is 'none';
create view v_sets as select n, count(*) as many from a group by grouping sets ((n), (n, t));
comment on view v_sets is 'none';
create view v_total as select count(*) as many, max(id) as id from a;
comment on view v_total is 'one';
create view v_having as select 1 as x from a having count(*) > 1;
comment on view v_having is 'one';
create view v_window as select id, row_number() over (order by t) as place from a;
comment on view v_window is 'id; place';
create view v_limit as select id, t from a order by t limit 3;
comment on view v_limit is 'id';

create view v_distinct as select distinct n, t from a;
comment on view v_distinct is 'n, t';
create view v_distinct_key as select distinct n, id, t from a;
comment on view v_distinct_key is 'id';
create view v_distinct_reduced as select distinct b.id, b.w, a.n from b join a on a.b_id = b.id;
comment on view v_distinct_reduced is 'id, n';
create view v_distinct_on as select distinct on (n) t, n from a order by n, t;
comment on view v_distinct_on is 'n';
create view v_distinct_on_hidden as select distinct on (n) t from a order by n, t;
comment on view v_distinct_on_hidden is 'none';
create view v_distinct_set as select distinct n, generate_series(1, n + 1) % 2 as odd from a;
comment on view v_distinct_set is 'n, odd';
create view v_set_returning as select id, generate_series(1, n) as x from a;
comment on view v_set_returning is 'none';

create view v_union as select n, t from a union select n, 'z' from c;
comment on view v_union is 'n, t';
create view v_union_all as select id from a union all select id from b;
comment on view v_union_all is 'none';
create view v_union_both as select id from a union all select id from b union select 7;
comment on view v_union_both is 'id';
create view v_union_then_all as select id from a union select id from b union all select 7;
comment on view v_union_then_all is 'none';
create view v_intersect as select n, id from a intersect select n, id from b;
comment on view v_intersect is 'id';
create view v_except_all as select id from a except all select n from b;
comment on view v_except_all is 'id';
create view v_except_all_none as select n from a except all select id from b;
comment on view v_except_all_none is 'none';
create view v_except_cast as select n, id from a except select 1, big from d;
comment on view v_except_cast is 'n, id';

create view v_subquery as select x.id, x.t from (select * from a where n > 0) as x;
comment on view v_subquery is 'id';
create view v_subquery_total as select a.id, x.many from a, (select count(*) as many from b) as x;
comment on view v_subquery_total is 'id';
create view v_subquery_group as
  select b.id, x.many from b left join (select b_id, count(*) filter (where n > 0) as many from a group by b_id) as x on x.b_id = b.id;
comment on view v_subquery_group is 'id';
create view v_lateral as
  select b.id, x.many from b left join lateral (select count(*) as many from a where a.b_id = b.id) as x on true;
comment on view v_lateral is 'id';
create view v_lateral_key as select x.id from b, lateral (select a.id from a where a.n = b.n) as x;
comment on view v_lateral_key is 'none';
create view v_lateral_both as select x.id, b.id as b_id from b, lateral (select a.id from a where a.n = b.n) as x;
comment on view v_lateral_both is 'id, b_id';
create view v_lateral_circle as
  select x.k from b, lateral (select c.x as k, count(*) filter (where c.n < b.n) as many from c group by c.x) as x where b.id = x.many;
comment on view v_lateral_circle is 'none';
create view v_cte as with x as (select b_id, count(*) as many from a group by b_id), y as (select * from x)
  select b.id, y.many, x.many as again from b left join y on y.b_id = b.id left join x on x.b_id = b.id;
comment on view v_cte is 'id';
create view v_recursive as with recursive x as (select 1 as n union all select n + 1 from x where n < 3) select a.id, x.n from a join x on x.n = a.n;
comment on view v_recursive is 'none';
create view v_exists as select id from a where exists (select from b where b.n = a.n) and n in (select n from b);
comment on view v_exists is 'id';
create view v_values as select a.id, x.n from a, (values (1)) as x (n);
comment on view v_values is 'id';
create view v_values_many as select a.id, x.n from a, (values (1), (1)) as x (n);
comment on view v_values_many is 'none';
create view v_function as select a.id, x from a, abs(a.n) as x;
comment on view v_function is 'id';
create view v_ordinality as select a.id, x.place, x.x from a, unnest(array[a.n, a.n]) with ordinality as x (x, place);
comment on view v_ordinality is 'id, place';
create view v_on_view as select g.n, b.id from v_group as g join b on b.n = g.n;
comment on view v_on_view is 'id';
create view v_on_view_many as select k.n, k.id, a.id as a_id from v_group_key as k join a on a.b_id = k.id;
comment on view v_on_view_many is 'a_id';
create materialized view v_materialized as select b.n, b.id from b;
comment on materialized view v_materialized is 'id';
create materialized view v_indexed as select distinct n as x from c where n > 0;
create unique index on v_indexed (x);
comment on materialized view v_indexed is 'x';
create view v_on_indexed as select a.id, x.x from a left join v_indexed as x on x.x = a.n;
comment on view v_on_indexed is 'id';
create view v_declared as select n, id from a;
comment on view v_declared is E'@key n, id\nn, id';

create view v_all_keys as select n, w, u, id from b;
comment on view v_all_keys is 'id; w; u?';
create view v_one_to_one as select a.id, b.u, b.id as b_id from a join b on b.w = a.id;
comment on view v_one_to_one is 'id; b_id; u?';
create view v_declared_two as select n, id, t from a;
comment on view v_declared_two is E'@key n, id\n@key id as oneById\nn, id; id';
create view v_partial as select late, name, shown from g2;
comment on view v_partial is 'none';
create view v_partitioned as select n, id from q;
comment on view v_partitioned is 'n, id';
create view v_partition as select n, id from q_1;
comment on view v_partition is 'id';
create view v_child as select id, n from p_child;
comment on view v_child is 'none';
create view v_deferrable as select x from r;
comment on view v_deferrable is 'none';

create view v_arms as select 'a' as kind, id, n from a union all select 'b', id, n from b;
comment on view v_arms is 'kind, id';
create view v_arms_nested as
  select 1 as kind, id from a union all (select 2, id from b union all select 3, x from c where y = 1);
comment on view v_arms_nested is 'kind, id';
create view v_arms_keys as select 1 as kind, id, n from a union all select 2, w, n from b;
comment on view v_arms_keys is 'kind, id';
create view v_arms_two as select true as kind, id as x, n as y from a union all select false, x, y from c;
comment on view v_arms_two is 'kind, x, y';
create view v_arms_same as select 'a' as kind, id from a union all select 'a', id from b;
comment on view v_arms_same is 'none';
create view v_arms_numeric as select 1.0 as kind, id from a union all select 1.00, id from b;
comment on view v_arms_numeric is 'none';
create view v_arms_computed as select t || 'x' as kind, id from a union all select 'b', id from b;
comment on view v_arms_computed is 'none';
create view v_arms_without_key as select 'a' as kind, n from a union all select 'b', id from b;
comment on view v_arms_without_key is 'none';
create view v_arms_cast as select 1 as kind, big from d union all select 2, id from b;
comment on view v_arms_cast is 'none';
create view v_arms_distinct as select 'a' as kind, id, n from a union select 'b', id, n from b;
comment on view v_arms_distinct is 'kind, id';
create view v_intersect_right as select n from a intersect all select id from b;
comment on view v_intersect_right is 'n';

create view v_walk as with recursive x as (select 1 as n union select n % 3 + 1 from x) select n from x;
comment on view v_walk is 'n';
create view v_walk_pairs as
  with recursive x as (select id, b_id from a union select x.id, b.n from x join b on b.id = x.b_id) select * from x;
comment on view v_walk_pairs is 'none';
create view v_cycle as
  with recursive x as (select 1 as n union select n % 3 + 1 from x) cycle n set again using path select n from x;
comment on view v_cycle is 'none';
create view v_tree as
  with recursive x as (
    select id, up, 1 as depth from t where up is null
    union all select t.id, t.up, x.depth + 1 from t join x on x.id = t.up
  ) select * from x;
comment on view v_tree is 'id';
create view v_tree_joined as
  with recursive x as (
    select id, 0 as other from t where up is null and id > 0
    union all select t.id, b.n from x, t left join b on b.id = t.id where x.id = t.up
  ) select * from x;
comment on view v_tree_joined is 'id';
create view v_tree_from_one as
  with recursive x as (
    select id, up from t where id = 1 union all select t.id, t.up from t join x on x.id = t.up where t.id < 9
  ) select * from x limit 1000;
comment on view v_tree_from_one is 'none';
create view v_tree_two_parents as
  with recursive x as (
    select id from t where up is null union all select t.id from t join x on x.id = t.other and t.up < t.id
  ) select * from x limit 1000;
comment on view v_tree_two_parents is 'none';
create view v_tree_repeated as
  with recursive x as (
    select id, up from t where up is null
    union all select t.id, t.up from t join x on x.id = t.up join b on b.n = t.id
  ) select * from x;
comment on view v_tree_repeated is 'none';
create view v_tree_upwards as
  with recursive x as (
    select id, up from t where up is null union all select t.id, t.up from t join x on x.up = t.id
  ) select * from x;
comment on view v_tree_upwards is 'none';

create view v_limit_one as select t from a order by id limit 1;
comment on view v_limit_one is 'one';
create view v_limit_ties as select t from a order by t fetch first 1 row with ties;
comment on view v_limit_ties is 'none';
create view v_lateral_one as
  select b.id, x.t from b left join lateral (select a.t from a where a.b_id = b.id order by a.id limit 1) as x on true;
comment on view v_lateral_one is 'id';
create view v_lateral_two as
  select b.id, x.t from b left join lateral (select a.t from a where a.b_id = b.id order by a.id limit 2) as x on true;
comment on view v_lateral_two is 'none';
create view v_first as
  select n, t from (select a.n, a.t, row_number() over (partition by n order by t) as place from a) as x where place = 1;
comment on view v_first is 'n';
create view v_first_two as
  select n, t, place from (select a.n, a.t, row_number() over (partition by n order by t) as place from a) as x where place <= 2;
comment on view v_first_two is 'n, place';
create view v_first_joined as
  select b.id, x.t from b left join (select a.*, row_number() over (partition by b_id order by t) as place from a) as x
    on x.b_id = b.id and x.place = 1;
comment on view v_first_joined is 'id';
create view v_rank as
  select n, t from (select a.n, a.t, rank() over (partition by n order by t) as place from a) as x where place = 1;
comment on view v_rank is 'none';
create view v_first_set as
  select n, place from (select a.n, generate_series(1, 2), row_number() over (partition by n) as place from a) as x where place = 1;
comment on view v_first_set is 'none';
create view v_series as select n, n * 2 as twice from generate_series(1, 5) as n;
comment on view v_series is 'n';
create view v_series_joined as select a.id, x.n from a, generate_series(1, a.n) as x (n);
comment on view v_series_joined is 'id, n';
create view v_table as select code, n from (values ('a', 1), ('b', 1), ('c', 2)) as x (code, n);
comment on view v_table is 'code';
create view v_table_null as select code from (values ('a'), (null)) as x (code);
comment on view v_table_null is 'none';

create view v_odd as select name, late from h;
comment on view v_odd is 'name';
create view v_odd_join as select a.id, h.late from a left join h on h.name = a.t;
comment on view v_odd_join is 'none';
create view v_odd_other as select a.id, a.t from h join a on a.t = h.name join d on d.name = h.name;
comment on view v_odd_other is 'none';
create view v_odd_collate as select a.id, d.late from a left join d on d.name = a.t collate odd;
comment on view v_odd_collate is 'none';
create view v_odd_key as select h.late, h.id, a.t from h join a on a.id = h.id;
comment on view v_odd_key is 'id';
create view v_odd_arms as select kind, id from (select 'a' collate odd as kind, id from a union all select 'A', id from b) as x;
comment on view v_odd_arms is 'none';
create view v_odd_except as select name from d except all select name from h;
comment on view v_odd_except is 'none';
