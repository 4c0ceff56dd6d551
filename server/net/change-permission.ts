// Whether something may still leave that changes a shop. Telling a shop its numbers takes many requests, and a person may turn its
// sync off between two of them. Kept beside the calls, not in them: no channel can forget to ask.

import { AsyncLocalStorage } from 'node:async_hooks';
import { ChannelError } from './channel-error.ts';

/** A request that was not let out: nothing of it was done, and the shop is not to blame. */
export class ChangeStopped extends ChannelError {
  constructor() {
    super('throttled', 'Sync was turned off before this was told to the shop.');
  }
}

const permission = new AsyncLocalStorage<() => Promise<boolean>>();

/** Runs `work`, whose every request that may change something asks `mayChange` at the moment it would leave, repeats too. */
export const askingBeforeChanges = <Result>(
  mayChange: () => Promise<boolean>,
  work: () => Promise<Result>,
): Promise<Result> => permission.run(mayChange, work);

/**
 * Reading by GET goes on: it tells what became of what has left.
 * @throws ChangeStopped when it may not.
 */
export async function requireChangeAllowed(method: string): Promise<void> {
  const mayChange = permission.getStore();
  if (method === 'GET' || mayChange === undefined) return;
  if (!(await mayChange())) throw new ChangeStopped();
}
