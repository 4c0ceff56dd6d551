-- Bundles, rules of what stores are told, alert levels with the daily summary, and looking back in the ledger.

-- A bundle is a product made of others; it has no stock of its own. No component is a bundle (documents/bundles.ts).
create table bundle_components (
  bundle_sku text not null references products,
  component_sku text not null references products,
  units bigint not null check (units >= 1),
  primary key (bundle_sku, component_sku),
  check (bundle_sku <> component_sku)
);
create index bundle_components_by_component on bundle_components (component_sku);

-- What an order line of a bundle books for each of its units, kept as it was when the line first booked. A line without
-- rows here books its own SKU.
create table order_line_parts (
  store_id text not null,
  order_id text not null,
  line_id text not null,
  sku text not null,
  units bigint not null check (units >= 1),
  primary key (store_id, order_id, line_id, sku),
  foreign key (store_id, order_id, line_id) references order_lines on delete cascade
);
create index order_line_parts_by_sku on order_line_parts (sku);

-- What order lines have posted, SKU by SKU: a line of a bundle once for each of its parts.
create view order_line_postings as
  select store_id, order_id, line_id, posted_sku as sku, 1::bigint as units_each, null::text as bundle_sku,
    posted_warehouse_id as warehouse_id, posted_booked as booked, posted_in_stock as in_stock
  from order_lines
  where posted_sku is not null and not exists (
    select 1 from order_line_parts as part
    where (part.store_id, part.order_id, part.line_id) = (order_lines.store_id, order_lines.order_id, order_lines.line_id))
  union all
  select line.store_id, line.order_id, line.line_id, part.sku, part.units, line.posted_sku,
    line.posted_warehouse_id, line.posted_booked * part.units, line.posted_in_stock * part.units
  from order_line_parts as part join order_lines as line using (store_id, order_id, line_id)
  where line.posted_sku is not null;

-- Units of a SKU that can be sold from some warehouses; null while nobody has counted them. Of a bundle, in each warehouse,
-- as many as its components there allow. What orders took from a warehouse that nobody has counted counts too.
create function available_of(of_sku text, warehouse_ids text[]) returns bigint language sql stable as $$
  with parts as (
    select component_sku as sku, units from bundle_components where bundle_sku = of_sku
    union all
    select of_sku, 1 where not exists (select 1 from bundle_components where bundle_sku = of_sku)
  ), places as (
    select place.id, min(floor((coalesce(in_stock, 0) - coalesce(booked, 0))::numeric / units)) as bundles
    from (select distinct unnest(warehouse_ids)) as place (id) cross join parts
    left join balances on balances.sku = parts.sku and balances.warehouse_id = place.id group by place.id
  )
  select case when not exists (
    select 1 from parts where not exists (
      select 1 from balances where balances.sku = parts.sku and warehouse_id = any(warehouse_ids) and is_set)
  ) then (select sum(bundles)::bigint from places) end
$$;

-- Whether somebody has counted it somewhere: of a bundle, each of its components. Until then it is owed nothing.
create function is_counted(of_sku text) returns boolean language sql stable as $$
  select case when exists (select 1 from bundle_components where bundle_sku = of_sku)
    then not exists (
      select 1 from bundle_components as part where bundle_sku = of_sku
        and not exists (select 1 from balances where balances.sku = part.component_sku and is_set))
    else exists (select 1 from balances where balances.sku = of_sku and is_set) end
$$;

-- What a store is told of the available units. sku '' is every SKU of the store that has no rule of its own.
create table rules (
  store_id text not null references stores on delete cascade,
  sku text not null default '',
  keep_back bigint not null default 0 check (keep_back >= 0),
  share_percent integer not null default 100 check (share_percent between 0 and 100),
  show_at_most bigint check (show_at_most >= 0),
  do_not_sell boolean not null default false,
  primary key (store_id, sku)
);

-- From how many available units on a person wants to hear of it, and how to order more.
create table stock_levels (
  sku text not null references products,
  warehouse_id text not null references warehouses,
  alert_at bigint not null check (alert_at >= 0),
  lead_days integer not null check (lead_days >= 0),
  cover_days integer not null check (cover_days >= 0),
  sales_days integer not null check (sales_days >= 1),
  primary key (sku, warehouse_id)
);

-- One row a day: who inserts it tells the people.
create table daily_summaries (
  day date primary key,
  message text not null,
  mailed_at timestamptz
);

-- Looking back: the balance at a moment, and the sales of the last days.
create index moves_by_place_and_time on moves (sku, warehouse_id, at, version);
-- What open orders hold of a SKU, however many orders it ever had.
create index order_lines_booking on order_lines (posted_sku) where posted_booked <> 0;

-- The watched SKUs that are low at a moment: available at or below their alert level. What nobody has counted is not low.
-- `sold` is what orders took from available in the last days, less what they gave back.
create function low_stock(of_moment timestamptz) returns table (sku text, warehouse_id text, title text, available bigint,
  incoming bigint, alert_at bigint, lead_days integer, cover_days integer, sales_days integer, sold bigint)
language sql stable as $$
  select level.sku, level.warehouse_id, products.title, in_stock - booked, incoming, level.alert_at, level.lead_days,
    level.cover_days, level.sales_days, coalesce(sales.sold, 0)
  from stock_levels as level join products using (sku) join balances using (sku, warehouse_id)
  left join lateral (
    select sum(booked_change - in_stock_change)::bigint as sold from moves
    where moves.sku = level.sku and moves.warehouse_id = level.warehouse_id
      and at > of_moment - level.sales_days * interval '1 day' and at <= of_moment
      and cause in ('order booked', 'order released', 'order moved', 'fulfilled', 'fulfilment undone', 'written off',
        'write-off undone', 'restocked', 'restock undone')) as sales on true
  where is_set and in_stock - booked <= level.alert_at
$$;
