-- Views whose columns say what is to be found out about them:
--
-- y_… is never null, and that is to be proven;
-- n_… is null in some row of the data in schema.sql, so that claiming otherwise is wrong;
-- u_… is never null, but nothing is claimed, for lack of a rule or because it takes more than
--     rules (what is in the tables, what a user's function does).

-- Joins.
create view join_inner as
    select p.id as y_id, p.nick as n_nick, c.name as y_city, c.note as n_note
    from person p join city c on c.id = p.city_id;
create view join_left as
    select p.id as y_id, b.id as n_boss, b.name as n_boss_name, p.boss_id as n_boss_id
    from person p left join person b on b.id = p.boss_id;
create view join_right as
    select p.id as n_id, c.id as y_city
    from person p right join city c on c.id = p.city_id;
create view join_full as
    select p.id as n_id, c.id as n_city, coalesce(p.id, c.id) as y_either,
        coalesce(p.nick, c.name) as n_wrong, greatest(p.id, c.id) as y_greatest,
        case when p.id is null then c.id else p.id end as y_case,
        case when p.id is null then c.note else p.name end as n_case
    from person p full join city c on c.id = p.city_id and c.id > 1;
create view join_full_using as
    select id as y_id, i.label as n_label
    from person full join (select n as id, label from item) i using (id);
create view join_full_chain as
    select id as y_id, a.name as n_a, b.name as n_b
    from city a full join person b using (id) full join (select n as id from item) c using (id);
create view join_full_then_left as
    select c.id as y_id, z.id as n_merged
    from city c left join (
        select id from (select id from person where id < 3) x full join (select n as id from item) y using (id)
    ) z on z.id = c.id and z.id > 1;
create view join_using as
    select id as y_id, p.name as y_name, c.name as n_name
    from person p left join (select id, name from city where id < 2) c using (id);
create view join_natural as
    select id as y_id, name as y_name from city natural left join (select id, 1 as one from item, city) x;
create view join_nested as
    select p.id as y_id, b.id as n_b, c.id as n_c
    from person p left join (person b join city c on c.id = b.city_id) on b.id = p.boss_id;
create view join_removed_by_where as
    select p.id as y_id, b.id as y_boss, b.name as y_name, b.nick as n_nick
    from person p left join person b on b.id = p.boss_id
    where b.active is not null;
create view join_removed_by_operator as
    select p.id as y_id, b.name as y_name, p.boss_id as y_boss_id
    from person p left join person b on b.id = p.boss_id
    where b.name like '%n%';
create view join_not_removed as
    select b.name as n_name from person p left join person b on b.id = p.boss_id
    where b.active is not true;
create view join_not_removed_by_coalesce as
    select b.name as n_name from person p left join person b on b.id = p.boss_id
    where coalesce(b.id, 0) < 5;
create view join_removed_by_inner as
    select p.id as y_id, b.name as y_name, i.n as y_n
    from person p left join person b on b.id = p.boss_id join item i on i.person_id = b.id;
create view join_removed_inside as
    select c.id as y_id, i.n as y_n
    from city c left join (person p left join item i on i.person_id = p.id) on p.city_id = c.id
    where i.n is not null;
create view join_full_to_left as
    select p.id as y_id, p.name as y_name, c.id as n_city
    from person p full join (select * from city where id > 1) c on c.id = p.city_id where p.id > 0;
create view join_full_to_inner as
    select p.id as y_id, c.id as y_city
    from person p full join city c on c.id = p.city_id where p.id > 0 and c.id > 0;
create view join_or as
    select b.name as y_name, b.score as n_score, b.rank as n_rank
    from person p left join person b on b.id = p.boss_id + 1
    where b.score > 1 or b.nick = 'b' or b.rank = 1;
create view join_lateral as
    select c.id as y_id, s.name as n_name, t.n as y_n, t.total as n_total, u.count as y_count
    from city c
    left join lateral (select p.name from person p where p.city_id = c.id limit 1) s on true
    left join lateral (select count(*) as n, sum(p.amount) as total from person p where p.city_id = c.id) t on true
    cross join lateral (select count(*) from item where n = c.id) u;
create view join_lateral_on_condition as
    select t.n as n_n
    from city c
    left join lateral (select count(*) as n from person p where p.city_id = c.id) t on t.n > 1;
create view join_lateral_correlated as
    select s.x as y_x, s.y as n_y
    from person p cross join lateral (select p.name as x, p.nick as y) s;
create view join_values as
    select v.a as y_a, v.b as n_b from person cross join (values (1, 'x'), (2, null)) as v (a, b);
create view join_whole_row as
    select p as y_p, b as n_b, (b).name as n_name
    from person p left join person b on b.id = p.boss_id;
create view join_condition as
    select p.boss_id as n_boss_id, q.boss_id as y_boss_id
    from person p left join item i on i.person_id = p.boss_id
    cross join (select a.boss_id from person a join person b on a.boss_id = b.id) q;
create view join_matched as
    select p.boss_id as y_boss_id, p.score as n_score
    from person p left join person b on b.id = p.boss_id where b.id is not null;
create view join_right_nested as
    select i.n as n_n, p.id as n_p, c.id as y_c
    from item i left join person p on p.id = i.person_id right join city c on c.id = p.city_id;

-- Conditions.
create view where_not_null as
    select nick as y_nick, score as n_score from person where nick is not null;
create view where_comparison as
    select nick as y_nick, score as y_score, boss_id as n_boss from person where nick <> 'z' and score + 1 >= 0;
create view where_or as
    select nick as y_nick, score as n_score, rank as n_rank
    from person where (nick = 'b' and score = 5) or (nick = '' and rank = 2) or (nick = 'b' and rank = 1)
    union all select 'x', null, null;
create view where_in as
    select nick as y_nick from person where nick in ('', 'b', null);
create view where_not_in as
    select nick as y_nick from person where nick not in ('c', 'd');
create view where_not_in_empty as
    select nick as n_nick from person where nick <> all ('{}');
create view where_not_in_subquery as
    select nick as n_nick from person where nick not in (select label from item where n > 5);
create view where_in_subquery as
    select boss_id as y_boss from person where boss_id in (select id from person);
create view where_not as
    select nick as y_nick, score as n_score from person where not (nick is null or nick = 'q');
create view where_boolean_test as
    select maybe as y_maybe, score as n_score from person where (maybe is not unknown) and (score > 1) is not true;
create view where_distinct as
    select score as y_score from person where score is not distinct from 5;
create view where_distinct_from as
    select score as n_score from person where score is distinct from 5;
create view where_coalesce as
    select maybe as y_maybe from person where coalesce(maybe, false);
create view where_expression as
    select data ->> 'a' as y_a, data ->> 'b' as n_b from person where data ->> 'a' is not null;
create view where_row as
    select nick as n_nick from person where (nick, name) is distinct from null;
create view where_null as
    select nick as n_nick from person where nick is null or maybe;
create view where_outer as
    select (select max(i.price) from item i where i.person_id = p.id and p.nick = 'b') as n_price, p.nick as n_nick
    from person p;
create view where_like as
    select nick as y_nick from person where nick like '%' and (nick || 'x') <> '';
create view where_between as
    select score as y_score from person where score between 0 and 10;

-- CASE and friends.
create view case_when as
    select case when active then 1 else 2 end as y_else, case when active then 1 end as n_no_else,
        case when nick is not null then nick else 'none' end as y_guarded,
        case when nick is null then 'none' else nick end as y_guarded_not,
        case when nick is null then nick else 'x' end as n_wrong_way,
        case nick when 'b' then nick else name end as y_value,
        case when nick = 'b' then nick when score > 0 then score::text else 'z' end as y_conditions,
        case when score is null and nick is null then 0 else score end as n_conditions,
        case when id is null then null else id end as y_dead
    from person;
create view case_presence as
    select case when b.id is not null then b.name else 'none' end as y_name,
        case when b.nick is not null then b.name else 'none' end as y_through_nick,
        case when b.name is null then p.nick else b.name end as n_other
    from person p left join person b on b.id = p.boss_id;
create view coalesces as
    select coalesce(nick, name) as y_name, coalesce(nick, score::text) as n_text, coalesce(score, 0) as y_score,
        nullif(name, 'Ann') as n_nullif, greatest(score, 0) as y_greatest, least(score, rank) as n_least
    from person;
create view booleans as
    select nick is null as y_null, nick = 'b' as n_equal, active and name = 'b' as y_and, active or maybe as n_or,
        not active as y_not, maybe is true as y_test, nick is distinct from 'b' as y_distinct,
        score in (1, 2) as n_in, id in (1, 2) as y_in, id in (1, null) as n_in_null,
        id = any (array[1, score]) as n_any, id = any ('{1,2}') as y_any_literal,
        id in (select id from city) as y_in_subquery, id + 7 in (select score from person) as n_in_nullable,
        exists (select from item where person_id = id) as y_exists,
        (id, name) = (1, 'x') as y_row, (id, name) < (1, 'x') as y_row_less, (id, nick) < (1, 'b') as n_row_less,
        id <> all (select id from city) as y_all, id > some (select n from item) as y_some
    from person;

-- Functions and operators.
create view functions as
    select lower(name) as y_lower, lower(nick) as n_lower, upper(span) as n_upper, name || 'x' as y_concat,
        name || nick as n_concat, concat(nick, score) as y_concat_all, concat_ws('-', nick, score) as y_concat_ws,
        length(name) + 1 as y_plus, amount * 2 - 1 as y_arithmetic, round(amount, 1) as y_round,
        extract(month from joined) as n_month, extract(year from joined) as y_year,
        extract(epoch from joined) as y_epoch, date_trunc('day', joined) as y_trunc,
        to_char(joined, 'YYYY') as n_char, to_char(amount, '99.9') as y_number, joined::date as y_date,
        joined::time as n_time, array_length(tags, 1) as n_length,
        cardinality(tags) as y_cardinality, tags[1] as n_tag, array_to_string(tags, ',') as y_tags,
        data -> 'a' as n_a, data ? 'a' as y_has, jsonb_build_object('a', nick) as y_object, to_jsonb(name) as y_json,
        to_jsonb(nick) as n_json, substring(name from 1 for 2) as y_substring,
        substring(name from 'B.*') as n_regex, regexp_match(name, 'B') as n_match, position('A' in name) as y_position,
        isempty(span) as y_empty, lower(span) as n_lower_bound, unknown(id) as n_unknown, declared(score) as y_declared,
        current_date as y_today, current_user as y_user
    from person;
create view functions_of_finite_dates as
    select now() - joined as y_minus, age(joined) as y_age from person where isfinite(joined);
create view casts as
    select id::text as y_text, nick::varchar(10) as n_varchar, name::varchar(2) as y_varchar, kind::text as y_kind,
        id::numeric as y_numeric, id::positive as y_domain, score::positive as n_domain,
        name::required as y_required, name collate "C" as y_collate, tags::varchar[] as y_array,
        amount::int as y_int, motto as n_motto, rank as n_rank, '1'::jsonb::int as u_jsonb
    from person where score is null or score > 0;
create view constructors as
    select array[nick] as y_array, row(id, nick)::pair as y_row, row(score, nick)::pair as n_row,
        (row(id, nick)::pair).a as y_field, (row(id, nick)::pair).b as n_field, find_pair(id) as n_pair,
        array(select label from item where person_id = id) as y_subquery
    from person;
create view sets_in_select as
    select generate_series(1, 2) as y_series, id as y_id from person;
create view several_sets_in_select as
    select generate_series(1, 2) as n_short, generate_series(1, 3) as u_long;
create view sets_in_from as
    select t.tag as n_tag, t.n as y_n, g.g as y_g, e.key as y_key, e.value as y_value, x.value as n_text
    from person, unnest(tags) with ordinality as t (tag, n), generate_series(1, 2) as g (g),
        jsonb_each('{"a": null}') as e, jsonb_each_text('{"a": null}') as x;
create view sets_side_by_side as
    select a.x as n_x, a.y as u_y from rows from (generate_series(1, 1), generate_series(1, 2)) as a (x, y);
create view composite_in_from as
    select f.a as n_a, f.b as n_b from person p, find_pair(p.id) f;
create view unnest_literal as
    select u as y_u, v as n_v from unnest(array['a', 'b']) u, unnest('{1,null}'::int[]) v;

create view pieces as
    select p as y_piece, q as n_piece, r as y_row
    from person, unnest(string_to_array(name, 'n')) p, unnest(string_to_array(name, 'n', 'A')) q,
        unnest(array(select n from item)) r;

-- Aggregates and windows.
create view aggregate_all as
    select count(*) as y_count, count(nick) as y_nicks, sum(amount) as n_sum, max(id) as n_max,
        coalesce(sum(amount), 0) as y_total, array_agg(id) as n_array, coalesce(max(nick), '') as y_nick
    from person where id > 99;
create view aggregate_grouped as
    select city_id as y_city, count(*) as y_count, sum(amount) as y_sum, sum(score) as n_scores, max(nick) as n_nick,
        array_agg(nick) as y_array, string_agg(name, ',') as y_names, jsonb_agg(nick) as y_json,
        sum(amount) filter (where id > 99) as n_filtered, count(*) filter (where id > 99) as y_filtered,
        stddev_samp(amount) as n_deviation, var_pop(amount) as y_variance, bool_and(active) as y_all,
        bool_or(maybe) as n_any, min(kind) as y_kind, percentile_cont(0.5) within group (order by id) as y_median
    from person group by city_id;
create view aggregate_grouped_nulls as
    select nick as n_nick, max(score) as n_max, avg(id) as y_avg from person group by nick;
create view aggregate_having as
    select nick as y_nick, max(score) as y_max from person group by nick having nick <> 'q' and max(score) is not null;
create view aggregate_join as
    select c.id as y_id, count(p.id) as y_count, sum(p.amount) as n_sum, coalesce(sum(p.amount), 0) as y_total,
        c.name as y_name
    from city c left join person p on p.city_id = c.id group by c.id;
create view grouping_sets as
    select city_id as n_city, active as n_active, count(*) as y_count, sum(amount) as y_sum,
        grouping(city_id) as y_grouping, coalesce(city_id, 0) as y_coalesce, city_id + 1 as n_expression
    from person group by grouping sets ((city_id), (active));
create view grouping_rollup as
    select city_id as n_city, active as n_active, sum(amount) as n_sum from person where id > 99 or city_id > 0
    group by rollup (city_id, active)
    union all select 1, true, sum(amount) from person where false;
create view grouping_common as
    select city_id as y_city, active as n_active, sum(amount) as y_sum from person group by city_id, rollup (active);
create view grouping_having as
    select city_id as y_city, active as n_active
    from person group by rollup (city_id, active) having city_id is not null;
create view grouping_where as
    select nick as n_nick from person where nick is not null group by cube (nick);
create view grouping_by_expression as
    select lower(name) as n_lower, name as n_name, upper(lower(name)) as n_upper
    from person group by grouping sets ((lower(name)), (name)) having lower(name) is not null or true;
create view grouping_by_expression_having as
    select name as n_name, lower(name) as y_lower
    from person group by grouping sets ((lower(name)), (name, lower(name))) having lower(name) is not null;
create view grouping_by_constant as
    select coalesce(1, 0) as n_one, case when coalesce(1, 0) is not null then coalesce(1, 0) else 2 end as u_case
    from person group by cube ((coalesce(1, 0))) having coalesce(1, 0) is not null;
create view grouping_simplified as
    select id as y_id, id + 2 as n_sum, coalesce(id + 2, 0) as y_coalesce, id * 2 as y_product
    from person group by id, rollup (id + (1 + 1));
create view grouping_case as
    select case when city_id is not null then city_id else 0 end as y_city,
        (select x.name from city x where x.id = city_id) as n_subquery
    from person group by rollup (city_id);
create view windows as
    select row_number() over () as y_number, rank() over (order by id) as y_rank, lag(id) over (order by id) as n_lag,
        lag(id, 1, 0) over (order by id) as y_lag, lead(nick, 1, '') over (order by id) as n_lead,
        first_value(id) over (order by id) as y_first, last_value(nick) over () as n_last,
        nth_value(id, 2) over (order by id) as n_nth, sum(amount) over (order by id) as y_sum,
        sum(amount) over (order by id rows between 2 preceding and 1 preceding) as n_before,
        avg(amount) over (order by id rows between 2 preceding and current row) as y_moving,
        sum(amount) over (order by id rows between unbounded preceding and current row exclude current row) as n_excluding,
        sum(score) over () as u_scores, count(nick) over () as y_count, ntile(2) over () as y_ntile,
        sum(amount) filter (where id > 99) over () as n_filtered
    from person;
create view window_in_case as
    select case when nick is not null then first_value(nick) over (order by id) else '' end as n_first,
        case when nick is not null then max(nick) over (partition by id) else '' end as y_max,
        case when id is null then null else first_value(id) over () end as y_id
    from person;
create view window_in_full_join as
    select coalesce(p.id, c.id) as y_id,
        coalesce(first_value(p.id) over (order by p.id nulls first), first_value(c.id) over (order by c.id nulls first)) as n_first
    from person p full join (select * from city where id > 3) c on c.id = p.id and c.id < 5;
create view window_over_group as
    select city_id as y_city, sum(sum(amount)) over () as y_total, rank() over (order by count(*)) as y_rank
    from person group by city_id;

-- Subqueries, WITH, set operations.
create view scalar_subqueries as
    select (select count(*) from item i where i.person_id = p.id) as y_count,
        (select sum(i.price) from item i where i.person_id = p.id) as n_sum,
        (select coalesce(sum(i.price), 0) from item i where i.person_id = p.id) as y_total,
        (select c.name from city c where c.id = p.city_id) as y_city,
        (select p.name) as y_name, (select p.nick) as n_nick, (select 1 limit 0) as n_limit,
        (select 1 where p.id = 99) as n_where, (select count(*) from item having count(*) > 99) as n_having,
        (select count(*) from item group by n order by n offset 99) as n_grouped,
        (select max(n) from (values (1), (2)) v (n)) as y_max
    from person p;
create view scalar_subquery_of_no_rows as
    select (select coalesce(max(i.price), p.score) from item i where i.person_id = p.id and p.score is not null) as n_score,
        (select p.score from item i where p.score > 99 having count(*) = 0) as n_having,
        (select (select p.nick) from item i where p.nick = 'z' having count(*) = 0) as n_deeper,
        (select max(p.score + i.n) from item i where p.score is not null) as n_max
    from person p;
create view lateral_of_no_rows as
    select s.x as n_x, s.y as n_y
    from person p
    cross join lateral (select p.nick as x, count(*) + p.score as y from item i where p.nick <> '' and p.score > 0) s;
create view lateral_of_groups as
    select t.x as y_x, t.y as y_y
    from person p
    cross join lateral (select p.nick as x, p.score as y, i.n from item i where p.nick <> '' and p.score > 0 group by i.n) t;
create view subquery_in_from as
    select s.id as y_id, s.nick as n_nick, s.n as y_n
    from (select id, nick, count(*) over () as n from person) s;
create view with_items as
    with a as (select id, nick from person where nick is not null), b as (select * from a)
    select b.id as y_id, b.nick as y_nick, a.nick as n_nick from b left join a on a.id = b.id + 1;
create view with_recursive as
    with recursive tree as (
        select id, boss_id, name, 1 as depth, nick from person where boss_id is null
        union all
        select p.id, p.boss_id, p.name, t.depth + 1, p.nick from person p join tree t on t.id = p.boss_id
    )
    select id as y_id, boss_id as n_boss, name as y_name, depth as y_depth, nick as n_nick from tree;
create view with_recursive_lost as
    with recursive r (a, b, c) as (
        select 1, 1, 1 union all select a + 1, nullif(b, 1), b from r where a < 4
    )
    select a as y_a, b as n_b, c as n_c from r;
create view with_recursive_delayed as
    with recursive r (n, a, b, c) as (
        select 1, 1, 1, 1 union all select n + 1, b, c, null from r where n < 6
    )
    select n as y_n, a as n_a, b as n_b, c as n_c from r;
create view set_union as
    select id as y_id, nick as n_nick, name as y_name from person union select id, name, 'x' from city;
create view set_union_null as
    select id as n_id, 1 as y_one from person union all select null, 2;
create view set_intersect as
    select nick as y_nick from (select nick, name from person) x intersect select name from (values ('b')) v (name);
create view set_except as
    select name as y_name, nick as n_nick from person except select null, 'q';
create view set_nested as
    select id as y_id from person union all (select n from item intersect select score from person) union select 7;
create view set_enum as
    select kind as y_kind from person union all select 'large';

-- Views on views, materialized views, odd tables.
create view on_view as
    select y_id, n_boss, n_boss_name, (select count(*) from join_left) as y_count from join_left;
create view on_view_left as
    select a.y_id as y_id, b.y_id as n_id from on_view a left join on_view b on b.y_id = a.y_id + 1;
create view promised as
    select (select count(*) from item) + nullif(-1, id) as u_promised from person;
comment on column promised.u_promised is '@notnull';
create view on_promised as
    select u_promised as y_promised from promised;
create materialized view stored as
    select id as y_id, nick as n_nick from person;
create view on_stored as
    select y_id, n_nick from stored;
create view inherited as
    select id as y_id, v as n_v from parent;
create view inherited_only as
    select v as u_v from only parent where false;
create view partitioned as
    select id as y_id, v as y_v, tableoid as y_table from part;
create view nothing_from as
    select 1 as y_one, null::int as n_null, 'x' as y_text;
create view distinct_on as
    select distinct on (city_id) city_id as y_city, nick as n_nick from person order by city_id, id;
create view limited as
    select id as y_id from person order by id limit 1 offset 1;
create view system_catalog as
    select relname as u_name from pg_class limit 1;
create view long_sum as
    select length(name || 'a' || 'b' || 'c' || 'd' || 'e' || 'f' || 'g' || 'h' || 'i' || 'j' || 'k' || 'l' || 'm'
        || 'n' || 'o' || 'p' || 'q' || 'r' || 's' || 't' || 'u' || 'v' || 'w' || 'x' || 'y' || 'z') as y_length
    from person;
