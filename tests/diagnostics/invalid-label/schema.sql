create type grade as enum ('a+', 'b', '100 %', '', '👍', '"', 'New', 'new');
comment on type grade is E'@value THUMB 👍\nA mark.';
create view v_grades as select 'b'::grade as grade;
