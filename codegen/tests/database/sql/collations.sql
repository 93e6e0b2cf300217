-- Who calls different texts equal can have two kinds at once; the names of columns mean what they
-- mean in views.sql.
create collation blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create table folded (id int primary key, kind text collate blind not null, x int,
    check (kind = 'B' or x is not null));
insert into folded values (1, 'b', null);
create view folded_rows as
    select x as n_x from folded where kind = 'b';
