// A store shows something else than expected: an order that is not read yet, a write of our own, or drift. Decided only after
// the store's orders were read and it still shows the same.

import { sql } from 'kysely';
import type { ListingId } from '../../shared/model/ids.ts';
import { recordActivity } from '../activity/activity.ts';
import type { Tx } from '../database/database.ts';
import type { OpenStore } from './context.ts';
import { nameOf, troubleOf } from './listing-trouble.ts';
import type { Answered } from './push-isolated.ts';
import { sameStockAs, stockKey } from './same-stock.ts';

/** What each listing's store showed when it last contradicted us in this run. */
export type StaleInThisRun = Map<ListingId, number>;
/** By the number of the store (stockKey): what it was found to show, and believed, by this answer. */
export type Believed = Map<string, number>;

export type StaleStep =
  /** To be tried again in this run, after the store's orders were read. */
  | 'read orders'
  /** To be tried again in this run: what the store shows is expected now. */
  | 'believed'
  /** The store shows what it was to be told: nothing is left to write. */
  | 'right already'
  /** A person decides. */
  | 'held';

type Found = {
  readonly at: Date;
  readonly stale: StaleInThisRun;
  /** What is expected by now: orders may have come in while the store was asked. */
  readonly expectedNow: number | null;
  readonly believed: Believed;
};

export async function recordStale(
  tx: Tx,
  store: OpenStore,
  answer: Answered,
  { at, stale, expectedNow, believed }: Found,
): Promise<StaleStep> {
  const { listing, result, target } = answer;
  if (result.kind !== 'stale') return 'read orders';
  const { observed } = result;
  const { expected } = listing;
  const before = stale.get(listing.id);
  stale.set(listing.id, observed);
  // What has changed since the orders were read may be a sale that is in one of the two numbers only.
  if (before !== observed || expectedNow !== expected) return 'read orders';
  stale.delete(listing.id);
  // Another listing that shows the same number has told of it already.
  if (believed.get(stockKey(listing)) === observed) return 'believed';
  const ours = await ownWrite(tx, store, answer, observed);
  if (ours === null) {
    const step = await recordDrift(tx, store, answer, { at, observed });
    if (step === 'believed') believed.set(stockKey(listing), observed);
    return step;
  }
  await expect(tx, listing.id, observed);
  believed.set(stockKey(listing), observed);
  if (ours === 'overtook a sale')
    await recordActivity(tx, {
      at,
      level: 'info',
      storeId: store.id,
      sku: listing.sku,
      message:
        `${nameOf(store, listing)}: The shop shows ${observed} where ${expected ?? 'nothing'} was expected after its own ` +
        `orders: the last number it was told seems to have overtaken one of them. It was set to ${target.quantity}.`,
    });
  return 'believed';
}

async function recordDrift(
  tx: Tx,
  store: OpenStore,
  { listing, target }: Answered,
  { at, observed }: { readonly at: Date; readonly observed: number },
): Promise<StaleStep> {
  const isRight = observed === target.quantity;
  const isHeld = !isRight && store.settings.onDrift === 'hold';
  const end = isRight
    ? 'It is what it was to be told, so nothing was written.'
    : isHeld
      ? "Held as the store's setting says."
      : `It was set to ${target.quantity} again.`;
  const message = `The shop shows ${observed} where ${listing.expected ?? 'nothing'} was expected, and none of its orders explains it. ${end}`;
  await recordActivity(tx, {
    at,
    level: isHeld ? 'needs-person' : 'warning',
    storeId: store.id,
    sku: listing.sku,
    ...(isHeld ? { trouble: troubleOf(listing.id) } : {}),
    message: `${nameOf(store, listing)}: ${message}`,
  });
  if (isRight) return 'right already';
  if (!isHeld) {
    await expect(tx, listing.id, observed);
    return 'believed';
  }
  const held = { problem: message, problem_kind: 'held' };
  await tx.updateTable('listings').set(held).where('id', '=', listing.id).execute();
  return 'held';
}

async function expect(tx: Tx, id: ListingId, expected: number): Promise<void> {
  await tx
    .updateTable('listings')
    // What was overtaken is in this number.
    .set({ expected, sold_since_told: 0, given_back_since_told: 0 })
    .where('id', 'in', sameStockAs([id]))
    .execute();
}

type OwnPush = {
  readonly isLost: boolean;
  readonly isCompared: boolean;
  /** What the store shows if this push acted before all of its sales since. */
  readonly afterSales: number;
  readonly sold: number;
  readonly givenBack: number;
};

/**
 * A push whose answer was lost may have acted all the same, with the store's own sales after it. And one that the store did not
 * compare in the same step may have overtaken some of them, or some units that were given back: so much more, or less, it shows.
 */
async function ownWrite(
  tx: Tx,
  store: OpenStore,
  { listing }: Answered,
  observed: number,
): Promise<'lost its answer' | 'overtook a sale' | null> {
  const { compareAndSet } = store.definition.manifest.capabilities;
  const { rows } = await sql<OwnPush>`
    select outcome = 'unknown' as "isLost", ${compareAndSet} and pushes.expected is not null as "isCompared",
      case outcome when 'unknown' then quantity + coalesce(listings.expected - pushes.expected, 0)
        else listings.expected end as "afterSales", sold_since_told as sold, given_back_since_told as "givenBack"
    from pushes join listings on listings.id = pushes.listing_id
    where pushes.sku = ${listing.sku} and listing_id in ${sameStockAs([listing.id])} and (
      (outcome = 'unknown' and finished_at > coalesce(acknowledged_at, '-infinity'))
      or (quantity = acknowledged_quantity and pushes.id = (select max(id) from pushes as told
        where told.sku = ${listing.sku} and told.listing_id in ${sameStockAs([listing.id])}
          and told.outcome = 'accepted')))`.execute(tx);
  if (rows.some(({ isLost, afterSales }) => isLost && observed === afterSales)) return 'lost its answer';
  const overtook = ({ isCompared, afterSales, sold, givenBack }: OwnPush): boolean =>
    !isCompared && observed >= afterSales - givenBack && observed <= afterSales + sold;
  return rows.some(overtook) ? 'overtook a sale' : null;
}
