// Sends one batch; when a store refuses a whole batch because of one item, halves it until the item stands alone, so that the
// others go through. Asks before every request that changes something whether it may still leave.

import { type Channel, type PushResult, placeKey } from '../channels/channel.ts';
import { askingBeforeChanges, ChangeStopped } from '../net/change-permission.ts';
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

/**
 * What did not leave has no answer.
 * @throws ChannelError of any kind but `rejected`.
 */
export async function pushIsolated(
  way: Way,
  sends: readonly Send[],
  key: string,
): Promise<readonly Answered[]> {
  if (!(await way.maySend())) return [];
  const startedAt = way.now();
  let started = 0;
  const mayChange = async (): Promise<boolean> => {
    await way.noted;
    const may = await way.maySend();
    if (may) started += 1;
    return may;
  };
  const targets = sends.map(({ target }) => target);
  try {
    const results = await askingBeforeChanges(mayChange, () => way.channel.setAvailable(targets, key));
    return match(sends, results, startedAt);
  } catch (error) {
    if (error instanceof ChangeStopped && started === 0) return [];
    if (!(error instanceof ChannelError) || error.kind !== 'rejected') throw error;
    const [only, second] = sends;
    if (only !== undefined && second === undefined) {
      const { quantity: _quantity, expected: _expected, ...place } = only.target;
      return [{ ...only, startedAt, result: { ...place, kind: 'rejected', message: error.message } }];
    }
    const half = Math.ceil(sends.length / 2);
    const left = await pushIsolated(way, sends.slice(0, half), `${key}-0`);
    const right = await pushIsolated(way, sends.slice(half), `${key}-1`);
    return [...left, ...right];
  }
}

function match(sends: readonly Send[], results: readonly PushResult[], startedAt: Date): readonly Answered[] {
  const byPlace = new Map(results.map((result) => [placeKey(result), result]));
  return sends.map((item) => {
    const { quantity: _quantity, expected: _expected, ...place } = item.target;
    const silent: PushResult = {
      ...place,
      kind: 'unknown',
      message: 'The store did not answer for this listing.',
    };
    return { ...item, startedAt, result: byPlace.get(placeKey(item.target)) ?? silent };
  });
}
