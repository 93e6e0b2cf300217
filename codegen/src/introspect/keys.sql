-- Keys of tables and materialized views: unique indexes, with or without a constraint.
--
-- $1 oid[]  relations
--
-- Only what identifies a row at any time for any reader: no partial index, no expression, no
-- deferrable constraint, nothing unfinished. Columns of INCLUDE are not part of a key. Nor is an
-- index that compares in a way of its own: two values may differ to it and be equal to `=`.
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
        and not exists (
            select
            from unnest(i.indkey, i.indclass, i.indcollation)
                with ordinality as k (attnum, opclass, collated, position)
            join pg_catalog.pg_attribute as a on a.attrelid = i.indrelid
                and a.attnum = k.attnum
            join pg_catalog.pg_type as t on t.oid = a.atttypid
            join pg_catalog.pg_opclass as o on o.oid = k.opclass
            left join pg_catalog.pg_collation as c on c.oid = a.attcollation
            where k.position <= i.indnkeyatts
                and (
                    not o.opcdefault
                    -- citext by the rules of text, say.
                    or t.typtype = 'b'
                    and t.typelem = 0
                    and t.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace
                    and o.opcintype <> t.oid
                    or not c.collisdeterministic
                    and k.collated <> a.attcollation
                )
        )
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
