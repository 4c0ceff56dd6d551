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
const takesTime = (message: string): Outcome => ({ kind: 'unknown', message, takesTime: true });
/** Nothing has left for it this time. */
export const notSent = (outcome: Outcome): Outcome =>
  outcome.kind === 'unknown' ? { ...outcome, notSent: true } : outcome;
export const GONE: Outcome = { kind: 'gone', message: 'Amazon no longer has a listing with this SKU.' };
const ACCEPTED: Outcome = { kind: 'accepted' };
export const NOT_LIVE_YET = takesTime('Amazon has taken the quantity but does not show it yet.');
const SOLD_JUST_NOW = notSent(
  takesTime('Amazon shows fewer than expected, and its orders of the last two minutes cannot be read yet.'),
);

export const FEED_MAY_UNDO = takesTime(
  'Amazon has taken the quantity, but also works on an older list of quantities, which may still undo it.',
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

export type Circumstances = {
  readonly now: Date;
  readonly ordersListedAfterMs: number;
  /** What a feed says of it that hangs, or has just ended: it may be shown at any time. */
  readonly fed: number | null;
};

export function decide(
  target: PushTarget,
  live: Live | undefined,
  memory: Pick<ProcessMemory, 'submitted' | 'neverSent'>,
  { now, ordersListedAfterMs, fed }: Circumstances,
): Decision {
  if (live === undefined || live.reading.kind === 'gone') return GONE;
  if (live.reading.kind === 'untracked') return { kind: 'untracked', message: FULFILLED_BY_AMAZON };
  const shown = live.reading.quantity;
  const write: Decision = { kind: 'write', before: shown };
  const told = lastSubmitted(target, memory);
  if (told?.quantity === target.quantity && told.quantity === shown) return ACCEPTED;
  // Fewer than expected, or than was told last and may be live by now, is most likely a sale, which for so long is not listed
  // among the orders. Lowering further does no harm; raising would sell that unit twice, and calling it right would take it off twice.
  const isBelow = shown < Math.max(target.expected ?? 0, told?.quantity ?? 0, fed ?? 0);
  const mayBeHiddenSale = isBelow && now.getTime() - live.changedAt.getTime() < ordersListedAfterMs;
  const mustWait = mayBeHiddenSale && shown <= target.quantity;
  if (told !== null && isInThePipe(told, now)) {
    if (told.quantity === target.quantity && shown === told.before) {
      // Of another process it is not known whether it ever left, should that have been killed: the same number twice does no harm.
      const isOurs = told === memory.submitted.get(target.remoteId);
      return isOurs || mustWait ? notSent(NOT_LIVE_YET) : write;
    }
    // Our own earlier number, live by now or not; it would replace the right one, should that be shown.
    const isOwn = [told.quantity, told.before, target.quantity].includes(shown);
    if (isOwn && !(mustWait && target.quantity > told.quantity)) return write;
  }
  if (mayBeHiddenSale) return mustWait ? SOLD_JUST_NOW : write;
  if (fed === shown) return write;
  if (target.expected === null || target.expected === shown)
    return shown === target.quantity ? ACCEPTED : write;
  return { kind: 'stale', observed: shown };
}

/** By this process, or by any other: of that it is known what was expected to be shown then, less what was sold since. */
function lastSubmitted(
  { remoteId, expected, lastTold }: PushTarget,
  { submitted, neverSent }: Pick<ProcessMemory, 'submitted' | 'neverSent'>,
): Submitted | null {
  const own = submitted.get(remoteId) ?? null;
  if (lastTold === undefined || lastTold.isConfirmed || expected === null) return own;
  const isForgotten = (neverSent.get(remoteId)?.getTime() ?? 0) >= lastTold.at.getTime();
  if (isForgotten || (own !== null && own.at >= lastTold.at)) return own;
  return { quantity: lastTold.quantity, before: expected, at: lastTold.at };
}

const isInThePipe = (submitted: Submitted, now: Date): boolean =>
  now.getTime() - submitted.at.getTime() < SEND_AGAIN_AFTER_MS;
