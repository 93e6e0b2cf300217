-- Types: those that are used, those of the schemas to read, and all that these are made of.
--
-- $1 oid[]   types in use
-- $2 text[]  schemas to read
--
-- PostgreSQL's own types are listed as well, because everything needs their names.
--
-- kind: b base, c composite, d domain, e enum, p pseudo, r range, m multirange
-- element: of an array, in the sense of SQL: oidvector and the like are not arrays
-- base: of a domain
-- subtype: of the bounds of a range or multirange
-- range, multirange: the other one of such a pair
-- relation: of a composite; relation_kind is c for CREATE TYPE
--
-- In psql 16 or later: \bind '{23}' '{public}' before running it.
--
-- 16388 | public | order_status | e | 0 | 0 | f | 0 | 0 | 0 | 0 | | {pending,paid}
--     | Where an order is.

with recursive schema_type as (
    select
        t.oid
    from pg_catalog.pg_type as t
    join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
    left join pg_catalog.pg_class as c on c.oid = t.typrelid
    where n.nspname = any ($2::text[])
        and (t.typtype in ('d', 'e', 'r', 'm') or c.relkind = 'c')
        and not exists (
            select
            from pg_catalog.pg_depend as d
            where d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
                and d.objid = t.oid
                and d.deptype = 'e'
        )
),
reached as (
    select
        u.oid
    from unnest($1::pg_catalog.oid[]) as u (oid)
    union
    select
        s.oid
    from schema_type as s
    union
    select
        part.oid
    from reached
    join pg_catalog.pg_type as t on t.oid = reached.oid
    cross join lateral (
        select
            t.typelem as oid
        union all
        select
            t.typbasetype as oid
        union all
        select
            a.atttypid as oid
        from pg_catalog.pg_attribute as a
        where a.attrelid = t.typrelid
            and a.attnum > 0
            and not a.attisdropped
        union all
        select
            unnest(array[r.rngsubtype, r.rngtypid, r.rngmultitypid]) as oid
        from pg_catalog.pg_range as r
        where t.oid in (r.rngtypid, r.rngmultitypid)
    ) as part
    where part.oid <> 0
)
select
    t.oid,
    n.nspname as schema,
    t.typname as name,
    t.typtype as kind,
    coalesce(element.oid, 0) as element,
    t.typbasetype as base,
    t.typnotnull as not_null,
    coalesce(r.rngsubtype, 0) as subtype,
    coalesce(r.rngtypid, 0) as range,
    coalesce(r.rngmultitypid, 0) as multirange,
    t.typrelid as relation,
    c.relkind as relation_kind,
    array(
        select
            e.enumlabel::text
        from pg_catalog.pg_enum as e
        where e.enumtypid = t.oid
        order by
            e.enumsortorder
    ) as labels,
    d.description as comment
from (select distinct reached.oid from reached) as u
join pg_catalog.pg_type as t on t.oid = u.oid
join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
left join pg_catalog.pg_type as element on element.oid = t.typelem
    and element.typarray = t.oid
left join pg_catalog.pg_range as r on t.oid in (r.rngtypid, r.rngmultitypid)
left join pg_catalog.pg_class as c on c.oid = t.typrelid
left join pg_catalog.pg_description as d on d.objoid = t.oid
    and d.classoid = 'pg_catalog.pg_type'::pg_catalog.regclass
order by
    n.nspname,
    t.typname
