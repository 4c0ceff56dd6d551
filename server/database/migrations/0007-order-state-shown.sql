-- An order's state is shown in the rows of its lines: when only the order changes, its lines count as changed too.

create function touch_order_lines() returns trigger language plpgsql as $$
begin
  update order_lines set changed_tx = pg_current_xact_id()
  where order_lines.store_id = new.store_id and order_lines.order_id = new.remote_id;
  return null;
end $$;
create trigger orders_touch_lines after update on orders for each row
  when ((old.number, old.state, old.channel_state, old.warning) is distinct from
    (new.number, new.state, new.channel_state, new.warning))
  execute function touch_order_lines();
