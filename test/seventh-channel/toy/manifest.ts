// The toy shop as data.

import { type ChannelManifest, REHEARSAL_ADDRESS } from '../../../server/channels/manifest.ts';

export const PAGE = 100;

export const manifest: ChannelManifest = {
  id: 'toy',
  label: 'Toy shop',
  credentialFields: [
    { key: 'token', label: 'Token', help: 'On the lid of the box.', secret: true, required: true },
    REHEARSAL_ADDRESS,
  ],
  settingFields: [],
  capabilities: {
    compareAndSet: true,
    locations: false,
    drafts: false,
    webhooks: false,
    quantityMax: 1_000_000,
    ordersByUpdate: true,
  },
  limits: {
    rate: { kind: 'concurrency', requestsAtOnce: 4 },
    pushBatchMax: PAGE,
    requestTimeoutMs: 5_000,
    fullPush: [{ calls: 1, listings: PAGE }],
  },
  rhythm: { ordersFastestMs: 10_000, listingsEveryMs: 3_600_000, ordersOverlapMs: 60_000 },
  hosts: ['api.toy.example'],
};
