-- Purchase orders and transfers: what is on its way, what each step did, and what took it back.

-- Units on their way are part of the ledger: never pushed, and no listing is owed anything because of them.
alter table moves add column incoming_change bigint not null default 0;
alter table moves add column incoming_after bigint not null default 0;

-- What is the same for all lines of one purchase order.
create table purchase_orders (
  number text primary key,
  supplier text not null default '',
  currency text not null default '',
  -- How freight and fees are shared among the lines: by value or by quantity.
  spread_by text not null default 'value',
  created_at timestamptz not null
);
create sequence purchase_order_numbers start 101;
create sequence transfer_numbers start 101;

-- One line of a purchase order or of a transfer: one SKU on its way to one warehouse.
create table delivery_lines (
  id bigint generated always as identity primary key,
  kind text not null,
  number text not null,
  sku text not null references products,
  -- Of a transfer: where it comes from.
  source_id text references warehouses,
  warehouse_id text not null references warehouses,
  state text not null,
  quantity bigint not null check (quantity > 0),
  received bigint not null default 0 check (received >= 0),
  -- Sent and never arrived.
  written_off bigint not null default 0 check (written_off >= 0),
  -- What the ledger holds as incoming because of this line.
  incoming bigint not null default 0 check (incoming >= 0),
  unit_cost numeric(16, 4),
  -- Freight and fees that were written on this line; they are shared among all lines of the purchase order.
  charges numeric(16, 4) not null default 0,
  expected_on date,
  note text not null default '',
  -- Rises with every step; a row of the sheet carries the one that it has seen.
  revision integer not null default 1,
  changed_tx xid8 not null default pg_current_xact_id(),
  unique (kind, number, sku, warehouse_id)
);
create index delivery_lines_changed on delivery_lines (changed_tx);
create trigger delivery_lines_touch before update on delivery_lines for each row execute function touch_changed_tx();

-- Which row of the sheet is about which line.
create table delivery_rows (
  row_id text primary key,
  line_id bigint not null references delivery_lines
);

-- Every step of a line that moved something: what it was before, so that the newest can be taken back.
create table delivery_steps (
  line_id bigint not null references delivery_lines,
  revision integer not null,
  action text not null,
  -- The reference of its moves.
  reference text not null unique,
  before jsonb not null,
  primary key (line_id, revision)
);

-- What was taken back by what. Both ways: a reference is taken back once, and a reversal takes back one thing.
create table reversals (
  reference text primary key,
  reversed_by text not null unique,
  actor text not null,
  at timestamptz not null
);
