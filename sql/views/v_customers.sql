create view v_customers as
select
  c.id,
  c.name,
  c.email,
  c.created_at,
  c.updated_at,
  c.version
from tb_customers as c;

comment on view v_customers is
'@relation lifetime (id) references v_customer_lifetime_value (customer_id)
Everybody who may place orders.';
comment on column v_customers.id is 'Identifies the customer.';
comment on column v_customers.name is 'Full name.';
comment on column v_customers.email is 'E-mail address, in lower case; no two customers share one.';
comment on column v_customers.created_at is 'When the customer was added.';
comment on column v_customers.updated_at is 'When the customer last changed.';
comment on column v_customers.version is 'Version of the customer, raised by every change.';
