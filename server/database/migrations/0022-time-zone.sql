-- By which clock the spreadsheet goes: what it shows and what people write in it are times of that clock.

alter table workspace add column time_zone text not null default 'Etc/UTC';
