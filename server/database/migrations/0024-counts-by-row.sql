-- A count that is taken back was not counted: its product may be counted again in the same stock take.

alter table stock_counts add column row_id text;
create index stock_counts_by_row on stock_counts (row_id);
