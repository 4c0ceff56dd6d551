-- Units that the store's own orders took off a listing's number, and gave back to it, since it was last told: a write that the store
-- did not compare may have overtaken any of them.
alter table listings add column sold_since_told bigint not null default 0;
alter table listings add column given_back_since_told bigint not null default 0;
