// Looks for everything that must never be in a ledger, in SQL and from first principles.

import { sql } from 'kysely';
import type { Database } from '../../server/database/database.ts';

type Fault = { readonly fault: string };

/** Sentences about broken invariants of the SKUs that match `like`; empty when all is well. */
export async function findLedgerFaults(db: Database, like = '%'): Promise<readonly string[]> {
  const { rows } = await sql<Fault>`
    with moved as (
      select sku, warehouse_id, sum(in_stock_change)::bigint as in_stock, sum(booked_change)::bigint as booked,
        sum(incoming_change)::bigint as incoming
      from moves where sku like ${like} group by sku, warehouse_id
    ), running as (
      select sku, version, in_stock_after, booked_after, incoming_after,
        sum(in_stock_change) over place as in_stock, sum(booked_change) over place as booked,
        sum(incoming_change) over place as incoming
      from moves where sku like ${like} window place as (partition by sku, warehouse_id order by version)
    ), versions as (
      select sku, count(*) as moves, count(distinct version) as versions, max(version) as newest
      from moves where sku like ${like} group by sku
    ), open_lines as (
      select posting.sku, posting.warehouse_id, sum(posting.booked)::bigint as booked,
        sum(case when state = 'open' and ignored_because is null and not exists (
          -- At a place that is not ours nothing is booked.
          select 1 from store_locations as place where place.store_id = order_lines.store_id
            and place.location_id = order_lines.location_id and not exists (
              select 1 from store_warehouses as served
              where served.store_id = place.store_id and served.location_id = place.location_id))
          then units_each * greatest(0, ordered - fulfilled - released - written_off) else 0 end)::bigint as open
      from order_line_postings as posting join order_lines using (store_id, order_id, line_id)
      join orders on orders.store_id = order_lines.store_id and orders.remote_id = order_id
      where posting.sku like ${like} group by 1, 2
    ), owed as (
      select sku, max(newest) as newest from (
        select sku, changed_tx, max(version) as newest from moves where sku like ${like} and sku not in
          (select sku from moves where not is_set_after) group by sku, changed_tx, warehouse_id
        having sum(in_stock_change - booked_change) <> 0) as changes group by sku
    )
    select 'conservation: ' || sku || ' holds ' || balances.in_stock || '/' || balances.booked || ', its moves make ' ||
        coalesce(moved.in_stock, 0) || '/' || coalesce(moved.booked, 0) as fault
      from balances left join moved using (sku, warehouse_id) where sku like ${like}
      and (balances.in_stock, balances.booked, balances.incoming)
        <> (coalesce(moved.in_stock, 0), coalesce(moved.booked, 0), coalesce(moved.incoming, 0))
    union all
    select 'a move of ' || sku || ' tells a wrong balance after version ' || version from running
      where (in_stock_after, booked_after, incoming_after) <> (in_stock, booked, incoming)
    union all
    select 'versions of ' || sku || ' have gaps: ' || moves || ' moves, newest ' || newest || ', product says ' || version
      from versions join products using (sku) where moves <> versions or newest <> moves or version <> moves
    union all
    select 'booked of ' || sku || ' is ' || balances.booked || ', open lines make ' || coalesce(open_lines.open, 0)
      from balances left join open_lines using (sku, warehouse_id) where sku like ${like}
      and (balances.booked <> coalesce(open_lines.open, 0) or balances.booked <> coalesce(open_lines.booked, 0))
    union all
    select 'incoming of ' || sku || ' is ' || balances.incoming || ', lines on their way make ' || coalesce(lines.units, 0)
      from balances left join (select sku, warehouse_id, sum(incoming)::bigint as units from delivery_lines group by 1, 2)
        as lines using (sku, warehouse_id) where sku like ${like} and balances.incoming <> coalesce(lines.units, 0)
    union all
    select 'the listing ' || remote_id || ' is owed version ' || desired_version || ' instead of ' || newest
      from listings join owed using (sku) where desired_version < newest`.execute(db);
  return rows.map(({ fault }) => fault);
}
