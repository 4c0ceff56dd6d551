-- How the server gets into a store: permissions that people are giving right now, when a permission ends, and how much of
-- what the shop allows is left.

create table authorizations (
  -- Of the state that comes back with the person; the state itself is not kept.
  state_hash text primary key,
  channel text not null,
  -- Null: a store that is not connected yet.
  store_id text references stores on delete cascade,
  -- Encrypted: what was typed so far, and what proves that the answer is ours; see secrets/.
  sealed text not null,
  expires_at timestamptz not null,
  -- A state is good once.
  used_at timestamptz
);
create index authorizations_by_age on authorizations (expires_at);

-- When the shop ends our access unless somebody acts, and what to do; null while it does not.
alter table stores add column access_ends_at timestamptz;
alter table stores add column access_message text not null default '';
-- {"left": n, "of": n, "per": "...", "resetsAt": "...", "words": "..."}: the scarcest of the shop's published limits.
alter table stores add column budget jsonb;

-- The store's own time of the newest listing change that is read, of pulls that were read to their end.
alter table stores add column listings_cursor timestamptz;
