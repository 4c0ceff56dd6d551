// Schedules, kept by BullMQ in the queue's store: the clock lives in the server, not in any one process.

import type { StoreId } from '../../shared/model/ids.ts';
import type { LaneQueue } from './connection.ts';
import type { JobName } from './jobs.ts';
import { TICK } from './process-job.ts';

export const scheduleId = (name: JobName, storeId: StoreId | null): string =>
  storeId === null ? name : `${name}/${storeId}`;

/** A schedule whose next run is this far in the past has lost its waiting job. */
const BROKEN_AFTER_MS = 60_000;

/** Makes the schedule be as told. Nothing happens when it already is: setting it anew would shift its next run. */
export async function ensureSchedule(
  queue: LaneQueue,
  wanted: {
    readonly name: JobName;
    readonly storeId: StoreId | null;
    readonly everyMs: number;
    readonly now: number;
  },
): Promise<void> {
  const id = scheduleId(wanted.name, wanted.storeId);
  const existing = await queue.getJobScheduler(id);
  const intact = existing?.next !== undefined && existing.next > wanted.now - BROKEN_AFTER_MS;
  if (intact && existing.every === wanted.everyMs) return;
  // The schedule only wakes, so all runs of a job pass the same gate.
  const data = { storeId: wanted.storeId, data: {}, wakes: wanted.name };
  await queue.upsertJobScheduler(id, { every: wanted.everyMs }, { name: TICK, data });
}
