// Handles keys one after another: while one is still being done, the next ones wait, so that fast typing never meets a
// grid that lags behind it. What the pointer chooses meanwhile waits in the same line.

export type Key = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

export type Action = () => Promise<unknown>;

export type KeyTurns = {
  readonly isBusy: () => boolean;
  /** Keys of the grid and choices of the pointer that come before the one at work is done. */
  readonly wait: (next: Key | Action) => void;
  /** Now, whatever else is at work. */
  readonly run: (action: Action) => Promise<void>;
  /** After everything that came before it. */
  readonly inTurn: (action: Action) => void;
  /** Once every key so far is done. */
  readonly settled: () => Promise<void>;
};

export function createKeyTurns(
  actionOf: (key: Key) => Action | null,
  fail: (error: unknown) => void,
): KeyTurns {
  const waiting: (Key | Action)[] = [];
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
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      // What a key means is asked when its turn comes: the one before it may have opened an editor.
      await done(typeof next === 'function' ? next : actionOf(next));
    }
    isBusy = false;
  }
  const run = async (action: Action): Promise<void> => {
    if (isBusy) return done(action);
    isBusy = true;
    turn = work(action);
    await turn;
  };
  return {
    settled: () => turn,
    isBusy: () => isBusy,
    wait: (next) => void waiting.push(next),
    run,
    inTurn: (action) => {
      if (isBusy) waiting.push(action);
      else void run(action);
    },
  };
}
