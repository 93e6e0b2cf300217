-- Foreign keys.
--
-- $1 oid[]  tables
--
-- A key that points to a partitioned table is recorded once more for each partition; those are
-- left out. A key that a partition has from its parent is kept.
--
-- In psql 16 or later: \bind '{16390}' before running it.
--
-- 16390 | tb_orders_customer_id_fkey | {customer_id} | 16385 | {id}

select
    k.conrelid as relation,
    k.conname as name,
    (
        select
            array_agg(a.attname::text order by c.position)
        from unnest(k.conkey) with ordinality as c (attnum, position)
        join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid
            and a.attnum = c.attnum
    ) as columns,
    k.confrelid as target,
    (
        select
            array_agg(a.attname::text order by c.position)
        from unnest(k.confkey) with ordinality as c (attnum, position)
        join pg_catalog.pg_attribute as a on a.attrelid = k.confrelid
            and a.attnum = c.attnum
    ) as target_columns
from pg_catalog.pg_constraint as k
left join pg_catalog.pg_constraint as parent on parent.oid = k.conparentid
where k.contype = 'f'
    and k.conrelid = any ($1::pg_catalog.oid[])
    and parent.conrelid is distinct from k.conrelid
order by
    k.conrelid,
    k.conname
