-- Names of the relations and operators that the queries of views refer to.
--
-- $1 oid[]  relations
-- $2 oid[]  operators
--
-- function is that of an operator.
--
-- In psql 16 or later: \bind '{16390}' '{96}' before running it.
--
-- f | 16390 | public | tb_orders | 0
-- t | 96 | pg_catalog | = | 65

select
    false as is_operator,
    c.oid,
    n.nspname as schema,
    c.relname as name,
    0::pg_catalog.oid as function
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.oid = any ($1::pg_catalog.oid[])
union all
select
    true as is_operator,
    o.oid,
    n.nspname as schema,
    o.oprname as name,
    o.oprcode::pg_catalog.oid as function
from pg_catalog.pg_operator as o
join pg_catalog.pg_namespace as n on n.oid = o.oprnamespace
where o.oid = any ($2::pg_catalog.oid[])
order by
    is_operator,
    schema,
    name,
    oid
