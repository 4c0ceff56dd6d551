// What to do about one target, from what Amazon shows and what we have sent before. Pure.

import type { PushResult, PushTarget } from '../channel.ts';
import type { Live } from './live.ts';
import { manifest } from './manifest.ts';
import { FULFILLED_BY_AMAZON } from './map-listing.ts';
import type { ProcessMemory, Submitted } from './memory.ts';

type WithoutIds<Result> = Result extends unknown ? Omit<Result, 'remoteId' | 'handle'> : never;
export type Outcome = WithoutIds<PushResult>;
export type Decision = Outcome | { readonly kind: 'write'; readonly before: number };

export const rejected = (message: string): Outcome => ({ kind: 'rejected', message });
export const unknown = (message: string): Outcome => ({ kind: 'unknown', message });
export const GONE: Outcome = { kind: 'gone', message: 'Amazon no longer has a listing with this SKU.' };
export const NOT_LIVE_YET = unknown('Amazon has taken the quantity but does not show it yet.');
const SOLD_JUST_NOW = unknown(
  'Amazon shows fewer than expected, and its orders of the last two minutes cannot be read yet.',
);

/** A quantity that was not live by then is sent again: Amazon drops some without a word. */
const SEND_AGAIN_AFTER_MS = 15 * 60_000;
export function whyNotSendable({ quantity, handle }: PushTarget): Outcome | null {
  if (handle === 'AMAZON') return { kind: 'untracked', message: FULFILLED_BY_AMAZON };
  if (!Number.isInteger(quantity)) return rejected('Only whole units can be sold.');
  if (quantity < 0) return rejected('Amazon takes no quantity below 0.');
  const { quantityMax } = manifest.capabilities;
  return quantity > quantityMax ? rejected(`Amazon is told at most ${quantityMax} units.`) : null;
}

export function decide(
  target: PushTarget,
  live: Live | undefined,
  memory: Pick<ProcessMemory, 'submitted'>,
  { now, ordersListedAfterMs }: { readonly now: Date; readonly ordersListedAfterMs: number },
): Decision {
  if (live === undefined || live.reading.kind === 'gone') return GONE;
  if (live.reading.kind === 'untracked') return { kind: 'untracked', message: FULFILLED_BY_AMAZON };
  const shown = live.reading.quantity;
  const submitted = stillInThePipe(memory.submitted.get(target.remoteId), now);
  if (shown === target.quantity) {
    // Another number of ours is on its way and would replace the right one.
    if (submitted !== null && submitted.quantity !== target.quantity) return { kind: 'write', before: shown };
    return { kind: 'accepted' };
  }
  if (submitted !== null) {
    if (submitted.quantity === target.quantity && submitted.before === shown) return NOT_LIVE_YET;
    // Our own earlier number, whether it is live by now or not.
    if (shown === submitted.quantity || shown === submitted.before) return { kind: 'write', before: shown };
  }
  if (target.expected === null || target.expected === shown) return { kind: 'write', before: shown };
  // Fewer than expected is most likely a sale. Lowering further does no harm; raising would sell that unit twice.
  const mayBeHiddenSale =
    shown < target.expected &&
    shown < target.quantity &&
    // So long a sale is not listed among the orders.
    now.getTime() - live.changedAt.getTime() < ordersListedAfterMs;
  return mayBeHiddenSale ? SOLD_JUST_NOW : { kind: 'stale', observed: shown };
}

const stillInThePipe = (submitted: Submitted | undefined, now: Date): Submitted | null =>
  submitted !== undefined && now.getTime() - submitted.at.getTime() < SEND_AGAIN_AFTER_MS ? submitted : null;
