-- Joins along foreign keys; the names of columns mean what they mean in views.sql.

create table customer (id int primary key, name text not null, note text, code varchar(5) not null unique);
create table region (a int, b int, name text not null, primary key (a, b));
create table purchase (
    id int primary key,
    customer_id int not null references customer,
    payer_id int references customer,
    late_id int not null references customer deferrable initially deferred,
    code varchar(5) not null references customer (code),
    big_id bigint not null references customer,
    region_a int not null,
    region_b int,
    exact_a int not null,
    exact_b int not null,
    loose_id int not null,
    foreign key (region_a, region_b) references region,
    foreign key (exact_a, exact_b) references region
);
insert into customer values (1, 'Ann', null, 'a'), (2, 'Bob', 'x', 'b'), (3, 'Cid', null, 'c');
insert into region values (1, 1, 'North'), (1, 2, 'South');
insert into purchase values (1, 1, null, 1, 'a', 1, 1, null, 1, 1, 9), (2, 2, 1, 2, 'b', 2, 1, 1, 1, 2, 1);
set constraints all immediate;
alter table purchase add foreign key (loose_id) references customer not valid;
create view v_customer as select id, name, note from customer;
create view v_some_customer as select id, name from customer where note is null;
create view v_purchase as select p.id, p.customer_id, p.payer_id, c.name from purchase p join customer c on c.id = p.customer_id;
create materialized view stored_purchase as select id, customer_id from purchase;

create view fk_left as
    select p.id as y_id, c.id as y_c, c.name as y_name, c.note as n_note
    from purchase p left join customer c on c.id = p.customer_id;
create view fk_left_turned as
    select c.name as y_name from purchase p left join customer c on p.customer_id = c.id;
create view fk_right as
    select c.name as y_name, p.id as y_id from customer c right join purchase p on p.customer_id = c.id;
create view fk_nullable as
    select c.name as n_name from purchase p left join customer c on c.id = p.payer_id;
create view fk_nullable_filtered as
    select c.name as y_name from purchase p left join customer c on c.id = p.payer_id where p.payer_id is not null;
create view fk_nullable_filtered_by_join as
    select c.name as y_name from purchase p left join customer c on c.id = p.payer_id join region r on r.a = p.payer_id;
create view fk_deferrable as
    select c.name as u_name from purchase p left join customer c on c.id = p.late_id;
create view fk_not_valid as
    select c.name as n_name from purchase p left join customer c on c.id = p.loose_id;
create view fk_varchar as
    select c.name as y_name from purchase p left join customer c on c.code = p.code;
create view fk_other_type as
    select c.name as y_name, d.name as y_turned from purchase p left join customer c on c.id = p.big_id
    left join customer d on p.big_id = d.id;
create view fk_extra_condition as
    select c.name as n_name from purchase p left join customer c on c.id = p.customer_id and c.note is not null;
create view fk_extra_left_condition as
    select c.name as n_name from purchase p left join customer c on c.id = p.customer_id and p.id > 1;
create view fk_filtered_side as
    select c.name as n_name from purchase p left join (select * from customer where note is null) c on c.id = p.customer_id;
create view fk_whole_side as
    select c.name as y_name from purchase p left join (select id, name from customer) c on c.id = p.customer_id;
create view fk_sample as
    select c.name as u_name from purchase p left join customer c tablesample system (100) on c.id = p.customer_id;
create view fk_sample_none as
    select c.name as n_name from purchase p left join customer c tablesample system (0) on c.id = p.customer_id;
create view fk_view_side as
    select c.name as y_name, d.name as n_some from purchase p left join v_customer c on c.id = p.customer_id
    left join v_some_customer d on d.id = p.customer_id;
create view fk_from_view as
    select c.name as y_name, d.name as n_payer from v_purchase p left join customer c on c.id = p.customer_id
    left join customer d on d.id = p.payer_id;
create view fk_from_subquery as
    select c.name as y_name from (select distinct customer_id from purchase where id > 0) p
    left join customer c on c.id = p.customer_id;
create view fk_from_with as
    with p as (select customer_id, count(*) from purchase group by 1)
    select c.name as y_name from p left join customer c on c.id = p.customer_id;
create view fk_from_stored as
    select c.name as u_name from stored_purchase p left join customer c on c.id = p.customer_id;
create view fk_composite as
    select r.name as y_name, s.name as n_partial, t.name as n_mixed
    from purchase p left join region r on r.a = p.exact_a and p.exact_b = r.b
    left join region s on s.a = p.region_a and s.b = p.region_b
    left join region t on t.a = p.exact_b and t.b = p.exact_a;
create view fk_composite_part as
    select r.name as u_name from purchase p left join region r on r.a = p.exact_a;
create view fk_composite_two_rows as
    select r.name as u_name from purchase p cross join purchase q left join region r on r.a = p.exact_a and r.b = q.exact_b;
create view fk_chain as
    select c.name as y_name, d.name as y_through
    from purchase p left join purchase q on q.id = p.id join region r on r.a = q.exact_a
    left join customer c on c.id = p.customer_id left join customer d on d.id = q.customer_id;
create view fk_missing_row as
    select q.id as n_q, c.name as n_name
    from purchase p left join purchase q on q.id = p.id + 1 left join customer c on c.id = q.customer_id;
create view fk_nested as
    select c.name as n_name, q.id as n_q
    from purchase p left join (purchase q left join customer c on c.id = q.customer_id) on q.id = p.id + 1;
create view fk_nested_present as
    select c.name as y_name
    from purchase p left join (purchase q left join customer c on c.id = q.customer_id) on q.id = p.id + 1
    where q.id is not null;
create view fk_full as
    select p.id as n_id, c.name as y_name from purchase p full join customer c on c.id = p.customer_id and true;
create view fk_subquery as
    select (select c.name from customer c where c.id = p.customer_id) as y_name,
        (select c.note from customer c where c.id = p.customer_id) as n_note,
        (select c.name from customer c where c.id = p.payer_id) as n_payer,
        (select c.name from customer c where c.id = p.customer_id and c.note is null) as n_some,
        (select c.name from customer c where c.id = p.customer_id limit 1) as y_limited,
        (select max(c.name) from customer c where c.id = p.customer_id) as y_max,
        (select count(*) from customer c where c.id = p.customer_id limit 1) as y_count,
        case when p.payer_id is not null then (select c.name from customer c where c.id = p.payer_id) else '' end as y_case
    from purchase p;
create view fk_lateral as
    select c.name as y_name, d.name as n_name
    from purchase p left join lateral (select name from customer c where c.id = p.customer_id) c on true
    left join lateral (select name from customer c where c.id = p.payer_id) d on true;
create view fk_cte_data as
    select v.name as u_name from purchase p left join (select id, name from v_purchase) v on v.id = p.id;
create view fk_using as
    select customer_id as y_id, c.name as y_name
    from purchase p left join (select id as customer_id, name from customer) c using (customer_id);

-- A secured table may hide the partner.
create table secret (id int primary key, name text not null);
alter table secret enable row level security;
create table holder (id int primary key, secret_id int not null references secret);
insert into secret values (1, 'x');
insert into holder values (1, 1);
create view fk_secured as
    select s.name as u_name from holder h left join secret s on s.id = h.secret_id;

-- Children do not have the foreign keys of their parent, and are not referenced themselves.
create table base (id int primary key, customer_id int not null references customer);
create table heir () inherits (base);
insert into heir values (7, 99);
create view fk_inherited as
    select c.name as n_name from base b left join customer c on c.id = b.customer_id;

-- Partitions.
create table year (id int primary key, name text not null) partition by range (id);
create table year_1 partition of year for values from (0) to (10);
create table year_2 partition of year for values from (10) to (20);
create table event (id int not null, year_id int not null references year) partition by range (id);
create table event_1 partition of event for values from (0) to (10);
insert into year values (1, 'one'), (11, 'two');
insert into event values (1, 1), (2, 11);
create view fk_partitioned as
    select y.name as y_name, z.name as n_name, o.name as n_only, f.name as y_from_part
    from event e left join year y on y.id = e.year_id left join year_1 z on z.id = e.year_id
    left join only year o on o.id = e.year_id
    join event_1 e1 on e1.id = e.id left join year f on f.id = e1.year_id;
