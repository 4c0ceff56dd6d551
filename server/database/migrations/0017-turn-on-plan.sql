-- Turning a store on: the plan that a person looks at first. One plan per store, the newest.

create table turn_on_plans (
  store_id text primary key references stores on delete cascade,
  id bigint not null generated always as identity unique,
  -- reading, ready or failed
  state text not null,
  message text not null default '',
  started_at timestamptz not null,
  ready_at timestamptz,
  done integer not null default 0,
  total integer,
  open_orders integer not null default 0,
  changed_tx xid8 not null default pg_current_xact_id()
);
create trigger turn_on_plans_touch before update on turn_on_plans for each row execute function touch_changed_tx();

create table turn_on_plan_lines (
  store_id text not null references turn_on_plans on delete cascade,
  listing_id bigint not null,
  sku text not null,
  title text not null,
  kind text not null,
  shows bigint,
  would_push bigint,
  why text not null,
  primary key (store_id, listing_id)
);

-- Counted by the last complete reading of the listings: they are in the shop, but not in the sheet.
alter table stores add column listings_without_sku integer not null default 0;
