// The brake: a push that would empty or multiply a large part of a store's listings stops there and asks a person. All other
// numbers go on: holding back a sale's effect would oversell.

import { sql } from 'kysely';
import type { ListingId, StoreId } from '../../shared/model/ids.ts';
import { NO_RULE, type Rule, toldQuantity } from '../../shared/model/rule.ts';
import { type ActivityEntry, recordActivity, resolveTroubles } from '../activity/activity.ts';
import { inTransaction } from '../database/database.ts';
import { availableToStore, countOwed, isOwed, ruleOfListing } from '../listings/owed.ts';
import type { OpenStore, SyncContext } from './context.ts';
import type { Send } from './plan-push.ts';

/** Fewer at once are never held: a person changes a handful of numbers many times a day. */
export const BRAKE_FROM = 10;
export const BRAKE_SHARE_PERCENT = 30;
/** A number that grows this many times over looks like a slip of the keyboard. */
const MULTIPLIED_BY = 10;

const PAGE = 5_000;
export const BRAKED = 'braked';
const PROBLEM = 'Held by the brake: too many listings would change like this at once. See the Activity tab.';

export const brakeTrouble = (storeId: StoreId): string => `brake:${storeId}`;

type Jump = { readonly id: ListingId; readonly kind: 'emptied' | 'multiplied'; readonly title: string };

export type Brake = {
  /** Leaves out what has to wait for a person. Called before anything is sent. */
  readonly pass: (sends: readonly Send[]) => Promise<readonly Send[]>;
  /** Nothing is being looked at any more. */
  readonly done: () => Promise<void>;
};

/** Looks at everything the store is owed before the run sends anything, and again whenever many such changes turn up on the way. */
export async function createBrake(context: SyncContext, store: OpenStore): Promise<Brake> {
  const isHolding = await holdsSome(context, store.id);
  const mayHold = isHolding || (await countOwed(context.db, store.id)) >= BRAKE_FROM;
  let held = mayHold ? hold(context, store) : Promise.resolve(NONE);
  // It is thrown where it is waited for.
  held.catch(() => undefined);
  // The walk that begins now is to find what is let go.
  if (isHolding) await held;
  let met = 0;
  let lookAt = BRAKE_FROM;
  return {
    pass: async (sends) => {
      met += sends.filter(({ listing, target }) => jumps(shownBy(listing), target.quantity)).length;
      if (met >= lookAt) {
        held = held.then(() => hold(context, store));
        // Each look walks over everything owed: where many jumps are right, it is not done at every batch.
        lookAt = met * 2;
      }
      const waiting = await held;
      return sends.filter(({ listing }) => !waiting.has(listing.id));
    },
    done: async () => {
      await held.catch(() => undefined);
    },
  };
}

const NONE: ReadonlySet<ListingId> = new Set();

async function holdsSome({ db }: SyncContext, storeId: StoreId): Promise<boolean> {
  const braked = await db
    .selectFrom('listings')
    .select('id')
    .where('store_id', '=', storeId)
    .where('problem_kind', '=', BRAKED)
    .limit(1)
    .executeTakeFirst();
  return braked !== undefined;
}

// Marks what has to wait, and lets go what no longer looks like that. Answers what waits.
async function hold(context: SyncContext, store: OpenStore): Promise<ReadonlySet<ListingId>> {
  const found = await findJumps(context, store);
  const shown = await countShown(context, store.id);
  const share = store.settings.brakeSharePercent ?? BRAKE_SHARE_PERCENT;
  const tooMany = found.length >= BRAKE_FROM && found.length * 100 > shown * share;
  const held = tooMany ? found : [];
  const at = context.now();
  await inTransaction(context.db, async (tx) => {
    const ids = held.map(({ id }) => id);
    const { numAffectedRows: changed } = await sql`
      with mine as (
        select id, id = any(${ids}::bigint[]) as held from listings where store_id = ${store.id} and gone_at is null
          and problem_kind is distinct from 'held'
          and (coalesce(problem_kind, '') = ${BRAKED}) <> (id = any(${ids}::bigint[])) order by id for no key update)
      update listings set problem = case when held then ${PROBLEM} end, problem_kind = case when held then ${BRAKED} end
      from mine where listings.id = mine.id`.execute(tx);
    if (!tooMany) await resolveTroubles(tx, [brakeTrouble(store.id)], at);
    else if (changed !== undefined && changed > 0n)
      await recordActivity(tx, question(store, held, { shown, at }));
  });
  return new Set(held.map(({ id }) => id));
}

function question(
  store: OpenStore,
  held: readonly Jump[],
  { shown, at }: { readonly shown: number; readonly at: Date },
): ActivityEntry {
  const emptied = held.filter(({ kind }) => kind === 'emptied').length;
  const parts = [
    emptied === 0 ? '' : `${emptied} would be set to 0`,
    emptied === held.length ? '' : `${held.length - emptied} would grow ${MULTIPLIED_BY} times or more`,
  ].filter((part) => part !== '');
  const examples = held.slice(0, 3).map(({ title }) => title);
  return {
    at,
    level: 'needs-person',
    storeId: store.id,
    trouble: brakeTrouble(store.id),
    message:
      `${store.name}: of ${shown} listings ${parts.join(' and ')} (${examples.join(', ')} …). These wait; all others go on. ` +
      'If it is right, let them through in the sidebar; if not, put the numbers right and they go on by themselves.',
  };
}

async function findJumps(context: SyncContext, store: OpenStore): Promise<readonly Jump[]> {
  const max = store.definition.manifest.capabilities.quantityMax;
  const jumpsFound: Jump[] = [];
  for (let after = 0; ; ) {
    const rows = await readPage(context, store.id, after);
    for (const { id, title, shown, available, rule } of rows) {
      const kind = available === null ? null : jumps(shown, toldQuantity(available, rule ?? NO_RULE, max));
      if (kind !== null) jumpsFound.push({ id, kind, title });
    }
    if (rows.length < PAGE) break;
    after = rows.at(-1)?.id ?? after;
  }
  // Open orders explain that nothing is left: waiting would sell it again.
  const soldOut = await findSoldOut(context, jumpsFound);
  return jumpsFound.filter(({ id, kind }) => !(kind === 'emptied' && soldOut.has(id)));
}

type Candidate = {
  readonly id: ListingId;
  readonly title: string;
  readonly shown: number;
  readonly available: number | null;
  readonly rule: Rule | null;
};

async function readPage(
  context: SyncContext,
  storeId: StoreId,
  after: number,
): Promise<readonly Candidate[]> {
  const { rows } = await sql<Candidate>`
    select listings.id, title, coalesce(expected, acknowledged_quantity) as shown, ${availableToStore} as available,
      ${ruleOfListing} as rule
    from listings where listings.store_id = ${storeId} and ${isOwed} and listings.id > ${after} and tracked
      and not_pushable is null and acknowledged_quantity is not null
      -- Waits for a person because of drift: it keeps its mark, and would not be pushed anyway.
      and problem_kind is distinct from 'held'
      and coalesce(brake_passed_version, -1) < desired_version
    order by listings.id limit ${PAGE}`.execute(context.db);
  return rows;
}

/** There are units, and open orders hold them all; of a bundle, of one of its components. In two parts, each by its index. */
const isHeldByOrders = sql`warehouse_id = any(warehouses_of(listings.store_id, listings.location_id))
    and in_stock > 0 and in_stock <= booked`;

async function findSoldOut({ db }: SyncContext, found: readonly Jump[]): Promise<ReadonlySet<ListingId>> {
  const emptied = found.filter(({ kind }) => kind === 'emptied').map(({ id }) => id);
  const { rows } = await sql<{ id: ListingId }>`
    select listings.id from unnest(${emptied}::bigint[]) as emptied (id)
    cross join lateral (select * from listings where listings.id = emptied.id offset 0) as listings
    where exists (select 1 from balances where balances.sku = listings.sku and ${isHeldByOrders})
      or exists (select 1 from bundle_components join balances on balances.sku = component_sku
        where bundle_sku = listings.sku and ${isHeldByOrders})`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

const shownBy = ({ expected, acknowledgedQuantity }: Send['listing']): number | null =>
  expected ?? acknowledgedQuantity;

function jumps(shown: number | null, told: number): Jump['kind'] | null {
  if (shown === null || shown <= 0) return null;
  if (told === 0) return 'emptied';
  return told >= shown * MULTIPLIED_BY ? 'multiplied' : null;
}

async function countShown({ db }: SyncContext, storeId: StoreId): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::bigint as count from listings
    where store_id = ${storeId} and gone_at is null and acknowledged_quantity is not null`.execute(db);
  return rows[0]?.count ?? 0;
}

/** A person has looked and says it is right: what waits now may go, with the numbers it has now. Answers how many. */
export async function releaseBrake(context: SyncContext, storeId: StoreId): Promise<number> {
  const { numAffectedRows } = await sql`
    update listings set brake_passed_version = desired_version, problem = null, problem_kind = null
    where store_id = ${storeId} and problem_kind = ${BRAKED}`.execute(context.db);
  await resolveTroubles(context.db, [brakeTrouble(storeId)], context.now());
  await context.wake('push-available', storeId);
  return Number(numAffectedRows ?? 0n);
}
