-- Products, warehouses, balances and the append-only ledger.

create table warehouses (
  id text primary key,
  name text not null unique,
  position integer not null generated always as identity,
  created_at timestamptz not null default now()
);

create table products (
  sku text primary key,
  title text not null default '',
  -- Rises with every change of this SKU's stock or bookings.
  version bigint not null default 0,
  changed_tx xid8 not null default pg_current_xact_id(),
  created_at timestamptz not null default now()
);
create index products_changed on products (changed_tx);

create table balances (
  sku text not null references products,
  warehouse_id text not null references warehouses,
  -- The sum of this SKU's moves in this warehouse. Only shown and pushed once is_set.
  in_stock bigint not null default 0,
  booked bigint not null default 0,
  incoming bigint not null default 0,
  -- Unset is not 0: nobody has ever said how many there are.
  is_set boolean not null default false,
  primary key (sku, warehouse_id)
);

create table moves (
  seq bigint generated always as identity primary key,
  sku text not null,
  warehouse_id text not null,
  in_stock_change bigint not null,
  booked_change bigint not null,
  in_stock_after bigint not null,
  booked_after bigint not null,
  is_set_after boolean not null,
  version bigint not null,
  cause text not null,
  reference text not null,
  note text not null default '',
  actor text not null,
  at timestamptz not null,
  changed_tx xid8 not null default pg_current_xact_id(),
  unique (sku, version, warehouse_id)
);
create index moves_by_reference on moves (reference);
create index moves_changed on moves (changed_tx);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'The ledger is append-only: % on % is refused. Post a reverse move instead.', tg_op, tg_table_name
    using errcode = 'restrict_violation';
end $$;
create trigger moves_append_only before update or delete on moves for each row execute function refuse_change();
create trigger moves_no_truncate before truncate on moves execute function refuse_change();

-- One row per command from the sheet: its answer is kept, so that a repeat gets the same answer.
create table commands (
  key text primary key,
  body_hash text not null,
  answer jsonb not null,
  actor text not null,
  at timestamptz not null
);
