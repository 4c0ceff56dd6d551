// BigCommerce as data: the connect form, what a store can do and the limits it publishes (sources: README.md).

import { type ChannelManifest, REHEARSAL_ADDRESS } from '../manifest.ts';

/** Items one absolute adjustment takes. */
export const ADJUSTMENT_MAX = 2_000;
/** The longest page of the catalogue, the orders and the hooks. */
export const PAGE_MAX = 250;
/** Items a page of the inventory holds is 1,000; half of that keeps the address with their ids below 8 KB. */
export const INVENTORY_READ_MAX = 500;
/** What the settings call a number of units at one location. */
export const QUANTITY_MAX = 2_147_483_647;

export const manifest: ChannelManifest = {
  id: 'bigcommerce',
  label: 'BigCommerce',
  credentialFields: [
    {
      key: 'apiPath',
      label: 'API path',
      help: 'Shown with the token. In BigCommerce: Settings › Store-level API accounts › Create API account (V2/V3).',
      secret: false,
      required: true,
      placeholder: 'https://api.bigcommerce.com/stores/abc123/v3/',
    },
    {
      key: 'accessToken',
      label: 'Access token',
      help:
        'Shown once. Scopes: Products read-only, Store Inventory modify, Store Locations read-only, Orders read-only, ' +
        'Information & Settings read-only.',
      secret: true,
      required: true,
    },
    {
      key: 'clientSecret',
      label: 'Client secret',
      help: 'Shown once, beside the access token. BigCommerce signs its messages with it; without it changes are seen later.',
      secret: true,
      required: false,
      provable: false,
    },
    REHEARSAL_ADDRESS,
  ],
  settingFields: [
    {
      key: 'bookPending',
      label: 'Orders with the status Pending',
      help: 'The customer began to pay and BigCommerce is still waiting for the outcome.',
      choices: [
        { value: 'yes', label: 'Book them at once' },
        { value: 'no', label: 'Book them once they are paid' },
      ],
      initial: 'yes',
    },
    {
      key: 'refundedUnsent',
      label: 'Units refunded before they were sent',
      help: 'BigCommerce does not say what happens to refunded units.',
      choices: [
        { value: 'available', label: 'They are on sale again' },
        { value: 'lost', label: 'They are written off' },
      ],
      initial: 'available',
    },
    {
      key: 'refundedSent',
      label: 'Units refunded after they were sent',
      help: 'BigCommerce does not say whether refunded units came back.',
      choices: [
        { value: 'counted', label: 'Ask me about each refund' },
        { value: 'available', label: 'They came back and are on sale again' },
      ],
      initial: 'counted',
    },
  ],
  capabilities: {
    compareAndSet: false,
    locations: true,
    drafts: false,
    webhooks: true,
    quantityMax: QUANTITY_MAX,
    ordersByUpdate: true,
    refundsSayRestock: false,
  },
  limits: {
    // Of the plans Standard and Plus; what larger plans have more, the headers of every answer say.
    rate: { kind: 'window', requests: 150, perMs: 30_000 },
    pushBatchMax: ADJUSTMENT_MAX,
    // Each batch is read, 500 listings a call, compared and written.
    fullPush: [{ calls: ADJUSTMENT_MAX / INVENTORY_READ_MAX + 1, listings: ADJUSTMENT_MAX }],
    requestTimeoutMs: 30_000,
  },
  rhythm: { ordersFastestMs: 30_000, listingsEveryMs: 4 * 3_600_000, ordersOverlapMs: 5 * 60_000 },
  hosts: ['api.bigcommerce.com'],
};
