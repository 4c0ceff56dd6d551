-- What keeps several processes from stepping on each other, what people are told, and the sheet's side.

-- A lease lets one holder at a time do a thing; its token rises with every new holder, so a late answer of an old
-- holder is recognised and dropped.
create table leases (
  name text primary key,
  token bigint not null,
  holder text,
  expires_at timestamptz not null
);

create table activity (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  level text not null,
  store_id text,
  sku text,
  message text not null,
  -- The same trouble again updates its row instead of adding one; null for plain events.
  dedupe_key text unique,
  times integer not null default 1,
  resolved_at timestamptz,
  changed_tx xid8 not null default pg_current_xact_id()
);
create index activity_changed on activity (changed_tx);

-- Keys that sign requests from a sheet. The secret is encrypted; see secrets/.
create table api_keys (
  id text primary key,
  label text not null,
  secret text not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

create table nonces (
  key_id text not null,
  nonce text not null,
  at timestamptz not null,
  primary key (key_id, nonce)
);
create index nonces_by_age on nonces (at);

-- What the flush last wrote to each row of each server-owned tab.
create table sheet_rows (
  spreadsheet_id text not null,
  tab text not null,
  row_key text not null,
  row_index integer not null,
  cells_hash text not null,
  primary key (spreadsheet_id, tab, row_key)
);

-- Up to which transaction each tab has been written.
create table sheet_watermarks (
  spreadsheet_id text not null,
  tab text not null,
  read_from xid8 not null,
  primary key (spreadsheet_id, tab)
);

create function touch_changed_tx() returns trigger language plpgsql as $$
begin
  new.changed_tx := pg_current_xact_id();
  return new;
end $$;
create trigger products_touch before update on products for each row execute function touch_changed_tx();
create trigger stores_touch before update on stores for each row execute function touch_changed_tx();
create trigger listings_touch before update on listings for each row execute function touch_changed_tx();
create trigger order_lines_touch before update on order_lines for each row execute function touch_changed_tx();
create trigger activity_touch before update on activity for each row execute function touch_changed_tx();
