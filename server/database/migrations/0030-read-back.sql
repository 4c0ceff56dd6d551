-- Listings that nothing is owed to are read back in turn, by id: the last one of the last round.
alter table stores add column read_back_to bigint not null default 0;
