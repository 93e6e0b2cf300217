-- Labels of enums, which literals in the queries of views refer to by identifier.
--
-- $1 oid[]  types
--
-- In psql 16 or later: \bind '{16388}' before running it.
--
-- 16388 | 16389 | paid

select
    e.enumtypid as type,
    e.oid,
    e.enumlabel as label
from pg_catalog.pg_enum as e
where e.enumtypid = any ($1::pg_catalog.oid[])
order by
    e.oid
