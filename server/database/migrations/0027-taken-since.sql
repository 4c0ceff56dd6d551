-- Since when we follow what a store's orders took off its own numbers. Null: since sync_on_at. A new beginning ("start from now")
-- moves sync_on_at, and not this: what is expected of the shop's numbers goes on.
alter table stores add column taken_since timestamptz;
