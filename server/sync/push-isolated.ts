// Sends one batch; when a store refuses a whole batch because of one item, halves it until the item stands alone, so that the
// others go through.

import type { Channel, PushResult } from '../channels/channel.ts';
import { ChannelError } from '../net/channel-error.ts';
import type { Send } from './plan-push.ts';

export type Answered = Send & { readonly result: PushResult; readonly startedAt: Date };

/** @throws ChannelError of any kind but `rejected`. */
export async function pushIsolated(
  channel: Channel,
  sends: readonly Send[],
  key: string,
  now: () => Date,
): Promise<readonly Answered[]> {
  const startedAt = now();
  try {
    const results = await channel.setAvailable(
      sends.map(({ target }) => target),
      key,
    );
    return match(sends, results, startedAt);
  } catch (error) {
    if (!(error instanceof ChannelError) || error.kind !== 'rejected') throw error;
    const [only, second] = sends;
    if (only !== undefined && second === undefined) {
      const { remoteId, handle } = only.target;
      return [{ ...only, startedAt, result: { remoteId, handle, kind: 'rejected', message: error.message } }];
    }
    const half = Math.ceil(sends.length / 2);
    const left = await pushIsolated(channel, sends.slice(0, half), `${key}-0`, now);
    const right = await pushIsolated(channel, sends.slice(half), `${key}-1`, now);
    return [...left, ...right];
  }
}

function match(sends: readonly Send[], results: readonly PushResult[], startedAt: Date): readonly Answered[] {
  const byRemoteId = new Map(results.map((result) => [result.remoteId, result]));
  return sends.map((item) => {
    const { remoteId, handle } = item.target;
    const silent: PushResult = {
      remoteId,
      handle,
      kind: 'unknown',
      message: 'The store did not answer for this listing.',
    };
    return { ...item, startedAt, result: byRemoteId.get(remoteId) ?? silent };
  });
}
