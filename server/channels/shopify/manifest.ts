// What Shopify is, as data: the connect form, what the shop can do, and the limits it publishes (sources: README.md).

import { type ChannelManifest, REHEARSAL_ADDRESS } from '../manifest.ts';

/** The stable version of the Admin API this channel is written for. */
export const API_VERSION = '2026-10';
/** Lists longer than this cannot be paged through with one query. */
export const PAGED_LIST_MAX = 25_000;
export const PAGE_MAX = 250;
export const INPUT_ARRAY_MAX = 250;
/** Mutations side by side: the bucket of points limits them, and each takes about a second. */
export const REQUESTS_AT_ONCE = 4;

export const manifest: ChannelManifest = {
  id: 'shopify',
  label: 'Shopify',
  credentialFields: [
    {
      key: 'shop',
      label: 'Shop address',
      help: 'In the Shopify admin under Settings > Domains: the one that ends in .myshopify.com.',
      secret: false,
      required: true,
      placeholder: 'my-shop.myshopify.com',
    },
    {
      key: 'clientId',
      label: 'Client ID',
      help: 'In the Shopify Dev Dashboard, open your app and choose Settings. Leave empty when you paste a token.',
      secret: false,
      required: false,
    },
    {
      key: 'clientSecret',
      label: 'Client secret',
      help: 'Beside the client ID. With a pasted token: the API secret key of the custom app, for instant updates.',
      secret: true,
      required: false,
    },
    {
      key: 'accessToken',
      label: 'Access token',
      help: 'Only for custom apps made in the Shopify admin before 2026: Settings > Apps > Develop apps > API credentials.',
      secret: true,
      required: false,
      placeholder: 'shpat_…',
    },
    REHEARSAL_ADDRESS,
  ],
  settingFields: [],
  capabilities: {
    compareAndSet: true,
    locations: true,
    drafts: true,
    webhooks: true,
    quantityMax: 1_000_000_000,
    ordersByUpdate: true,
  },
  limits: {
    rate: { kind: 'cost', bucketPoints: 2_000, restorePointsPerSecond: 100 },
    // Three rounds: between two batches Shopify would wait for us.
    pushBatchMax: 3 * INPUT_ARRAY_MAX * REQUESTS_AT_ONCE,
    // One mutation, compared and written in one step.
    fullPush: [{ calls: 1, listings: INPUT_ARRAY_MAX, points: 10 }],
    requestTimeoutMs: 30_000,
  },
  rhythm: { ordersFastestMs: 15_000, listingsEveryMs: 4 * 3_600_000, ordersOverlapMs: 5 * 60_000 },
  // Where Shopify puts the files of large catalogues.
  hosts: ['{shop}', 'storage.googleapis.com'],
};
