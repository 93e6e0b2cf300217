-- More views like those of views.sql: what people write, and what tempts to a wrong claim.

-- Conditions that prove more than their operands.
create view logic as
    select score is null or score > 1 as y_or, score is not null and score > 1 as y_and,
        score > 1 or score is null as y_turned, score is not null or score > 1 as n_or,
        nick is not null and score is not null and nick = score::text as y_three,
        not (score is null or score > 1) as y_not,
        (b.id is not null and b.name = 'Ann') as y_joined, b.id is not null or b.name = 'Ann' as n_joined
    from (select p.score, p.nick, b.id, b.name from person p left join person b on b.id = p.boss_id) b;
create view exhaustive as
    select case when active then 1 when not active then 2 end as y_boolean,
        case active when true then 1 when false then 2 end as y_boolean_value,
        case when maybe then 1 when not maybe then 2 end as n_boolean,
        case kind when 'small' then 1 when 'large' then 2 end as y_enum,
        case when kind = 'small' then 1 when kind = 'large' then 2 end as y_enum_searched,
        case kind when 'small' then 1 end as n_enum,
        case when id > 3 then 'a' when id <= 3 then 'b' end as y_order,
        case when id < 3 then 'a' when id = 3 then 'b' when id > 3 then 'c' end as y_three,
        case when id < 3 then 'a' when id > 3 then 'c' end as n_hole,
        case when id = 3 then 'a' when id <> 3 then 'c' end as y_equal,
        case when score > 3 then 'a' when score <= 3 then 'b' end as n_score,
        case when score > 3 then 'a' when score <= 3 then 'b' when score is null then 'c' end as y_score
    from person;
create view where_row_not_null as
    select nick as y_nick, score as y_score, rank as n_rank from person where (nick, score) is not null;
create view where_not_row_null as
    select nick as n_nick, score as n_score from person where not ((nick, score) is null);
create view where_row_less as
    select score as y_score, nick as n_nick from person where (score, coalesce(nick, 'a')) < (6, 'c');
create view where_whole_row as
    select b.name as y_name, c.note as n_note, c.name as y_city from person p left join person b on b.id = p.boss_id
    left join city c on c.id = b.city_id
    where b is distinct from null and c.* is distinct from null;
create view where_either as
    select coalesce(nick, score::text) as y_either, nick as n_nick, score as n_score,
        case when nick is null then score else 0 end as y_case, coalesce(nick, rank::text) as n_other
    from person where nick is not null or score is not null;
create view where_case as
    select score as y_score, nick as n_nick from person where case when score > 1 then true else false end;
create view where_not_distinct as
    select p.score as y_score from person p join (values (5), (7)) v (x) on p.score is not distinct from v.x;
create view where_not_distinct_nullable as
    select p.score as n_score from person p join person q on p.score is not distinct from q.score;
create view where_exists as
    select p.boss_id as y_boss, p.nick as n_nick from person p
    where exists (select from person b where b.id = p.boss_id);
create view where_not_exists as
    select p.boss_id as n_boss from person p where not exists (select from person b where b.id = p.boss_id and b.id = 99);
create view where_exists_aggregate as
    select p.boss_id as n_boss from person p where exists (select count(*) from person b where b.id = p.boss_id);
create view where_exists_left as
    select b.name as y_name from person p left join person b on b.id = p.boss_id
    where exists (select from city c where c.id = b.city_id);
create view where_in_correlated as
    select p.score as y_score, p.boss_id as n_boss from person p
    where p.id in (select b.id from person b where b.score = p.score);
create view where_scalar as
    select p.boss_id as y_boss from person p where (select b.name from person b where b.id = p.boss_id) like '%n%';
create view where_above as
    select s.boss as y_boss, s.name as y_name, s.nick as n_nick
    from (select b.id as boss, b.name, b.nick from person p left join person b on b.id = p.boss_id) s
    where s.boss > 0;
create view where_above_view as
    select n_boss as y_boss, n_boss_name as y_name, n_boss_id as y_id from join_left where n_boss is not null;
create view where_above_with as
    with s as (select b.id as boss, b.name, b.nick from person p left join person b on b.id = p.boss_id)
    select s.name as y_name, t.name as n_name from s left join s t on t.boss = s.boss + 1 where s.boss is not null;
create view where_above_union as
    select x as y_x, y as n_y from (select score, nick from person union all select null, 'q') s (x, y) where x > 0;
create view where_above_two as
    select t.name as y_name
    from (select s.* from (select b.id as boss, b.name from person p left join person b on b.id = p.boss_id) s) t
    where t.boss = any (array[1, 2, 3]);
create view where_in_join_below as
    select s.name as y_name
    from city c join (select b.city_id, b.name from person p left join person b on b.id = p.boss_id) s on s.city_id = c.id;
create view where_coalesced as
    select b.name as y_name from person p left join person b on b.id = p.boss_id where coalesce(b.active, false) is true;
create view where_not_in_values as
    select boss_id as y_boss from person where not boss_id = any (array[99]);
create view where_negated_like as
    select nick as y_nick from person where nick not like 'x%';
create view where_ilike_any as
    select nick as y_nick from person where nick ilike any (array['b%', '']);
create view where_cast as
    select nick as y_nick from person where length(nick)::text || 'x' <> '';
create view where_is_true_deep as
    select nick as y_nick, score as n_score from person where ((nick = 'b') is true) or ((nick = '') is not false and nick is not null);

-- Sets.
create view unnested as
    select p.id as y_id, u.x as n_x, q.tags as y_tags, q.x as n_q, l.x as n_l, l.tags as n_left
    from person p cross join lateral unnest(p.tags) u (x)
    join (select b.tags, v.x, p.id from person p left join person b on b.id = p.boss_id cross join lateral unnest(b.tags) v (x)) q on true
    left join (select b.tags, v.x, p.id from person p left join person b on b.id = p.boss_id left join lateral unnest(b.tags) v (x) on true) l on true;
create view series_of_nullable as
    select p.score as y_score, g as y_g from person p cross join generate_series(1, p.score) g;
create view set_in_select as
    select generate_series(1, score) as y_g, score as y_score, nick as n_nick from person;
create view set_in_select_of_array as
    select unnest(array[nick, name]) as n_u, unnest(array[name]) || 'x' as n_v from person;
create view set_in_case as
    select s.x as y_x from (select generate_series(1, 3) as x) s;
create view set_of_records as
    select r.a as n_a, o.n as y_n, o.x as n_x
    from jsonb_to_recordset('[{"a": 1}, {}]') r (a int), jsonb_array_elements_text('[null, 1]') with ordinality o (x, n);
create view set_elements as
    select e as y_e, k as y_k, t as n_t, m as y_m
    from jsonb_array_elements('[null, 1]') e, jsonb_object_keys('{"a": 1}') k,
        json_array_elements_text('[null]') t, regexp_matches('aa', 'a', 'g') m;
create view set_of_function as
    select f as n_f, g as y_g from person p, unknown(p.id) f, lower(p.name) g;
create view set_cast as
    select u as n_u from unnest('{null,1}'::text[]::int[]) u;

-- Aggregates and windows.
create view aggregate_more as
    select rank(3) within group (order by id) as y_rank, cume_dist(3) within group (order by id) as y_cume,
        percentile_disc(0.5) within group (order by id) as n_disc, mode() within group (order by id) as n_mode,
        every(active) as n_every, jsonb_object_agg(id, nick) as n_object, string_agg(name, null) as n_string
    from person where id > 99;
create view aggregate_more_grouped as
    select city_id as y_city, string_agg(name, nick) as y_string, covar_pop(id, city_id) as y_covar,
        regr_count(id, score) as y_count, covar_samp(id, city_id) as n_samp, corr(id, city_id) as n_corr,
        max(case when active then id end) as n_max, max(coalesce(score, 0)) as y_max, sum(id::float8) as y_float,
        array_agg(distinct nick) as y_array, max(id) filter (where true) as y_true, min(name order by id) as y_min,
        max(score) filter (where score is not null) as n_filter, jsonb_object_agg(id, nick) as y_object,
        percentile_disc(array[0.5, null]) within group (order by id) as y_array_disc, mode() within group (order by nick) as n_mode
    from person group by city_id;
create view aggregate_of_rows as
    select (select max(n) from (values (1), (2)) v (n)) as y_max, (select min(x) from generate_series(1, id) x) as u_min,
        (select max(n) from (values (1), (null)) v (n)) as u_some, (select sum(n) from (values (score), (null)) v (n)) as n_sum,
        (select array_agg(x) from unnest(tags) x) as n_array
    from person;
create view aggregate_having_count as
    select city_id as y_city, max(score) as y_score, max(nick) as n_nick
    from person group by city_id having count(score) > 0;
create view aggregate_having_sum as
    select c.id as y_id, sum(p.amount) as y_sum, max(p.name) as y_name, max(p.nick) as n_nick
    from city c left join person p on p.city_id = c.id group by c.id having sum(p.amount) >= 0;
create view aggregate_distinct as
    select distinct city_id as y_city, nick as n_nick from person;
create view aggregate_group_by_left as
    select b.name as n_name, count(*) as y_count from person p left join person b on b.id = p.boss_id group by b.name;
create view aggregate_group_by_where as
    select b.name as y_name, max(b.id) as y_max from person p left join person b on b.id = p.boss_id
    where b.id is not null group by b.name;
create view grouping_one_set as
    select city_id as y_city, count(*) as y_count from person group by grouping sets ((city_id));
create view grouping_twice as
    select city_id as y_city, kind as n_kind, active as n_active, count(*) as y_n
    from person group by grouping sets ((city_id, kind), (city_id, active));
create view grouping_guarded as
    select case when grouping(city_id) = 0 then city_id end as n_city,
        coalesce(city_id::text, 'all') as y_label from person group by rollup (city_id);
create view windows_more as
    select case when score is not null then max(score) over (partition by id) else 0 end as y_max,
        case when score is not null then first_value(score) over (order by score nulls first) else 0 end as n_first,
        lag(name, 1, 'x') over w as y_lag, lag(name, 1) over w as n_lag, lead(name, 1, nick) over w as n_lead,
        nth_value(name, 1) over w as u_nth, last_value(name) over w as y_last,
        max(id) over (rows between 1 following and 2 following) as n_following,
        max(id) over (order by id groups between current row and 1 following) as y_groups,
        sum(id) over (order by id range between 1 preceding and 1 following) as u_range,
        count(*) over (rows between 1 following and 2 following) as y_count,
        percent_rank() over w as y_percent, cume_dist() over w as y_cume, ntile(null::int) over w as n_ntile,
        array_agg(nick) over w as y_array, bool_and(active) over w as y_all,
        first_value(id) over (order by id rows unbounded preceding exclude group) as n_exclude
    from person window w as (order by id);

-- Values.
create view value_functions as
    select current_date as y_date, current_timestamp(0) as y_timestamp, localtime as y_time, current_role as y_role,
        current_catalog as y_catalog, current_schema as u_schema, session_user as y_session, now() as y_now,
        current_setting('no.such', true) as n_setting, pg_typeof(id)::text as y_type,
        inet_client_addr() as u_address, tableoid::regclass::text as y_table, gen_random_uuid() as y_uuid
    from person;
create view value_nullif as
    select nullif(id, null) as u_nullif, nullif(1, id) as n_nullif, coalesce(nullif(name, 'Ann'), 'x') as y_name from person;
create view value_text as
    select split_part(name, 'n', 2) as y_part, left(name, 2) as y_left, trim(name) as y_trim, overlay(name placing 'x' from 1) as y_overlay,
        format('%s', nick) as y_format, name ~ 'x' as y_match, name similar to 'x' as y_similar, md5(name) as y_md5,
        substring(name from '#"A#"%' for '#') as n_similar, quote_nullable(nick) as y_quote, quote_literal(nick) as n_literal,
        translate(name, 'a', 'b') as y_translate, to_char(id, '999') as y_char, encode(name::bytea, 'hex') as y_hex,
        nick is distinct from name as y_distinct, regexp_replace(name, 'A', 'B') as y_replace, initcap(nick) as n_initcap,
        name || coalesce(nick, '') as y_concat, nick || null as n_null, ascii(name) as y_ascii, chr(65) as y_chr
    from person;
create view value_dates as
    select joined + interval '1 day' as y_plus, joined at time zone 'UTC' as y_zone, date_part('year', joined) as y_year,
        date_part('day', joined) as n_day, extract(century from joined::date) as y_century, extract(dow from joined::date) as n_dow,
        extract(day from interval '1 day') as y_interval, make_date(2020, 1, 1) as y_make, joined > now() as y_greater,
        to_char(interval '1 day', '') as u_char, justify_days(interval '1 day') as y_justify, joined between now() and now() as y_between,
        (joined, interval '1 day') overlaps (now(), interval '1 day') as u_overlaps, date_trunc('day', joined)::date as y_date
    from person;
create view value_json as
    select data -> 'a' as n_arrow, data ->> 'a' as n_text, data #> '{a}' as n_path, data #>> '{a}' as n_path_text,
        jsonb_typeof(data) as y_type, data || '{}' as y_concat, data - 'a' as y_minus, data @> '{}' as y_contains,
        jsonb_array_length('[]') as y_length, jsonb_set(data, '{a}', '1') as y_set, jsonb_path_query_first(data, '$.b') as n_first,
        jsonb_path_exists(data, '$.b') as u_exists, jsonb_build_array(nick) as y_array, row_to_json(c) as y_row,
        to_json(c.note) as n_json, jsonb_strip_nulls(data) as y_strip, json_build_object('a', null) as y_object,
        jsonb_extract_path(data, 'a') as n_extract, jsonb_pretty(data) as y_pretty, data['a'] as n_subscript
    from person p join city c on c.id = p.city_id where p.id < 5;
create view value_arrays as
    select tags[1:1] as u_slice, array_append(tags, nick) as y_append, array_cat(tags, null) as y_cat,
        array_position(tags, 'a') as n_position, array_positions(tags, 'a') as u_positions, array_remove(tags, 'a') as y_remove,
        array_dims(tags) as n_dims, array_ndims(tags) as n_ndims, array_upper(tags, 1) as n_upper, tags || nick as y_plus,
        tags || '{}' as y_both, tags @> '{a}' as y_contains, tags = '{}' as y_equal, (array[1, 2])[1] as u_first,
        array_fill(1, array[2]) as y_fill, id = any (tags::int[]) as u_any
    from person where cardinality(tags) = 0 or id < 0;
create view value_composites as
    select (c).name as y_name, (c).note as n_note, row(c.id, c.note) is null as y_row, c is null as y_null,
        (row(c.id, c.note)::pair).a as y_a, x.whole as y_whole, (x.whole).id as u_id
    from city c join (select c as whole, id from city c) x on x.id = c.id;
create view value_casts as
    select id::text::int as y_back, name::name as y_name, amount::text as y_amount, 'small'::kind as y_literal,
        name::bytea::text as y_bytes, id::bool as y_bool, span::text as y_span, nick::kind::text as n_kind, active::int as y_int,
        array[nick]::varchar[] as y_array, null::text || 'x' as n_null, cast(score as positive) as n_domain
    from person where nick is null and (score is null or score > 0);
create view value_ranges as
    select lower(span) as n_lower, lower_inc(span) as y_inc, upper_inf(span) as y_inf, span @> id as y_contains,
        int4range(null, null) as y_range, span * span as y_times
    from person;
create view value_subqueries as
    select exists (select from item where n = p.score) as y_exists, array(select label from item) as y_array,
        p.id = any (select n from item) as y_any, p.id not in (select person_id from item) as y_not_in,
        p.id in (select score from person) as n_in, (select p.name) as y_scalar, (select p.name from item limit 1) as u_name,
        (select count(*) from item where false) as y_count, (select count(*) from item limit 0) as n_limit,
        (select count(*) from item offset 1) as n_offset, (select 1 from item where n = 99) as n_none,
        (p.id, p.name) = (select 1, 'x') as u_row, (select x from (select 1 as x) s) as y_deep,
        (select coalesce(sum(price), 0) from item) as y_sum, (select jsonb_agg(label) from item where n = p.id) as n_agg,
        coalesce((select jsonb_agg(label) from item where n = p.id), '[]') as y_agg
    from person p;

-- Queries.
create view query_intersect as
    select nick as y_nick from person intersect all select name from (values ('b')) v (name);
create view query_intersect_left as
    select name as y_name from (values ('b')) v (name) intersect select nick from person;
create view query_except_left as
    select nick as n_nick, 1 as y_one from person except all select 'b', null;
create view query_nested_sets as
    (select nick as y_nick from person intersect select name from (values ('b'), ('')) v (name)) union all select name from city;
create view query_values as
    values (1, 'a', null), (2, null, null);
create view query_on_values as
    select column1 as y_one, column2 as n_two from query_values;
create view query_recursive_search as
    with recursive t (id, boss_id) as (
        select id, boss_id from person where boss_id is null
        union all select p.id, p.boss_id from t join person p on p.boss_id = t.id
    ) search depth first by id set path cycle id set looped using trail
    select id as y_id, boss_id as n_boss, path::text as u_path, looped as u_looped, trail::text as u_trail from t;
create view query_recursive_union as
    with recursive t (n, x) as (select 1, nick from person union select n + 1, x from t where n < 3 and x is not null)
    select n as y_n, x as n_x from t;
create view query_recursive_two as
    with recursive t (n, x) as (select 1, 1 union all (select n + 1, null::int from t where n < 3)),
        u (n) as (select n from t union all select n + 1 from u where n < 5)
    select t.n as y_n, t.x as n_x, u.n as y_u from t, u;
create view query_materialized as
    with s as materialized (select id, nick from person where nick <> '') select id as y_id, nick as y_nick from s;
create view query_barrier with (security_barrier) as
    select id as y_id, nick as y_nick from person where nick is not null;
create view query_on_barrier as
    select y_id, y_nick from query_barrier;
create view query_lateral_cross as
    select s.x as y_x, s.y as n_y from person p cross join lateral (select p.name as x, p.score as y where p.id > 0) s;
create view query_lateral_left as
    select s.x as n_x from person p left join lateral (select p.name as x where p.id > 3) s on true;
create view query_natural_full as
    select id as y_id, name as y_name, n as n_n from city natural full join (select id, name, 1 as n from person) p;
create view query_using_left as
    select id as y_id, x.id as n_right from person p left join (select id, 1 as one from city) x using (id);
create view query_using_right as
    select id as y_id, p.id as n_left from person p right join (select id, 1 as one from city) x using (id);
create view query_full_three as
    select coalesce(a.id, b.id, c.id) as y_id, coalesce(a.id, b.id) as n_two
    from (select id from city where id < 3) a full join (select id from person where id in (2, 3)) b on a.id = b.id
    full join (select id from person where id > 5) c on c.id = b.id;
create view query_join_on_false as
    select c.name as n_name, p.name as y_name from person p left join city c on false;
create view query_left_then_inner as
    select b.name as y_name, c.name as y_city from person p left join person b on b.id = p.boss_id join city c on c.id = b.city_id;
create view query_left_then_left as
    select b.name as n_name, c.name as n_city from person p left join person b on b.id = p.boss_id left join city c on c.id = b.city_id;
create view query_cross_aggregate as
    select t.n as y_n, t.m as n_m from (select count(*) as n, max(label) as m from item where n > 99) t cross join city;
create view query_left_aggregate as
    select t.n as y_n, g.n as n_g from city c left join (select count(*) as n from item) t on true
    left join (select person_id, count(*) as n from item group by person_id) g on g.person_id = c.id;
create view query_alias (y_first, n_second) as
    select id, nick from person;
create view query_star as
    select * from query_alias;
create view query_for_update as
    select id as y_id from person for update;
create view query_only as
    select id as y_id, v as u_v from only parent;
create view query_sample as
    select id as y_id, nick as n_nick from person tablesample system (100);

-- Values that make each other alike in circles: following them all would take for ever.
create view alike_in_circles as
    select a as n_a from (values (null::boolean, null::boolean, null::boolean)) as v (a, b, c)
    where a is not distinct from (b or c) and b is not distinct from (a or c) and c is not distinct from (a or b);
