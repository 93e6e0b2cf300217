-- The analysed queries of views, in the text form of node trees.
--
-- $1 oid[]  views and materialized views
--
-- nondeterministic: a collation that calls different texts equal plays a part in it, as that of a
-- column, a type or an expression. Which of the collations in it compares what is not looked at.
--
-- In psql 16 or later: \bind '{16420}' before running it.
--
-- 16420 | ({QUERY :commandType 1 :querySource 0 …}) | f

with odd as (
    select
        c.oid
    from pg_catalog.pg_collation as c
    where not c.collisdeterministic
),
odd_object as (
    select
        'pg_catalog.pg_collation'::pg_catalog.regclass as class,
        o.oid
    from odd as o
    union all
    select
        'pg_catalog.pg_class'::pg_catalog.regclass,
        a.attrelid
    from pg_catalog.pg_attribute as a
    where a.attcollation in (select o.oid from odd as o)
    union all
    select
        'pg_catalog.pg_type'::pg_catalog.regclass,
        t.oid
    from pg_catalog.pg_type as t
    where t.typcollation in (select o.oid from odd as o)
    union all
    select
        'pg_catalog.pg_proc'::pg_catalog.regclass,
        p.oid
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_type as t on t.oid = p.prorettype
    left join pg_catalog.pg_attribute as a on a.attrelid = t.typrelid
    where t.typcollation in (select o.oid from odd as o)
        or a.attcollation in (select o.oid from odd as o)
)
select
    w.ev_class as view,
    w.ev_action::text as tree,
    exists (
        select
        from pg_catalog.pg_depend as d
        join odd_object as o on o.class = d.refclassid
            and o.oid = d.refobjid
        where d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
            and d.objid = w.oid
    ) as nondeterministic
from pg_catalog.pg_rewrite as w
where w.ev_class = any ($1::pg_catalog.oid[])
    and w.ev_type = '1'
    and w.is_instead
order by
    w.ev_class
