// What eBay is, as data: the connect form, what it can do and the limits it publishes (sources: README.md).

import { type ChannelManifest, REHEARSAL_ADDRESS } from '../manifest.ts';

/** SKUs that one call of the Inventory API reads or writes. */
export const INVENTORY_BATCH_MAX = 25;
/** InventoryStatus nodes of one ReviseInventoryStatus. */
export const REVISE_BATCH_MAX = 4;
/** From so many listings on, a file is cheaper than calls of four. */
export const FEED_FROM = 200;
/** The schema of the files. */
export const FEED_VERSION = '1193';
/** Listings on a page of GetMyeBaySelling, orders on a page of getOrders: above it the call fails. */
export const PAGE_MAX = 200;
/** Order ids of one getOrders. */
export const ORDER_IDS_MAX = 50;
export const REQUESTS_AT_ONCE = 8;
/** What the person is asked to allow. */
export const SCOPES = [
  'https://api.ebay.com/oauth/api_scope',
  'https://api.ebay.com/oauth/api_scope/sell.inventory',
  'https://api.ebay.com/oauth/api_scope/sell.fulfillment',
  'https://api.ebay.com/oauth/api_scope/commerce.identity.readonly',
  'https://api.ebay.com/oauth/api_scope/commerce.notification.subscription',
] as const;
/** The Trading schema this channel is written for. */
export const TRADING_VERSION = '1477';

export const manifest: ChannelManifest = {
  id: 'ebay',
  label: 'eBay',
  credentialFields: [
    {
      key: 'clientId',
      label: 'App ID (Client ID)',
      help: 'On developer.ebay.com under Application Keysets, in the column Production.',
      secret: false,
      required: true,
    },
    {
      key: 'clientSecret',
      label: 'Cert ID (Client Secret)',
      help: 'Below the App ID.',
      secret: true,
      required: true,
      placeholder: 'PRD-…',
    },
    {
      key: 'ruName',
      label: 'RuName',
      help:
        'On developer.ebay.com under User Tokens › Get a Token from eBay via Your Application. Its auth accepted URL and its ' +
        'auth declined URL are the address of this server that ends in /connect/ebay/callback.',
      secret: false,
      required: false,
      placeholder: 'Your_Name-YourApp-PRD-abcdefg',
      provable: false,
    },
    {
      key: 'verificationToken',
      label: 'Verification token',
      help:
        'For the endpoint of account deletions, which eBay demands: make one up, of 32 to 80 letters, digits, _ and -, and enter ' +
        'the same on developer.ebay.com under Alerts & Notifications.',
      secret: true,
      required: false,
      provable: false,
    },
    {
      key: 'refreshToken',
      label: 'Refresh token',
      help:
        'Filled in by signing in at eBay. Otherwise made there with the scopes api_scope, sell.inventory, sell.fulfillment, ' +
        'commerce.identity.readonly and commerce.notification.subscription. It is valid for 18 months.',
      secret: true,
      required: true,
      placeholder: 'v^1.1#…',
    },
    {
      key: 'refreshTokenEndsOn',
      label: 'Refresh token valid until',
      help: 'The date, so that you are told in time to make a new one. eBay itself does not say it again.',
      secret: false,
      required: false,
      placeholder: '2028-05-24',
    },
    REHEARSAL_ADDRESS,
  ],
  settingFields: [],
  capabilities: {
    compareAndSet: false,
    locations: false,
    drafts: false,
    webhooks: true,
    quantityMax: 1_000_000_000,
    ordersByUpdate: true,
    refundsSayRestock: false,
  },
  limits: {
    // eBay publishes days only; what goes in a second is our own restraint.
    rate: { kind: 'window', requests: 50, perMs: 1_000, requestsPerDay: 2_000_000 },
    operations: {
      trading: { kind: 'window', requests: 20, perMs: 1_000, requestsPerDay: 5_000 },
      orders: { kind: 'window', requests: 20, perMs: 1_000, requestsPerDay: 100_000 },
      feed: { kind: 'window', requests: 20, perMs: 1_000, requestsPerDay: 100_000 },
      notifications: { kind: 'window', requests: 20, perMs: 1_000, requestsPerDay: 10_000 },
    },
    countedFor: ['clientId'],
    pushBatchMax: 2_000,
    // Read and told, 25 listings a call. The first time a day each listing's offer is asked for besides.
    fullPush: [{ calls: 2, listings: INVENTORY_BATCH_MAX }],
    requestTimeoutMs: 30_000,
  },
  // A pull of orders is one call of 100,000 a day, and one more for each order that was sent since the last one. A pull of
  // listings takes one of 5,000 for every 200 listings; reading back takes one for each at the most.
  rhythm: {
    ordersFastestMs: 10_000,
    listingsEveryMs: 6 * 3_600_000,
    readBackMax: 100,
    ordersOverlapMs: 15 * 60_000,
  },
  hosts: ['api.ebay.com', 'apiz.ebay.com'],
};
