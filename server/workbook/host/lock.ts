// The document lock: one execution at a time holds it, the others wait in line for as long as they asked to.

export type DocumentLock = {
  /** True once `holder` has the lock; false when `waitMs` went by first. */
  readonly acquire: (holder: object, waitMs: number) => Promise<boolean>;
  readonly release: (holder: object) => void;
};

export function createDocumentLock(): DocumentLock {
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
