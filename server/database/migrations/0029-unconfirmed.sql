-- A number that has left for the shop and that it does not show yet, and since when: it may still arrive. Null: there is none since
-- the last one that was acknowledged.
alter table listings add column unconfirmed_quantity bigint;
alter table listings add column unconfirmed_at timestamptz;
