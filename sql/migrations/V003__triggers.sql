-- Triggers: what holds for every change, also for one made by hand.

-- Counts the versions of a row, and only those: an update that changes nothing, or that
-- sets `version` by hand, leaves the version as it was.
create function bump_version()
returns trigger
language plpgsql
as $$
begin
  new.version := old.version;
  new.updated_at := old.updated_at;
  if new is distinct from old then
    new.version := old.version + 1;
    new.updated_at := public.app_now();
  end if;
  return new;
end
$$;

comment on function bump_version() is
  'Trigger: raises `version` and sets `updated_at` if the row really changes.';

-- Writes a change to the audit log. The argument is the entity type.
--
-- The time zone is fixed so that the log reads the same whoever made the change.
create function record_change()
returns trigger
language plpgsql
set search_path = pg_catalog, public
set timezone = 'UTC'
as $$
declare
  before_change constant jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  after_change constant jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  difference jsonb := after_change;
begin
  if tg_op = 'UPDATE' then
    select coalesce(jsonb_object_agg(field.key, field.value), '{}')
    into difference
    from jsonb_each(after_change) as field
    where before_change -> field.key is distinct from field.value;
  end if;

  insert into tb_audit_log (operation, entity_type, entity_id, old_values, new_values, changes)
  values (
    tg_op::audit_operation,
    tg_argv[0],
    (coalesce(after_change, before_change) ->> 'id')::integer,
    before_change,
    after_change,
    coalesce(difference, '{}')
  );
  return null;
end
$$;

comment on function record_change() is
  'Trigger: writes a change to the audit log.';

create function forbid_change()
returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  perform refuse(
    'QO501',
    'FORBIDDEN_CHANGE',
    format('%s of %s is not allowed', lower(tg_op), tg_table_name),
    jsonb_build_object('operation', tg_op, 'table', tg_table_name),
    tg_argv[0]
  );
  return null;
end
$$;

comment on function forbid_change() is
  'Trigger: refuses a change; its argument is the hint.';

create function check_status_change()
returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  perform check_transition(old.order_number, old.status, new.status);
  return new;
end
$$;

comment on function check_status_change() is
  'Trigger: refuses a change of status that is against the rules.';

-- Keeps what is derived from lines: the totals of their orders and the stock they take.
--
-- Orders are locked first, then products by id, as everywhere. The sums are made by later
-- statements, which therefore see what others committed while we waited for the locks.
-- Totals that are right already, as after fn_create_order, are not written again.
create function apply_line_changes()
returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
declare
  order_ids integer[];
  product_ids integer[];
  quantities integer[];
begin
  if tg_op = 'INSERT' then
    select array_agg(line.order_id), array_agg(line.product_id), array_agg(line.quantity)
    into order_ids, product_ids, quantities
    from new_lines as line;
  elsif tg_op = 'DELETE' then
    select array_agg(line.order_id), array_agg(line.product_id), array_agg(-line.quantity)
    into order_ids, product_ids, quantities
    from old_lines as line;
  else
    select array_agg(line.order_id), array_agg(line.product_id), array_agg(line.quantity)
    into order_ids, product_ids, quantities
    from (
      select n.order_id, n.product_id, n.quantity from new_lines as n
      union all
      select o.order_id, o.product_id, -o.quantity from old_lines as o
    ) as line;
  end if;

  perform
  from tb_orders as o
  where o.id = any (order_ids)
  order by o.id
  for no key update;

  update tb_orders as o
  set
    item_count = total.item_count,
    total_amount = total.total_amount
  from (
    select
      changed.id,
      count(line.id) as item_count,
      coalesce(sum(line.quantity * line.price), 0) as total_amount
    from (select distinct unnest(order_ids) as id) as changed
    left join tb_order_items as line on line.order_id = changed.id
    group by changed.id
  ) as total
  where o.id = total.id
    and (o.item_count, o.total_amount) is distinct from (total.item_count, total.total_amount);

  perform
  from tb_products as p
  where p.id = any (product_ids)
  order by p.id
  for no key update;

  update tb_products as p
  set
    quantity_reserved = p.quantity_reserved + taken.reserved,
    quantity_in_orders = p.quantity_in_orders + taken.in_orders
  from (
    select
      change.product_id,
      sum(case when o.status in ('pending', 'paid') then change.quantity else 0 end) as reserved,
      sum(case when o.status <> 'cancelled' then change.quantity else 0 end) as in_orders
    from unnest(order_ids, product_ids, quantities) as change (order_id, product_id, quantity)
    join tb_orders as o on o.id = change.order_id
    group by change.product_id
  ) as taken
  where p.id = taken.product_id
    and (taken.reserved, taken.in_orders) <> (0, 0);
  return null;
end
$$;

comment on function apply_line_changes() is
  'Trigger: keeps totals of orders and stock of products in step with lines.';

-- Keeps stock in step with the status of an order: what is shipped leaves the warehouse,
-- what is cancelled becomes available again.
create function apply_status_change()
returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  perform
  from tb_products as p
  where p.id in (select line.product_id from tb_order_items as line where line.order_id = new.id)
  order by p.id
  for no key update;

  update tb_products as p
  set
    quantity_on_hand = p.quantity_on_hand
      - case when new.status = 'shipped' then line.quantity else 0 end,
    quantity_reserved = p.quantity_reserved - line.quantity,
    quantity_in_orders = p.quantity_in_orders
      - case when new.status = 'cancelled' then line.quantity else 0 end
  from tb_order_items as line
  where line.order_id = new.id
    and line.product_id = p.id;
  return null;
end
$$;

comment on function apply_status_change() is
  'Trigger: keeps stock in step with orders that are shipped or cancelled.';

-- Rules of single tables.

create trigger check_status_change
before update on tb_orders
for each row
when (old.status is distinct from new.status)
execute function check_status_change();

create trigger apply_status_change
after update on tb_orders
for each row
when (old.status is distinct from new.status and new.status in ('shipped', 'cancelled'))
execute function apply_status_change();

create trigger apply_line_changes_on_insert
after insert on tb_order_items
referencing new table as new_lines
for each statement
execute function apply_line_changes();

create trigger apply_line_changes_on_update
after update on tb_order_items
referencing old table as old_lines new table as new_lines
for each statement
execute function apply_line_changes();

create trigger apply_line_changes_on_delete
after delete on tb_order_items
referencing old table as old_lines
for each statement
execute function apply_line_changes();

create trigger forbid_moving_lines
before update on tb_order_items
for each row
when (
  old.order_id is distinct from new.order_id
  or old.product_id is distinct from new.product_id
)
execute function forbid_change('Delete the line and insert another one.');

create trigger forbid_rewriting
before update or delete on tb_audit_log
for each row
execute function forbid_change('The audit log only grows.');

-- Versions, audit and protection from TRUNCATE (which fires no row trigger) for every table.

create trigger bump_version before update on tb_customers
for each row execute function bump_version();
create trigger bump_version before update on tb_products
for each row execute function bump_version();
create trigger bump_version before update on tb_orders
for each row execute function bump_version();
create trigger bump_version before update on tb_order_items
for each row execute function bump_version();
create trigger bump_version before update on tb_payments
for each row execute function bump_version();

create trigger audit_insert_delete after insert or delete on tb_customers
for each row execute function record_change('customer');
create trigger audit_insert_delete after insert or delete on tb_products
for each row execute function record_change('product');
create trigger audit_insert_delete after insert or delete on tb_orders
for each row execute function record_change('order');
create trigger audit_insert_delete after insert or delete on tb_order_items
for each row execute function record_change('order_item');
create trigger audit_insert_delete after insert or delete on tb_payments
for each row execute function record_change('payment');

create trigger audit_update after update on tb_customers
for each row when (old.* is distinct from new.*) execute function record_change('customer');
create trigger audit_update after update on tb_products
for each row when (old.* is distinct from new.*) execute function record_change('product');
create trigger audit_update after update on tb_orders
for each row when (old.* is distinct from new.*) execute function record_change('order');
create trigger audit_update after update on tb_order_items
for each row when (old.* is distinct from new.*) execute function record_change('order_item');
create trigger audit_update after update on tb_payments
for each row when (old.* is distinct from new.*) execute function record_change('payment');

create trigger forbid_truncate before truncate on tb_customers
for each statement execute function forbid_change('Use DELETE, which is audited.');
create trigger forbid_truncate before truncate on tb_products
for each statement execute function forbid_change('Use DELETE, which is audited.');
create trigger forbid_truncate before truncate on tb_orders
for each statement execute function forbid_change('Use DELETE, which is audited.');
create trigger forbid_truncate before truncate on tb_order_items
for each statement execute function forbid_change('Use DELETE, which is audited.');
create trigger forbid_truncate before truncate on tb_payments
for each statement execute function forbid_change('Use DELETE, which is audited.');
create trigger forbid_truncate before truncate on tb_audit_log
for each statement execute function forbid_change('The audit log only grows.');
