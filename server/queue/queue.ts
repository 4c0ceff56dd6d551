// The queue: only ever a wake-up. What is to be done is read from the database, so a lost or emptied queue
// loses nothing that the next sweep does not find.

import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { StoreId } from '../../shared/model/ids.ts';
import { connect, type LaneQueue, type LaneWorker, type QueueTarget } from './connection.ts';
import { CONCURRENCY, type JobName, LANES, type Lane, laneOf } from './jobs.ts';
import { createProcessor, type Handlers, TICK, workerOptions } from './process-job.ts';
import { ensureSchedule, scheduleId } from './schedules.ts';
import { within } from './within.ts';

export type WakeUp = {
  readonly name: JobName;
  readonly storeId?: StoreId;
  /** A hint such as an id to look at first. Never truth, never a secret. */
  readonly data?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
};

export type LaneCounts = Readonly<Record<'waiting' | 'active' | 'delayed' | 'failed', number>>;

export type JobQueue = {
  /**
   * One job waits or runs per (name, store, data); a wake-up during a run leads to exactly one more run.
   * Never rejects and never hangs: one that cannot be delivered is reported, and the sweep makes up for it.
   */
  readonly wake: (wakeUp: WakeUp) => Promise<void>;
  /** Wakes at once and then every so often, whichever process is running then. The same schedule again changes nothing. */
  readonly schedule: (name: JobName, storeId: StoreId | null, everyMs: number) => Promise<void>;
  readonly unschedule: (name: JobName, storeId: StoreId | null) => Promise<void>;
  /** Starts this process's workers. */
  readonly work: (handlers: Handlers) => Promise<void>;
  readonly counts: () => Promise<Readonly<Record<Lane, LaneCounts>>>;
  readonly ready: () => Promise<boolean>;
  readonly boardAdapters: () => readonly BullMQAdapter[];
  /** Forgets every job and schedule. */
  readonly empty: () => Promise<void>;
  /** Takes no more jobs and waits for the running ones; at the deadline their signals are aborted. */
  readonly stop: (deadlineMs: number) => Promise<'drained' | 'deadline'>;
};

export type QueueOptions = {
  readonly random: () => number;
  /** Troubles that need no person: lost connections, failed jobs, undelivered wake-ups. */
  readonly onError: (error: Error) => void;
  /** How long a crashed process keeps its jobs. */
  readonly lockMs?: number;
  /** How often schedules without a store are put back, should the queue have been emptied. */
  readonly keepSchedulesEveryMs?: number;
};

const LOCK_MS = 30_000;
const KEEP_SCHEDULES_EVERY_MS = 60_000;
const WAKE_MS = 5_000;
const READY_MS = 2_000;

export async function openQueue(target: QueueTarget, options: QueueOptions): Promise<JobQueue> {
  // One lost connection is told by everything that shares it, and again by those that are being closed.
  const told = new WeakSet<Error>();
  let closed = false;
  const onError = (error: Error): void => {
    if (closed || told.has(error)) return;
    told.add(error);
    options.onError(error);
  };
  const connection = await connect(target, onError);
  const queues = byLane((lane) => connection.queue(lane));
  for (const lane of LANES) queues[lane].on('error', onError);
  const workers: LaneWorker[] = [];
  const stopping = new AbortController();
  const kept = new Map<JobName, number>();

  const wake = async (wakeUp: WakeUp): Promise<void> => {
    if (stopping.signal.aborted) return;
    // A second try covers a database that has just come back: its old connections fail once.
    await within(WAKE_MS, () => add(queues, wakeUp).catch(() => add(queues, wakeUp))).catch(onError);
  };
  const schedule = (name: JobName, storeId: StoreId | null, everyMs: number) =>
    ensureSchedule(queues[laneOf[name]], { name, storeId, everyMs, now: Date.now() });
  const keeper = setInterval(() => {
    for (const [name, everyMs] of kept) schedule(name, null, everyMs).catch(onError);
  }, options.keepSchedulesEveryMs ?? KEEP_SCHEDULES_EVERY_MS);
  keeper.unref();

  const close = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.close()));
    await Promise.all(Object.values(queues).map((queue) => queue.close()));
    closed = true;
    await connection.close();
  };

  return {
    wake,
    schedule: async (name, storeId, everyMs) => {
      if (storeId === null) kept.set(name, everyMs);
      await schedule(name, storeId, everyMs);
    },
    unschedule: async (name, storeId) => {
      if (storeId === null) kept.delete(name);
      await queues[laneOf[name]].removeJobScheduler(scheduleId(name, storeId));
    },
    work: async (handlers) => {
      const processor = createProcessor(handlers, { wake, stopping: stopping.signal });
      for (const lane of LANES) {
        const settings = workerOptions(CONCURRENCY[lane], options.lockMs ?? LOCK_MS, options.random);
        const worker = connection.worker(lane, processor, settings);
        worker.on('error', onError);
        worker.on('failed', (_job, error) => onError(error));
        workers.push(worker);
      }
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    },
    counts: async () => {
      const counted = await Promise.all(
        LANES.map(async (lane) => [lane, await countLane(queues[lane])] as const),
      );
      return Object.fromEntries(counted) as Record<Lane, LaneCounts>;
    },
    ready: () =>
      within(READY_MS, connection.ping).then(
        () => true,
        () => false,
      ),
    boardAdapters: () => LANES.map((lane) => new BullMQAdapter(queues[lane])),
    empty: async () => {
      for (const lane of LANES) await queues[lane].obliterate({ force: true });
    },
    stop: async (deadlineMs) => {
      clearInterval(keeper);
      const closing = close();
      const outcome = await within(deadlineMs, () => closing).then(
        () => 'drained' as const,
        () => 'deadline' as const,
      );
      stopping.abort(new Error('Stocksheet is stopping.'));
      if (outcome === 'deadline') closing.catch(onError);
      return outcome;
    },
  };
}

async function add(queues: Readonly<Record<Lane, LaneQueue>>, wakeUp: WakeUp): Promise<void> {
  const { name, storeId = null, data = {}, delayMs = 0 } = wakeUp;
  const key = JSON.stringify([name, storeId, Object.entries(data).sort()]);
  const queue = queues[laneOf[name]];
  if (delayMs <= 0) {
    // keepLastIfActive: the simple kind of deduplication drops what arrives during the run.
    await queue.add(name, { storeId, data }, { deduplication: { id: key, keepLastIfActive: true } });
    return;
  }
  // A later wake-up waits on its own, so that it never holds up one for now; one much further off never
  // swallows a nearer.
  const magnitude = Math.ceil(Math.log2(delayMs));
  const deduplication = { id: `later ${magnitude} ${key}` };
  await queue.add(TICK, { storeId, data, wakes: name }, { delay: delayMs, deduplication });
}

async function countLane(queue: LaneQueue): Promise<LaneCounts> {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
  const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts as Partial<LaneCounts>;
  return { waiting, active, delayed, failed };
}

const byLane = <Value>(make: (lane: Lane) => Value): Readonly<Record<Lane, Value>> =>
  Object.fromEntries(LANES.map((lane) => [lane, make(lane)])) as Record<Lane, Value>;
