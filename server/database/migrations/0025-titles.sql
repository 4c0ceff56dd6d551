-- A product's title is the one that most of its listings have (server/listings/titles.ts), unless a person imported another.

alter table products add column titled_by_person boolean not null default false;

-- What no listing ever said was imported.
update products set titled_by_person = true
where title <> '' and not exists (
  select 1 from listings where listings.sku = products.sku and listings.title = products.title);

update products set title = chosen.title from (
  select distinct on (sku) sku, title from (
    select sku, title, count(distinct (store_id, remote_id)) as listings, min(id) as oldest
    from listings where gone_at is null group by sku, title) as titles
  order by sku, listings desc, oldest) as chosen
where products.sku = chosen.sku and not titled_by_person and products.title <> chosen.title;
