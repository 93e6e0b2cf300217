create function fn_add_customer(
  p_name text,
  p_email text
)
returns v_customers
language plpgsql
volatile
set search_path = pg_catalog, public
as $$
declare
  clean_name constant text := btrim(p_name);
  clean_email constant text := lower(btrim(p_email));
  new_customer_id integer;
  result v_customers;
begin
  if coalesce(clean_name, '') = '' then
    perform refuse(
      'QO107',
      'INVALID_ARGUMENT',
      'A customer needs a name',
      jsonb_build_object('argument', 'name'),
      'Pass a name that is not blank.'
    );
  end if;
  if clean_email is null or clean_email !~ '^[^@\s]+@[^@\s]+$' then
    perform refuse(
      'QO107',
      'INVALID_ARGUMENT',
      'A customer needs an e-mail address',
      jsonb_build_object('argument', 'email'),
      'Pass an address such as ada@example.com.'
    );
  end if;

  -- An address that is taken violates tb_customers_email_key, whose error names the column.
  insert into tb_customers (name, email)
  values (clean_name, clean_email)
  returning id into new_customer_id;

  select c.*
  into strict result
  from v_customers as c
  where c.id = new_customer_id;
  return result;
end
$$;

comment on function fn_add_customer(text, text) is
'@notnull
Adds a customer. The e-mail address is kept in lower case.
Refused: a blank name or something that is no e-mail address (INVALID_ARGUMENT), an address that another customer has.';
