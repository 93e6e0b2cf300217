-- Tables and views: those of the schemas to read, everything that a view reads, and everything
-- that a foreign key points to.
--
-- $1 text[]  schemas to read
--
-- System views and the views of extensions are neither listed nor followed: what they compute
-- is theirs to change. Objects that belong to an extension are listed only if a view reads them.
-- PostgreSQL records no dependency on its own catalogs, so a view's use of pg_class is not seen
-- here; the table stays unknown.
--
-- kind: r table, p partitioned table, f foreign table, v view, m materialized view
-- inherited: other tables inherit from it, other than as partitions
--
-- In psql 16 or later: \bind '{public}' before running it.
--
-- 16390 | public | tb_orders | r | f | f | f | One order of one customer.

with recursive extension_member as (
    select
        d.objid as oid
    from pg_catalog.pg_depend as d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
        and d.deptype = 'e'
),
relation as (
    select
        c.oid,
        n.nspname,
        c.relname,
        c.relkind,
        c.relrowsecurity,
        c.reloptions,
        c.oid in (select m.oid from extension_member as m) as in_extension
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'f', 'v', 'm')
        and c.relpersistence <> 't'
        and not (c.relkind in ('v', 'm') and n.nspname in ('pg_catalog', 'information_schema'))
),
edge as (
    -- What the query of a view reads; the rule also depends on the view itself.
    select
        w.ev_class as source,
        d.refobjid as target
    from pg_catalog.pg_rewrite as w
    join pg_catalog.pg_depend as d on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
        and d.objid = w.oid
        and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    where w.ev_type = '1'
        and d.refobjid <> w.ev_class
    union
    select
        k.conrelid as source,
        k.confrelid as target
    from pg_catalog.pg_constraint as k
    where k.contype = 'f'
),
reached as (
    select
        r.oid
    from relation as r
    where r.nspname = any ($1::text[])
        and not r.in_extension
    union
    select
        r.oid
    from reached
    join edge on edge.source = reached.oid
    join relation as r on r.oid = edge.target
    where not (r.in_extension and r.relkind in ('v', 'm'))
)
select
    r.oid,
    r.nspname as schema,
    r.relname as name,
    r.relkind as kind,
    r.relrowsecurity as row_security,
    coalesce(
        (
            select
                bool_or(o.option_value::pg_catalog.bool)
            from pg_catalog.pg_options_to_table(r.reloptions) as o
            where o.option_name = 'security_invoker'
        ),
        false
    ) as security_invoker,
    r.relkind <> 'p' and exists (
        select
        from pg_catalog.pg_inherits as i
        where i.inhparent = r.oid
    ) as inherited,
    d.description as comment
from reached
join relation as r on r.oid = reached.oid
left join pg_catalog.pg_description as d on d.objoid = r.oid
    and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
    and d.objsubid = 0
order by
    r.nspname,
    r.relname
