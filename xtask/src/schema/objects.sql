-- Views, routines and types outside the system's schemas, as `migrate` finds them before and
-- after it runs the files of sql/views and sql/functions.
--
-- The identity is what DROP needs: quoted, qualified, with argument types. It does not depend on
-- search_path. Objects of extensions are left out. Tables are listed to be refused.
--
-- view | public.v_orders | 1259 | 16402
-- routine | public.fn_cancel_order(pg_catalog.int4,pg_catalog.text) | 1255 | 16410

with namespace as (
    select
        n.oid,
        n.nspname
    from pg_catalog.pg_namespace as n
    where
        n.nspname <> all (array['information_schema', 'xtask'])
        and n.nspname !~ '^pg_'
),
object as (
    select
        case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end as kind,
        pg_catalog.format('%I.%I', n.nspname, c.relname) as identity,
        'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid as classid,
        c.oid as objid
    from pg_catalog.pg_class as c
    join namespace as n on n.oid = c.relnamespace
    where c.relkind in ('v', 'm', 'r', 'p', 'f', 'S')
    union all
    select
        'routine' as kind,
        pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, (
            select pg_catalog.string_agg(
                pg_catalog.format('%I.%I', tn.nspname, t.typname), ',' order by a.position
            )
            from pg_catalog.unnest(p.proargtypes) with ordinality as a (type, position)
            join pg_catalog.pg_type as t on t.oid = a.type
            join pg_catalog.pg_namespace as tn on tn.oid = t.typnamespace
        )) as identity,
        'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid as classid,
        p.oid as objid
    from pg_catalog.pg_proc as p
    join namespace as n on n.oid = p.pronamespace
    union all
    select
        'type' as kind,
        pg_catalog.format('%I.%I', n.nspname, t.typname) as identity,
        'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid as classid,
        t.oid as objid
    from pg_catalog.pg_type as t
    join namespace as n on n.oid = t.typnamespace
    left join pg_catalog.pg_class as c on c.oid = t.typrelid
    where t.typtype in ('e', 'd', 'r') or c.relkind = 'c'
)
select
    o.kind,
    o.identity,
    o.classid,
    o.objid
from object as o
where not exists (
    select 1
    from pg_catalog.pg_depend as d
    where d.classid = o.classid and d.objid = o.objid and d.deptype = 'e'
)
order by o.kind collate "C", o.identity collate "C"
