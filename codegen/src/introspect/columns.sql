-- Columns of tables and views, attributes of composite types.
--
-- $1 oid[]  relations, as pg_class knows them
--
-- not_null is what a reader can rely on, which is more than pg_attribute says: the constraint is
-- valid (from version 18 on it need not be), it holds in every table that inherits from this
-- one, and none of these is a foreign table, where PostgreSQL enforces nothing.
--
-- In psql 16 or later: \bind '{16390}' before running it.
--
-- 16390 | 1 | id | 23 | t | f | The order's number in URLs.

with recursive family as (
    select
        r.oid as root,
        r.oid as member
    from unnest($1::pg_catalog.oid[]) as r (oid)
    union
    select
        f.root,
        i.inhrelid as member
    from family as f
    join pg_catalog.pg_inherits as i on i.inhparent = f.member
),
open_column as (
    select
        f.root,
        a.attname
    from family as f
    join pg_catalog.pg_class as c on c.oid = f.member
    join pg_catalog.pg_attribute as a on a.attrelid = f.member
        and a.attnum > 0
        and not a.attisdropped
    left join pg_catalog.pg_constraint as k on k.conrelid = f.member
        and k.contype = 'n'
        and k.conkey = array[a.attnum]
        and not k.convalidated
    where not a.attnotnull
        or c.relkind = 'f'
        or k.oid is not null
)
select
    a.attrelid as relation,
    a.attnum as number,
    a.attname as name,
    a.atttypid as type,
    o.root is null as not_null,
    not coalesce(l.collisdeterministic, true) as nondeterministic,
    d.description as comment
from pg_catalog.pg_attribute as a
left join (select distinct root, attname from open_column) as o on o.root = a.attrelid
    and o.attname = a.attname
left join pg_catalog.pg_collation as l on l.oid = a.attcollation
left join pg_catalog.pg_description as d on d.objoid = a.attrelid
    and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
    and d.objsubid = a.attnum
where a.attrelid = any ($1::pg_catalog.oid[])
    and a.attnum > 0
    and not a.attisdropped
order by
    a.attrelid,
    a.attnum
