// What a push has to write where: pure. Normally one number at one location; with several locations of ours, their sum.

import { createHash } from 'node:crypto';
import type { PushResult, PushTarget } from '../channel.ts';
import { type ItemLevels, total } from './levels.ts';
import { manifest } from './manifest.ts';

/** What became of one inventory item. */
export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'stale'; readonly observed: number }
  | { readonly kind: 'rejected' | 'untracked' | 'gone' | 'unknown'; readonly message: string };

export type Entry = {
  readonly locationId: string;
  readonly quantity: number;
  /** What the shop must show there for the write to happen; null asks for no comparison. */
  readonly changeFromQuantity: number | null;
};
/** Everything that is written for one inventory item. */
export type Plan = {
  readonly itemId: string;
  readonly quantity: number;
  readonly expected: number | null;
  readonly entries: readonly Entry[];
};

export const GONE: Outcome = {
  kind: 'gone',
  message: 'This variant no longer exists in Shopify. Refresh the listings.',
};
export const UNTRACKED: Outcome = {
  kind: 'untracked',
  message:
    'Shopify does not count this item, so the number has no effect. Tick "Track quantity" on the product in Shopify.',
};
export const rejected = (message: string): Outcome => ({ kind: 'rejected', message });
export const unknown = (message: string): Outcome => ({ kind: 'unknown', message });

const INVENTORY_ITEM = /^gid:\/\/shopify\/InventoryItem\/\d+$/;

/** Why a target cannot be sent at all, or null. One such target would fail the whole request. */
export function whyNotSendable(target: PushTarget, others: readonly PushTarget[]): Outcome | null {
  const { quantityMax } = manifest.capabilities;
  if (!INVENTORY_ITEM.test(target.handle)) {
    return rejected('This listing does not name an inventory item of Shopify. Refresh the listings.');
  }
  if (!Number.isInteger(target.quantity) || target.quantity < 0 || target.quantity > quantityMax) {
    return rejected(`Shopify takes whole numbers from 0 to ${quantityMax}, not ${target.quantity}.`);
  }
  if (others.some(({ handle, quantity }) => handle === target.handle && quantity !== target.quantity)) {
    return rejected(
      'Two variants share one stock in Shopify but are to show different numbers. Give both the same SKU.',
    );
  }
  return null;
}

export function planForOneLocation(target: PushTarget, locationId: string): Plan {
  const { handle: itemId, quantity, expected } = target;
  return {
    itemId,
    quantity,
    expected,
    entries: [{ locationId, quantity, changeFromQuantity: expected }],
  };
}

/**
 * With several locations of ours the sum has to be right. It is compared with what is expected before anything is
 * written, and each write compares with the part that was read: an order that comes in between fails the write.
 */
export function planForLocations(
  target: PushTarget,
  locationIds: readonly string[],
  levels: ItemLevels | undefined,
): Plan | Outcome {
  if (levels === undefined) return GONE;
  if (!levels.tracked) return UNTRACKED;
  const observed = total(levels);
  if (target.expected !== null && observed !== target.expected) return { kind: 'stale', observed };
  if (observed === target.quantity) return { kind: 'accepted' };
  const wanted = spread(levels.available, target.quantity);
  const entries = locationIds.flatMap((locationId, index): Entry[] => {
    const before = levels.available[index] ?? null;
    const quantity = wanted[index] ?? 0;
    return quantity === (before ?? 0) ? [] : [{ locationId, quantity, changeFromQuantity: before }];
  });
  const { handle: itemId, quantity, expected } = target;
  return { itemId, quantity, expected, entries };
}

/**
 * The first location takes the difference; the others keep what they have, and give up units, last one first, only
 * when together they hold more than there is.
 */
export function spread(levels: readonly (number | null)[], quantity: number): readonly number[] {
  const result = levels.map((level) => level ?? 0);
  const others = result.slice(1).reduce((sum, level) => sum + level, 0);
  result[0] = Math.max(0, quantity - others);
  let excess = Math.max(0, others - quantity);
  for (let index = result.length - 1; index > 0 && excess > 0; index -= 1) {
    const given = Math.min(excess, Math.max(0, result[index] ?? 0));
    result[index] = (result[index] ?? 0) - given;
    excess -= given;
  }
  return result;
}

/**
 * The idempotency key of one request, made from the attempt's key and everything that is sent: repeating a request
 * repeats its key, and a request without the items that failed has another one.
 */
export function requestKey(attemptKey: string, plans: readonly Plan[], again: number): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([attemptKey, again, plans.map(({ itemId, entries }) => [itemId, entries])]))
    .digest('hex');
  return [8, 4, 4, 4, 12]
    .map((length, index, lengths) => {
      const start = lengths.slice(0, index).reduce((sum, part) => sum + part, 0);
      return hash.slice(start, start + length);
    })
    .join('-');
}

export const toResult = (target: PushTarget, outcome: Outcome): PushResult => ({
  remoteId: target.remoteId,
  handle: target.handle,
  ...outcome,
});
