-- The audit log: every table, every operation, also by hand; and it only grows.

begin;

-- The world of this test: a customer and two products, a pen for 1.50 (10 in stock) and a
-- book for 20.00 (5 in stock).
create temporary table world on commit drop as
select
  customer.id as customer,
  pen.id as pen,
  book.id as book
from fn_add_customer('Test Customer', 'test-customer@example.test') as customer
cross join fn_add_product('TEST-PEN', 'Pen', 1.50, 10, 3) as pen
cross join fn_add_product('TEST-BOOK', 'Book', 20.00, 5, 3) as book;

-- Everything that a refused command must leave as it was.
create function pg_temp.everything()
returns text
language sql
as $$
  select md5(concat_ws(
    '|',
    (select string_agg(p::text, ',' order by p.id) from tb_products as p),
    (select string_agg(o::text, ',' order by o.id) from tb_orders as o),
    (select string_agg(line::text, ',' order by line.id) from tb_order_items as line),
    (select string_agg(payment::text, ',' order by payment.id) from tb_payments as payment),
    (select max(log.id)::text from tb_audit_log as log)
  ))
$$;

-- Runs a command and returns how it was refused, or null if it was not.
create function pg_temp.refusal(p_command text, variadic p_arguments text[] default '{}')
returns jsonb
language plpgsql
as $$
declare
  before_command constant text := pg_temp.everything();
  state text;
  detail text;
begin
  begin
    execute format(p_command, variadic p_arguments);
    return null;
  exception when others then
    get stacked diagnostics
      state = returned_sqlstate,
      detail = pg_exception_detail;
  end;
  assert pg_temp.everything() = before_command, 'a refused command left something behind';
  if starts_with(state, 'QO') then
    return jsonb_build_object('sqlstate', state) || detail::jsonb;
  end if;
  return jsonb_build_object('sqlstate', state);
end
$$;

-- A setting that was local to an earlier transaction reads ''.
select set_config('app.user', '', true);

do $$
declare
  w world;
  log v_audit_log;
begin
  select * into w from world;

  update tb_customers as c set name = 'Somebody Else' where c.id = w.customer;
  select l.* into log from v_audit_log as l where l.entity_type = 'customer' and l.entity_id = w.customer order by l.id desc limit 1;
  assert log.operation = 'UPDATE', 'an update by hand is logged';
  assert log.changed_by = 'system', 'nobody in particular is the system';
  assert log.changes - array['version', 'updated_at'] = '{"name": "Somebody Else"}', 'only what changed';
  assert log.old_values ->> 'name' = 'Test Customer', 'old values';
  assert log.new_values ->> 'name' = 'Somebody Else', 'new values';
  assert log.new_values ->> 'email' = 'test-customer@example.test', 'new values are whole';
  assert log.created_at = now(), 'the moment';

  perform set_config('app.user', 'user:42', true);
  delete from tb_products as p where p.id = w.pen;
  select l.* into log from v_audit_log as l where l.entity_type = 'product' and l.entity_id = w.pen order by l.id desc limit 1;
  assert (log.operation, log.changed_by, log.changes) = ('DELETE', 'user:42', '{}'), 'a delete by hand is logged';
  assert log.old_values ->> 'sku' = 'TEST-PEN' and log.new_values is null, 'it keeps what was deleted';
end
$$;

-- An update that changes nothing is not a change.
do $$
declare
  w world;
  last_id bigint;
begin
  select * into w from world;
  select max(l.id) into last_id from tb_audit_log as l;
  update tb_products as p set price = p.price where p.id = w.book;
  assert last_id = (select max(l.id) from tb_audit_log as l), 'nothing changed, nothing logged';
end
$$;

-- Every table that holds something is audited.
do $$
begin
  assert not exists (
    select
    from pg_catalog.pg_class as c
    where c.relkind = 'r'
      and c.relnamespace = 'public'::regnamespace
      and starts_with(c.relname, 'tb_')
      and c.relname <> 'tb_audit_log'
      and 4 <> (
        select count(*)
        from pg_catalog.pg_trigger as t
        where t.tgrelid = c.oid
          and t.tgname in ('audit_insert_delete', 'audit_update', 'bump_version', 'forbid_truncate')
      )
  ), 'every table has its triggers';
end
$$;

-- Every command leaves its traces, on all tables it touches.
do $$
declare
  w world;
  placed v_orders_summary;
  last_id bigint;
begin
  select * into w from world;
  select max(l.id) into last_id from tb_audit_log as l;
  placed := fn_create_order(w.customer, format('[{"product_id": %s, "quantity": 1}]', w.book)::jsonb);
  perform fn_process_payment(placed.id, 20.00, 'paypal', 1);
  perform fn_cancel_order(placed.id, 'Only a test');
  assert (
    select array_agg(concat_ws(' ', l.operation, l.entity_type) order by l.id)
    from tb_audit_log as l
    where l.id > last_id
  ) @> array[
    'INSERT order',
    'INSERT order_item',
    'UPDATE product',
    'UPDATE order',
    'INSERT payment'
  ], 'all traces are there';
  assert (
    select count(*) = 3
    from tb_audit_log as l
    where l.entity_type = 'order'
      and l.entity_id = placed.id
  ), 'three changes of the order: placed, paid, cancelled';

  -- The log replayed, as an event store would do it.
  assert (
    select o.status = 'cancelled' and o.version = 3 and o.customer_id = w.customer
    from (
      select jsonb_object_agg(change.key, change.value order by l.id) as state
      from tb_audit_log as l
      cross join jsonb_each(l.changes) as change
      where l.entity_type = 'order'
        and l.entity_id = placed.id
    ) as replay
    cross join jsonb_populate_record(null::tb_orders, replay.state) as o
  ), 'the changes add up to the order';
end
$$;

-- The log only grows, and nothing goes around it.
do $$
declare
  command text;
begin
  foreach command in array array[
    'update tb_audit_log set changed_by = ''nobody''',
    'delete from tb_audit_log',
    'truncate tb_audit_log',
    'truncate tb_customers, tb_orders, tb_order_items, tb_payments',
    'truncate tb_products, tb_order_items'
  ]
  loop
    assert pg_temp.refusal(command)
      @> '{"sqlstate": "QO501", "code": "FORBIDDEN_CHANGE"}', command;
  end loop;
end
$$;

rollback;
