create domain code as text;
create table a (id integer primary key, b_id integer, n integer not null, m integer, t text not null, v varchar);
create table b (id integer primary key, u integer unique, w integer not null unique, c_x integer not null, n integer);
create table c (x integer, y integer, n integer not null, primary key (x, y));
create table d (big bigint primary key, name code not null unique, late boolean not null, unique (late, name));
create table e (at timestamp primary key, n integer not null);
create table f (id integer primary key, at timestamptz not null);
create table g (t text not null);
create unique index on g (t text_pattern_ops);
create table g2 (name text not null, late boolean not null, shown boolean not null);
create unique index on g2 (name) where shown;
create unique index on g2 (lower(name));
create collation odd (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create table h (id integer primary key, name text collate odd not null unique, late boolean not null);
create table q (n integer, id integer, primary key (n, id)) partition by list (n);
create table q_1 partition of q for values in (1);
create table q_2 partition of q for values in (2);
create unique index on q_1 (id);
create table r (x integer not null unique deferrable);
create table t (id integer primary key, up integer references t, other integer);
create table p (id integer primary key, n integer);
create table p_child () inherits (p);

create function filled(seed double precision) returns void language plpgsql as $$
begin
  perform setseed(seed);
  truncate a, b, c, d, e, f, p, h, q, r, t, g2;
  insert into a select i, (random() * 4)::integer, (random() * 2)::integer, nullif((random() * 3)::integer, 0),
    chr(97 + (random() * 2)::integer), chr(97 + (random() * 3)::integer)
    from generate_series(1, 9) as i where random() < 0.8;
  insert into b select i, nullif((random() * 3)::integer, 0), i + 1, (random() * 2)::integer, nullif((random() * 2)::integer, 0)
    from generate_series(0, 4) as i where random() < 0.8 on conflict do nothing;
  insert into c select i % 3, i / 3, (random() * 2)::integer from generate_series(0, 8) as i where random() < 0.7;
  insert into d select i, chr(97 + i), random() < 0.5 from generate_series(0, 4) as i where random() < 0.9;
  insert into e select timestamp '2026-03-29 02:30' + make_interval(mins => 30 * i), i from generate_series(-2, 3) as i;
  insert into f select i, timestamptz '2026-03-29 01:30+00' + make_interval(mins => 30 * i) from generate_series(-2, 3) as i;
  insert into p select i, i from generate_series(1, 3) as i;
  insert into p_child select i, i from generate_series(2, 4) as i;
  insert into h select i, chr(65 + i), random() < 0.5 from generate_series(0, 3) as i where random() < 0.9;
  insert into q select 1 + i % 2, i / 2 from generate_series(0, 5) as i where random() < 0.8;
  insert into r select i from generate_series(1, 3) as i;
  insert into t select i, null, (random() * 9)::integer from generate_series(1, 9) as i;
  update t set up = nullif((random() * 9)::integer, 0) where random() < 0.8;
  insert into g2 values ('a', true, true), ('b', true, false), ('c', false, true);
end $$;
