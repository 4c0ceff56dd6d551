// Sends one batch; when a store refuses a whole batch because of one item, halves it until the item stands alone, so that the
// others go through. Asks before every request that changes something whether it may still leave, and when a store breaks off knows
// whether anything has left before.

import { type Channel, type PushResult, placeKey } from '../channels/channel.ts';
import { ChangeStopped, watchingChanges } from '../net/change-permission.ts';
import { ChannelError } from '../net/channel-error.ts';
import type { Send } from './plan-push.ts';

export type Answered = Send & { readonly result: PushResult; readonly startedAt: Date };

export type Way = {
  readonly channel: Channel;
  readonly now: () => Date;
  /** Asked just before each request: sync may have been turned off since the batch was prepared, or within a call. */
  readonly maySend: () => Promise<boolean>;
  /** Done before the first change leaves. */
  readonly noted: Promise<unknown>;
};

/** What has no answer did not leave. */
export type Isolated = {
  readonly answers: readonly Answered[];
  /** Why it went no further. */
  readonly failure: ChannelError | null;
};

export async function pushIsolated(way: Way, sends: readonly Send[], key: string): Promise<Isolated> {
  if (!(await way.maySend())) return { answers: [], failure: null };
  const startedAt = way.now();
  let hasChanged = false;
  const watch = {
    mayChange: async (): Promise<boolean> => {
      await way.noted;
      return way.maySend();
    },
    onChange: () => {
      hasChanged = true;
    },
  };
  const targets = sends.map(({ target }) => target);
  try {
    const results = await watchingChanges(watch, () => way.channel.setAvailable(targets, key));
    return { answers: match(sends, results, startedAt), failure: null };
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    if (error.kind === 'rejected') return isolate(way, sends, { key, startedAt, message: error.message });
    const failure = error instanceof ChangeStopped ? null : error;
    // The shop has refused all of it: nothing was done.
    if (!hasChanged && error.kind !== 'transient') return { answers: [], failure };
    // Some of it may have been done all the same: each listing waits a little and is then told again.
    return { answers: sends.map((item) => answered(item, startedAt, 'unknown', error.message)), failure };
  }
}

async function isolate(
  way: Way,
  sends: readonly Send[],
  { key, startedAt, message }: { readonly key: string; readonly startedAt: Date; readonly message: string },
): Promise<Isolated> {
  const [only, second] = sends;
  if (only !== undefined && second === undefined)
    return { answers: [answered(only, startedAt, 'rejected', message)], failure: null };
  const half = Math.ceil(sends.length / 2);
  const left = await pushIsolated(way, sends.slice(0, half), `${key}-0`);
  if (left.failure !== null) return left;
  const right = await pushIsolated(way, sends.slice(half), `${key}-1`);
  return { answers: [...left.answers, ...right.answers], failure: right.failure };
}

function answered(item: Send, startedAt: Date, kind: 'unknown' | 'rejected', message: string): Answered {
  const { quantity: _quantity, expected: _expected, ...place } = item.target;
  return { ...item, startedAt, result: { ...place, kind, message } };
}

function match(sends: readonly Send[], results: readonly PushResult[], startedAt: Date): readonly Answered[] {
  const byPlace = new Map(results.map((result) => [placeKey(result), result]));
  return sends.map((item) => {
    const result = byPlace.get(placeKey(item.target));
    return result === undefined
      ? answered(item, startedAt, 'unknown', 'The store did not answer for this listing.')
      : { ...item, startedAt, result };
  });
}
