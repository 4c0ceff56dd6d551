// Tells eBay quantities: read, compare with what we expect, write in the world each listing lives in, never migrate one.

import { ChannelError } from '../../net/channel-error.ts';
import { inChunks, inTurns } from '../../net/in-turns.ts';
import type { PushResult, PushTarget } from '../channel.ts';
import type { EbayClient } from './client.ts';
import type { FeedDesk, FeedState } from './feed.ts';
import { FEED_FROM, INVENTORY_BATCH_MAX, manifest, REQUESTS_AT_ONCE, REVISE_BATCH_MAX } from './manifest.ts';
import type { Outcome, Outcomes, Shelf, State, Way, Write } from './outcome.ts';
import type { RevisionBudget } from './revision-budget.ts';
import { readStock } from './stock.ts';
import { writeInInventory } from './write-inventory.ts';
import { STILL_WORKING, writeByFeed, writeInTrading } from './write-trading.ts';

export type PushDesk = {
  readonly client: EbayClient;
  readonly budget: RevisionBudget;
  readonly feeds: FeedDesk;
};

export async function setAvailable(
  { client, budget, feeds }: PushDesk,
  targets: readonly PushTarget[],
): Promise<readonly PushResult[]> {
  if (targets.length === 0) return [];
  const feed = await feeds.look();
  const shelf = await readStock(client, targets, true);
  const unread = targets.map(({ handle }) => shelf(handle)).filter((state) => state.kind === 'unread');
  if (unread[0] !== undefined && unread.length === targets.length) throw unread[0].problem;
  const decided = new Map<PushTarget, Outcome>();
  const writes: Write[] = [];
  for (const target of targets) {
    const state = shelf(target.handle);
    const outcome = compare(target, state, feed);
    if (outcome !== null) decided.set(target, outcome);
    else if (state.kind === 'quantity') writes.push({ target, state });
  }
  const affordable = await afford(budget, writes, decided);
  const failures = await inTurns(groupsOf(affordable, feeds, feed), REQUESTS_AT_ONCE, (group) =>
    writeGroup(client, group, decided),
  );
  const failure = failures.find((one) => one !== null);
  if (decided.size === 0 && failure != null) throw failure;
  const message = failure?.message ?? 'eBay did not answer for this listing.';
  return targets.map((target): PushResult => {
    const { remoteId, handle } = target;
    const outcome = decided.get(target) ?? { kind: 'unknown', message };
    if (outcome.kind === 'accepted' && mayBeUndone(shelf(handle), feed))
      return { remoteId, handle, ...STILL_WORKING };
    const known = outcome.kind === 'revised too often' ? budget.refusedByEbay() : outcome;
    return { remoteId, handle, ...known };
  });
}

/** A file that is under way may hold another number for it, and ends later than whatever is told beside it. */
const mayBeUndone = (state: State, feed: FeedState): boolean =>
  feed !== 'free' && state.kind === 'quantity' && state.way.kind === 'trading';

/** Of each listing only so many changes a day. */
async function afford(
  budget: RevisionBudget,
  writes: readonly Write[],
  decided: Map<PushTarget, Outcome>,
): Promise<readonly Write[]> {
  const answers = await budget.take(
    writes.map(({ target, state }) => ({
      itemId: state.itemId,
      shown: state.quantity,
      quantity: target.quantity,
    })),
  );
  return writes.filter(({ target }, index) => {
    const postponed = answers[index] ?? null;
    if (postponed !== null) decided.set(target, postponed);
    return postponed === null;
  });
}

/** Null: to be written. */
function compare({ quantity, expected }: PushTarget, state: State, feed: FeedState): Outcome | null {
  if (!Number.isSafeInteger(quantity) || quantity < 0 || quantity > manifest.capabilities.quantityMax) {
    return { kind: 'rejected', message: `${quantity} is not a quantity that can be told to eBay.` };
  }
  if (state.kind === 'unread') return { kind: 'unknown', message: state.problem.message };
  if (state.kind === 'fixed') return { kind: 'rejected', message: state.message };
  if (state.kind !== 'quantity') return { kind: state.kind, message: state.message };
  if (expected !== null && state.quantity !== expected) return { kind: 'stale', observed: state.quantity };
  if (state.quantity === quantity) return { kind: 'accepted' };
  return feed === 'busy' && mayBeUndone(state, feed) ? STILL_WORKING : null;
}

type Group = {
  readonly writes: readonly Write[];
  readonly send: (client: EbayClient, writes: readonly Write[]) => Promise<Outcomes>;
};

function groupsOf(writes: readonly Write[], feeds: FeedDesk, feed: FeedState): readonly Group[] {
  const of = (kind: Way['kind']): readonly Write[] => writes.filter(({ state }) => state.way.kind === kind);
  const inTrading = of('trading');
  const isByFeed = inTrading.length >= FEED_FROM && feed === 'free';
  const byFeed: Group = {
    writes: inTrading,
    send: async (client, all) => (await writeByFeed(feeds, all)) ?? writeInFours(client, all),
  };
  const inFours = inChunks(inTrading, REVISE_BATCH_MAX).map((chunk) => ({
    writes: chunk,
    send: writeInTrading,
  }));
  return [
    ...(isByFeed ? [byFeed] : []),
    ...inChunks(of('inventory'), INVENTORY_BATCH_MAX).map((chunk) => ({
      writes: chunk,
      send: writeInInventory,
    })),
    ...(isByFeed ? [] : inFours),
  ];
}

async function writeInFours(client: EbayClient, writes: readonly Write[]): Promise<Outcomes> {
  const parts = await inTurns(inChunks(writes, REVISE_BATCH_MAX), REQUESTS_AT_ONCE, (chunk) =>
    writeInTrading(client, chunk),
  );
  return new Map(parts.flatMap((part) => [...part]));
}

/** Answers the failure when nothing is known about some of the group. */
async function writeGroup(
  client: EbayClient,
  { writes, send }: Group,
  decided: Map<PushTarget, Outcome>,
): Promise<ChannelError | null> {
  try {
    for (const [target, outcome] of await send(client, writes)) decided.set(target, outcome);
    return null;
  } catch (problem) {
    if (!(problem instanceof ChannelError)) throw problem;
    if (problem.kind === 'transient') await readBack(client, writes, decided);
    return problem;
  }
}

// The answer was lost, perhaps after eBay had done it: what it shows now tells. Nothing is written again blindly.
async function readBack(
  client: EbayClient,
  writes: readonly Write[],
  decided: Map<PushTarget, Outcome>,
): Promise<void> {
  const targets = writes.map(({ target }) => target);
  const shelf: Shelf | null = await readStock(client, targets).catch(() => null);
  if (shelf === null) return;
  for (const target of targets) {
    const state = shelf(target.handle);
    if (state.kind === 'quantity' && state.quantity === target.quantity) {
      decided.set(target, { kind: 'accepted' });
    }
  }
}
