// Keeps what we expect a store to show in step with what the store itself did to its number when it sold.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import type { Tx } from '../database/database.ts';
import type { PlannedLine } from './plan-lines.ts';
import type { StoredLine } from './stored-line.ts';

/**
 * Lowers `expected` of the listings that were sold by what the shop took off its own number, and raises it by what it
 * gave back. A listing that would not be owed a push anyway is asked for one: its store no longer shows what we told it.
 */
export async function adjustExpected(
  tx: Tx,
  storeId: StoreId,
  planned: readonly PlannedLine[],
): Promise<void> {
  const takings = planned.flatMap(takingsOf).filter((taking) => taking.units !== 0);
  if (takings.length === 0) return;
  await sql`
    with sold (remote_id, sku, location_id, units) as (
      select * from unnest(${takings.map((taking) => taking.remoteId)}::text[],
        ${takings.map((taking) => taking.sku)}::text[], ${takings.map((taking) => taking.locationId)}::text[],
        ${takings.map((taking) => taking.units)}::bigint[])
    ), matches as (
      select listings.id, sold.units,
        -- The channel did not name the listing, or not its location, and several may be meant: which one fell is not known.
        (select count(*) from listings as twin where twin.store_id = ${storeId} and twin.gone_at is null
          and case when sold.remote_id is null then twin.sku = sold.sku else twin.remote_id = sold.remote_id end
          and (sold.location_id is null or twin.location_id in ('', sold.location_id))) > 1 as unclear
      from sold join listings on listings.store_id = ${storeId}
        and case when sold.remote_id is null then listings.sku = sold.sku else listings.remote_id = sold.remote_id end
        and (sold.location_id is null or listings.location_id in ('', sold.location_id))
    ), effects as (
      select id, sum(units) as units, bool_or(unclear) as unclear from matches group by id
      having sum(units) <> 0 or bool_or(unclear)
    ), mine as (
      select listings.id from listings join effects using (id) order by listings.id for no key update of listings
    )
    update listings set
      expected = case when effects.unclear then null else listings.expected - effects.units end,
      reassert = listings.reassert or
        (listings.acknowledged_version >= listings.desired_version and listings.acknowledged_quantity is not null)
    from effects, mine where listings.id = effects.id and listings.id = mine.id`.execute(tx);
}

type Taking = {
  readonly remoteId: string | null;
  readonly sku: string | null;
  /** Where the shop lowered its number; null: it does not say. */
  readonly locationId: string | null;
  readonly units: number;
};

// A line that turns out to be of another listing, or is served by another location now, gives back what was put down to the
// first one.
function takingsOf({ before, next, takenChange }: PlannedLine): readonly Taking[] {
  const now = placeOf(next);
  const then = before === null ? now : placeOf(before);
  const sameListing = then.remoteId === now.remoteId && (now.remoteId !== null || then.sku === now.sku);
  if (before === null || (sameListing && then.locationId === now.locationId)) {
    return [{ ...now, units: takenChange }];
  }
  return [
    { ...then, units: -before.taken },
    { ...now, units: next.taken },
  ];
}

const placeOf = ({ line }: StoredLine): Omit<Taking, 'units'> => ({
  remoteId: line.listingRemoteId,
  sku: line.sku,
  locationId: line.locationId,
});
