-- What a push is about to tell, written down before it leaves and removed with its answer. What is left behind belongs to a
-- process that died in between: the shop may show it.

create table push_attempts (
  id bigint generated always as identity primary key,
  store_id text not null references stores on delete cascade,
  -- [{"listing": …, "sku": …, "version": …, "quantity": …, "expected": …}]
  targets jsonb not null,
  started_at timestamptz not null
);
create index push_attempts_by_store on push_attempts (store_id);
