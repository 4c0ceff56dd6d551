// The working side of a process: the jobs, their clocks, and the flush that keeps the sheet up to date.

import type { Core } from './core.ts';
import type { Handlers } from './queue/process-job.ts';
import { createHandlers } from './sync/handlers.ts';

const SWEEP_EVERY_MS = 30_000;
/** So many sweeps apart the stores' clocks are put back, should the queue have been emptied. */
const SCHEDULES_EVERY_SWEEPS = 10;

export async function startWorker(core: Core, flushSheet: () => Promise<void>): Promise<void> {
  const handlers = createHandlers(core.context, flushSheet);
  let sweeps = 0;
  const all: Handlers = {
    ...handlers,
    sweep: async (job) => {
      await handlers.sweep(job);
      sweeps += 1;
      if (sweeps % SCHEDULES_EVERY_SWEEPS === 0) await core.schedules.updateAll();
      // A change that nobody announced is to be seen in the sheet too.
      await core.context.wake('flush-sheet');
    },
  };
  await core.queue.work(all);
  await core.queue.schedule('sweep', null, SWEEP_EVERY_MS);
  await core.schedules.updateAll();
}
