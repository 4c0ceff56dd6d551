// Etsy as data: the connect form, what a shop can do, and the limits it publishes (sources: README.md).

import { type ChannelManifest, REHEARSAL_ADDRESS, REHEARSAL_PACE } from '../manifest.ts';

/** What the app asks the shop owner for: reading and writing stock, reading receipts, and the shop's name. */
export const SCOPES = ['listings_r', 'listings_w', 'transactions_r', 'shops_r'];
/** Most items of any list, and most ids in one call. */
export const PAGE_MAX = 100;
/**
 * One document is read this long before it is written at the latest: fewer listings at once, fewer sales in
 * between.
 */
const PUSH_BATCH_MAX = 20;
const REQUESTS_PER_DAY = 10_000;
/** What pushes may use of a day: the rest is kept for orders, without which no number is right. */
const PUSHES_PER_DAY = 8_500;
const QPS = { kind: 'window', requests: 10, perMs: 1_000 } as const;
/** The name under which the budget of pushes is counted. */
export const PUSH_OPERATION = 'push';

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
    quantityMax: 999,
    // Cancellations and refunds leave the time of change as it was.
    ordersByUpdate: false,
    // A refund is a sum of money.
    refundsSayRestock: false,
  },
  limits: {
    rate: { ...QPS, requestsPerDay: REQUESTS_PER_DAY },
    operations: { [PUSH_OPERATION]: { ...QPS, requestsPerDay: PUSHES_PER_DAY } },
    countedFor: ['keystring'],
    pushBatchMax: PUSH_BATCH_MAX,
    requestTimeoutMs: 30_000,
  },
  // Every pull takes at least two calls: every two minutes is 1,440 of the day's 10,000.
  rhythm: {
    ordersFastestMs: 2 * 60_000,
    listingsEveryMs: 6 * 3_600_000,
    ordersOverlapMs: 10 * 60_000,
    ordersAgainAfterMs: 15_000,
  },
  hosts: ['openapi.etsy.com', 'api.etsy.com'],
};
