-- Some shops name in their deliveries what they count, which is a listing's handle, and not the listing.
create index listings_by_handle on listings (store_id, handle);
