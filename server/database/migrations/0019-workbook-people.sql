-- What the local workbook needs to be used by several people and scripts at once.

-- Rows that moved, newest last: a window that knows an older state still names the rows it means.
create table workbook_moves (
  id bigint generated always as identity primary key,
  workbook_id text not null,
  sheet_id integer not null,
  revision bigint not null,
  kind text not null check (kind in ('insert', 'delete', 'order')),
  at integer not null,
  count integer not null,
  -- For 'order': which row, counted from `at`, stands at each place now.
  new_order integer[],
  foreign key (workbook_id, sheet_id) references workbook_sheets on delete cascade deferrable initially deferred
);
create index workbook_moves_by_revision on workbook_moves (workbook_id, sheet_id, revision);

-- Apps Script's PropertiesService. Scope: document, script, or user:<e-mail>.
create table workbook_properties (
  workbook_id text not null references workbooks on delete cascade,
  scope text not null,
  key text not null,
  value text not null,
  primary key (workbook_id, scope, key)
);

-- Installable time triggers. They run as the person who made them, whoever is there.
create table workbook_triggers (
  id text primary key,
  workbook_id text not null references workbooks on delete cascade,
  function_name text not null,
  every_minutes integer not null,
  person_email text not null,
  person_name text not null,
  next_at timestamptz not null,
  last_ran_at timestamptz,
  last_error text
);
