// What a push has to write: pure. One number at one location.

import { createHash } from 'node:crypto';
import type { PushResult, PushTarget } from '../channel.ts';
import { manifest } from './manifest.ts';

/** What became of one inventory item. */
export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'stale'; readonly observed: number }
  | { readonly kind: 'rejected' | 'untracked' | 'gone' | 'unknown'; readonly message: string };

/** What is written for one inventory item. */
export type Plan = {
  readonly itemId: string;
  readonly quantity: number;
  readonly expected: number | null;
  /** What the shop must show for the write to happen; null asks for no comparison. */
  readonly changeFromQuantity: number | null;
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
export function whyNotSendable(target: PushTarget, contradicted: ReadonlySet<string>): Outcome | null {
  const { quantityMax } = manifest.capabilities;
  if (!INVENTORY_ITEM.test(target.handle)) {
    return rejected('This listing does not name an inventory item of Shopify. Refresh the listings.');
  }
  if (!Number.isInteger(target.quantity) || target.quantity < 0 || target.quantity > quantityMax) {
    return rejected(`Shopify takes whole numbers from 0 to ${quantityMax}, not ${target.quantity}.`);
  }
  if (contradicted.has(target.handle)) {
    return rejected(
      'Two variants share one stock in Shopify but are to show different numbers. Give both the same SKU.',
    );
  }
  return null;
}

export const toPlan = ({ handle, quantity, expected }: PushTarget): Plan => ({
  itemId: handle,
  quantity,
  expected,
  changeFromQuantity: expected,
});

/**
 * The idempotency key of one request, made from the attempt's key and everything that is sent: repeating a request
 * repeats its key, and a request without the items that failed has another one.
 */
export function requestKey(
  attemptKey: string,
  locationId: string,
  plans: readonly Plan[],
  again: number,
): string {
  const sent = plans.map(({ itemId, quantity, changeFromQuantity }) => [
    itemId,
    quantity,
    changeFromQuantity,
  ]);
  const hash = createHash('sha256')
    .update(JSON.stringify([attemptKey, locationId, again, sent]))
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
