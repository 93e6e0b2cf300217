-- Types and the small rules that tables, triggers and functions share.
--
-- Only names that start with `v_` or `fn_` are offered to the API.
-- Everything else in these files is internal.

create type order_status as enum ('pending', 'paid', 'shipped', 'delivered', 'cancelled');

comment on type order_status is
  'Where an order stands: pending, then paid, shipped and delivered; or cancelled, which is final.';

create type payment_kind as enum ('payment', 'refund');

comment on type payment_kind is
  'Whether money came in (payment) or went back (refund).';

create type audit_operation as enum ('INSERT', 'UPDATE', 'DELETE');

comment on type audit_operation is
  'What happened to a row: it was inserted, updated or deleted.';

create type order_item_input as (
  product_id integer,
  quantity integer
);

comment on type order_item_input is
  'One product to order, and how many of it.';
comment on column order_item_input.product_id is
  E'@notnull\nThe product to order.';
comment on column order_item_input.quantity is
  E'@notnull\nHow many to order, from 1 to 1,000,000.';

create type order_line as (
  id integer,
  product_id integer,
  product_name text,
  quantity integer,
  price numeric(12, 2),
  subtotal numeric(20, 2)
);

comment on type order_line is
  'One line of an order: a product, how many of it, and what they cost.';
comment on column order_line.id is
  E'@notnull\nIdentifies the line.';
comment on column order_line.product_id is
  E'@notnull\nThe product ordered.';
comment on column order_line.product_name is
  E'@notnull\nName of the product.';
comment on column order_line.quantity is
  E'@notnull\nHow many were ordered.';
comment on column order_line.price is
  E'@notnull\nPrice of one, fixed when the line was added.';
comment on column order_line.subtotal is
  E'@notnull\nQuantity times price.';

create type order_state as (
  id integer,
  order_number text,
  customer_id integer,
  status order_status,
  item_count integer,
  total_amount numeric(20, 2),
  created_at timestamptz,
  paid_at timestamptz,
  shipped_at timestamptz,
  delivered_at timestamptz,
  cancelled_at timestamptz,
  cancellation_reason text,
  version integer,
  lines order_line[]
);

comment on type order_state is
  'An order as it was at some moment, rebuilt from the audit log.';
comment on column order_state.id is
  E'@notnull\nIdentifies the order.';
comment on column order_state.order_number is
  E'@notnull\nOrder number shown to the customer.';
comment on column order_state.customer_id is
  E'@notnull\nThe customer who placed the order.';
comment on column order_state.status is
  E'@notnull\nWhere the order stood.';
comment on column order_state.item_count is
  E'@notnull\nNumber of lines it had.';
comment on column order_state.total_amount is
  E'@notnull\nSum of its lines.';
comment on column order_state.created_at is
  E'@notnull\nWhen the order was placed.';
comment on column order_state.paid_at is
  'When it was paid; null if it was not paid yet.';
comment on column order_state.shipped_at is
  'When it left the warehouse; null if it had not.';
comment on column order_state.delivered_at is
  'When it reached the customer; null if it had not.';
comment on column order_state.cancelled_at is
  'When it was cancelled; null if it was not.';
comment on column order_state.cancellation_reason is
  'Why it was cancelled; null if it was not.';
comment on column order_state.version is
  E'@notnull\nVersion the order had.';
comment on column order_state.lines is
  E'@notnull\nIts lines, in the order in which they were added.';

-- The clock of this schema: the start of the transaction, as `now()`.
-- Sample data and tests turn it back with the setting `app.now`.
-- A setting that was local to an earlier transaction reads '', not null.
create function app_now()
returns timestamptz
language sql
stable
as $$
  select coalesce(
    nullif(pg_catalog.current_setting('app.now', true), '')::timestamptz,
    pg_catalog.now()
  )
$$;

comment on function app_now() is
  'The current moment: the setting `app.now` if there is one, else the start of the transaction.';

-- Who is at work: the setting `app.user`, which the server sets from the verified identity.
create function app_user()
returns text
language sql
stable
as $$
  select coalesce(
    nullif(pg_catalog.current_setting('app.user', true), ''),
    'system'
  )
$$;

comment on function app_user() is
  'Who is at work: the setting `app.user` if there is one, else `system`.';

create sequence order_number_seq;

comment on sequence order_number_seq is
  'Numbers of orders; it never waits for another order, so a failed order leaves a gap.';

create function next_order_number()
returns text
language sql
volatile
as $$
  select 'ORD-' || lpad(n::text, greatest(6, length(n::text)), '0')
  from nextval('public.order_number_seq'::regclass) as n
$$;

comment on function next_order_number() is
  'The next order number, for example ORD-000001.';

create function payment_methods()
returns text[]
language sql
immutable
as $$
  select array['credit_card', 'debit_card', 'bank_transfer', 'paypal', 'gift_card']
$$;

comment on function payment_methods() is
  'Ways to pay that we accept.';

create function next_order_statuses(p_status order_status)
returns order_status[]
language sql
immutable
set search_path = pg_catalog, public
as $$
  select case p_status
    when 'pending' then array['paid', 'cancelled']
    when 'paid' then array['shipped', 'cancelled']
    when 'shipped' then array['delivered']
    else array[]::text[]
  end::order_status[]
$$;

comment on function next_order_statuses(order_status) is
  'The statuses that an order in this status may take next.';

-- Every rule that says no says it here, so that all refusals look alike:
-- an SQLSTATE of class QO, a message a client may read, a JSON object as DETAIL, and a HINT.
create function refuse(
  p_sqlstate text,
  p_code text,
  p_message text,
  p_details jsonb,
  p_hint text
)
returns void
language plpgsql
as $$
begin
  raise exception using
    errcode = p_sqlstate,
    message = p_message,
    detail = (pg_catalog.jsonb_build_object('code', p_code) || p_details)::text,
    hint = p_hint;
end
$$;

comment on function refuse(text, text, text, jsonb, text) is
  'Raises the error by which a rule refuses a command; README.md lists the codes.';

create function check_transition(
  p_order_number text,
  p_from order_status,
  p_to order_status
)
returns void
language plpgsql
set search_path = pg_catalog, public
as $$
declare
  allowed constant order_status[] := next_order_statuses(p_from);
begin
  if p_to = any (allowed) then
    return;
  end if;
  -- Statuses are spelled as the API spells them.
  perform refuse(
    'QO302',
    'ILLEGAL_TRANSITION',
    case
      when p_from = p_to then format('Order %s is %s already', p_order_number, p_from)
      else format('Order %s is %s and cannot become %s', p_order_number, p_from, p_to)
    end,
    jsonb_build_object(
      'from', upper(p_from::text),
      'to', upper(p_to::text),
      'allowed', upper(allowed::text)::text[]
    ),
    'Read the order again to see where it stands.'
  );
end
$$;

comment on function check_transition(text, order_status, order_status) is
  'Refuses a change of status that next_order_statuses() does not list, and the same status again.';
