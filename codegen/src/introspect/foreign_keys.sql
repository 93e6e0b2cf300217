-- Foreign keys.
--
-- $1 oid[]  tables
--
-- A key that points to a partitioned table is recorded once more for each partition; those are
-- left out. A key that a partition has from its parent is kept. A key with PERIOD is left out: it
-- does not compare with =. So is one whose two sides compare text differently, which is possible
-- up to version 17: what refers to a row depends on who asks. One that is not enforced counts as
-- not validated.
--
-- functions says how a row's partner is found: for each column the functions behind
-- `target = own` and `own = target`. It is empty if a query need not find one: the key is not
-- validated (or not enforced), can be deferred, its triggers are disabled, or rows of inheriting
-- or foreign tables are read with those that it checks.
--
-- In psql 16 or later: \bind '{16390}' before running it.
--
-- 16390 | tb_orders_customer_id_fkey | {customer_id} | 16385 | {id} | {65,65} | Who pays. | Who pays.

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
    ) as target_columns,
    array(
        select
            f.oid
        from unnest(k.conpfeqop) with ordinality as e (operator, position)
        join pg_catalog.pg_operator as o on o.oid = e.operator
        left join pg_catalog.pg_operator as turned on turned.oid = o.oprcom
        cross join lateral (
            values
                (1, o.oprcode::pg_catalog.oid),
                (2, coalesce(turned.oprcode, o.oprcode)::pg_catalog.oid)
        ) as f (side, oid)
        where k.convalidated
            and not k.condeferrable
            and not exists (
                select
                from pg_catalog.pg_trigger as t
                where t.tgconstraint = k.oid
                    and t.tgenabled not in ('O', 'A')
            )
            and not exists (
                select
                from pg_catalog.pg_inherits as i
                where i.inhparent = k.conrelid
                    and r.relkind <> 'p'
            )
            and not exists (
                select
                from pg_catalog.pg_partition_tree(k.conrelid) as p
                join pg_catalog.pg_class as c on c.oid = p.relid
                where c.relkind = 'f'
            )
        order by
            e.position,
            f.side
    ) as functions,
    d.description as comment
from pg_catalog.pg_constraint as k
join pg_catalog.pg_class as r on r.oid = k.conrelid
join pg_catalog.pg_index as i on i.indexrelid = k.conindid
left join pg_catalog.pg_constraint as parent on parent.oid = k.conparentid
left join pg_catalog.pg_description as d on d.objoid = k.oid
    and d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
    and d.objsubid = 0
where k.contype = 'f'
    and k.conrelid = any ($1::pg_catalog.oid[])
    and parent.conrelid is distinct from k.conrelid
    and not i.indisexclusion
    and not exists (
        select
        from unnest(k.conkey, k.confkey) as c (attnum, target_attnum)
        join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid
            and a.attnum = c.attnum
        join pg_catalog.pg_attribute as t on t.attrelid = k.confrelid
            and t.attnum = c.target_attnum
        join pg_catalog.pg_collation as o on o.oid in (a.attcollation, t.attcollation)
        where a.attcollation <> t.attcollation
            and not o.collisdeterministic
    )
order by
    k.conrelid,
    k.conname
