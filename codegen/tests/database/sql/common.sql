-- Views as people write them; the names of columns mean what they mean in views.sql.

create view common_array_cast as
    select u as y_u from unnest(array['1','2']::text[]::int[]) u;
create view common_array_json as
    select u as u_u from unnest(array(select d from (values ('1'::jsonb), ('2'::jsonb)) v (d))::int[]) u;
create view common_sibling as
    select p.id as y_id, c.name as y_city, b.name as n_boss, bc.name as n_boss_city
    from person p left join city c on c.id = p.city_id left join person b on b.id = p.boss_id left join city bc on
        bc.id = b.city_id;
create view common_boss_city as
    select bc.name as y_boss_city from person p left join person b on b.id = p.boss_id left join city bc on bc.id =
        b.city_id
    where b.id is not null;
create view common_case_fk as
    select case when p.boss_id is null then 'none' else b.name end as y_boss,
    case when p.boss_id is not null then (select x.name from person x where x.id = p.boss_id) else '-' end as y_sub
    from person p left join person b on b.id = p.boss_id;
create view common_items as
    select i.label as n_label, p.name as y_person, c.name as y_city
    from item i left join person p on p.id = i.person_id left join city c on c.id = p.city_id;
create view common_item_agg as
    select p.id as y_id, coalesce(s.n, 0) as y_n, s.n as n_n from person p left join (select person_id,
        count(*) as n from item group by person_id) s on s.person_id = p.id;
create view common_row_eq as
    select boss_id as y_boss from person where (boss_id, name) = (1, 'Bob') or (boss_id, name) in ((2, 'Dan'), (1,
        'Cid'));
create view common_row_in as
    select boss_id as y_boss from person p where (boss_id, city_id) in (select x.id, x.city_id from person x);
create view common_any_sub as
    select boss_id as y_boss from person p where boss_id = any (select id from person) or boss_id > any (array[1,2]);
create view common_tags as
    select t as n_t, lower(t) as n_lower from person p, unnest(p.tags) t;
create view common_tags2 as
    select t as y_t from person p, unnest(p.tags) t where t <> '';
create view common_tags3 as
    select t.t as y_t, t.n as y_n from person p, unnest(p.tags) with ordinality t(t, n)
    where t.t like '%';
create view common_union_const as
    select 'a' as y_kind, id as y_id, null::text as n_x from city
    union all select 'b', id, nick from person;
create view common_union_filter as
    select n_x as y_x, y_id from common_union_const where n_x is not null;
create view common_distinct_from as
    select score as y_score from person where score is distinct from null;
create view common_bool_is as
    select maybe as y_maybe from person where (maybe = true) is not null;
create view common_not_in_list as
    select score as y_score from person where score not in (100, 200);
create view common_coalesce_empty as
    select coalesce(nick, '') as y_nick, coalesce(nullif(nick, ''), name) as y_name
    from person;
create view common_greatest as
    select greatest(score, 0, null) as y_g from person;
create view common_gs as
    select coalesce(city_id, -1) as y_city, coalesce(kind::text, 'all') as y_kind, count(*) as y_n, sum(amount) as y_sum
    from person group by grouping sets ((city_id, kind), (city_id));
create view common_gs_empty as
    select city_id as n_city, sum(amount) as u_sum from person group by grouping sets ((city_id), ());
create view common_filter_agg as
    select count(*) filter (where active) as y_n, coalesce(sum(amount) filter (where active), 0) as y_sum,
        bool_or(active) filter (where id > 99) as n_b
    from person;
create view common_exists_col as
    select exists(select 1) as y_e, not exists(select 1 from city where false) as y_ne;
create view common_array_sub as
    select array(select id from city where false) as y_a, (select array_agg(id) from city where false) as n_a;
create view common_json_agg as
    select coalesce(json_agg(p) filter (where p.id is not null), '[]'::json) as y_people, json_agg(p) as y_j
    from city c left join person p on p.city_id = c.id group by c.id;
create view common_lead as
    select lead(id) over w as n_lead, coalesce(lead(id) over w, 0) as y_lead, first_value(name) over w as y_first,
    sum(id) over (w rows between current row and unbounded following) as y_sum,
    last_value(name) over (partition by city_id order by id rows between unbounded preceding and unbounded
    following) as y_last, nth_value(id,
        1) over (partition by city_id order by id rows between unbounded preceding and unbounded following) as u_nth
    from person window w as (partition by city_id order by id);
create view common_ntile as
    select ntile(4) over (order by id) as y_n, dense_rank() over (order by score) as y_d
    from person;
create view common_vals as
    select v.a as y_a, v.b as n_b, v.c as y_c from (values (1, null, 'x'), (2, 'y', 'z')) v(a, b, c);
create view common_rec as
    with recursive up as (select id, boss_id, name, array[id] as path from person union all select p.id, p.boss_id,
    p.name, up.path || p.id from up join person p on p.id = up.boss_id) select id as y_id, boss_id as n_boss,
        name as y_name, path as y_path
    from up;
create view common_rec_left as
    with recursive up as (select id, boss_id, 0 as depth from person union all select b.id, b.boss_id,
    up.depth + 1 from up left join person b on b.id = up.boss_id where up.boss_id is not null and up.depth < 5)
        select id as u_id, boss_id as n_boss, depth as y_depth
    from up;
create view common_except as
    select nick as n_nick from person except select name from person;
create view common_inter as
    select nick as y_nick from person where nick is not null intersect select nick
    from person;
create view common_lat_agg as
    select c.id as y_id, x.total as n_total, x.cnt as y_cnt, y.total as y_total
    from city c cross join lateral (select sum(amount) as total,
    count(*) as cnt from person p where p.city_id = c.id) x left join lateral (select coalesce(sum(amount),
        0) as total from person p where p.city_id = c.id) y on true;
create view common_lat_top as
    select c.id as y_id, t.name as n_name from city c left join lateral (select p.name from person p where p.city_id =
        c.id order by p.id limit 1) t on true;
create view common_lat_cross as
    select c.id as y_id, t.name as y_name, t.nick as n_nick from city c cross join lateral (select p.name,
        p.nick from person p where p.city_id = c.id order by p.id limit 1) t;
create view common_using3 as
    select city_id as y_city, p.name as y_name, c.name as y_cname
    from person p join (select id as city_id, name from city) c using (city_id);
create view common_full_where as
    select coalesce(p.id, c.id) as y_id, p.name as n_p, c.name as y_c
    from person p full join city c on c.id = p.id where c.name is not null;
create view common_right_chain as
    select c.id as n_c, p.id as y_p from city c join person b on b.city_id = c.id right join person p on p.boss_id = b.id;
create view common_right_fk as
    select c.name as y_c from city c right join person p on p.city_id = c.id;
create view common_case_simple_null as
    select case score when null then 1 else 2 end as y_two, case when score = null then 1 end as n_x
    from person;
create view common_domain as
    select motto as n_motto, rank as n_rank, coalesce(motto, 'x') as y_motto, name::required as y_req,
        (select 'm'::required where false) as n_sub
    from person;
create view common_ident as
    select ctid::text as u_ctid, xmin::text as u_xmin, tableoid as y_t
    from person;
create view common_whole as
    select p as y_p, to_jsonb(p) as y_j, row_to_json(b) as n_b, to_jsonb(b.*) as n_bj
    from person p left join person b on b.id = p.boss_id;
create view common_fieldsel as
    select (find_pair(1)).a as u_a, (p).name as y_name from person p;
create view common_date as
    select date_trunc('month', joined) as y_m, joined::date - 1 as y_d, age(now(), joined) as y_age,
        extract(epoch from now() - now()) as y_e, to_timestamp(0) as y_ts, make_interval(days => 1) as y_i
    from person where isfinite(joined);
create view common_text as
    select concat(nick, 'x') as y_c, nick || 'x' as n_c, format('%s-%s', name, nick) as y_f, string_agg(name,
    ',') over () as y_agg, regexp_split_to_array(name, 'n') as y_split, (regexp_match(name, 'zz'))[1] as n_m,
        strpos(name, 'a') as y_pos, name like 'A%' as y_like, nick like 'A%' as n_like, lpad(name, 3) as y_lpad
    from person;
create view common_num as
    select round(amount) as y_r, amount / nullif(id, 1) as n_div, amount / id as y_div, power(2, id) as y_pow,
    id % 2 = 0 as y_even, -id as y_neg, score + 1 as n_s, mod(id, 2) as y_mod, width_bucket(id, 0, 10, 5) as y_w,
        random() as y_rand
    from person;
create view common_uuid as
    select gen_random_uuid() as y_u, md5(name)::uuid as y_m from person;
create view common_jsonb as
    select jsonb_build_object('id', id) ->> 'id' as u_id, jsonb_object_agg(name, nick) as y_o, jsonb_agg(id) as y_a
    from person group by id;
create view common_cross_null as
    select x.a as n_a from city c left join (select 1 as a) x on c.id = 1;
create view common_cross_one as
    select x.a as y_a from city c left join (select 1 as a) x on true;
create view common_nested_agg as
    select max(s.m) as n_m, min(s.n) as u_min from (select city_id, max(nick) as m,
        count(*) as n from person group by city_id having max(nick) is null) s;
create view common_having_expr as
    select city_id as y_city, sum(score) as y_sum, min(score) as y_min
    from person group by city_id having sum(score) > 1;
create view common_having_count_star as
    select city_id as y_city, sum(score) as n_sum from person group by city_id having count(*) >= 1;
create view common_having_count_eq as
    select city_id as y_city, max(score) as y_max from person group by city_id having count(score) >= 1;
create view common_or_and as
    select p.nick as n_nick, p.score as y_score from person p where (p.score > 3 and p.nick is not null) or p.score < 2;
create view common_de_morgan as
    select nick as y_nick, score as y_score from person where not (nick is null or score is null);
create view common_iff as
    select nick as y_nick from person where (nick is null) = false;
create view common_iff2 as
    select nick as y_nick from person where (nick is not null) = true and (nick is null) is false;
create view common_nonnulls as
    select coalesce(nick, score::text) as y_x, nick as n_nick from person
    where num_nonnulls(nick, score) > 0;
create view common_nonnulls2 as
    select nick as y_nick, score as y_score from person where num_nulls(nick, score) = 0;
create view common_self_fk as
    select b.name as y_b from person p join person b on b.id = p.boss_id left join city c on c.id = b.city_id;
create view common_fk_two as
    select c.name as y_c,
    d.name as y_d from item i join person p on p.id = i.person_id left join city c on c.id = p.city_id left join
        (city d left join person e on e.city_id = d.id and e.id = 1) on d.id = p.city_id;
create view common_fk_view as
    select j.y_city as y_name from person p left join (select c.id,
        c.name as y_city from city c left join person x on x.city_id = c.id) j on j.id = p.city_id;
create view common_fk_union as
    select c.name as y_name from (select city_id from person union all select city_id from person) p left join city c
        on c.id = p.city_id;
create view common_fk_union_mixed as
    select c.name as u_name from (select city_id from person union all select id from city) p left join city c on c.id
        = p.city_id;
create view common_in_with as
    with big as (select id from person where id > 2) select p.boss_id as y_boss
    from person p where p.boss_id in (select id from big);
create view common_coal_chain as
    select coalesce(b.nick, b.name, p.name) as y_x, coalesce(b.nick, b.name) as n_x
    from person p left join person b on b.id = p.boss_id;
create view common_on_where as
    select b.nick as y_nick from person p left join person b on b.id = p.boss_id and b.nick is not null
    where b.id is not null;
create view common_string_fn as
    select (select string_agg(name, ',') from city) as u_agg, (select count(*) from city) > 0 as y_gt;
