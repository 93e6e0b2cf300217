create type grade as enum ('a+', 'b', '100 %');
create view v_grades as select 'b'::grade as grade;
