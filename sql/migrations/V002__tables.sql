-- The tables: the single source of truth.
--
-- Money is numeric with two decimals; moments are timestamptz.
-- `version` counts the changes of a row and is kept by a trigger (V003).

create table tb_customers (
  id integer generated always as identity,
  name text not null,
  email text not null,
  created_at timestamptz not null default app_now(),
  updated_at timestamptz not null default app_now(),
  version integer not null default 1,
  constraint tb_customers_pkey primary key (id),
  constraint tb_customers_email_key unique (email),
  constraint tb_customers_name_not_blank check (btrim(name) <> ''),
  constraint tb_customers_email_shape check (email ~ '^[^@\s]+@[^@\s]+$'),
  constraint tb_customers_email_lower check (email = lower(email))
);

comment on table tb_customers is 'Everybody who may place orders.';
comment on column tb_customers.id is 'Identifies the customer.';
comment on column tb_customers.name is 'Full name.';
comment on column tb_customers.email is 'E-mail address, in lower case; no two customers share one.';
comment on column tb_customers.created_at is 'When the customer was added.';
comment on column tb_customers.updated_at is 'When the customer last changed.';
comment on column tb_customers.version is 'Number of the row''s current version, starting at 1.';

create table tb_products (
  id integer generated always as identity,
  sku text not null,
  name text not null,
  price numeric(12, 2) not null,
  quantity_on_hand integer not null default 0,
  -- Both kept by triggers on orders and their lines (V003), so that reading stock is cheap.
  quantity_reserved integer not null default 0,
  quantity_in_orders integer not null default 0,
  low_stock_threshold integer not null default 10,
  created_at timestamptz not null default app_now(),
  updated_at timestamptz not null default app_now(),
  version integer not null default 1,
  constraint tb_products_pkey primary key (id),
  constraint tb_products_sku_key unique (sku),
  constraint tb_products_sku_not_blank check (btrim(sku) <> ''),
  constraint tb_products_name_not_blank check (btrim(name) <> ''),
  constraint tb_products_price_positive check (price > 0 and price <> 'NaN'),
  constraint tb_products_reserved_not_negative check (quantity_reserved >= 0),
  -- The last line of defence against overselling: no path around it, not even by hand.
  constraint tb_products_not_oversold check (quantity_reserved <= quantity_on_hand),
  constraint tb_products_reserved_are_in_orders check (quantity_reserved <= quantity_in_orders),
  constraint tb_products_threshold_not_negative check (low_stock_threshold >= 0)
);

comment on table tb_products is 'Everything that is for sale, with its stock.';
comment on column tb_products.id is 'Identifies the product.';
comment on column tb_products.sku is 'Stock keeping unit, the product''s code in the warehouse.';
comment on column tb_products.name is 'Name shown to customers.';
comment on column tb_products.price is 'Current price of one.';
comment on column tb_products.quantity_on_hand is 'How many are in the warehouse, reserved ones included.';
comment on column tb_products.quantity_reserved is 'How many of them belong to orders that have not been shipped.';
comment on column tb_products.quantity_in_orders is 'How many were ordered altogether, cancelled orders left out.';
comment on column tb_products.low_stock_threshold is 'Stock is low when no more than this many are available.';
comment on column tb_products.created_at is 'When the product was added.';
comment on column tb_products.updated_at is 'When the product or its stock last changed.';
comment on column tb_products.version is 'Number of the row''s current version, starting at 1.';

create table tb_orders (
  id integer generated always as identity,
  order_number text not null default next_order_number(),
  customer_id integer not null,
  status order_status not null default 'pending',
  -- Kept by a trigger on tb_order_items (V003), so that lists need not add up lines.
  item_count integer not null default 0,
  total_amount numeric(20, 2) not null default 0,
  created_at timestamptz not null default app_now(),
  updated_at timestamptz not null default app_now(),
  paid_at timestamptz,
  shipped_at timestamptz,
  delivered_at timestamptz,
  cancelled_at timestamptz,
  cancellation_reason text,
  version integer not null default 1,
  constraint tb_orders_pkey primary key (id),
  constraint tb_orders_order_number_key unique (order_number),
  constraint tb_orders_customer_fkey foreign key (customer_id) references tb_customers (id),
  constraint tb_orders_item_count_not_negative check (item_count >= 0),
  constraint tb_orders_total_not_negative check (total_amount >= 0),
  constraint tb_orders_paid_once_paid check (
    status in ('pending', 'cancelled') or paid_at is not null
  ),
  constraint tb_orders_pending_is_unpaid check (status <> 'pending' or paid_at is null),
  constraint tb_orders_shipped_once_shipped check (
    (shipped_at is not null) = (status in ('shipped', 'delivered'))
  ),
  constraint tb_orders_delivered_once_delivered check (
    (delivered_at is not null) = (status = 'delivered')
  ),
  constraint tb_orders_cancelled_with_reason check (
    (cancelled_at is not null) = (status = 'cancelled')
    and (cancellation_reason is not null) = (status = 'cancelled')
    and btrim(cancellation_reason) <> ''
  )
);

create index tb_orders_customer_idx on tb_orders (customer_id, created_at);
create index tb_orders_created_at_idx on tb_orders (created_at);
create index tb_orders_status_idx on tb_orders (status, created_at);

comment on table tb_orders is 'Orders, one row each; their lines are in tb_order_items.';
comment on column tb_orders.id is 'Identifies the order.';
comment on column tb_orders.order_number is 'Order number shown to the customer.';
comment on column tb_orders.customer_id is 'The customer who placed the order.';
comment on column tb_orders.status is 'Where the order stands.';
comment on column tb_orders.item_count is 'Number of lines.';
comment on column tb_orders.total_amount is 'Sum of the lines.';
comment on column tb_orders.created_at is 'When the order was placed.';
comment on column tb_orders.updated_at is 'When the order last changed.';
comment on column tb_orders.paid_at is 'When it was paid; null until then.';
comment on column tb_orders.shipped_at is 'When it left the warehouse; null until then.';
comment on column tb_orders.delivered_at is 'When it reached the customer; null until then.';
comment on column tb_orders.cancelled_at is 'When it was cancelled; null if it was not.';
comment on column tb_orders.cancellation_reason is 'Why it was cancelled; null if it was not.';
comment on column tb_orders.version is 'Number of the row''s current version, starting at 1.';

create table tb_order_items (
  id integer generated always as identity,
  order_id integer not null,
  product_id integer not null,
  quantity integer not null,
  price numeric(12, 2) not null,
  created_at timestamptz not null default app_now(),
  updated_at timestamptz not null default app_now(),
  version integer not null default 1,
  constraint tb_order_items_pkey primary key (id),
  -- Also the index of the foreign key to tb_orders.
  constraint tb_order_items_order_product_key unique (order_id, product_id),
  constraint tb_order_items_order_fkey foreign key (order_id) references tb_orders (id),
  constraint tb_order_items_product_fkey foreign key (product_id) references tb_products (id),
  constraint tb_order_items_quantity_range check (quantity between 1 and 1000000),
  constraint tb_order_items_price_positive check (price > 0 and price <> 'NaN')
);

create index tb_order_items_product_idx on tb_order_items (product_id) include (order_id, quantity);

comment on table tb_order_items is 'Lines of orders; an order has at most one line per product.';
comment on column tb_order_items.id is 'Identifies the line.';
comment on column tb_order_items.order_id is 'The order it belongs to.';
comment on column tb_order_items.product_id is 'The product ordered.';
comment on column tb_order_items.quantity is 'How many were ordered.';
comment on column tb_order_items.price is 'Price of one, fixed when the line was added.';
comment on column tb_order_items.created_at is 'When the line was added.';
comment on column tb_order_items.updated_at is 'When the line last changed.';
comment on column tb_order_items.version is 'Number of the row''s current version, starting at 1.';

create table tb_payments (
  id integer generated always as identity,
  order_id integer not null,
  kind payment_kind not null default 'payment',
  amount numeric(20, 2) not null,
  payment_method text not null,
  created_at timestamptz not null default app_now(),
  updated_at timestamptz not null default app_now(),
  version integer not null default 1,
  constraint tb_payments_pkey primary key (id),
  -- An order is paid once and refunded once. Also the index of the foreign key.
  constraint tb_payments_order_kind_key unique (order_id, kind),
  constraint tb_payments_order_fkey foreign key (order_id) references tb_orders (id),
  constraint tb_payments_amount_positive check (amount > 0 and amount <> 'NaN'),
  constraint tb_payments_method_known check (payment_method = any (payment_methods()))
);

comment on table tb_payments is 'Money that came in for orders, and money that went back.';
comment on column tb_payments.id is 'Identifies the payment.';
comment on column tb_payments.order_id is 'The order it belongs to.';
comment on column tb_payments.kind is 'Whether it is a payment or a refund.';
comment on column tb_payments.amount is 'How much, always above zero.';
comment on column tb_payments.payment_method is
  'How it was paid: credit_card, debit_card, bank_transfer, paypal or gift_card.';
comment on column tb_payments.created_at is 'When the money moved.';
comment on column tb_payments.updated_at is 'When the record last changed.';
comment on column tb_payments.version is 'Number of the row''s current version, starting at 1.';

create table tb_audit_log (
  id bigint generated always as identity,
  operation audit_operation not null,
  entity_type text not null,
  entity_id integer not null,
  changed_by text not null default app_user(),
  old_values jsonb,
  new_values jsonb,
  changes jsonb not null,
  created_at timestamptz not null default app_now(),
  constraint tb_audit_log_pkey primary key (id),
  constraint tb_audit_log_old_values check ((old_values is null) = (operation = 'INSERT')),
  constraint tb_audit_log_new_values check ((new_values is null) = (operation = 'DELETE'))
);

create index tb_audit_log_entity_idx on tb_audit_log (entity_type, entity_id, id);
create index tb_audit_log_created_at_idx on tb_audit_log (created_at);
-- Finds what happened to the lines of one order (fn_order_state_at).
create index tb_audit_log_order_item_idx on tb_audit_log (
  ((coalesce(new_values, old_values) ->> 'order_id')::integer),
  id
) where entity_type = 'order_item';
-- Finds the steps of one order (v_order_status_timeline).
create index tb_audit_log_order_status_idx on tb_audit_log (entity_id, id)
  where entity_type = 'order' and changes ? 'status';

comment on table tb_audit_log is 'Every change of every row, written by triggers, never changed afterwards.';
comment on column tb_audit_log.id is 'Identifies the change; later changes of the same thing have higher numbers.';
comment on column tb_audit_log.operation is 'Whether a row was inserted, updated or deleted.';
comment on column tb_audit_log.entity_type is
  'What was changed: customer, product, order, order_item or payment.';
comment on column tb_audit_log.entity_id is 'The id of what was changed.';
comment on column tb_audit_log.changed_by is 'Who changed it; system if nobody was signed in.';
comment on column tb_audit_log.old_values is 'The whole row before the change; null for an insert.';
comment on column tb_audit_log.new_values is 'The whole row after the change; null for a delete.';
comment on column tb_audit_log.changes is
  'The values that the change set: all of them for an insert, none for a delete.';
comment on column tb_audit_log.created_at is 'When the change was made.';
