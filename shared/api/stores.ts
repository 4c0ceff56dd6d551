// Stores as the sheet's sidebar sees them: list, connect, sync on and off, settings, refreshes.

import * as z from 'zod/mini';

export const STORE_HEALTHS = ['ok', 'slowed', 'reconnect', 'trouble'] as const;
export type StoreHealth = (typeof STORE_HEALTHS)[number];

const time = z.nullable(z.string()); // ISO 8601, UTC

export const storeView = z.object({
  id: z.string(),
  channel: z.string(),
  channelLabel: z.string(),
  name: z.string(),
  syncOn: z.boolean(),
  drafts: z.boolean(),
  warehouses: z.array(z.object({ locationId: z.string(), warehouseId: z.string(), name: z.string() })),
  health: z.enum(STORE_HEALTHS),
  healthMessage: z.string(),
  webhookHealth: z.string(),
  ordersSyncedAt: time,
  listingsSyncedAt: time,
  inventorySyncedAt: time,
  openingImportedAt: time,
  nextListingsRefreshAt: time,
  progress: z.nullable(
    z.object({ task: z.string(), done: z.number(), total: z.nullable(z.number()), startedAt: z.string() }),
  ),
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

export const OPENING_CHOICES = ['copy', 'keep'] as const;
export const RESUME_CHOICES = ['catch-up', 'start-from-now'] as const;
export const setSyncRequest = z.discriminatedUnion('on', [
  z.strictObject({ on: z.literal(false) }),
  z.strictObject({
    on: z.literal(true),
    /** The first time only. copy: take the store's numbers where none is set. keep: the sheet's numbers stand. */
    opening: z.optional(z.enum(OPENING_CHOICES)),
    /** Every later time. What happened while sync was off is applied once (catch-up, the default) or left out. */
    resume: z.optional(z.enum(RESUME_CHOICES)),
  }),
]);
export type SetSyncRequest = z.infer<typeof setSyncRequest>;

export const storeSettingsRequest = z.strictObject({
  name: z.optional(z.string().check(z.minLength(1), z.maxLength(100))),
  drafts: z.optional(z.boolean()),
  locationIds: z.optional(z.array(z.string()).check(z.maxLength(100))),
  options: z.optional(z.record(z.string(), z.string())),
  onDrift: z.optional(z.enum(['overwrite', 'hold'])),
  /** Null: the default of ten minutes. */
  ordersEveryMs: z.optional(z.nullable(z.int())),
});
export type StoreSettingsRequest = z.infer<typeof storeSettingsRequest>;

export const taskAnswer = z.object({ accepted: z.boolean(), message: z.string() });
export type TaskAnswer = z.infer<typeof taskAnswer>;
