-- Keys of tables and materialized views: unique indexes, with or without a constraint.
--
-- $1 oid[]  relations
--
-- Only what identifies a row at any time for any reader: no partial index, no expression, no
-- deferrable constraint, nothing unfinished. Columns of INCLUDE are not part of a key.
--
-- In psql 16 or later: \bind '{16390}' before running it.
--
-- 16390 | t | {id}

with unique_index as (
    select
        i.indrelid,
        i.indisprimary,
        (
            select
                array_agg(a.attname::text order by k.position)
            from unnest(i.indkey) with ordinality as k (attnum, position)
            join pg_catalog.pg_attribute as a on a.attrelid = i.indrelid
                and a.attnum = k.attnum
            where k.position <= i.indnkeyatts
        ) as columns
    from pg_catalog.pg_index as i
    where i.indrelid = any ($1::pg_catalog.oid[])
        and i.indisunique
        and i.indimmediate
        and i.indisvalid
        and not i.indisexclusion
        and i.indpred is null
        and i.indexprs is null
)
select
    u.indrelid as relation,
    bool_or(u.indisprimary) as is_primary,
    u.columns
from unique_index as u
group by
    u.indrelid,
    u.columns
order by
    u.indrelid,
    is_primary desc,
    u.columns collate "C"
