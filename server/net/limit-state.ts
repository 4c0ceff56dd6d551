// The arithmetic of a published limit, without clock or storage: may one more call start now, and if not, when.

import type { PublishedLimit } from '../channels/manifest.ts';
import type { LimitObservation } from './channel-http.ts';

/** A call that never reported back (its process died) stops counting after this long. */
/** A call under way renews its permit; so long the permits of a process that was killed keep others waiting. */
export const HELD_MAX_MS = 10_000;
/** How soon to ask again when only another call's end can make room. */
const ASK_AGAIN_MS = 50;
/** What sums of fractions may be off by. */
const POINTS_ROUNDING = 1e-6;
/** A stop never lasts longer than this, whatever was asked for or whatever the clock did. */
const STOP_MAX_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** A day's calls are counted in blocks: one time for each of them would be too much to keep, and a block blocks a day after its end. */
const BLOCK_MS = 30 * 60_000;

/** How differently long two answers of one window may have taken. */
const LATE_MAX_MS = 5_000;

type Block = { readonly fromMs: number; readonly calls: number };
type Held = { readonly permit: string; readonly cost: number; readonly untilMs: number };

/** What is remembered of one bucket. Plain JSON: it also lives in a database column. */
export type LimitState = {
  readonly stoppedUntilMs: number;
  /** window: when each call of the last window started, oldest first. */
  readonly calls: readonly number[];
  /** cost and concurrency: calls under way. */
  readonly held: readonly Held[];
  /** cost: points left at that time, and the bucket as the shop last described it. */
  readonly points: {
    readonly available: number;
    readonly atMs: number;
    readonly maximum: number;
    readonly restorePerSecond: number;
  } | null;
  /** window: what the shop itself says is left. */
  readonly told: { readonly left: number; readonly untilMs: number } | null;
  /** window: the most requests that the shop says this store has, for as long as it says so. */
  readonly whole?: { readonly requests: number; readonly untilMs: number };
  /** window with a daily budget: calls of the last 24 hours, oldest first. */
  readonly blocks?: readonly Block[];
};

export const EMPTY_LIMIT_STATE: LimitState = {
  stoppedUntilMs: 0,
  calls: [],
  held: [],
  points: null,
  told: null,
};

export type Admission =
  | { readonly kind: 'granted'; readonly permit: string; readonly atMs: number }
  /** `stopped`: the shop asked for silence; `paced`: our own count says not yet. */
  | { readonly kind: 'wait'; readonly why: 'stopped' | 'paced'; readonly waitMs: number };

type Decision = { readonly state: LimitState; readonly admission: Admission };

/** Decides about one more call. The state is worth keeping either way: it has been moved on to this time. */
export function admit(
  limit: PublishedLimit,
  before: LimitState,
  call: { readonly nowMs: number; readonly cost: number; readonly permit: string },
): Decision {
  const { nowMs } = call;
  const stopMs = Math.min(before.stoppedUntilMs - nowMs, STOP_MAX_MS);
  if (stopMs > 0)
    return { state: before, admission: { kind: 'wait', why: 'stopped', waitMs: Math.ceil(stopMs) } };
  const state = { ...before, held: before.held.filter((held) => isAlive(held, nowMs)) };
  switch (limit.kind) {
    case 'window':
      return admitToWindow(limit, state, call);
    case 'cost':
      return admitToBucket(limit, state, call);
    case 'concurrency':
      if (state.held.length >= limit.requestsAtOnce) return paced(state, ASK_AGAIN_MS);
      return granted({ ...state, held: hold(state, call) }, call);
  }
}

type Call = { readonly nowMs: number; readonly cost: number; readonly permit: string };

function admitToWindow(
  limit: Extract<PublishedLimit, { kind: 'window' }>,
  state: LimitState,
  call: Call,
): Decision {
  const { nowMs } = call;
  // A clock that was set back leaves times of the future behind; they count as now, or they would block for that long.
  const calls = state.calls.map((at) => Math.min(at, nowMs)).filter((at) => at > nowMs - limit.perMs);
  const told = state.told !== null && isSoon(state.told.untilMs - nowMs, limit.perMs) ? state.told : null;
  if (told !== null && told.left <= 0) return paced({ ...state, calls }, told.untilMs - nowMs);
  const oldest = calls[calls.length - requestsNow(limit, state, nowMs)];
  if (oldest !== undefined) return paced({ ...state, calls }, oldest + limit.perMs - nowMs);
  const left = told === null ? null : { ...told, left: told.left - 1 };
  const next = { ...state, calls: [...calls, nowMs], told: left };
  if (limit.requestsPerDay === undefined) return granted(next, call);
  const blocks = blocksOfDay(state.blocks ?? [], nowMs);
  const [oldestBlock] = blocks;
  const spent = blocks.reduce((sum, block) => sum + block.calls, 0);
  if (oldestBlock !== undefined && spent >= limit.requestsPerDay) {
    return paced({ ...state, calls, blocks }, oldestBlock.fromMs + BLOCK_MS + DAY_MS - nowMs);
  }
  return granted({ ...next, blocks: countInBlock(blocks, nowMs) }, call);
}

/** Said with every answer; what was said long ago may have been of another plan. */
const WHOLE_KEPT_MS = 10 * 60_000;
/** What no shop grants is a slip, not a plan. */
const WHOLE_MAX_TIMES = 100;

function requestsNow(
  { requests }: Extract<PublishedLimit, { kind: 'window' }>,
  { whole }: LimitState,
  nowMs: number,
): number {
  const isKnown = whole !== undefined && isSoon(whole.untilMs - nowMs, WHOLE_KEPT_MS);
  return isKnown ? Math.max(requests, Math.min(whole.requests, requests * WHOLE_MAX_TIMES)) : requests;
}

/** Calls of the last 24 hours as they count, and when the oldest of them no longer do. */
export function spentToday(
  state: LimitState,
  nowMs: number,
): { readonly calls: number; readonly freeAtMs: number | null } {
  const blocks = blocksOfDay(state.blocks ?? [], nowMs);
  const [oldest] = blocks;
  return {
    calls: blocks.reduce((sum, block) => sum + block.calls, 0),
    freeAtMs: oldest === undefined ? null : oldest.fromMs + BLOCK_MS + DAY_MS,
  };
}

/** A block counts until a day after its end, so that none of its calls is forgotten early. */
const blocksOfDay = (blocks: readonly Block[], nowMs: number): readonly Block[] =>
  blocks
    .map((block) => ({ ...block, fromMs: Math.min(block.fromMs, nowMs) }))
    .filter((block) => block.fromMs + BLOCK_MS + DAY_MS > nowMs);

function countInBlock(blocks: readonly Block[], nowMs: number): readonly Block[] {
  const last = blocks.at(-1);
  if (last === undefined || last.fromMs + BLOCK_MS <= nowMs) return [...blocks, { fromMs: nowMs, calls: 1 }];
  return [...blocks.slice(0, -1), { ...last, calls: last.calls + 1 }];
}

function admitToBucket(
  limit: Extract<PublishedLimit, { kind: 'cost' }>,
  state: LimitState,
  call: Call,
): Decision {
  const points = refill(limit, state, call.nowMs);
  const cost = Math.min(Math.max(call.cost, 1), points.maximum);
  if (points.available < cost - POINTS_ROUNDING) {
    return paced({ ...state, points }, ((cost - points.available) / points.restorePerSecond) * 1_000);
  }
  const spent = { ...points, available: points.available - cost };
  return granted({ ...state, points: spent, held: hold(state, { ...call, cost }) }, call);
}

function refill(
  limit: Extract<PublishedLimit, { kind: 'cost' }>,
  state: LimitState,
  nowMs: number,
): NonNullable<LimitState['points']> {
  const { bucketPoints, restorePointsPerSecond } = limit;
  if (state.points === null) {
    const restorePerSecond = restorePointsPerSecond;
    return { available: bucketPoints, atMs: nowMs, maximum: bucketPoints, restorePerSecond };
  }
  const { available, atMs, maximum, restorePerSecond } = state.points;
  const restored = (Math.max(0, nowMs - atMs) / 1_000) * restorePerSecond;
  return { ...state.points, available: Math.min(maximum, available + restored), atMs: nowMs };
}

export function release(state: LimitState, permit: string): LimitState {
  return { ...state, held: state.held.filter((held) => held.permit !== permit) };
}

/** The call is still under way. One that ran out meanwhile does not come back: another may have taken its place. */
export function renew(state: LimitState, nowMs: number, permit: string): LimitState {
  const held = state.held.map((one) =>
    one.permit === permit && isAlive(one, nowMs) ? { ...one, untilMs: nowMs + HELD_MAX_MS } : one,
  );
  return { ...state, held };
}

/** No call starts for `forMs`; a longer stop that is already known stays. */
export function stop(state: LimitState, nowMs: number, forMs: number): LimitState {
  const untilMs = nowMs + Math.min(Math.max(forMs, 0), STOP_MAX_MS);
  const known = Math.min(state.stoppedUntilMs, nowMs + STOP_MAX_MS);
  return { ...state, stoppedUntilMs: Math.max(known, untilMs) };
}

/** The shop refused a call although we thought there was room: there is none, and it fills from now on. */
export function empty(state: LimitState, nowMs: number): LimitState {
  if (state.points === null) return state;
  return {
    ...state,
    points: { ...state.points, available: Math.min(state.points.available, 0), atMs: nowMs },
  };
}

/** Takes over what the shop says about its own bucket. Calls still under way may not be in its figure yet. */
export function observe(state: LimitState, nowMs: number, observation: LimitObservation): LimitState {
  if (observation.kind === 'rate') {
    if (state.points === null || !(observation.restorePointsPerSecond > 0)) return state;
    return { ...state, points: { ...state.points, restorePerSecond: observation.restorePointsPerSecond } };
  }
  if (observation.kind === 'window') {
    const seen = {
      left: observation.requestsLeft,
      untilMs: nowMs + Math.min(Math.max(observation.resetMs, 0), STOP_MAX_MS),
    };
    const told = state.told;
    // An answer takes its time, so the end that was worked out is late: the next window may have begun before it.
    const isNext =
      told !== null && seen.untilMs - told.untilMs > Math.max(LATE_MAX_MS, observation.resetMs / 2);
    const isSameWindow = told !== null && told.untilMs > nowMs && !isNext;
    const whole =
      observation.whole === undefined
        ? {}
        : { whole: { requests: observation.whole.requests, untilMs: nowMs + WHOLE_KEPT_MS } };
    return {
      ...state,
      ...whole,
      told: isSameWindow ? { ...seen, left: Math.min(told.left, seen.left) } : seen,
    };
  }
  if (!(observation.maximumPoints > 0 && observation.restorePointsPerSecond > 0)) return state;
  const underWay = state.held
    .filter((held) => isAlive(held, nowMs))
    .reduce((sum, held) => sum + held.cost, 0);
  return {
    ...state,
    points: {
      available: Math.min(observation.availablePoints, observation.maximumPoints) - underWay,
      atMs: nowMs,
      maximum: observation.maximumPoints,
      restorePerSecond: observation.restorePointsPerSecond,
    },
  };
}

const isAlive = (held: Held, nowMs: number): boolean =>
  held.untilMs > nowMs && held.untilMs <= nowMs + HELD_MAX_MS;

const isSoon = (inMs: number, withinMs: number): boolean => inMs > 0 && inMs <= Math.max(withinMs, 60_000);

const hold = (state: LimitState, call: Call): readonly Held[] => [
  ...state.held,
  { permit: call.permit, cost: call.cost, untilMs: call.nowMs + HELD_MAX_MS },
];

const granted = (state: LimitState, call: Call): Decision => ({
  state,
  admission: { kind: 'granted', permit: call.permit, atMs: call.nowMs },
});

const paced = (state: LimitState, waitMs: number): Decision => ({
  state,
  admission: { kind: 'wait', why: 'paced', waitMs: Math.max(1, Math.ceil(waitMs)) },
});
