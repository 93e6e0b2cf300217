-- Which of the given objects needs which other one.
--
-- $1 oid[]  catalogs of the objects (pg_class, pg_proc, pg_type)
-- $2 oid[]  their identifiers, in the same order
--
-- A view depends on others through its rule, and is depended on through its row type or the array
-- of it; so each part is attributed to the object that it belongs to.
--
-- dependent | needed        positions in the arrays, from 1
--         3 |      1

with object as (
    select
        o.classid,
        o.objid,
        o.position
    from rows from (
        pg_catalog.unnest($1::pg_catalog.oid[]),
        pg_catalog.unnest($2::pg_catalog.oid[])
    ) with ordinality as o (classid, objid, position)
),
row_type as (
    select
        'pg_catalog.pg_type'::pg_catalog.regclass as classid,
        t.oid as objid,
        o.position
    from object as o
    join pg_catalog.pg_type as t on t.typrelid = o.objid
    where o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
),
part as (
    select o.classid, o.objid, o.position from object as o
    union
    select r.classid, r.objid, r.position from row_type as r
    union
    -- arrays of row types and of types
    select 'pg_catalog.pg_type'::pg_catalog.regclass, t.typarray, p.position
    from (
        select * from row_type
        union all
        select * from object as o where o.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
    ) as p
    join pg_catalog.pg_type as t on t.oid = p.objid
    where t.typarray <> 0
    union
    -- the relation behind a composite type
    select 'pg_catalog.pg_class'::pg_catalog.regclass, t.typrelid, o.position
    from object as o
    join pg_catalog.pg_type as t on t.oid = o.objid
    where o.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and t.typrelid <> 0
    union
    select 'pg_catalog.pg_rewrite'::pg_catalog.regclass, r.oid, o.position
    from object as o
    join pg_catalog.pg_rewrite as r on r.ev_class = o.objid
    where o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
)
select distinct
    dependent.position as dependent,
    needed.position as needed
from pg_catalog.pg_depend as d
join part as dependent on dependent.classid = d.classid and dependent.objid = d.objid
join part as needed on needed.classid = d.refclassid and needed.objid = d.refobjid
where dependent.position <> needed.position
order by 1, 2
