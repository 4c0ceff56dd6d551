// The plan of turning a store on: what each listing shows, what it would be told, and why. Nothing is written to the store.

import * as z from 'zod/mini';

/** What would become of a listing. */
export const PLAN_KINDS = [
  /** Shows what it would be told. */
  'same',
  /** Would be told another number. */
  'differs',
  /** Nobody has counted its SKU: told nothing, unless the store's number is copied. */
  'never set',
  /** Several listings of one uncounted SKU show different numbers: none is copied, a person says how many. */
  'disagrees',
  /** The shop does not count its stock, or does not let us. */
  'untracked',
  /** The shop did not say what it shows. */
  'unknown',
] as const;
export type PlanKind = (typeof PLAN_KINDS)[number];

/** Those that need a look first. */
export const PLAN_KINDS_BY_NEED = [
  'differs',
  'disagrees',
  'unknown',
  'never set',
  'untracked',
  'same',
] as const satisfies readonly PlanKind[];

export const PLAN_STATES = ['reading', 'ready', 'failed'] as const;

/** So many lines come with the plan, those that need a look first; the tab "Turn-on plan" has all of them. */
export const PLAN_LINES_MAX = 200;

export const planLine = z.object({
  sku: z.string(),
  listing: z.string(),
  kind: z.enum(PLAN_KINDS),
  /** Null: untracked, or not known. Not 0. */
  shows: z.nullable(z.number()),
  /** Null: it would be told nothing. */
  wouldPush: z.nullable(z.number()),
  why: z.string(),
});
export type PlanLine = z.infer<typeof planLine>;

export const turnOnPlan = z.object({
  state: z.enum(PLAN_STATES),
  /** For people: how far the reading is, what went wrong, or the whole in one sentence. */
  message: z.string(),
  /** Names this plan when the store is turned on. */
  planId: z.string(),
  startedAt: z.string(),
  readyAt: z.nullable(z.string()),
  done: z.number(),
  total: z.nullable(z.number()),
  same: z.number(),
  differ: z.number(),
  neverSet: z.number(),
  disagree: z.number(),
  untracked: z.number(),
  unknown: z.number(),
  /** Listings that carry no SKU: they are left alone. */
  withoutSku: z.number(),
  openOrders: z.number(),
  lines: z.array(planLine),
  linesLeftOff: z.number(),
});
export type TurnOnPlan = z.infer<typeof turnOnPlan>;

/** Starts a plan when there is none from the last ten minutes, or when asked to read `again`; answers how far it is. */
export const turnOnPlanRequest = z.strictObject({ again: z.optional(z.boolean()) });
