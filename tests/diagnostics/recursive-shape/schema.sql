create type node as (label text, children jsonb);
comment on column node.children is '@type node[]';
create view v_trees as select 1 as id, '{}'::jsonb as root;
comment on column v_trees.root is '@type node';
