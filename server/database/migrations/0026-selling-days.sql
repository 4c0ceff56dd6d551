-- The pace of sales goes by the days on which a SKU could be sold: known to us by then, and not sold out.

drop function low_stock(timestamptz);

-- The watched SKUs that are low at a moment: available at or below their alert level. What nobody has counted is not low.
-- `sold` is what orders took from available in the last days, less what they gave back. `selling_days` are the days of those
-- on which it could be sold, begun ones counted whole; from its first move on, less the time in which nothing was available.
create function low_stock(of_moment timestamptz) returns table (sku text, warehouse_id text, title text, available bigint,
  incoming bigint, alert_at bigint, lead_days integer, cover_days integer, selling_days integer, sold bigint)
language sql stable as $$
  select level.sku, level.warehouse_id, products.title, in_stock - booked, incoming, level.alert_at, level.lead_days,
    level.cover_days, greatest(1, ceil(sales.seconds / 86400))::integer, sales.sold
  from stock_levels as level join products using (sku) join balances using (sku, warehouse_id)
  cross join lateral (select of_moment - level.sales_days * interval '1 day' as since) as span
  cross join lateral (
    select coalesce(sum(booked_change - in_stock_change) filter (where at > since and cause in ('order booked',
        'order released', 'order moved', 'fulfilled', 'fulfilment undone', 'written off', 'write-off undone', 'restocked',
        'restock undone')), 0)::bigint as sold,
      coalesce(sum(extract(epoch from until - greatest(at, since))) filter (where can_be_sold), 0) as seconds
    from (
      select at, cause, booked_change, in_stock_change, lead(at, 1, of_moment) over (order by at, version) as until,
        not is_set_after or in_stock_after > booked_after as can_be_sold
      from (
        (select * from moves where moves.sku = level.sku and moves.warehouse_id = level.warehouse_id
          and at <= since order by at desc, version desc limit 1)
        union all
        select * from moves where moves.sku = level.sku and moves.warehouse_id = level.warehouse_id
          and at > since and at <= of_moment) as known) as spans) as sales
  where is_set and in_stock - booked <= level.alert_at
$$;
