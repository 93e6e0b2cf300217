-- The analysed queries of views, in the text form of node trees.
--
-- $1 oid[]  views and materialized views
--
-- In psql 16 or later: \bind '{16420}' before running it.
--
-- 16420 | ({QUERY :commandType 1 :querySource 0 …})

select
    w.ev_class as view,
    w.ev_action::text as tree
from pg_catalog.pg_rewrite as w
where w.ev_class = any ($1::pg_catalog.oid[])
    and w.ev_type = '1'
    and w.is_instead
order by
    w.ev_class
