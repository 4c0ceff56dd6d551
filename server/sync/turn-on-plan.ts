// What would change if a store were turned on: reads what it shows and which of its orders are open, and writes nothing to it.

import { sql } from 'kysely';
import type { PlanKind } from '../../shared/api/turn-on.ts';
import type { ListingId, Sku, StoreId } from '../../shared/model/ids.ts';
import { NO_RULE, toldQuantity } from '../../shared/model/rule.ts';
import type { AvailableReading, ListingReference } from '../channels/channel.ts';
import { inTransaction } from '../database/database.ts';
import { availableToStore, ruleOfListing } from '../listings/owed.ts';
import { ChannelError } from '../net/channel-error.ts';
import type { OpenStore, SyncContext } from './context.ts';
import { withLease } from './lease.ts';
import { type OpenUnits, readOpenUnits } from './open-units.ts';
import { isPlanWanted } from './turn-on.ts';
import { explainLine, type PlannedListing } from './turn-on-line.ts';

const LEASE_MS = 30_000;
const READ_BATCH = 100;
const WRITE_BATCH = 1_000;

type Line = {
  readonly listing: PlannedListing;
  readonly shows: number | null;
  readonly wouldPush: number | null;
  readonly kind: PlanKind;
  readonly why: string;
};

/** The job. A plan that was broken off begins anew: reading twice changes nothing. */
export async function readTurnOnPlan(context: SyncContext, storeId: StoreId): Promise<void> {
  if (!(await isPlanWanted(context.db, storeId))) return;
  const store = await context.openStore(storeId);
  if (store === null) return;
  await withLease(
    context.db,
    { name: `turn-on plan:${storeId}`, holder: context.holder, ttlMs: LEASE_MS },
    async () => {
      try {
        await read(context, store);
      } catch (error) {
        if (!(error instanceof ChannelError) || error.kind === 'transient' || error.kind === 'throttled')
          throw error;
        await finish(context, storeId, { state: 'failed', message: error.message, open_orders: 0 });
      }
    },
  );
}

async function read(context: SyncContext, store: OpenStore): Promise<void> {
  const listings = await readPlanned(context, store.id);
  await progress(context, store.id, 0, listings.length);
  const open = await readOpenUnits(context.db, store.channel);
  const shows = await readShelf(context, store, listings);
  const lines = judge(store, listings, shows, open);
  await inTransaction(context.db, async (tx) => {
    await tx.deleteFrom('turn_on_plan_lines').where('store_id', '=', store.id).execute();
    for (let start = 0; start < lines.length; start += WRITE_BATCH) {
      const rows = lines
        .slice(start, start + WRITE_BATCH)
        .map(({ listing, shows: shown, wouldPush, kind, why }) => ({
          store_id: store.id,
          listing_id: listing.id,
          sku: listing.sku,
          title: listing.title,
          kind,
          shows: shown,
          would_push: wouldPush,
          why,
        }));
      await tx.insertInto('turn_on_plan_lines').values(rows).execute();
    }
  });
  await finish(context, store.id, { state: 'ready', message: '', open_orders: open.orders });
}

async function readPlanned(context: SyncContext, storeId: StoreId): Promise<readonly PlannedListing[]> {
  const { rows } = await sql<PlannedListing>`
    select listings.id, remote_id as "remoteId", nullif(location_id, '') as "locationId", handle, listings.sku, title,
      tracked, not_pushable as "notPushable", ${availableToStore} as available, ${ruleOfListing} as rule,
      coalesce((select jsonb_agg(jsonb_build_object('sku', component_sku, 'units', units, 'available', (
          select coalesce(sum(in_stock - booked), 0) from balances where balances.sku = component_sku
            and warehouse_id = any(warehouses_of(listings.store_id, listings.location_id)))) order by component_sku)
        from bundle_components where bundle_sku = listings.sku), '[]') as parts
    from listings where store_id = ${storeId} and gone_at is null order by listings.id`.execute(context.db);
  return rows;
}

async function readShelf(
  context: SyncContext,
  store: OpenStore,
  listings: readonly PlannedListing[],
): Promise<ReadonlyMap<ListingId, AvailableReading['reading']>> {
  const shows = new Map<ListingId, AvailableReading['reading']>();
  const readable = listings.filter(({ tracked, notPushable }) => tracked && notPushable === null);
  for (let start = 0; start < readable.length; start += READ_BATCH) {
    const batch = readable.slice(start, start + READ_BATCH);
    const byKey = new Map(batch.map((listing) => [keyOf(listing), listing.id]));
    for (const answer of await store.channel.readAvailable(batch)) {
      const id = byKey.get(keyOf(answer));
      if (id !== undefined) shows.set(id, answer.reading);
    }
    await progress(context, store.id, start + batch.length, listings.length);
  }
  return shows;
}

const keyOf = ({ remoteId, locationId }: ListingReference): string =>
  JSON.stringify([remoteId, locationId ?? null]);

function judge(
  store: OpenStore,
  listings: readonly PlannedListing[],
  shows: ReadonlyMap<ListingId, AvailableReading['reading']>,
  open: OpenUnits,
): readonly Line[] {
  const max = store.definition.manifest.capabilities.quantityMax;
  const disagreeing = findDisagreeing(listings, shows);
  return listings.map((listing) => {
    const reading = shows.get(listing.id);
    const shown = reading?.kind === 'quantity' ? reading.quantity : null;
    const held = open.of(listing.sku);
    // Turning on books the open orders of this store: what is left then is what it would be told.
    const left = leftAfter(listing, open);
    const would = left === null ? null : toldQuantity(left, listing.rule ?? NO_RULE, max);
    const kind = kindOf(listing, reading, would, disagreeing);
    const wouldPush = kind === 'same' || kind === 'differs' || kind === 'unknown' ? would : null;
    return {
      listing,
      shows: shown,
      wouldPush,
      kind,
      why: explainLine({ listing, kind, shown, held, left, would }),
    };
  });
}

// Exact for a store that sells from one warehouse; of a bundle in several, the least its components allow in all of them.
function leftAfter({ available, sku, parts }: PlannedListing, open: OpenUnits): number | null {
  if (available === null) return null;
  if (parts.length === 0) return available - open.booked(sku);
  return Math.min(
    available,
    ...parts.map((part) => Math.floor((part.available - open.booked(part.sku)) / part.units)),
  );
}

function kindOf(
  listing: PlannedListing,
  reading: AvailableReading['reading'] | undefined,
  would: number | null,
  disagreeing: ReadonlySet<Sku>,
): PlanKind {
  if (!listing.tracked || listing.notPushable !== null || reading?.kind === 'untracked') return 'untracked';
  if (would === null && disagreeing.has(listing.sku)) return 'disagrees';
  if (would === null) return 'never set';
  if (reading === undefined || reading.kind !== 'quantity') return 'unknown';
  return reading.quantity === would ? 'same' : 'differs';
}

function findDisagreeing(
  listings: readonly PlannedListing[],
  shows: ReadonlyMap<ListingId, AvailableReading['reading']>,
): ReadonlySet<Sku> {
  const first = new Map<Sku, number>();
  const disagreeing = new Set<Sku>();
  for (const { id, sku } of listings) {
    const reading = shows.get(id);
    if (reading?.kind !== 'quantity') continue;
    const other = first.get(sku);
    if (other !== undefined && other !== reading.quantity) disagreeing.add(sku);
    first.set(sku, reading.quantity);
  }
  return disagreeing;
}

async function progress(context: SyncContext, storeId: StoreId, done: number, total: number): Promise<void> {
  await context.db
    .updateTable('turn_on_plans')
    .set({ done, total })
    .where('store_id', '=', storeId)
    .execute();
}

async function finish(
  context: SyncContext,
  storeId: StoreId,
  change: { readonly state: 'ready' | 'failed'; readonly message: string; readonly open_orders: number },
): Promise<void> {
  await context.db
    .updateTable('turn_on_plans')
    .set({ ...change, ready_at: context.now() })
    .where('store_id', '=', storeId)
    .execute();
}
