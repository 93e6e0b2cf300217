create view v_audit_log as
select
  log.id,
  log.operation,
  log.entity_type,
  log.entity_id,
  log.changed_by,
  log.old_values,
  log.new_values,
  log.changes,
  log.created_at
from tb_audit_log as log;

comment on view v_audit_log is
'Every change of every customer, product, order, line and payment, however it was made.';
comment on column v_audit_log.id is
  'Identifies the change; later changes of the same thing have higher numbers.';
comment on column v_audit_log.operation is 'Whether it was inserted, updated or deleted.';
comment on column v_audit_log.entity_type is
  'What was changed: customer, product, order, order_item or payment.';
comment on column v_audit_log.entity_id is 'The id of what was changed.';
comment on column v_audit_log.changed_by is 'Who changed it; system if nobody was signed in.';
comment on column v_audit_log.old_values is 'All values before the change; null for an insert.';
comment on column v_audit_log.new_values is 'All values after the change; null for a delete.';
comment on column v_audit_log.changes is
  'The values that the change set: all of them for an insert, none for a delete.';
comment on column v_audit_log.created_at is 'When the change was made.';
