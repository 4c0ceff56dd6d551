// Whether something may still leave that changes a shop, and whether something has. Telling a shop its numbers takes many requests:
// a person may turn its sync off between two of them, and the shop may refuse one after it has done another. Kept beside the calls,
// not in them: no channel can forget to ask.

import { AsyncLocalStorage } from 'node:async_hooks';
import { ChannelError } from './channel-error.ts';
import type { ChannelRequest } from './channel-http.ts';

/** A request that was not let out: nothing of it was done, and the shop is not to blame. */
export class ChangeStopped extends ChannelError {
  constructor() {
    super('throttled', 'Sync was turned off before this was told to the shop.');
  }
}

export type ChangeWatch = {
  /** Asked at the moment a request would leave that may change something, repeats too. */
  readonly mayChange: () => Promise<boolean>;
  /** Called after each of them that the shop has not refused: it has done it, or may have. */
  readonly onChange?: () => void;
};

type Request = Pick<ChannelRequest, 'method' | 'changesNothing'>;

const watching = new AsyncLocalStorage<ChangeWatch>();

export const watchingChanges = <Result>(watch: ChangeWatch, work: () => Promise<Result>): Promise<Result> =>
  watching.run(watch, work);

const mayChangeSomething = ({ method, changesNothing }: Request): boolean =>
  method !== 'GET' && changesNothing !== true;

/**
 * Reading goes on: it tells what became of what has left.
 * @throws ChangeStopped when it may not.
 */
export async function requireChangeAllowed(request: Request): Promise<void> {
  const watch = watching.getStore();
  if (watch === undefined || !mayChangeSomething(request)) return;
  if (!(await watch.mayChange())) throw new ChangeStopped();
}

/** The shop has taken it, or its answer was lost. */
export function noteChange(request: Request): void {
  if (mayChangeSomething(request)) watching.getStore()?.onChange?.();
}
