// The locks of LockService: one execution at a time holds each, the others wait in line for as long as they asked to.

type Lock = {
  /** True once `holder` has the lock; false when `waitMs` went by first. */
  readonly acquire: (holder: object, waitMs: number) => Promise<boolean>;
  readonly release: (holder: object) => void;
};

function createLock(): Lock {
  let held: object | null = null;
  const line: { holder: object; enter: (entered: boolean) => void }[] = [];

  return {
    acquire: (holder, waitMs) => {
      if (held === null || held === holder) {
        held = holder;
        return Promise.resolve(true);
      }
      if (!(waitMs > 0)) return Promise.resolve(false);
      return new Promise((resolve) => {
        const place = { holder, enter: resolve };
        const timer = setTimeout(() => {
          line.splice(line.indexOf(place), 1);
          resolve(false);
        }, waitMs);
        place.enter = (entered) => {
          clearTimeout(timer);
          resolve(entered);
        };
        line.push(place);
      });
    },
    release: (holder) => {
      for (const waiting of line.filter((place) => place.holder === holder)) {
        line.splice(line.indexOf(waiting), 1);
        waiting.enter(false);
      }
      if (held !== holder) return;
      const next = line.shift();
      held = next?.holder ?? null;
      next?.enter(true);
    },
  };
}

/** A lock for the document, one for the script, and one for each person. */
export function createScopedLocks() {
  const locks = new Map<string, Lock>();
  const open = (scope: string): Lock => {
    const found = locks.get(scope) ?? createLock();
    locks.set(scope, found);
    return found;
  };
  return {
    acquire: (scope: string, holder: object, waitMs: number) => open(scope).acquire(holder, waitMs),
    release: (scope: string, holder: object) => open(scope).release(holder),
    releaseAll: (holder: object) => {
      for (const lock of locks.values()) lock.release(holder);
    },
  };
}
