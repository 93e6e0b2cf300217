-- What PostgreSQL computes for the rows of a table: conditions of CHECK constraints, and values
-- of generated columns.
--
-- $1 oid[]  tables
--
-- Only what holds for every row that a reader sees: a constraint is validated (and enforced) and
-- inherited by all children, a generated column has no children, which may have an expression of
-- their own. Nothing is enforced in foreign tables, so there must be none in the family.
--
-- number is that of the generated column, and absent for a constraint.
--
-- In psql 16 or later: \bind '{16390}' before running it.
--
-- 16390 | tb_orders_total_check | | {OPEXPR :opno …}

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
enforced as (
    select
        f.root as oid,
        count(*) = 1 as childless
    from family as f
    join pg_catalog.pg_class as c on c.oid = f.member
    group by
        f.root
    having
        bool_and(c.relkind in ('r', 'p'))
)
select
    e.oid as relation,
    k.conname as name,
    null::pg_catalog.int2 as number,
    k.conbin::text as tree
from enforced as e
join pg_catalog.pg_constraint as k on k.conrelid = e.oid
where k.contype = 'c'
    and k.convalidated
    and (e.childless or not k.connoinherit)
union all
select
    e.oid as relation,
    a.attname as name,
    a.attnum as number,
    d.adbin::text as tree
from enforced as e
join pg_catalog.pg_attribute as a on a.attrelid = e.oid
    and a.attgenerated <> ''
    and not a.attisdropped
join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid
    and d.adnum = a.attnum
where e.childless
order by
    relation,
    number,
    name
