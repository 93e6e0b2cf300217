-- What CHECK constraints say together with the conditions of a query; the names of columns mean
-- what they mean in views.sql.

create type phase as enum ('draft', 'sent', 'done');
create table task (
    id int primary key,
    state text not null check (state in ('open', 'busy', 'done')),
    phase phase not null,
    loose text check (loose in ('a', 'b')),
    closed boolean not null,
    amount int not null,
    done_at date,
    started_at date,
    sent_on date,
    a int,
    b int,
    c int,
    reason text,
    worker int,
    u int,
    v int,
    w int,
    constraint done check (state <> 'done' or done_at is not null),
    constraint started check ((state in ('busy', 'done')) = (started_at is not null)),
    constraint sent check (case phase when 'draft' then sent_on is null else sent_on is not null end),
    constraint one check (num_nonnulls(a, b, c) = 1),
    constraint closed check (not closed or reason is not null),
    constraint paid check (amount <= 10 or worker is not null),
    constraint loosely check (loose <> 'a' or u is not null),
    constraint pair check ((u is null) = (v is null)),
    constraint either check ((v is null) <> (w is null))
);
insert into task values
    (1, 'open', 'draft', null, false, 10, null, null, null, 1, null, null, null, null, null, null, 1),
    (2, 'busy', 'sent', 'b', false, 0, null, '2020-01-01', '2020-01-01', null, 1, null, null, null, null, null, 1),
    (3, 'done', 'done', 'a', true, 11, '2020-01-01', '2020-01-01', '2020-01-01', null, null, 1, 'x', 1, 1, 1, null),
    (4, 'done', 'draft', null, false, 10, '2020-01-01', '2020-01-01', null, 1, null, null, null, null, 1, 1, null);

create view check_state as
    select done_at as y_done, started_at as y_started, reason as n_reason from task where state = 'done';
create view check_state_reversed as
    select done_at as y_done from task where 'done' = state;
create view check_state_in as
    select done_at as n_done, started_at as y_started from task where state in ('done', 'busy');
create view check_state_not as
    select started_at as y_started, done_at as n_done from task where state <> 'open';
create view check_state_left as
    select done_at as y_done from task where state not in ('open', 'busy');
create view check_state_distinct as
    select done_at as y_done from task where state is not distinct from 'done';
create view check_state_or as
    select started_at as y_started, done_at as n_done from task where state = 'done' or state = 'busy';
create view check_state_and as
    select done_at as y_done from task where (state = 'done') = true and amount > 0;
create view check_state_other as
    select done_at as n_done, started_at as n_started from task where state = 'open' or id = 2;
create view check_case as
    select case when state = 'done' then done_at else '2020-01-01' end as y_searched,
        case state when 'done' then done_at else '2020-01-01' end as y_simple,
        case when state <> 'done' then '2020-01-01' else done_at end as y_else,
        case state when 'open' then 1 when 'busy' then 2 when 'done' then 3 end as y_all,
        case state when 'open' then 1 when 'busy' then 2 end as n_some,
        case loose when 'a' then 1 when 'b' then 2 end as n_loose,
        case when loose is null then 0 when loose = 'a' then 1 when loose = 'b' then 2 end as y_loose,
        case when state = 'open' then 'x' when state = 'busy' then started_at::text else done_at::text end as y_three
    from task;
create view check_phase as
    select sent_on as y_sent from task where phase <> 'draft';
create view check_phase_enum as
    select sent_on as y_sent, done_at as n_done from task where phase = 'sent' or phase = 'done';
create view check_phase_draft as
    select sent_on as n_sent from task where phase = 'draft';
create view check_one as
    select coalesce(a, b, c) as y_one, coalesce(a, b) as n_two, greatest(a, b, c) as y_greatest,
        case when a is not null then a when b is not null then b else c end as y_case
    from task;
create view check_one_left as
    select c as y_c, a as n_a from task where a is null and b is null;
create view check_closed as
    select reason as y_reason from task where closed;
create view check_closed_is as
    select reason as y_reason, case when closed then reason else 'x' end as y_case from task where closed is true;
create view check_not_closed as
    select reason as n_reason from task where not closed;
create view check_amount as
    select worker as y_worker from task where amount > 10;
create view check_amount_more as
    select worker as y_worker from task where amount >= 11;
create view check_amount_less as
    select worker as n_worker from task where amount >= 10;
create view check_amount_between as
    select worker as y_worker from task where amount between 11 and 20;
create view check_loose as
    select u as y_u, v as y_v, w as n_w from task where loose = 'a';
create view check_loose_not as
    select u as n_u from task where loose is distinct from 'b';
create view check_pair as
    select v as y_v, w as n_w from task where u is not null;
create view check_pair_null as
    select w as y_w, v as n_v from task where u is null;
create view check_either as
    select coalesce(v, w) as y_either, coalesce(u, w) as y_through, coalesce(u, v) as n_same from task;
create view check_join as
    select p.id as y_id, t.done_at as y_done, o.done_at as n_done
    from task p join task t on t.id = p.id and t.state = 'done' left join task o on o.id = p.id + 1 and o.state = 'done';
create view check_join_left as
    select t.done_at as n_done, case when t.state = 'done' then t.done_at else '2020-01-01' end as y_case,
        coalesce(t.a, t.b, t.c) as n_one, case when t.id is not null then coalesce(t.a, t.b, t.c) else 0 end as y_one
    from task p left join task t on t.id = p.id + 1;
create view check_join_where as
    select t.done_at as y_done from task p left join task t on t.id = p.id where t.state = 'done';
create view check_subquery as
    select t.done_at as y_done, t.started_at as y_started from (select * from task) t where t.state = 'done';
create view check_subquery_below as
    select t.done_at as y_done from (select done_at, id from task where state = 'done') t;
create view task_rows as
    select id, state, done_at as n_done, a as n_a, b as n_b, c as n_c, coalesce(a, b, c) as y_one from task where id > 0;
comment on column task_rows.id is '@notnull';
create view check_on_view as
    select n_done as y_done, coalesce(n_a, n_b, n_c) as y_one from task_rows where state = 'done';
create view check_with as
    with t as (select state, done_at from task) select t.done_at as y_done, o.done_at as n_done
    from t left join t o on o.state = 'done' and o.done_at > t.done_at where t.state = 'done';
create view check_group as
    select state as y_state, max(done_at) as y_done, min(started_at) as y_started, max(reason) as u_reason
    from task where state = 'done' group by state;
create view check_sum as
    select state as y_state, sum(coalesce(a, b, c)) as y_sum, max(a) as n_a from task group by state;
create view check_exists as
    select t.done_at as y_done from task t where exists (select from task o where o.id = t.id and t.state = 'done');
create view check_exists_other as
    select t.done_at as n_done from task t where exists (select from task o where o.id = t.id and o.state <> 'done');
create view check_union as
    select done_at as y_at from task where state = 'done' union all select started_at from task where state = 'busy';
create view check_lateral as
    select l.done_at as y_done, m.done_at as u_done from task t
    cross join lateral (select t.done_at where t.state = 'done') l
    left join lateral (select t.done_at where t.state = 'done') m on true;
create view check_scalar as
    select (select max(o.done_at) from task o where o.state = 'done' and o.id = t.id) as n_max,
        (select coalesce(t.a, t.b, t.c)) as y_one from task t;
create view check_or_of_ands as
    select coalesce(s.x, s.y) as y_any, case when s.kind = 'x' then s.x else s.y end as y_case
    from (select 'x' as kind, id as x, null::int as y from task union all select null, null, 2) s
    where (s.kind = 'x' and s.x is not null) or (s.kind is null and s.y is not null);
create view where_then_case as
    select case when amount > 5 then 1 when amount <= 5 then 2 end as y_order,
        case when amount < 5 then 1 when amount > 4 then 2 end as y_integers,
        case when amount < 5 then 1 when amount >= 5 then 2 end as y_both,
        case when amount > 3 then 1 when amount <= 3 then 2 end as y_more,
        case when amount > 4 then 1 when amount <= 3 then 2 end as u_hole,
        case when state = 'x' then null when state = 'y' then null else 1 end as y_never
    from task;
create view where_in_then_case as
    select case reason when 'x' then 1 when 'y' then 2 end as y_reason from task where reason in ('x', 'y');
create view where_not_null_then_case as
    select case when loose = 'a' then 'a' when loose = 'b' then 'b' end as y_loose from task where loose is not null;
create view where_enum_then_case as
    select case phase when 'sent' then 1 when 'done' then 2 end as y_phase,
        case phase when 'sent' then 1 else null end as n_phase from task where phase <> 'draft';

-- A CHECK that is unknown passes.
create table gap (id int primary key, kind text, x int, y int, check (kind <> 'a' or x is not null),
    check (kind = 'b' or y > 0), check (x is null or x > 0));
insert into gap values (1, null, null, null), (2, 'a', 1, null), (3, 'b', null, null), (4, 'c', null, 1), (5, 'b', 1, null);
create view gap_rows as
    select x as n_x, y as n_y, case when kind = 'a' then x else 0 end as y_case,
        case when kind <> 'a' then 0 else x end as n_else, case when kind <> 'b' then y else 0 end as n_unknown from gap;
create view gap_null as
    select x as n_x from gap where kind is null;
create view gap_not as
    select x as n_x from gap where kind is distinct from 'b';
create view gap_not_false as
    select x as n_x from gap where (kind = 'a') is not false;
create view gap_is_true as
    select x as y_x from gap where (kind = 'a') is true;
