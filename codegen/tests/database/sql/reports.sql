-- Views of all kinds; the names of columns mean what they mean in views.sql.

create type mood as enum ('sad', 'happy');
create type money_of as (amount numeric, currency text);
create domain code as text not null check (value <> '');
create table org (id int generated always as identity primary key, name text not null, parent_id int references org, plan text,
    settings jsonb not null default '{}', created timestamptz not null default now());
create table member (id serial primary key, org_id int not null references org, email text not null unique, nick text,
    born date, mood mood, score numeric, level int not null default 1, tags text[] not null default '{}', active bool not null,
    code code, last_seen timestamptz, price money_of, slug text generated always as (lower(email)) stored,
    nickslug text generated always as (lower(nick)) stored);
create table invoice (id bigint primary key, org_id int not null references org, member_id int references member, total numeric(10,2) not null,
    paid_at timestamptz, due date not null, note text, lines jsonb);
create table invoice_line (invoice_id bigint not null references invoice, n int not null, sku text not null, qty int not null, discount numeric,
    primary key (invoice_id, n));
insert into org (name, parent_id, plan) values ('a', null, null), ('b', 1, 'free'), ('c', 1, null), ('d', 2, 'pro');
insert into member (org_id, email, nick, born, mood, score, level, tags, active, code, last_seen, price) values
    (1, 'A@x', null, null, null, null, 1, '{}', true, 'x', null, null), (1, 'b@x', 'b', '2000-01-01', 'sad', 3, 2, '{a,null}', false, 'y', now(), '(1,EUR)'),
    (2, 'c@x', 'c', 'infinity', 'happy', 'NaN', 3, '{z}', true, 'z', 'infinity', '(,)'), (3, 'd@x', null, null, null, 1, 1, '{q,null}', false, 'x', null, null);
insert into invoice values (1, 1, 1, 10, null, '2020-01-01', null, null), (2, 1, 2, 20, now(), '2020-01-01', 'n', '[{"a":1},{"b":null}]'), (3, 2, null, 0, null, 'infinity', null, '[]'), (4, 2, null, 1, null, '2020-01-01', null, '[]');
insert into invoice_line values (1, 1, 's', 1, null), (1, 2, 't', 2, 0.5), (2, 1, 's', 3, null), (3, 1, 'u', 1, null);

create view m_agg_join as
    select o.id as y_id, o.name as y_name, count(m.id) as y_members, count(*) filter (where m.active) as y_active,
        max(m.last_seen) as n_seen, coalesce(sum(m.score), 0) as y_score, array_agg(m.email) as y_emails, string_agg(m.email, ',') as n_list,
        bool_or(m.active) as n_any, array_remove(array_agg(m.nick), null) as y_nicks, coalesce(array_agg(m.id) filter (where m.id is not null), '{}') as y_ids,
        json_agg(m) as y_json, jsonb_agg(m.nick) filter (where m.nick is not null) as n_jsonb, count(distinct m.mood) > 0 as y_moody
    from org o left join member m on m.org_id = o.id group by o.id;
create view m_inner_agg as
    select m.org_id as y_org, max(m.level) as y_level, avg(m.level) as y_avg, stddev(m.level) as n_dev, sum(m.score) as u_score, min(m.email) as y_email,
        (array_agg(m.email order by m.id))[1] as u_first, max(o.name) as y_name, sum(m.level) filter (where m.active) as n_filtered, max(m.slug) as y_slug
    from member m join org o on o.id = m.org_id group by m.org_id;
create view m_total as
    select sum(total) as u_sum, count(*) as y_n, coalesce(sum(total), 0) as y_total, max(paid_at) is null as y_unpaid, avg(total) filter (where false) as n_avg from invoice;
create view m_lateral_agg as
    select o.id as y_id, s.n as y_n, s.total as y_total, s.last as n_last, s2.n as y_n2, l.email as n_email
    from org o cross join lateral (select count(*) as n, coalesce(sum(i.total), 0) as total, max(i.paid_at) as last from invoice i where i.org_id = o.id) s
    left join lateral (select count(*) as n from member m where m.org_id = o.id) s2 on true
    left join lateral (select m.email from member m where m.org_id = o.id order by m.id limit 1) l on true;
create view m_scalar as
    select i.id as y_id, (select o.name from org o where o.id = i.org_id) as y_org, (select m.email from member m where m.id = i.member_id) as n_email,
        (select count(*) from invoice_line l where l.invoice_id = i.id) as y_lines, coalesce((select sum(l.qty) from invoice_line l where l.invoice_id = i.id), 0) as y_qty,
        (select sum(l.qty) from invoice_line l where l.invoice_id = i.id) as n_qty, exists (select from invoice_line l where l.invoice_id = i.id) as y_has,
        array(select l.sku from invoice_line l where l.invoice_id = i.id) as y_skus, i.member_id in (select id from member) as n_in, i.org_id in (select id from org) as y_in,
        (select max(x) from (values (i.total), (0)) v (x)) as y_max, (select jsonb_agg(l) from invoice_line l where l.invoice_id = i.id) as n_json,
        (select coalesce(jsonb_agg(l), '[]') from invoice_line l where l.invoice_id = i.id) as y_json
    from invoice i;
create view m_window as
    select id as y_id, row_number() over w as y_row, rank() over w as y_rank, lag(total) over w as n_lag, lag(total, 1, 0::numeric) over w as y_lag0, lead(total, 1, total) over w as y_lead,
        first_value(total) over w as y_first, last_value(note) over w as n_last, sum(total) over w as y_sum, sum(total) over (order by id rows between 1 preceding and 1 preceding) as n_prev,
        count(note) over w as y_count, avg(total) over (partition by org_id) as y_avg, ntile(3) over w as y_tile, total / sum(total) over () as y_share, nth_value(total, 2) over w as n_nth,
        max(note) over (partition by org_id) as n_max, sum(total) filter (where paid_at is not null) over w as n_open, array_agg(note) over w as y_notes,
        total - lag(total, 1, total) over w as y_delta, coalesce(lag(id) over w, 0) as y_prev, cume_dist() over w as y_cume
    from invoice window w as (order by id);
create view m_window_agg as
    select org_id as y_org, sum(total) as y_sum, sum(sum(total)) over (order by org_id) as y_running, rank() over (order by sum(total) desc) as y_rank, max(max(note)) over () as u_note, lag(count(*)) over (order by org_id) as n_lag
    from invoice group by org_id;
create view m_rollup as
    select org_id as n_org, member_id as n_member, grouping(org_id, member_id) as y_g, count(*) as y_n, sum(total) as y_sum, max(note) as n_note,
        case when grouping(org_id) = 1 then 'all' else org_id::text end as u_label, coalesce(org_id, 0) as y_org0
    from invoice group by rollup (org_id, member_id) having count(*) > 0;
create view m_cube as
    select org_id as n_org, due as n_due, sum(total) as u_sum from invoice group by cube (org_id, due);
create view m_sets as
    select org_id as y_org, due as n_due, count(*) as y_n, min(total) as y_min from invoice group by org_id, grouping sets ((due), ());
create view m_recursive as
    with recursive tree (id, name, depth, path, parent_id, plan) as (
        select id, name, 0, array[id], parent_id, plan from org where parent_id is null
        union all select o.id, o.name, t.depth + 1, t.path || o.id, o.parent_id, coalesce(o.plan, t.plan) from org o join tree t on t.id = o.parent_id)
    select id as y_id, name as y_name, depth as y_depth, path as y_path, parent_id as n_parent, plan as n_plan, array_length(path, 1) as u_len, cardinality(path) as y_card from tree;
create view m_recursive_series as
    with recursive d (day, n) as (select date '2020-01-01', 1 union all select day + 1, n + 1 from d where n < 5)
    select d.day as y_day, d.n as y_n, i.id as n_invoice, coalesce(sum(i.total) over (order by d.n), 0) as y_sum from d left join invoice i on i.due = d.day;
create view m_series as
    select g as y_g, g::date as y_day, coalesce(x.n, 0) as y_n, x.n as n_n from generate_series(timestamp '2020-01-01', timestamp '2020-01-03', interval '1 day') g
    left join (select due, count(*) as n from invoice group by due) x on x.due = g::date;
create view m_unnest as
    select m.id as y_id, t as n_tag, o.ord as y_ord, o.tag as n_tag2, coalesce(u.x, '-') as y_x from member m cross join lateral unnest(m.tags) t
    cross join lateral unnest(m.tags) with ordinality as o (tag, ord) left join lateral unnest(m.tags) u (x) on u.x = 'a';
create view m_unnest_filtered as
    select m.id as y_id, t as y_tag from member m, unnest(m.tags) t where t is not null;
create view m_unnest_two as
    select a as u_a, b as n_b from unnest(array[1, 2], array['x']) u (a, b);
create view m_unnest_literal as
    select a as y_a, upper(b) as y_b from unnest(array[1, 2]) a, unnest('{x,y}'::text[]) b;
create view m_rows_from as
    select a as n_a, b as n_b, n as y_n from rows from (generate_series(1, 2), generate_series(1, 3)) with ordinality r (a, b, n)
    union all select null, null, 4;
create view m_jsonb as
    select i.id as y_id, e as y_e, e ->> 'a' as n_a, x.a as n_xa, k.key as y_key, k.value as y_value, kt.value as n_text
    from invoice i cross join lateral jsonb_array_elements(i.lines) e cross join lateral jsonb_to_recordset(i.lines) x (a int)
    left join lateral jsonb_each(e) k on true left join lateral jsonb_each_text(e) kt on true where k.key is not null;
create view m_values as
    select v.k as y_k, v.label as y_label, v.extra as n_extra, count(m.id) as y_n from (values ('sad'::mood, 'Sad', null), ('happy', 'Happy', 'x')) v (k, label, extra) left join member m on m.mood = v.k group by v.k, v.label, v.extra;
create view m_union as
    select id as y_id, name as y_name, plan as n_plan, 'org' as y_kind, null::text as n_nick from org union all select id, email, 'p', 'member', nick from member;
create view m_union_distinct as
    select coalesce(nick, '?') as y_nick, mood as n_mood from member union select name, null from org;
create view m_intersect as
    select plan as y_plan from org intersect select nick from member where nick is not null union select 'x';
create view m_except as
    select nick as y_nick from member where nick is not null except select plan from org;
create view m_natural as
    select id as y_id, name as y_name, email as n_email from org natural left join (select id, email from member where id > 2) m;
create view m_full_using as
    select id as y_id, o.name as n_name, m.email as n_email, coalesce(o.name, m.email) as y_label, o.id as n_oid from org o full join (select id + 2 as id, email from member) m using (id);
create view m_full_where as
    select o.name as y_name, m.email as n_email from org o full join member m on m.org_id = o.id where o.name is not null;
create view m_full_agg as
    select coalesce(a.org_id, b.org_id) as y_org, coalesce(a.n, 0) as y_n, b.total as n_total from (select org_id, count(*) as n from member group by 1) a full join (select org_id, sum(total) as total from invoice group by 1) b on a.org_id = b.org_id;
create view m_strict_where as
    select i.id as y_id, m.email as y_email, m.nick as n_nick, o.name as y_org from invoice i left join member m on m.id = i.member_id left join org o on o.id = m.org_id where m.level > 0 or m.email like 'b%';
create view m_strict_on as
    select i.id as y_id, m.email as n_email, o.name as n_org, case when o.id is not null then m.email else '' end as y_case from invoice i left join member m on m.id = i.member_id left join org o on o.id = m.org_id and m.active;
create view m_having as
    select member_id as y_member, max(note) as y_note, min(paid_at) as n_paid from invoice where member_id is not null group by member_id having max(note) is not null or max(note) > 'a'
    union all select 1, 'x', null;
create view m_having_min as
    select org_id as y_org, min(paid_at) as y_paid, max(paid_at) as y_max from invoice group by org_id having min(paid_at) < now() + interval '1 year';
create view m_case as
    select case mood when 'sad' then 1 when 'happy' then 2 else 0 end as y_mood, case when mood is not null then mood::text else 'none' end as y_text, case when score > 1 then 'high' when score <= 1 then 'low' end as n_band,
        case when level = 1 then 'one' when level > 1 then 'more' when level < 1 then 'less' end as y_level, case when active then email end as n_email, nullif(nick, '') as n_nick,
        greatest(level, score::int4) as y_greatest, least(born, '2020-01-01') as y_least, (active and level > 1) or email = 'x' as y_bool, active or nick = 'b' as n_bool, nick = 'b' and false as y_false, coalesce(nick = 'b', false) as y_is,
        mood is distinct from 'sad' as y_distinct, nick in ('a', 'b') as n_in, level in (1, 2) as y_in, level = any (array[1, 2]) as y_any, level between 1 and 2 as y_between, num_nulls(nick, mood) as y_nulls, (nick, level) is not null as y_row
    from member where score is distinct from 'NaN';
create view m_text as
    select concat(nick, ' ', email) as y_concat, concat_ws('-', nick, level) as y_ws, nick || email as n_cat, email || '-' || level as y_cat, format('%s %s', nick, email) as y_format, upper(left(email, 1)) || substr(email, 2) as y_cap,
        split_part(email, '@', 2) as y_domain, substring(email from '@(.*)$') as u_sub, regexp_replace(email, '@.*', '') as y_local, position('@' in email) as y_pos, length(nick) as n_len, lpad(level::text, 5, '0') as y_pad, to_char(total, '999') as y_char,
        string_to_array(email, '@') as y_parts, (string_to_array(email, '@'))[1] as u_part, array_to_string(tags, ',') as y_joined, email ~* 'x' as y_match, md5(email) as y_md5, quote_ident(email) as y_quote, coalesce(nick, '') || email as y_both
    from member join invoice on invoice.org_id = member.org_id;
create view m_dates as
    select extract(year from due) as y_year, extract(month from due) as n_month, date_trunc('month', created) as y_trunc, age(created) as y_age, now() - created as y_since, created at time zone 'UTC' as y_utc, created::date as y_date,
        to_char(created, 'YYYY') as n_text, paid_at is null and due < current_date as y_overdue, coalesce(paid_at, now()) as y_paid, due + 1 as y_next, due + interval '1 day' as y_later, make_interval(days => 3) as y_interval, date_part('epoch', created) as y_epoch,
        current_date as y_today, localtimestamp as y_local, clock_timestamp() as y_clock, extract(epoch from (coalesce(paid_at, now()) - now())) as y_secs, isfinite(due) as y_finite
    from invoice i join org o on o.id = i.org_id
    union all select 1, null, now(), '1 day', '1 day', now() at time zone 'UTC', current_date, null, true, now(), current_date, now(), '1 day', 1, current_date, localtimestamp, now(), 1, true;
create view m_arrays as
    select array[level, null] as y_array, array[nick] as y_nick, tags || array['x'] as y_tags, tags[1] as n_first, array_length(tags, 1) as n_length, cardinality(tags) as y_card, coalesce(array_length(tags, 1), 0) as y_len, 'a' = any (tags) as n_any, tags @> array['a'] as y_contains,
        array_agg(level) over () as y_agg, array_position(tags, 'q') as n_pos, (price).amount as n_amount, to_jsonb(m) as y_json, row_to_json(m) as y_rj, jsonb_build_object('a', nick) as y_obj, jsonb_build_object('a', nick) -> 'a' as u_a, settings -> 'x' as n_x,
        coalesce(settings ->> 'x', 'd') as y_x, settings ? 'x' as y_has, jsonb_typeof(settings) as y_type, m as y_m, o.settings || '{"a": 1}' as y_merge
    from member m join org o on o.id = m.org_id;
create view m_generated as
    select id as y_id, slug as y_slug, nickslug as n_slug, code as u_code, price as n_price from member;
create view m_domain_left as
    select m.code as n_code, coalesce(m.code, 'q') as y_code, 'x'::code as y_cast from org o left join member m on m.org_id = o.id;
create view m_sample as
    select id as y_id, nick as n_nick from member tablesample bernoulli (100);
create materialized view m_stored as select o.id as y_id, count(m.id) as y_n, max(m.nick) as n_nick from org o left join member m on m.org_id = o.id group by o.id;
create view m_on_stored as
    select s.y_id, s.y_n, s.n_nick, s.y_n > 0 as y_any, t.y_n as n_n from m_stored s left join m_stored t on t.y_id = s.y_id + 1;
create view m_on_views as
    select a.y_id, a.y_name, a.n_seen as u_seen, s.y_org, s.n_email as n_mail, case when s.n_email is not null then s.n_email else 'none' end as y_mail from m_agg_join a join invoice i on i.org_id = a.y_id join m_scalar s on s.y_id = i.id;
create view m_on_views_where as
    select n_email as y_email, y_org, n_qty as y_qty from m_scalar where n_email <> '' and n_qty > 0;
create view m_distinct_on as
    select distinct on (org_id) org_id as y_org, paid_at as n_paid, o.name as y_name from invoice i left join org o on o.id = i.org_id order by org_id, i.id;
create view m_exists as
    select i.member_id as y_member, i.note as n_note from invoice i where exists (select from member m where m.id = i.member_id) or i.member_id > 0
    union all select 1, null;
create view m_in as
    select i.member_id as y_member from invoice i where i.member_id in (select m.id from member m where m.active) and i.org_id = any (select id from org);
create view m_not_in as
    select i.member_id as y_member, i.note as y_note from invoice i where i.member_id not in (7, 8) and i.note not like 'q%';
create view m_row_compare as
    select paid_at as y_paid, member_id as n_member from invoice where (paid_at, coalesce(member_id, 0)) > (timestamptz '2000-01-01', 0) union all select now(), null;
create view m_cte as
    with totals as (select org_id, sum(total) as total, max(paid_at) as paid from invoice group by org_id), ranked as (select t.*, rank() over (order by total) as r from totals t)
    select o.id as y_id, r.total as n_total, r.r as n_r, coalesce(r.r, 0) as y_r, q.total as y_q, q.paid as u_paid from org o left join ranked r on r.org_id = o.id join totals q on q.org_id = (select min(org_id) from totals);
create view m_nested_agg as
    select max(s.n) as u_max, sum(s.total) as u_sum, count(s.last) as y_n from (select org_id, count(*) as n, sum(total) as total, max(paid_at) as last from invoice group by org_id) s;
create view m_percentile as
    select org_id as y_org, percentile_cont(0.5) within group (order by total) as y_median, mode() within group (order by note) as n_mode, mode() within group (order by due) as y_due, percentile_disc(0.5) within group (order by paid_at) as n_paid from invoice group by org_id;
create view m_set_in_select as
    select id as y_id, unnest(array[email, coalesce(nick, '')]) as u_value, generate_series(1, 2) as u_n from member;
create view m_json_agg as
    select o.id as y_id, (select json_agg(json_build_object('id', m.id, 'nick', m.nick)) from member m where m.org_id = o.id) as n_members, coalesce((select json_agg(m.email order by m.id) from member m where m.org_id = o.id), '[]') as y_emails,
        json_build_object('n', (select count(*) from member m where m.org_id = o.id)) as y_object, (select jsonb_object_agg(m.email, m.nick) from member m where m.org_id = o.id) as n_map from org o;
create view m_whole_row as
    select o as y_o, m as n_m, (m).email as n_email, m is null as y_missing, m.* is not null as y_full, count(m) over () as y_n from org o left join member m on m.org_id = o.id and m.active;
create view m_lag_case as
    select id as y_id, case when lag(org_id) over w is distinct from org_id then 1 else 0 end as y_change, coalesce(total - lag(total) over w, total) as y_diff, sum(case when paid_at is null then 1 else 0 end) over w as y_open from invoice window w as (order by id);
create view m_bool_agg as
    select org_id as y_org, bool_and(paid_at is not null) as y_all, every(total > 0) as y_every, count(*) filter (where note is not null) = 0 as y_none, sum(case when paid_at is null then total else 0 end) as y_open, sum(case when paid_at is not null then total end) as n_paid, max(coalesce(note, '')) as y_note
    from invoice group by org_id;
create view m_cross as
    select o.id as y_id, c.n as y_n, d.x as y_x, e.x as n_x from org o cross join (select count(*) as n from member) c left join (select 1 as x) d on true left join (select 1 as x where false) e on true;
create view m_outer_agg_fk as
    select l.invoice_id as y_invoice, i.total as y_total, o.name as y_org, m.email as n_email, l.qty * i.total as y_amount, l.qty * (1 - l.discount) as n_amount, l.qty * (1 - coalesce(l.discount, 0)) as y_net
    from invoice_line l left join invoice i on i.id = l.invoice_id left join org o on o.id = i.org_id left join member m on m.id = i.member_id;
create view m_last as
    select o.id as y_id, l.total as n_total, l.note as n_note, case when l.id is null then 0 else l.total end as y_total, p.name as n_parent, g.name as n_grand
    from org o left join (select distinct on (org_id) * from invoice order by org_id, due desc) l on l.org_id = o.id left join org p on p.id = o.parent_id left join org g on g.id = p.parent_id;
