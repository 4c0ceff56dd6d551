// The working side of a process: the jobs, their clocks, and the flush that keeps the sheet up to date.

import type { Core } from './core.ts';
import { createMailer } from './net/mail.ts';
import type { Handlers } from './queue/process-job.ts';
import { dailySummary } from './sync/daily-summary.ts';
import { createHandlers } from './sync/handlers.ts';

const SWEEP_EVERY_MS = 30_000;
/** How late the daily summary may be; a mail that could not be sent is tried again so often. */
const SUMMARY_EVERY_MS = 15 * 60_000;
/** So many sweeps apart the stores' clocks are put back, should the queue have been emptied. */
const SCHEDULES_EVERY_SWEEPS = 10;

export async function startWorker(core: Core, flushSheet: () => Promise<void>): Promise<void> {
  const handlers = createHandlers(core.context, flushSheet);
  const { db, context, config } = core;
  const sendMail = config.mail === null ? null : createMailer(config.mail);
  let sweeps = 0;
  const all: Handlers = {
    ...handlers,
    'daily-summary': async () => {
      await dailySummary({ db, now: core.now(), holder: context.holder, sendMail });
      await context.wake('flush-sheet');
    },
    sweep: async (job) => {
      await handlers.sweep(job);
      sweeps += 1;
      if (sweeps % SCHEDULES_EVERY_SWEEPS === 0) await core.schedules.updateAll();
      // A change that nobody announced is to be seen in the sheet too.
      await context.wake('flush-sheet');
    },
  };
  await core.queue.work(all);
  await core.queue.schedule('sweep', null, SWEEP_EVERY_MS);
  await core.queue.schedule('daily-summary', null, SUMMARY_EVERY_MS);
  await core.schedules.updateAll();
}
