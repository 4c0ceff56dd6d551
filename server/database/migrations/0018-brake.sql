-- The brake: what a person has looked at and let through although it is a lot at once.

-- Up to this version a listing may be told its number, whatever share of the store changes with it.
alter table listings add column brake_passed_version bigint;
-- Since then open orders that the shop no longer knows count as deleted, however many they are.
alter table stores add column missing_orders_confirmed_at timestamptz;
