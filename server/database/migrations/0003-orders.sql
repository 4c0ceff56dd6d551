-- Orders as last read, what each line has posted to the ledger so far, and the webhook inbox.

create table orders (
  store_id text not null references stores on delete cascade,
  remote_id text not null,
  number text not null,
  placed_at timestamptz not null,
  state text not null,
  channel_state text not null default '',
  is_test boolean not null default false,
  -- The snapshot's version: the channel's update time, then the order of reading.
  updated_at timestamptz not null,
  read_at timestamptz not null,
  warning text,
  primary key (store_id, remote_id)
);

create table order_lines (
  store_id text not null,
  order_id text not null,
  line_id text not null,
  position integer not null,
  sku text,
  title text not null default '',
  listing_remote_id text,
  location_id text,
  ignored_because text,
  ordered bigint not null,
  fulfilled bigint not null,
  released bigint not null,
  written_off bigint not null,
  restocked bigint not null,
  taken bigint not null,
  -- Effect on in stock that is no concern of ours: it happened before sync was turned on.
  baseline bigint not null default 0,
  -- The T0 that the baseline belongs to.
  baseline_at timestamptz,
  -- What this line has posted so far, and where.
  posted_sku text,
  posted_warehouse_id text,
  posted_booked bigint not null default 0,
  posted_in_stock bigint not null default 0,
  changed_tx xid8 not null default pg_current_xact_id(),
  primary key (store_id, order_id, line_id),
  foreign key (store_id, order_id) references orders on delete cascade
);
create index order_lines_waiting on order_lines (sku) where posted_sku is null;
create index order_lines_by_posted_sku on order_lines (posted_sku);
create index order_lines_open on order_lines (store_id, order_id) where posted_booked <> 0;
create index order_lines_changed on order_lines (changed_tx);

create table inbox (
  id bigint generated always as identity primary key,
  store_id text not null references stores on delete cascade,
  hint_kind text not null,
  remote_id text not null default '',
  received_at timestamptz not null,
  attempts integer not null default 0
);
create index inbox_by_store on inbox (store_id, id);
