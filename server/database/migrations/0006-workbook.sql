-- The local workbook (a stand-in for a Google spreadsheet), and what is known of each tab that is written.

create table workbooks (
  id text primary key,
  title text not null,
  -- Rises with every change; pages ask for what is newer than they have.
  revision bigint not null default 0,
  -- The next number for a tab, a column, a tag or a protection.
  next_id integer not null default 1,
  created_at timestamptz not null default now()
);

create table workbook_sheets (
  workbook_id text not null references workbooks on delete cascade,
  sheet_id integer not null,
  position integer not null,
  -- Everything but the cells: title, grid size, columns, protection, rules, formats, tags.
  shape jsonb not null,
  -- The revision of the last change that is not told by the revisions of rows: structure, moved rows.
  shape_revision bigint not null,
  primary key (workbook_id, sheet_id)
);

-- Only rows that ever held something. Cells and notes are kept by the number of their column, so that inserting or moving
-- a column touches no row.
create table workbook_rows (
  workbook_id text not null,
  sheet_id integer not null,
  position integer not null,
  cells jsonb not null,
  notes jsonb not null default '{}',
  revision bigint not null,
  primary key (workbook_id, sheet_id, position),
  foreign key (workbook_id, sheet_id) references workbook_sheets on delete cascade deferrable initially deferred
);
create index workbook_rows_changed on workbook_rows (workbook_id, sheet_id, revision);

-- What the flush knows of each tab it writes.
create table sheet_tabs (
  spreadsheet_id text not null,
  tab text not null,
  sheet_id integer not null,
  -- Which column of the sheet each key is in: {"sku": 0, ...}.
  columns jsonb not null,
  -- What the structure was when it was last put right; another value means: put it right again.
  layout_hash text not null,
  -- What every row depends on (names of stores and warehouses); another value means: render all rows again.
  context_hash text not null,
  grid_rows integer not null,
  -- Set when an answer was lost or refused: look at the tab before writing.
  doubtful boolean not null default false,
  verified_at timestamptz not null,
  primary key (spreadsheet_id, tab)
);
create index sheet_rows_by_index on sheet_rows (spreadsheet_id, tab, row_index);
