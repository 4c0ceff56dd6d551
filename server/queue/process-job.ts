// What happens to one job that a worker took: run its handler, and tell "later" from "failed".

import { DelayedError, type WorkerOptions } from 'bullmq';
import { type StoreId, toStoreId } from '../../shared/model/ids.ts';
import { askedDelayMs, backOffMs } from './back-off.ts';
import type { JobProcessor } from './connection.ts';
import { isJobName, type JobName } from './jobs.ts';

export type RunningJob = {
  readonly name: JobName;
  readonly storeId: StoreId | null;
  readonly data: Readonly<Record<string, string>>;
  /** Aborted when this process must stop now, or when the job was given to another worker. */
  readonly signal: AbortSignal;
};
export type Handlers = Readonly<Record<JobName, (job: RunningJob) => Promise<void>>>;

/** A job that only wakes another: what schedules and delayed wake-ups leave in the queue. */
export const TICK = 'tick';

// A crash is not an attempt: a job may be found abandoned this often before it is given up until the next
// wake-up.
const CRASHES_MAX = 1_000;
const RETRY_CONNECTION_MS = 1_000;
// Both stores announce new jobs, so an idle worker only looks this often.
const IDLE_LOOK_SECONDS = 30;

type Wiring = {
  readonly wake: (wakeUp: {
    name: JobName;
    storeId?: StoreId;
    data: Readonly<Record<string, string>>;
  }) => Promise<void>;
  readonly stopping: AbortSignal;
};

export function createProcessor(handlers: Handlers, { wake, stopping }: Wiring): JobProcessor {
  // Three parameters: BullMQ only makes a signal for processors that declare one.
  return async (job, token, lost) => {
    const { storeId, data, wakes } = job.data;
    const store = storeId === null ? null : toStoreId(storeId);
    const name = job.name === TICK ? (wakes ?? '') : job.name;
    // Left behind by another version of this program.
    if (!isJobName(name)) return;
    if (job.name === TICK) {
      await wake({ name, data, ...(store === null ? {} : { storeId: store }) });
      return;
    }
    const signal = lost === undefined ? stopping : AbortSignal.any([lost, stopping]);
    try {
      await handlers[name]({ name, storeId: store, data, signal });
    } catch (error) {
      // Told to stop, or told by a shop to come back later: neither is the job's fault.
      const delayMs = stopping.aborted ? 0 : askedDelayMs(error);
      if (delayMs === null) throw error;
      await job.moveToDelayed(Date.now() + delayMs, token);
      throw new DelayedError();
    }
  };
}

export const workerOptions = (
  concurrency: number,
  lockMs: number,
  random: () => number,
): Omit<WorkerOptions, 'connection'> => ({
  concurrency,
  lockDuration: lockMs,
  stalledInterval: lockMs,
  maxStalledCount: CRASHES_MAX,
  drainDelay: IDLE_LOOK_SECONDS,
  runRetryDelay: RETRY_CONNECTION_MS,
  settings: { backoffStrategy: (attemptsMade) => backOffMs(attemptsMade, random) },
});
