// Sends one batch; when a store refuses a whole batch because of one item, halves it until the item stands alone, so that the
// others go through. Asks before every call whether it may still leave.

import { type Channel, type PushResult, placeKey } from '../channels/channel.ts';
import { ChannelError } from '../net/channel-error.ts';
import type { Send } from './plan-push.ts';

export type Answered = Send & { readonly result: PushResult; readonly startedAt: Date };

export type Way = {
  readonly channel: Channel;
  readonly now: () => Date;
  /** Asked just before each call: sync may have been turned off since the batch was prepared. */
  readonly maySend: () => Promise<boolean>;
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
  try {
    const results = await way.channel.setAvailable(
      sends.map(({ target }) => target),
      key,
    );
    return match(sends, results, startedAt);
  } catch (error) {
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
