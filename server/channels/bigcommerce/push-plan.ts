// What a push has to write where: pure. The number customers see is what is on hand less the safety stock.

import type { PushTarget } from '../channel.ts';
import { readHandle } from './handle.ts';
import type { Level, StockState } from './levels.ts';
import { QUANTITY_MAX } from './manifest.ts';

/** What became of one target. */
export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'stale'; readonly observed: number }
  | { readonly kind: 'rejected' | 'untracked' | 'gone' | 'unknown'; readonly message: string };

/** One item of an absolute adjustment, as it is sent. */
export type Entry = {
  readonly location_id: number;
  readonly variant_id?: number;
  readonly product_id?: number;
  readonly quantity: number;
};
export type Write = { readonly target: PushTarget; readonly entry: Entry };

export const GONE: Outcome = { kind: 'gone', message: 'This product is no longer in BigCommerce.' };
export const UNTRACKED: Outcome = {
  kind: 'untracked',
  message:
    'BigCommerce does not count the stock of this product. In Products › (the product) › Inventory, tick "Track inventory".',
};
export const MOVED: Outcome = {
  kind: 'rejected',
  message:
    'In BigCommerce, this product changed between counting by product and by variant. Refresh the listings.',
};

/** Why a target cannot be sent at all, or null. One such target would fail the whole request. */
export function whyNotSendable(target: PushTarget, contradicted: ReadonlySet<string>): Outcome | null {
  const { quantity, handle } = target;
  if (readHandle(handle) === null) {
    return {
      kind: 'rejected',
      message: 'This listing does not name anything in BigCommerce. Refresh the listings.',
    };
  }
  if (!Number.isSafeInteger(quantity) || quantity < 0 || quantity > QUANTITY_MAX) {
    return {
      kind: 'rejected',
      message: `BigCommerce takes whole numbers from 0 to ${QUANTITY_MAX}, not ${quantity}.`,
    };
  }
  if (contradicted.has(handle)) {
    const message =
      'Two listings share one stock number in BigCommerce but are to show different numbers. Track it by variant.';
    return { kind: 'rejected', message };
  }
  return null;
}

/** What to write, what is already known, or null for a number that is not the expected one. */
export function planWrite(target: PushTarget, state: StockState): Write | Outcome {
  if (state.kind === 'gone') return GONE;
  if (state.kind === 'untracked') return UNTRACKED;
  if (state.kind === 'moved') return MOVED;
  const observed = state.level.available;
  const { quantity, expected } = target;
  if (expected !== null && observed !== expected) return { kind: 'stale', observed };
  if (observed === quantity) return { kind: 'accepted' };
  const entry = entryFor(target, state.level);
  if (entry === null) return GONE;
  if (entry.quantity > QUANTITY_MAX) {
    const message =
      'With its safety stock this number is more than BigCommerce can keep. Lower the safety stock.';
    return { kind: 'rejected', message };
  }
  return { target, entry };
}

function entryFor({ handle, quantity }: PushTarget, { locationId, safetyStock }: Level): Entry | null {
  const place = readHandle(handle);
  if (place === null) return null;
  const identity =
    place.kind === 'product' ? { product_id: place.productId } : { variant_id: place.variantId };
  return { location_id: locationId, ...identity, quantity: quantity + safetyStock };
}
