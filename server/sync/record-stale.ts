// A store shows something else than expected: an order that is not read yet, a write of our own, or drift. Decided only after
// the store's orders were read and it still shows the same.

import { sql } from 'kysely';
import type { ListingId } from '../../shared/model/ids.ts';
import { recordActivity } from '../activity/activity.ts';
import type { Tx } from '../database/database.ts';
import type { OpenStore } from './context.ts';
import { nameOf, troubleOf } from './listing-trouble.ts';
import type { Answered } from './push-isolated.ts';

/** What each listing's store showed when it last contradicted us in this run. */
export type StaleInThisRun = Map<ListingId, number>;

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
};

export async function recordStale(
  tx: Tx,
  store: OpenStore,
  answer: Answered,
  { at, stale, expectedNow }: Found,
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
  const ours = await ownWrite(tx, store, answer, observed);
  if (ours === null) return recordDrift(tx, store, answer, { at, observed });
  await expect(tx, listing.id, observed);
  if (ours === 'overtook a sale')
    await recordActivity(tx, {
      at,
      level: 'info',
      storeId: store.id,
      sku: listing.sku,
      message:
        `${nameOf(store, listing)}: The shop shows ${observed}, the last number it was told, where ${expected ?? 'nothing'} was ` +
        `expected after its own sales: our number seems to have overtaken a sale. It was set to ${target.quantity}.`,
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
  await tx.updateTable('listings').set({ expected }).where('id', '=', id).execute();
}

type OwnPush = {
  readonly isLost: boolean;
  readonly quantity: number;
  readonly isCompared: boolean;
  /** What the store shows if this push acted before all of its sales since. */
  readonly afterSales: number;
};

/**
 * A push whose answer was lost may have acted all the same, with the store's own sales after it. And one that the store did not
 * compare in the same step may have overtaken some of them: then it shows more than it should, up to what it was told.
 */
async function ownWrite(
  tx: Tx,
  store: OpenStore,
  { listing }: Answered,
  observed: number,
): Promise<'lost its answer' | 'overtook a sale' | null> {
  const { compareAndSet } = store.definition.manifest.capabilities;
  const { rows } = await sql<OwnPush>`
    select outcome = 'unknown' as "isLost", quantity, ${compareAndSet} and pushes.expected is not null as "isCompared",
      case outcome when 'unknown' then quantity + coalesce(listings.expected - pushes.expected, 0)
        else listings.expected end as "afterSales"
    from pushes join listings on listings.id = pushes.listing_id
    where pushes.sku = ${listing.sku} and listing_id = ${listing.id} and (
      (outcome = 'unknown' and finished_at > coalesce(acknowledged_at, '-infinity'))
      or (quantity = acknowledged_quantity and pushes.id = (select max(id) from pushes as told
        where told.sku = ${listing.sku} and told.listing_id = ${listing.id} and told.outcome = 'accepted')))`.execute(
    tx,
  );
  if (rows.some(({ isLost, afterSales }) => isLost && observed === afterSales)) return 'lost its answer';
  const overtook = ({ isCompared, quantity, afterSales }: OwnPush): boolean =>
    !isCompared && observed >= Math.min(quantity, afterSales) && observed <= Math.max(quantity, afterSales);
  return rows.some(overtook) ? 'overtook a sale' : null;
}
