// Etsy as data: the connect form, what a shop can do, and the limits it publishes (sources: README.md).

import { type ChannelManifest, REHEARSAL_ADDRESS, REHEARSAL_PACE } from '../manifest.ts';

/** What the app asks the shop owner for: reading and writing stock, reading receipts, and the shop's name. */
export const SCOPES = ['listings_r', 'listings_w', 'transactions_r', 'shops_r'];
/** Most items of any list, and most ids in one call. */
export const PAGE_MAX = 100;
/**
 * So many documents are read at once, and all are written within five seconds: fewer would cost more reads of a day's quota,
 * more would leave more time for a sale in between.
 */
const PUSH_BATCH_MAX = 50;
const REQUESTS_PER_DAY = 10_000;
/**
 * The calls of a day that pushes and reading listings leave to orders, without which no number is right. Two for each pull: one
 * shop takes 960 at its rhythm, five of one app 1,440, and each of them 24 for its token and 48 for the rota (again-budget.ts).
 */
export const KEPT_FOR_ORDERS = 1_800;
const QPS = { kind: 'window', requests: 10, perMs: 1_000 } as const;
/** The name under which the budget of all that comes after orders is counted; people read it. */
export const AFTER_ORDERS = 'stock and listings';

export const manifest: ChannelManifest = {
  id: 'etsy',
  label: 'Etsy',
  credentialFields: [
    {
      key: 'keystring',
      label: 'Keystring',
      help: 'On etsy.com/developers/your-apps, under your app: the keystring.',
      secret: false,
      required: true,
    },
    {
      key: 'sharedSecret',
      label: 'Shared secret',
      help: 'Beside the keystring on the same page.',
      secret: true,
      required: true,
    },
    {
      key: 'refreshToken',
      label: 'Refresh token',
      help: 'Filled in by connecting at Etsy. Paste one only if you have allowed the app access in another way.',
      secret: true,
      required: true,
      placeholder: '12345678.…',
    },
    {
      key: 'webhookSecret',
      label: 'Webhook signing secret (optional)',
      help: 'Only for commercial apps: in Etsy’s developer portal under Webhooks, beside the endpoint you added for this store.',
      secret: true,
      required: false,
      placeholder: 'whsec_…',
      provable: false,
    },
    REHEARSAL_ADDRESS,
    REHEARSAL_PACE,
  ],
  settingFields: [
    {
      key: 'renewSoldOut',
      label: 'Renew listings that sold out',
      help: 'Etsy charges its listing fee each time a sold-out listing is put on sale again.',
      choices: [
        { value: 'no', label: 'Leave them sold out and tell me' },
        { value: 'yes', label: 'Renew them when there is stock, at Etsy’s fee' },
      ],
      initial: 'no',
    },
    {
      key: 'activateInactive',
      label: 'Inactive listings with stock',
      help: 'A listing without stock is made inactive, since Etsy takes no 0. Making it active again is free.',
      choices: [
        { value: 'yes', label: 'Make them active when there is stock' },
        { value: 'no', label: 'Leave them inactive and tell me' },
      ],
      initial: 'yes',
    },
  ],
  capabilities: {
    compareAndSet: false,
    locations: false,
    drafts: true,
    webhooks: false,
    webhooksByHand: true,
    quantityMax: 999,
    // Cancellations and refunds leave the time of change as it was.
    ordersByUpdate: false,
    // A refund is a sum of money.
    refundsSayRestock: false,
  },
  limits: {
    rate: { ...QPS, requestsPerDay: REQUESTS_PER_DAY },
    operations: { [AFTER_ORDERS]: { ...QPS, requestsPerDay: REQUESTS_PER_DAY - KEPT_FOR_ORDERS } },
    countedFor: ['keystring'],
    pushBatchMax: PUSH_BATCH_MAX,
    requestTimeoutMs: 30_000,
    // At worst: variations of one listing cost nothing more.
    fullPush: [
      { calls: 1, listings: 1, operation: AFTER_ORDERS },
      { calls: 1, listings: PUSH_BATCH_MAX, operation: AFTER_ORDERS },
    ],
  },
  // Every pull takes two calls: every three minutes is 960 of the day's 10,000, also on a day that pushes everything. Shops of
  // one app share that out.
  rhythm: {
    ordersFastestMs: 3 * 60_000,
    listingsEveryMs: 6 * 3_600_000,
    ordersOverlapMs: 10 * 60_000,
    ordersAgainAfterMs: 15_000,
    // Once a day the whole list: twenty calls and one more for each receipt that is no longer in it.
    openOrdersAgainAfterMs: 24 * 3_600_000,
    openOrdersAgainMax: 2_000,
  },
  hosts: ['openapi.etsy.com', 'api.etsy.com'],
};
