// A child process for the queue battery: works on the queue, says when the job begins, and never ends it by itself.

import { JOB_NAMES } from '../../server/queue/jobs.ts';
import type { Handlers } from '../../server/queue/process-job.ts';
import { openQueue } from '../../server/queue/queue.ts';

const [target, lockMs] = process.argv.slice(2);
if (target === undefined || lockMs === undefined) throw new Error('Give the queue and the lock time.');
const queue = await openQueue(JSON.parse(target), {
  random: () => 0,
  onError: () => undefined,
  lockMs: Number(lockMs),
});
const hold = async () => {
  process.stdout.write('started\n');
  await new Promise(() => undefined);
};
await queue.work(Object.fromEntries(JOB_NAMES.map((name) => [name, hold])) as unknown as Handlers);
setInterval(() => undefined, 60_000);
