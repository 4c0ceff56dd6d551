// Handles keys one after another: while one is still being done, the next ones wait, so that fast typing never meets a
// grid that lags behind it.

export type Key = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

export type Action = () => Promise<unknown>;

export type KeyTurns = {
  readonly isBusy: () => boolean;
  /** Keys of the grid that come before the one at work is done. */
  readonly wait: (key: Key) => void;
  readonly run: (action: Action) => Promise<void>;
  /** Once every key so far is done. */
  readonly settled: () => Promise<void>;
};

export function createKeyTurns(
  actionOf: (key: Key) => Action | null,
  fail: (error: unknown) => void,
): KeyTurns {
  const waiting: Key[] = [];
  let isBusy = false;
  let turn: Promise<void> = Promise.resolve();
  const done = async (action: Action | null): Promise<void> => {
    try {
      await action?.();
    } catch (error) {
      fail(error);
    }
  };
  async function work(action: Action): Promise<void> {
    await done(action);
    // What a key means is asked when its turn comes: the one before it may have opened an editor.
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await done(actionOf(next));
    isBusy = false;
  }
  return {
    settled: () => turn,
    isBusy: () => isBusy,
    wait: (key) => void waiting.push(key),
    run: async (action) => {
      if (isBusy) return done(action);
      isBusy = true;
      turn = work(action);
      await turn;
    },
  };
}
