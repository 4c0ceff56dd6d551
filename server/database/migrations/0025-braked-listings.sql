-- A push run of a store that owes nothing asks whether the brake holds any of its listings: no walk over all of them.

create index listings_braked on listings (store_id) where problem_kind = 'braked';
