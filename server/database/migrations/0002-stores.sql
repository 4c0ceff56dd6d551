-- Stores, their listings with what each is owed, and the record of every push.

create table stores (
  id text primary key,
  channel text not null,
  name text not null,
  -- Encrypted; see secrets/.
  credentials text not null,
  webhook_secret text not null,
  settings jsonb not null,
  sync_on boolean not null default false,
  -- When sync was turned on (T0 of the order rules); null before the first time.
  sync_on_at timestamptz,
  -- What the person chose when turning sync on the first time: copy the store's numbers, or keep the sheet's.
  opening_choice text,
  -- When the opening import was done. Nothing is pushed before.
  opening_imported_at timestamptz,
  -- The store's own time of the newest order change that is applied.
  orders_cursor timestamptz,
  -- Our time when the last complete order pull began: the store's orders are known up to here.
  orders_fresh_at timestamptz,
  orders_synced_at timestamptz,
  listings_synced_at timestamptz,
  -- When the last complete listing pull ended; changes in between are pulled by update time.
  listings_complete_at timestamptz,
  inventory_synced_at timestamptz,
  listings_refreshed_at timestamptz,
  inventory_refreshed_at timestamptz,
  -- {"task": "...", "done": n, "total": n, "startedAt": "..."} while a long task runs.
  progress jsonb,
  health text not null default 'ok',
  health_message text not null default '',
  slowed_until timestamptz,
  webhook_health text not null default '',
  created_at timestamptz not null default now(),
  changed_tx xid8 not null default pg_current_xact_id()
);
create index stores_changed on stores (changed_tx);

-- Which warehouses a store sells from. location_id '' is the store itself.
create table store_warehouses (
  store_id text not null references stores on delete cascade,
  location_id text not null default '',
  warehouse_id text not null references warehouses,
  position integer not null generated always as identity,
  primary key (store_id, location_id, warehouse_id)
);
create index store_warehouses_by_warehouse on store_warehouses (warehouse_id);

create table listings (
  id bigint generated always as identity primary key,
  store_id text not null references stores on delete cascade,
  remote_id text not null,
  handle text not null,
  -- The product it is linked to.
  sku text not null references products,
  title text not null,
  state text not null,
  tracked boolean not null,
  not_pushable text,
  sku_note text,
  remote_updated_at timestamptz,
  -- Since when the store no longer offers it; a complete listing pull finds that out.
  gone_at timestamptz,
  -- The SKU's version this listing shall reflect, and since when. -1: its stock was never set, so it is owed nothing.
  desired_version bigint not null default -1,
  desired_at timestamptz not null default now(),
  -- What the store last acknowledged.
  acknowledged_version bigint not null default -1,
  acknowledged_quantity bigint,
  acknowledged_at timestamptz,
  -- What the store should show now: the acknowledged quantity less its own sales ingested since.
  expected bigint,
  -- Push again even though nothing changed (hard refresh, read-back, drift).
  reassert boolean not null default false,
  problem text,
  problem_kind text,
  attempts integer not null default 0,
  attempt_after timestamptz,
  changed_tx xid8 not null default pg_current_xact_id(),
  unique (store_id, remote_id)
);
create index listings_by_sku on listings (sku, id);
create index listings_owed on listings (store_id, id)
  where gone_at is null and (desired_version > acknowledged_version or reassert);
create index listings_changed on listings (changed_tx);

-- Every quantity told to a store, and what came of it.
create table pushes (
  id bigint generated always as identity primary key,
  listing_id bigint not null,
  store_id text not null,
  sku text not null,
  version bigint not null,
  quantity bigint not null,
  expected bigint,
  observed bigint,
  outcome text not null,
  message text not null default '',
  started_at timestamptz not null,
  finished_at timestamptz not null
);
create index pushes_by_sku on pushes (sku, id);
create index pushes_by_age on pushes (finished_at);
