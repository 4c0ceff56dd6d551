// Keeps what we expect a store to show in step with what the store itself did to its number when it sold.

import { sql } from 'kysely';
import type { OrderSnapshot } from '../../shared/model/order.ts';
import type { Tx } from '../database/database.ts';
import type { PlannedLine } from './plan-lines.ts';
import type { StoreContext } from './store-context.ts';
import type { StoredLine } from './stored-line.ts';

/**
 * Lowers `expected` of the listings that were sold, and of those that show the same number, by what the shop took off its own
 * number, and raises it by what it gave back. A listing that would not be owed a push anyway is asked for one: its store no
 * longer shows what we told it.
 */
export async function adjustExpected(
  tx: Tx,
  { id: storeId, toldUntil }: Pick<StoreContext, 'id' | 'toldUntil'>,
  order: Pick<OrderSnapshot, 'placedAt' | 'updatedAt'>,
  planned: readonly PlannedLine[],
): Promise<void> {
  // What happened while nothing was told cannot have been overtaken by what was.
  const countsSold = toldUntil === null || order.placedAt <= toldUntil;
  const countsGivenBack = toldUntil === null || order.updatedAt <= toldUntil;
  const takings = planned
    .flatMap(takingsOf)
    .map((one) => ({
      ...one,
      sold: countsSold ? one.sold : 0,
      givenBack: countsGivenBack ? one.givenBack : 0,
    }))
    .filter(({ units, sold }) => units !== 0 || sold !== 0);
  if (takings.length === 0) return;
  await sql`
    with sold (remote_id, sku, location_id, units, taken, given_back, nr) as (
      select * from unnest(${takings.map((taking) => taking.remoteId)}::text[],
        ${takings.map((taking) => taking.sku)}::text[], ${takings.map((taking) => taking.locationId)}::text[],
        ${takings.map((taking) => taking.units)}::bigint[], ${takings.map((taking) => taking.sold)}::bigint[],
        ${takings.map((taking) => taking.givenBack)}::bigint[]) with ordinality
    ), candidates as (
      -- In two parts, each by its index.
      select sold.nr, listings.id from sold
      join listings on listings.store_id = ${storeId} and listings.remote_id = sold.remote_id
      union all
      select sold.nr, listings.id from sold
      join listings on listings.store_id = ${storeId} and listings.sku = sold.sku where sold.remote_id is null
    ), named as (
      select sold.nr, sold.units, sold.taken, sold.given_back, listings.id, listings.location_id, listings.stock_id, listings.gone_at
      from candidates join sold using (nr) join listings using (id)
      where sold.location_id is null or listings.location_id in ('', sold.location_id)
    ), unclear as (
      -- The channel did not name the listing, or not its location, and several numbers may be meant: which one fell is not known.
      select nr from named where gone_at is null
      group by nr having count(distinct (coalesce(stock_id, 'listing ' || id), location_id)) > 1
    ), matches as (
      select nr, id, units, taken, given_back from named
      union
      select named.nr, shown.id, named.units, named.taken, named.given_back from named join listings as shown on shown.store_id = ${storeId}
        and shown.stock_id = named.stock_id and shown.location_id = named.location_id and shown.gone_at is null
    ), effects as (
      select id, sum(units) as units, sum(taken) as sold, sum(given_back) as given_back,
        bool_or(unclear.nr is not null) as unclear
      from matches left join unclear using (nr) group by id
      having sum(units) <> 0 or sum(taken) <> 0 or bool_or(unclear.nr is not null)
    ), mine as (
      select listings.id from listings join effects using (id) order by listings.id for no key update of listings
    )
    update listings set
      expected = case when effects.unclear then null else listings.expected - effects.units end,
      sold_since_told = listings.sold_since_told + effects.sold,
      given_back_since_told = listings.given_back_since_told + effects.given_back,
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
  /** Gross: what it took, and what it gave back. */
  readonly sold: number;
  readonly givenBack: number;
};

// A line that turns out to be of another listing, or is served by another location now, gives back what was put down to the
// first one.
function takingsOf({ before, next, takenChange, givenBackUnseen }: PlannedLine): readonly Taking[] {
  const now = placeOf(next);
  const then = before === null ? now : placeOf(before);
  const sameListing = then.remoteId === now.remoteId && (now.remoteId !== null || then.sku === now.sku);
  if (before === null || (sameListing && then.locationId === now.locationId)) {
    return [taking(now, takenChange, givenBackUnseen)];
  }
  return [taking(then, -before.taken), taking(now, next.taken)];
}

const taking = (place: Place, units: number, givenBackUnseen = 0): Taking => ({
  ...place,
  units,
  sold: Math.max(0, units) + givenBackUnseen,
  givenBack: Math.max(0, -units) + givenBackUnseen,
});

type Place = Pick<Taking, 'remoteId' | 'sku' | 'locationId'>;

const placeOf = ({ line }: StoredLine): Place => ({
  remoteId: line.listingRemoteId,
  sku: line.sku,
  locationId: line.locationId,
});
