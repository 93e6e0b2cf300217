-- Read from the audit log, so that it also shows steps that were made by hand.
create view v_order_status_timeline as
select
  log.id,
  log.entity_id as order_id,
  (log.old_values ->> 'status')::order_status as previous_status,
  (log.new_values ->> 'status')::order_status as status,
  log.changed_by,
  log.created_at as changed_at,
  (
    select min(later.created_at)
    from tb_audit_log as later
    where later.entity_type = 'order'
      and later.changes ? 'status'
      and later.entity_id = log.entity_id
      and later.id > log.id
  ) as ended_at
from tb_audit_log as log
where log.entity_type = 'order'
  and log.changes ? 'status';

comment on view v_order_status_timeline is
'@relation order (order_id) references v_orders_summary (id)
The steps that orders took, one row per step, the first one being that the order was placed.';
comment on column v_order_status_timeline.id is
  'Identifies the step; later steps of the same order have higher numbers.';
comment on column v_order_status_timeline.order_id is 'The order that took the step.';
comment on column v_order_status_timeline.previous_status is
  'Where the order stood before; null when it was placed.';
comment on column v_order_status_timeline.status is
  E'@notnull\nWhere the order stood after the step.';
comment on column v_order_status_timeline.changed_by is 'Who did it; system if nobody was signed in.';
comment on column v_order_status_timeline.changed_at is 'When it was done.';
comment on column v_order_status_timeline.ended_at is
  'When the next step was taken; null for the last one.';
