// Keeps what we expect a store to show in step with what the store itself did to its number when it sold.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import type { Tx } from '../database/database.ts';
import type { PlannedLine } from './plan-lines.ts';

/**
 * Lowers `expected` of the listings that were sold by what the shop took off its own number, and raises it by what it
 * gave back. A listing that would not be owed a push anyway is asked for one: its store no longer shows what we told it.
 */
export async function adjustExpected(
  tx: Tx,
  storeId: StoreId,
  planned: readonly PlannedLine[],
): Promise<void> {
  const changed = planned.filter((plan) => plan.takenChange !== 0);
  if (changed.length === 0) return;
  await sql`
    with sold (remote_id, sku, units) as (
      select * from unnest(${changed.map((plan) => plan.next.line.listingRemoteId)}::text[],
        ${changed.map((plan) => plan.next.line.sku)}::text[], ${changed.map((plan) => plan.takenChange)}::bigint[])
    ), matches as (
      select listings.id, sold.units,
        -- The channel did not name the listing and several carry the SKU: which one fell is not known.
        sold.remote_id is null and (select count(*) from listings as twin
          where twin.store_id = ${storeId} and twin.sku = sold.sku and twin.gone_at is null) > 1 as unclear
      from sold join listings on listings.store_id = ${storeId}
        and case when sold.remote_id is null then listings.sku = sold.sku else listings.remote_id = sold.remote_id end
    ), effects as (
      select id, sum(units) as units, bool_or(unclear) as unclear from matches group by id
    ), mine as (
      select listings.id from listings join effects using (id) order by listings.id for no key update of listings
    )
    update listings set
      expected = case when effects.unclear then null else listings.expected - effects.units end,
      reassert = listings.reassert or
        (listings.acknowledged_version >= listings.desired_version and listings.acknowledged_quantity is not null)
    from effects, mine where listings.id = effects.id and listings.id = mine.id`.execute(tx);
}
