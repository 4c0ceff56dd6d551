// What a push has to write where: pure. The number customers see is what is on hand less the safety stock.

import type { PushTarget } from '../channel.ts';
import { readHandle } from './handle.ts';
import { type Level, type StockState, totalOf } from './levels.ts';
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
export type Write = { readonly target: PushTarget; readonly entries: readonly Entry[] };

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
export function whyNotSendable(
  target: PushTarget,
  wanted: ReadonlyMap<string, ReadonlySet<number>>,
): Outcome | null {
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
  if ((wanted.get(handle)?.size ?? 0) > 1) {
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
  const observed = totalOf(state.levels);
  const { quantity, expected } = target;
  if (expected !== null && observed !== expected) return { kind: 'stale', observed };
  if (observed === quantity) return { kind: 'accepted' };
  const entries = entriesFor(target, state.levels);
  if (entries.some((entry) => entry.quantity > QUANTITY_MAX)) {
    const message =
      'With its safety stock this number is more than BigCommerce can keep. Lower the safety stock.';
    return { kind: 'rejected', message };
  }
  return { target, entries };
}

function entriesFor(target: PushTarget, levels: readonly Level[]): readonly Entry[] {
  const place = readHandle(target.handle);
  if (place === null) return [];
  const identity =
    place.kind === 'product' ? { product_id: place.productId } : { variant_id: place.variantId };
  const wanted = spread(
    levels.map(({ available }) => available),
    target.quantity,
  );
  return levels.flatMap(({ locationId, available, safetyStock }, index) => {
    const quantity = wanted[index] ?? 0;
    // The first location is written in any case: what was read may be older than a change that is on its way.
    if (index > 0 && quantity === available) return [];
    return [{ location_id: locationId, ...identity, quantity: quantity + safetyStock }];
  });
}

/**
 * The first location takes the difference; the others keep what they have, and give up units, last one first, only when
 * together they hold more than there is.
 */
export function spread(levels: readonly number[], quantity: number): readonly number[] {
  const result = [...levels];
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
