-- What a shop allows only so often a day for each thing of a store (a change of one listing): how often it was done on that day.

create table day_counts (
  store_id text not null references stores on delete cascade,
  name text not null,
  day date not null,
  count integer not null,
  primary key (store_id, name)
);
create index day_counts_by_day on day_counts (day);
