create view public.sample as
with recursive line as (
    select id, author_id, 1 as depth from public.book where price > 0
    union all
    select b.id, b.author_id, l.depth + 1 from public.book b join line l on l.author_id = b.id
), best as (
    select author_id, max(price) as price, grouping(author_id) as total
    from public.book group by rollup (author_id) having count(*) > 1
)
select id, a.name, coalesce(best.price, 0::numeric) as price, t.title, n.ordinality as n,
    case a.name when 'x' then 'it''s :a (b) {c} \d "e"' else upper(a.name) end as "odd "" name :x",
    a.born is null or a.id in (select author_id from public.book where author_id = a.id) as known,
    array(select title from public.book where author_id = id order by 1) as titles,
    row_number() over (partition by a.name order by a.born rows between 1 preceding and current row) as place,
    (array[1, 2])[1] as one, nullif(a.name, '') as nick, a.id in (1, 2) as listed, (a.id, a.name) < (1, 'b') as less
from public.author a
full join line using (id)
left join best on best.author_id = a.id and best.total = 0
left join lateral (select title from public.book where author_id = a.id limit 1) t on true
cross join unnest(array['x']) with ordinality as n (x, ordinality)
where a.name is distinct from 'q' and not exists (values (1), (2) except select id from public.author);
