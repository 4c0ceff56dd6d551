-- Listings of a store may show one and the same number of the shop (two variants on one inventory item): what is told to one of
-- them, sold of it or seen at it holds for all that show it at the same place.

alter table listings add column stock_id text;
create index listings_by_stock on listings (store_id, stock_id, location_id) where stock_id is not null;
