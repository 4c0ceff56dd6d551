-- Nothing was told after then, until the store's orders have been read again: a sale from later cannot have been overtaken.
alter table stores add column sync_off_at timestamptz;
