// Tells eBay quantities: read, compare with what we expect, write in the world each listing lives in, never migrate one.

import { ChannelError } from '../../net/channel-error.ts';
import { inChunks, inTurns } from '../../net/in-turns.ts';
import type { PushResult, PushTarget } from '../channel.ts';
import type { EbayClient } from './client.ts';
import { INVENTORY_BATCH_MAX, manifest, REQUESTS_AT_ONCE, REVISE_BATCH_MAX } from './manifest.ts';
import type { Outcome, Outcomes, Shelf, State, Way, Write } from './outcome.ts';
import { BUDGET_SPENT, type RevisionBudget } from './revision-budget.ts';
import { readStock } from './stock.ts';
import { writeInInventory } from './write-inventory.ts';
import { writeInTrading } from './write-trading.ts';

export async function setAvailable(
  client: EbayClient,
  budget: RevisionBudget,
  targets: readonly PushTarget[],
): Promise<readonly PushResult[]> {
  if (targets.length === 0) return [];
  const shelf = await readStock(client, targets);
  const unread = targets.map(({ handle }) => shelf(handle)).filter((state) => state.kind === 'unread');
  if (unread[0] !== undefined && unread.length === targets.length) throw unread[0].problem;
  const decided = new Map<PushTarget, Outcome>();
  const writes: Write[] = [];
  for (const target of targets) {
    const state = shelf(target.handle);
    const outcome = compare(target, state);
    if (outcome !== null) decided.set(target, outcome);
    else if (state.kind === 'quantity') writes.push({ target, state });
  }
  const affordable = writes.filter(({ target, state }) => {
    const isAffordable = budget.take(state.itemId, target.quantity > state.quantity);
    if (!isAffordable) decided.set(target, { kind: 'unknown', message: BUDGET_SPENT });
    return isAffordable;
  });
  const failures = await inTurns(groupsOf(affordable), REQUESTS_AT_ONCE, (group) =>
    writeGroup(client, group, decided),
  );
  const failure = failures.find((one) => one !== null);
  if (decided.size === 0 && failure != null) throw failure;
  const message = failure?.message ?? 'eBay did not answer for this listing.';
  return targets.map((target) => ({
    remoteId: target.remoteId,
    handle: target.handle,
    ...(decided.get(target) ?? { kind: 'unknown', message }),
  }));
}

/** Null: to be written. */
function compare({ quantity, expected }: PushTarget, state: State): Outcome | null {
  if (!Number.isSafeInteger(quantity) || quantity < 0 || quantity > manifest.capabilities.quantityMax) {
    return { kind: 'rejected', message: `${quantity} is not a quantity that can be told to eBay.` };
  }
  if (state.kind === 'unread') return { kind: 'unknown', message: state.problem.message };
  if (state.kind === 'fixed') return { kind: 'rejected', message: state.message };
  if (state.kind !== 'quantity') return { kind: state.kind, message: state.message };
  if (state.quantity === quantity) return { kind: 'accepted' };
  if (expected !== null && state.quantity !== expected) return { kind: 'stale', observed: state.quantity };
  return null;
}

type Group = {
  readonly writes: readonly Write[];
  readonly send: (client: EbayClient, writes: readonly Write[]) => Promise<Outcomes>;
};

function groupsOf(writes: readonly Write[]): readonly Group[] {
  const of = (kind: Way['kind']): readonly Write[] => writes.filter(({ state }) => state.way.kind === kind);
  return [
    ...inChunks(of('inventory'), INVENTORY_BATCH_MAX).map((chunk) => ({
      writes: chunk,
      send: writeInInventory,
    })),
    ...inChunks(of('trading'), REVISE_BATCH_MAX).map((chunk) => ({ writes: chunk, send: writeInTrading })),
  ];
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
