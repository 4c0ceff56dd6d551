// The sheet's own clock: it tells the server that it lives, and sends again what got no answer of the person who made it. It may
// be missed; the server's clock does the work.

import * as z from 'zod/mini';
import { type Connection, callServer } from './client.ts';
import type { ClockPort, HttpPort } from './ports.ts';
import { isSilent, type TriggerState } from './sidebar-api.ts';

export const TRIGGER_FUNCTION = 'lookForNews';
export const TRIGGER_PROPERTY = 'stocksheet.trigger';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const BOUND_MINUTES = 10;

export type Memory = {
  readonly read: (name: string) => string | null;
  readonly write: (name: string, value: string) => void;
};

export const readTrigger = ({ read }: Memory): TriggerState => {
  const text = read(TRIGGER_PROPERTY);
  return text === null ? { everyMs: null, lastRunAt: null } : (JSON.parse(text) as TriggerState);
};

/** Every ten minutes where Google allows it (a script of one sheet), else every hour (a published add-on). */
export function turnOnTrigger(clock: ClockPort, memory: Memory, nowMs: number): TriggerState {
  const before = readTrigger(memory);
  // Somebody else's trigger cannot be seen, but it leaves a trace; to nudge the server one is enough for everybody.
  if (before.everyMs !== null && !isSilent(before, nowMs)) return before;
  clock.removeTriggers(TRIGGER_FUNCTION);
  return start(clock, memory, nowMs);
}

/** A trigger acts as who made it, so only an own one may send again what waits for this person. False: Google allows none. */
export function keepOwnTrigger(clock: ClockPort, memory: Memory, nowMs: number): boolean {
  try {
    if (!clock.isAllowed()) return false;
    if (!clock.hasTrigger(TRIGGER_FUNCTION)) start(clock, memory, nowMs);
    return true;
  } catch {
    return false;
  }
}

function start(clock: ClockPort, memory: Memory, nowMs: number): TriggerState {
  const state: TriggerState = { everyMs: create(clock), lastRunAt: new Date(nowMs).toISOString() };
  memory.write(TRIGGER_PROPERTY, JSON.stringify(state));
  return state;
}

function create(clock: ClockPort): number {
  try {
    clock.everyMinutes(TRIGGER_FUNCTION, BOUND_MINUTES);
    return BOUND_MINUTES * MINUTE_MS;
  } catch {
    clock.everyHours(TRIGGER_FUNCTION, 1);
    return HOUR_MS;
  }
}

/** `resubmit`: sends again the rows of this person that got no answer. */
export function runTrigger(parts: {
  readonly http: HttpPort;
  readonly connection: Connection;
  readonly memory: Memory;
  readonly resubmit: () => void;
}): void {
  const { http, connection, memory } = parts;
  const { everyMs } = readTrigger(memory);
  const state: TriggerState = { everyMs, lastRunAt: new Date(http.nowMs()).toISOString() };
  memory.write(TRIGGER_PROPERTY, JSON.stringify(state));
  const nudged = callServer(http, connection, {
    method: 'post',
    path: '/api/nudge',
    body: { everyMs: everyMs ?? HOUR_MS },
    answer: z.object({ nextInMs: z.number() }),
  });
  // A server that is down would make every row wait anew; they wait already. Who is refused is told so beside each row.
  if (nudged.ok || nudged.needsPerson) parts.resubmit();
}
