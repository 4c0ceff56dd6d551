-- How much of each shop's published limit is used up, shared by all processes.

create table limits (
  bucket text primary key,
  -- See server/net/limit-state.ts. Null: nothing was called yet.
  state jsonb
);
