// WooCommerce as data: the connect form, what a shop can do and how hard it may be worked.

import type { ChannelManifest } from '../manifest.ts';

/** Most items a batch takes; above it the shop answers 413 and does nothing. */
export const BATCH_MAX = 100;
/** Nothing is published. Two at a time keep a small host answering its customers. */
export const REQUESTS_AT_ONCE = 2;

export const manifest: ChannelManifest = {
  id: 'woocommerce',
  label: 'WooCommerce',
  credentialFields: [
    {
      key: 'url',
      label: 'Shop address',
      help: 'The address of the shop as in your browser. In WordPress: Settings › General › Site Address.',
      secret: false,
      required: true,
      placeholder: 'https://shop.example',
      kind: 'url',
    },
    {
      key: 'consumerKey',
      label: 'Consumer key',
      help: 'WooCommerce › Settings › Advanced › REST API › Add key, with permission Read/Write, for an administrator.',
      secret: true,
      required: true,
      placeholder: 'ck_…',
    },
    {
      key: 'consumerSecret',
      label: 'Consumer secret',
      help: 'Shown once, next to the consumer key, when the key is made.',
      secret: true,
      required: true,
      placeholder: 'cs_…',
    },
  ],
  settingFields: [
    {
      key: 'bookPending',
      label: 'Orders waiting for payment',
      help: 'WooCommerce itself takes units off its stock only when an order is paid or put on hold.',
      choices: [
        { value: 'no', label: 'Book them once they are paid' },
        { value: 'yes', label: 'Book them at once' },
      ],
      initial: 'no',
    },
    {
      key: 'ownStatuses',
      label: 'Orders in a status of your own',
      help: 'For statuses that a plugin added to the shop.',
      choices: [
        { value: 'booked', label: 'Still to be sent: book them' },
        { value: 'sent', label: 'Already sent: take them out of stock' },
        { value: 'ignored', label: 'Do not count them' },
      ],
      initial: 'booked',
    },
  ],
  capabilities: {
    compareAndSet: false,
    locations: false,
    drafts: false,
    webhooks: true,
    quantityMax: 1_000_000_000,
    ordersByUpdate: true,
  },
  limits: {
    rate: { kind: 'concurrency', requestsAtOnce: REQUESTS_AT_ONCE },
    // As many batches as may be under way at once.
    pushBatchMax: BATCH_MAX * REQUESTS_AT_ONCE,
    // Each batch is read, compared and written.
    fullPush: [{ calls: 2, listings: BATCH_MAX }],
    requestTimeoutMs: 60_000,
  },
  rhythm: {
    ordersFastestMs: 60_000,
    listingsEveryMs: 30 * 60_000,
    readBackMax: 100,
    ordersOverlapMs: 5 * 60_000,
  },
  signsPlainHttp: true,
  hosts: [],
};
