-- Who may use this workspace, which sheets belong to it, and when a sheet's trigger last called.

create table people (
  -- As Google wrote it in the verified token, in lower case.
  email text primary key,
  name text not null default '',
  role text not null check (role in ('owner', 'staff', 'viewer')),
  created_at timestamptz not null default now(),
  last_seen_at timestamptz,
  -- Kept, so that a person who was removed does not simply join again.
  removed_at timestamptz
);

-- One row: what the owners have decided for everybody.
create table workspace (
  id boolean primary key default true check (id),
  joins_as text not null default 'staff' check (joins_as in ('staff', 'viewer', 'nobody'))
);
insert into workspace default values;

create table pairing_codes (
  code_hash text primary key,
  -- Null: the first person becomes owner, later ones join as the workspace says.
  role text check (role in ('owner', 'staff', 'viewer')),
  expires_at timestamptz not null,
  used_at timestamptz
);

-- program: acts for itself, under its label. sheet: every call also says who is at the keyboard. formulas: reads stock only.
alter table api_keys add column kind text not null default 'program' check (kind in ('program', 'sheet', 'formulas'));
alter table api_keys add column spreadsheet_id text;
-- The client id that identity tokens of this sheet's script are made for.
alter table api_keys add column audience text;
alter table api_keys add column made_by text not null default '';
alter table api_keys add column last_used_at timestamptz;

create table sheet_triggers (
  key_id text primary key,
  last_nudge_at timestamptz not null,
  every_ms bigint not null,
  person text not null
);
