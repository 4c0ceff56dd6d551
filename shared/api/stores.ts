// Stores as the sheet's sidebar sees them: list, connect, sync on and off, settings, refreshes.

import * as z from 'zod/mini';
import { storeLocationView } from './warehouses.ts';

export const STORE_HEALTHS = ['ok', 'slowed', 'reconnect', 'trouble'] as const;
export type StoreHealth = (typeof STORE_HEALTHS)[number];

/** What is done when a shop shows a number that nobody can explain. */
export const ON_DRIFT = ['overwrite', 'hold'] as const;

/** A day, a short window, or a bucket that refills all the time. */
export const BUDGET_KINDS = ['day', 'window', 'bucket'] as const;

const time = z.nullable(z.string()); // ISO 8601, UTC

export const storeView = z.object({
  id: z.string(),
  channel: z.string(),
  channelLabel: z.string(),
  name: z.string(),
  syncOn: z.boolean(),
  drafts: z.boolean(),
  onDrift: z.enum(ON_DRIFT),
  /** The channel's own settings that somebody has chosen, by their keys; of the others the initial value counts. */
  options: z.record(z.string(), z.string()),
  warehouses: z.array(z.object({ locationId: z.string(), warehouseId: z.string(), name: z.string() })),
  /** Empty: the shop has none. */
  locations: z.array(storeLocationView),
  health: z.enum(STORE_HEALTHS),
  healthMessage: z.string(),
  /** Until when a store that slows us down is left alone, where it says so. */
  slowedUntil: time,
  webhookHealth: z.string(),
  ordersSyncedAt: time,
  listingsSyncedAt: time,
  inventorySyncedAt: time,
  openingImportedAt: time,
  nextListingsRefreshAt: time,
  progress: z.nullable(
    z.object({ task: z.string(), done: z.number(), total: z.nullable(z.number()), startedAt: z.string() }),
  ),
  /** When the shop ends our access unless somebody acts, and what to do. */
  accessEndsAt: time,
  accessMessage: z.string(),
  /** What is left of the scarcest limit that the shop publishes; null when it publishes none, or nothing was asked yet. */
  budget: z.nullable(
    z.object({
      left: z.number(),
      of: z.number(),
      per: z.enum(BUDGET_KINDS),
      resetsAt: time,
      /** Such as "8,812 of 10,000 calls left today". */
      words: z.string(),
    }),
  ),
  /** What pushing every number takes, to be shown before a hard refresh; null when the channel does not say. */
  fullPush: z.nullable(z.object({ calls: z.number(), durationMs: z.number(), words: z.string() })),
  listings: z.number(),
  owed: z.number(),
  problems: z.number(),
});
export type StoreView = z.infer<typeof storeView>;
export const listStoresAnswer = z.object({ stores: z.array(storeView) });
export type ListStoresAnswer = z.infer<typeof listStoresAnswer>;

export const connectStoreRequest = z.strictObject({
  channel: z.string(),
  name: z.string().check(z.minLength(1), z.maxLength(100)),
  credentials: z.record(z.string(), z.string().check(z.maxLength(4_000))),
});
export type ConnectStoreRequest = z.infer<typeof connectStoreRequest>;
export const findingView = z.object({ level: z.enum(['blocker', 'warning']), message: z.string() });
export const connectStoreAnswer = z.object({
  /** Null when a finding is a blocker: nothing was stored. */
  store: z.nullable(storeView),
  findings: z.array(findingView),
});
export type ConnectStoreAnswer = z.infer<typeof connectStoreAnswer>;

export const authorizeStoreRequest = z.strictObject({
  channel: z.string(),
  /** For a store that is not connected yet; left out, the shop's own name is taken. */
  name: z.optional(z.string().check(z.maxLength(100))),
  /** What the channel needs before the person is sent to the shop (channelView.authorization.needs). */
  credentials: z.record(z.string(), z.string().check(z.maxLength(4_000))),
  /** Renews the access of this store instead of connecting a new one; what is not typed again stays as it is. */
  storeId: z.optional(z.string()),
});
export type AuthorizeStoreRequest = z.infer<typeof authorizeStoreRequest>;
export const authorizeStoreAnswer = z.object({
  /** The shop's own page, to be opened in the browser; null when something is missing. */
  url: z.nullable(z.string()),
  /** Until then the person can say yes. */
  expiresAt: time,
  /** What to do next, or what is missing. */
  message: z.string(),
});
export type AuthorizeStoreAnswer = z.infer<typeof authorizeStoreAnswer>;

export const OPENING_CHOICES = ['copy', 'keep'] as const;
export const RESUME_CHOICES = ['catch-up', 'start-from-now'] as const;
export const setSyncRequest = z.discriminatedUnion('on', [
  z.strictObject({ on: z.literal(false) }),
  z.strictObject({
    on: z.literal(true),
    /** The first time only. copy: take the store's numbers where none is set. keep: the sheet's numbers stand. */
    opening: z.optional(z.enum(OPENING_CHOICES)),
    /** The first time only: the plan (shared/api/turn-on.ts) that the person has looked at. */
    planId: z.optional(z.string()),
    /** Every later time. What happened while sync was off is applied once (catch-up, the default) or left out. */
    resume: z.optional(z.enum(RESUME_CHOICES)),
  }),
]);
export type SetSyncRequest = z.infer<typeof setSyncRequest>;

export const storeSettingsRequest = z.strictObject({
  name: z.optional(z.string().check(z.minLength(1), z.maxLength(100))),
  drafts: z.optional(z.boolean()),
  options: z.optional(z.record(z.string(), z.string())),
  onDrift: z.optional(z.enum(ON_DRIFT)),
  /** From which share of the listings on a push that empties or multiplies them waits for a person; 100: never. */
  brakeSharePercent: z.optional(z.int().check(z.gte(1), z.lte(100))),
  /** Null: as often as the shop's limits allow. */
  ordersEveryMs: z.optional(z.nullable(z.int())),
});
export type StoreSettingsRequest = z.infer<typeof storeSettingsRequest>;

/** What the system stops at until a person says that it is right. */
export const QUESTIONS = [
  /** Numbers held by the brake are to be pushed. */
  'push-held-numbers',
  /** Open orders that the shop no longer knows were really deleted. */
  'orders-were-deleted',
] as const;
export type Question = (typeof QUESTIONS)[number];
export const answerQuestionRequest = z.strictObject({ question: z.enum(QUESTIONS) });

export const taskAnswer = z.object({ accepted: z.boolean(), message: z.string() });
export type TaskAnswer = z.infer<typeof taskAnswer>;
