// The queue's rules by a played clock: one job waits or runs for each name, store and data; a wake-up during a run leads to one
// more run; a job that a shop asks to come back later comes back then.

import { askedDelayMs, backOffMs } from '../../server/queue/back-off.ts';
import type { SyncContext, WakeUpName } from '../../server/sync/context.ts';
import type { JobHandler } from '../../server/sync/handlers.ts';
import type { StoreId } from '../../shared/model/ids.ts';
import type { PlayedClock } from './played-clock.ts';

/** Of the real queue, in the built-in database. */
const FROM_WAKE_TO_START_MS = 6;

export type PlayedQueue = {
  /** Does nothing before `open` and after `close`. */
  readonly wake: SyncContext['wake'];
  readonly open: (handlers: Readonly<Record<WakeUpName, JobHandler>>) => void;
  /** Wakes every so often, the first time after `firstMs`. */
  readonly schedule: (
    name: WakeUpName,
    storeId: StoreId | undefined,
    everyMs: number,
    firstMs: number,
  ) => void;
  /** Waits for what is running. @throws what a job failed with for good. */
  readonly close: () => Promise<void>;
};

export function createPlayedQueue(clock: PlayedClock, random: () => number): PlayedQueue {
  let handlers: Readonly<Record<WakeUpName, JobHandler>> | null = null;
  const running = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const later = new Set<string>();
  const failures: unknown[] = [];

  async function run(name: WakeUpName, storeId: StoreId | undefined): Promise<void> {
    await clock.sleep(FROM_WAKE_TO_START_MS);
    for (let attempt = 1; handlers !== null; attempt += 1) {
      try {
        await handlers[name]({ storeId: storeId ?? null });
        return;
      } catch (error) {
        const asked = askedDelayMs(error);
        if (asked === null) failures.push(error);
        await clock.sleep(asked ?? backOffMs(attempt, random));
      }
    }
  }

  function start(key: string, name: WakeUpName, storeId: StoreId | undefined): void {
    const work = run(name, storeId).then(() => {
      running.delete(key);
      if (again.delete(key) && handlers !== null) start(key, name, storeId);
    });
    running.set(key, work);
  }

  const wake: PlayedQueue['wake'] = async (name, storeId, data = {}, delayMs = 0) => {
    if (handlers === null || name === 'flush-sheet') return;
    const key = JSON.stringify([name, storeId, data]);
    if (delayMs > 0) {
      const waiting = `${Math.ceil(Math.log2(delayMs))} ${key}`;
      if (later.has(waiting)) return;
      later.add(waiting);
      void clock.sleep(delayMs).then(() => {
        later.delete(waiting);
        return wake(name, storeId, data);
      });
    } else if (running.has(key)) again.add(key);
    else start(key, name, storeId);
  };

  return {
    wake,
    open: (given) => {
      handlers = given;
    },
    schedule: (name, storeId, everyMs, firstMs) => {
      const tick = async (): Promise<void> => {
        await clock.sleep(firstMs);
        while (handlers !== null) {
          await wake(name, storeId);
          await clock.sleep(everyMs);
        }
      };
      void tick();
    },
    close: async () => {
      handlers = null;
      while (running.size > 0) await Promise.all(running.values());
      if (failures.length > 0) throw failures[0];
    },
  };
}
