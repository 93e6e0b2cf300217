-- Functions that the queries of views call, be it through an operator.
--
-- $1 oid[]  functions
--
-- arguments are the types of the input arguments, as format_type prints them with an empty
-- search_path: PostgreSQL's own in the words of the SQL standard, all others with their schema.
-- A comment is kept only where a user wrote it.
--
-- kind: f function, p procedure, a aggregate, w window function
-- volatility: i immutable, s stable, v volatile
--
-- In psql 16 or later: \bind '{870}' before running it.
--
-- 870 | pg_catalog | lower | {text} | f | i | t |

select
    p.oid,
    n.nspname as schema,
    p.proname as name,
    array(
        select
            pg_catalog.format_type(t.oid, null)
        from unnest(p.proargtypes) with ordinality as t (oid, position)
        order by
            t.position
    ) as arguments,
    p.prokind as kind,
    p.provolatile as volatility,
    p.proisstrict as strict,
    case when n.nspname <> 'pg_catalog' then d.description end as comment
from pg_catalog.pg_proc as p
join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
left join pg_catalog.pg_description as d on d.objoid = p.oid
    and d.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass
where p.oid = any ($1::pg_catalog.oid[])
order by
    n.nspname,
    p.proname,
    p.oid
