// What every queue backend must do, run on PostgreSQL and on Redis alike.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { QueueTarget } from '../../server/queue/connection.ts';
import { JOB_NAMES, type JobName } from '../../server/queue/jobs.ts';
import type { Handlers, RunningJob } from '../../server/queue/process-job.ts';
import { type JobQueue, openQueue } from '../../server/queue/queue.ts';
import { toStoreId } from '../../shared/model/ids.ts';

export type QueueBackend = {
  readonly target: QueueTarget;
  /** Ends every connection the hard way and comes back. */
  readonly restart?: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

const CHILD = fileURLToPath(new URL('../support/queue-worker.ts', import.meta.url));
const LOCK_MS = 400;
const shop = toStoreId('shop-1');

export function queueBattery(startBackend: () => Promise<QueueBackend>): void {
  let backend: QueueBackend;
  let queues: JobQueue[] = [];
  const errors: Error[] = [];

  beforeAll(async () => {
    backend = await startBackend();
  });
  afterEach(async () => {
    const [first] = queues;
    for (const queue of queues.slice(1)) await queue.stop(2_000);
    await first?.empty();
    await first?.stop(2_000);
    queues = [];
  });
  afterAll(() => backend.stop());

  const open = async (options: { keepSchedulesEveryMs?: number } = {}): Promise<JobQueue> => {
    const onError = (error: Error) => void errors.push(error);
    const queue = await openQueue(backend.target, { random: () => 0, onError, lockMs: LOCK_MS, ...options });
    queues.push(queue);
    return queue;
  };

  test('a wake-up runs its handler once, with the store and the hint', async () => {
    const queue = await open();
    const jobs: RunningJob[] = [];
    await queue.work(handlers({ 'process-inbox': async (job) => void jobs.push(job) }));
    await queue.wake({ name: 'process-inbox', storeId: shop, data: { order: '7' } });
    await idle(queue, () => jobs.length > 0);
    expect(jobs).toMatchObject([{ name: 'process-inbox', storeId: shop, data: { order: '7' } }]);
  });

  test('wake-ups that wait are one per job, store and hint', async () => {
    const queue = await open();
    const other = toStoreId('shop-2');
    for (const storeId of [shop, shop, other]) await queue.wake({ name: 'push-available', storeId });
    for (const order of ['1', '1', '2']) {
      await queue.wake({ name: 'process-inbox', storeId: shop, data: { order } });
    }
    const ran: string[] = [];
    const note = async (job: RunningJob) =>
      void ran.push(`${job.name} ${job.storeId} ${job.data['order'] ?? ''}`);
    await queue.work(handlers({ 'push-available': note, 'process-inbox': note }));
    await idle(queue, () => ran.length >= 4);
    expect(ran.sort()).toEqual([
      'process-inbox shop-1 1',
      'process-inbox shop-1 2',
      'push-available shop-1 ',
      'push-available shop-2 ',
    ]);
  });

  test('wake-ups during a run lead to exactly one more run, after it (facts e7)', async () => {
    const queue = await open();
    const gate = opened();
    let [runs, together, mostTogether] = [0, 0, 0];
    await queue.work(
      handlers({
        'push-available': async () => {
          runs += 1;
          together += 1;
          mostTogether = Math.max(mostTogether, together);
          await gate.promise;
          together -= 1;
        },
      }),
    );
    await queue.wake({ name: 'push-available', storeId: shop });
    await until(() => runs === 1);
    for (let again = 0; again < 3; again += 1) await queue.wake({ name: 'push-available', storeId: shop });
    gate.open();
    await idle(queue, () => runs >= 2);
    expect({ runs, mostTogether }).toEqual({ runs: 2, mostTogether: 1 });
  });

  test('a wake-up for later waits, and does not hold up one for now', async () => {
    const queue = await open();
    const ranAt: number[] = [];
    await queue.work(handlers({ 'flush-sheet': async () => void ranAt.push(Date.now()) }));
    const began = Date.now();
    await queue.wake({ name: 'flush-sheet', delayMs: 300 });
    await queue.wake({ name: 'flush-sheet' });
    await until(() => ranAt.length >= 2);
    expect((ranAt[1] ?? 0) - began).toBeGreaterThanOrEqual(299);
    expect(ranAt).toHaveLength(2);
  });

  test('a schedule fires again and again, and setting it again in another process does not double it', async () => {
    const first = await open();
    await first.schedule('pull-orders', shop, 150);
    const second = await open();
    for (let again = 0; again < 5; again += 1) await second.schedule('pull-orders', shop, 150);
    expect(unfinished(await second.counts())).toBe(1);
    let runs = 0;
    await second.work(
      handlers({
        'pull-orders': async () => {
          runs += 1;
        },
      }),
    );
    await until(() => runs >= 4);
    // A doubled schedule would always have two jobs waiting for their time.
    await until(async () => unfinished(await second.counts()) === 1);
    await second.unschedule('pull-orders', shop);
    await until(async () => unfinished(await second.counts()) === 0);
  });

  test('a changed interval replaces the schedule', async () => {
    const queue = await open();
    await queue.schedule('pull-orders', shop, 3_600_000);
    await queue.schedule('pull-orders', shop, 100);
    let runs = 0;
    await queue.work(
      handlers({
        'pull-orders': async () => {
          runs += 1;
        },
      }),
    );
    await until(() => runs >= 3);
  });

  test('two processes share the work and none of it is done twice', async () => {
    const [first, second] = [await open(), await open()];
    const gate = opened();
    const done = { first: [] as string[], second: [] as string[] };
    const workInto = (list: string[]) =>
      handlers({
        'process-inbox': async (job) => {
          list.push(job.data['order'] ?? '');
          await gate.promise;
        },
      });
    await first.work(workInto(done.first));
    await second.work(workInto(done.second));
    const orders = Array.from({ length: 20 }, (_, index) => String(index));
    for (const order of orders) await first.wake({ name: 'process-inbox', storeId: shop, data: { order } });
    // More than one process may run at once, so neither can finish alone while the gate is shut.
    await until(() => done.first.length > 0 && done.second.length > 0 && total(done) === 20);
    gate.open();
    await idle(first, () => true);
    expect([...done.first, ...done.second].sort()).toEqual([...orders].sort());
  });

  test('kill -9 of the worker twice during the same job: it is still done later (facts e8)', async () => {
    const queue = await open();
    await queue.wake({ name: 'push-available', storeId: shop });
    for (let kill = 0; kill < 2; kill += 1) await takeAndDie(backend.target);
    let runs = 0;
    await queue.work(
      handlers({
        'push-available': async () => {
          runs += 1;
        },
      }),
    );
    await idle(queue, () => runs > 0);
    expect(runs).toBe(1);
  });

  test('a queue emptied by force loses wake-ups only: it works on, and the sweep comes back by itself', async () => {
    const queue = await open({ keepSchedulesEveryMs: 100 });
    let [sweeps, pushes] = [0, 0];
    await queue.wake({ name: 'push-available', storeId: shop });
    await queue.schedule('sweep', null, 100);
    await queue.empty();
    await queue.work(
      handlers({
        sweep: async () => {
          sweeps += 1;
        },
        'push-available': async () => {
          pushes += 1;
        },
      }),
    );
    await until(() => sweeps >= 2);
    expect(pushes).toBe(0);
    await queue.wake({ name: 'push-available', storeId: shop });
    await until(() => pushes === 1);
    await queue.unschedule('sweep', null);
  });

  test('a shop that asks to come back later is obeyed, without spending an attempt', async () => {
    const queue = await open();
    const ranAt: number[] = [];
    await queue.work(
      handlers({
        'pull-orders': async () => {
          ranAt.push(Date.now());
          if (ranAt.length <= 10) throw Object.assign(new Error('slow down'), { retryAfterMs: 40 });
        },
      }),
    );
    await queue.wake({ name: 'pull-orders', storeId: shop });
    await idle(queue, () => ranAt.length > 10);
    expect(ranAt).toHaveLength(11);
    for (const [index, at] of ranAt.slice(1).entries())
      expect(at - (ranAt[index] ?? 0)).toBeGreaterThanOrEqual(39);
    expect((await queue.counts()).stock.failed).toBe(0);
  });

  test('a failed job is tried again after a while', async () => {
    const queue = await open();
    let runs = 0;
    await queue.work(
      handlers({
        sweep: async () => {
          runs += 1;
          if (runs === 1) throw new Error('passing');
        },
      }),
    );
    await queue.wake({ name: 'sweep' });
    await idle(queue, () => runs >= 2);
    expect(runs).toBe(2);
  });

  test('a graceful stop waits for the running job and takes no new one', async () => {
    const queue = await open();
    const gate = opened();
    const seen: string[] = [];
    await queue.work(
      handlers({
        'push-available': async () => {
          seen.push('began');
          await gate.promise;
          seen.push('ended');
        },
      }),
    );
    await queue.wake({ name: 'push-available', storeId: shop });
    await until(() => seen.length === 1);
    const stopped = queue.stop(10_000);
    await (await open()).wake({ name: 'push-available', storeId: shop });
    gate.open();
    expect(await stopped).toBe('drained');
    expect(seen).toEqual(['began', 'ended']);
    queues = queues.filter((other) => other !== queue);
  });

  test('a stop gives up at the deadline: the signal is aborted, and the job is done by the next process', async () => {
    const queue = await open();
    const told = opened();
    let began = false;
    await queue.work(
      handlers({
        'push-available': ({ signal }) =>
          new Promise((_resolve, reject) => {
            began = true;
            signal.addEventListener('abort', () => {
              told.open();
              reject(signal.reason as Error);
            });
          }),
      }),
    );
    await queue.wake({ name: 'push-available', storeId: shop });
    await until(() => began);
    expect(await queue.stop(50)).toBe('deadline');
    await told.promise;
    queues = queues.filter((other) => other !== queue);
    let runs = 0;
    const next = await open();
    await next.work(
      handlers({
        'push-available': async () => {
          runs += 1;
        },
      }),
    );
    await idle(next, () => runs > 0);
    expect(runs).toBe(1);
  });

  test('ready tells the truth, and the board sees each lane', async () => {
    const queue = await open();
    expect(await queue.ready()).toBe(true);
    expect(queue.boardAdapters().map((adapter) => adapter.getName())).toEqual([
      'stock',
      'catalogue',
      'sheet',
    ]);
    await queue.stop(1_000);
    queues = [];
    expect(await queue.ready()).toBe(false);
  });

  test('after a restart of its store the queue wakes again, without anybody starting it anew (facts e9)', async () => {
    if (backend.restart === undefined) return;
    const queue = await open();
    let runs = 0;
    await queue.work(
      handlers({
        'push-available': async () => {
          runs += 1;
        },
      }),
    );
    await queue.wake({ name: 'push-available', storeId: shop });
    await idle(queue, () => runs === 1);
    await backend.restart();
    await queue.wake({ name: 'push-available', storeId: shop });
    await until(async () => {
      if (runs < 2) await queue.wake({ name: 'push-available', storeId: shop });
      return runs >= 2;
    });
  });
}

const handlers = (some: Partial<Record<JobName, (job: RunningJob) => Promise<void>>>): Handlers =>
  Object.fromEntries(JOB_NAMES.map((name) => [name, some[name] ?? (async () => undefined)])) as Handlers;

const total = (done: { first: string[]; second: string[] }): number => done.first.length + done.second.length;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Waits for `condition`, and then until nothing waits or runs any more: what would run too often has run by then. */
async function idle(queue: JobQueue, condition: () => boolean): Promise<void> {
  await until(condition);
  await until(async () => unfinished(await queue.counts()) === 0);
}

const unfinished = (counts: Awaited<ReturnType<JobQueue['counts']>>): number =>
  Object.values(counts).reduce((sum, { waiting, active, delayed }) => sum + waiting + active + delayed, 0);

function opened(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

async function takeAndDie(target: QueueTarget): Promise<void> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(target), String(LOCK_MS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The worker ended by itself with ${code}.`)));
    child.stdout.once('data', () => resolve());
  });
  child.kill('SIGKILL');
  await exited;
}
