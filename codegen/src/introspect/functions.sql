-- Functions offered to the API: the name starts with the prefix, or the first argument is a row
-- of a view.
--
-- $1 text[]  schemas to read
-- $2 text    prefix; no pattern, an underscore is an underscore
-- $3 oid[]   views
--
-- Argument lists hold one entry for each argument of any mode, in order: i IN, o OUT, b INOUT,
-- v VARIADIC, t a column of RETURNS TABLE. Defaults are rendered by the server, one argument at
-- a time: splitting the combined text would break on commas.
--
-- kind: f function, p procedure, a aggregate, w window function
-- volatility: i immutable, s stable, v volatile
--
-- In psql 16 or later: \bind '{public}' fn_ '{}' before running it.
--
-- public | fn_cancel_order | f | plpgsql | v | f | 16388 | f | {23,25} | {i,i}
--     | {p_order_id,p_reason} | {NULL,'customer'::text} | Cancels an order and refunds it.

select
    n.nspname as schema,
    p.proname as name,
    p.prokind as kind,
    l.lanname as language,
    p.provolatile as volatility,
    p.proisstrict as strict,
    p.prorettype as returns,
    p.proretset as returns_set,
    a.types as argument_types,
    a.modes as argument_modes,
    a.names as argument_names,
    a.defaults as argument_defaults,
    d.description as comment
from pg_catalog.pg_proc as p
join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
join pg_catalog.pg_language as l on l.oid = p.prolang
cross join lateral (
    select
        coalesce(array_agg(t.oid order by t.position), '{}') as types,
        coalesce(
            array_agg(coalesce(p.proargmodes[t.position], 'i') order by t.position), '{}'
        ) as modes,
        coalesce(
            array_agg(nullif(p.proargnames[t.position], '') order by t.position), '{}'
        ) as names,
        coalesce(
            array_agg(
                pg_catalog.pg_get_function_arg_default(p.oid, t.position::pg_catalog.int4)
                order by t.position
            ),
            '{}'
        ) as defaults
    from unnest(coalesce(p.proallargtypes, p.proargtypes::pg_catalog.oid[]))
        with ordinality as t (oid, position)
) as a
left join pg_catalog.pg_description as d on d.objoid = p.oid
    and d.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass
where n.nspname = any ($1::text[])
    and (
        starts_with(p.proname, $2::text)
        or p.proargtypes[0] in (
            select
                c.reltype
            from pg_catalog.pg_class as c
            where c.oid = any ($3::pg_catalog.oid[])
        )
    )
    and not exists (
        select
        from pg_catalog.pg_depend as e
        where e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
            and e.objid = p.oid
            and e.deptype = 'e'
    )
order by
    n.nspname,
    p.proname,
    pg_catalog.pg_get_function_identity_arguments(p.oid) collate "C"
