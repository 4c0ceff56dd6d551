// What Amazon is, as data: the connect form, what the shop can do, and the limits it publishes (sources: README.md).

import {
  type ChannelManifest,
  type Credentials,
  paceOf,
  REHEARSAL_ADDRESS,
  REHEARSAL_PACE,
} from '../manifest.ts';
import { OPERATION_LIMITS } from './operations.ts';
import { ENDPOINTS, LOGIN_ENDPOINT } from './regions.ts';

/** Orders changed less than two minutes ago cannot be searched yet; the rest is for clocks that differ. */
export const ORDERS_LISTED_AFTER_MS = 2 * 60_000 + 10_000;
/** Of this store: a rehearsal shop may be quicker. */
export const ordersListedAfterMs = ({ credentials }: { readonly credentials: Credentials }): number =>
  ORDERS_LISTED_AFTER_MS / paceOf(credentials);
/** More than this goes as one feed instead of one request each. */
export const PATCH_MAX = 500;

/**
 * A feed takes 25,000; what is in one was compared up to 100 seconds ago, and feeds are earned as fast as they are filled.
 */
const PUSH_BATCH_MAX = 10_000;

export const manifest: ChannelManifest = {
  id: 'amazon',
  label: 'Amazon',
  credentialFields: [
    {
      key: 'sellerId',
      label: 'Merchant token',
      help: 'Filled in by connecting at Amazon. Or in Seller Central under Settings > Account Info > Your Merchant Token.',
      secret: false,
      required: true,
      placeholder: 'A2EXAMPLE1234',
    },
    {
      key: 'countries',
      label: 'Countries',
      help: 'The countries of the marketplaces you sell in, all of one region (America, Europe or Japan).',
      secret: false,
      required: true,
      placeholder: 'US, CA',
    },
    {
      key: 'clientId',
      label: 'Client ID',
      help: 'In Seller Central under Apps and Services > Develop Apps > View beside your app (LWA credentials).',
      secret: false,
      required: true,
      placeholder: 'amzn1.application-oa2-client.…',
    },
    {
      key: 'clientSecret',
      label: 'Client secret',
      help: 'Beside the client ID.',
      secret: true,
      required: true,
    },
    {
      key: 'secretRotatedOn',
      label: 'Client secret made on',
      help: 'The day the client secret was made, such as 2026-11-23. Amazon ends it after 180 days; you are warned in time.',
      secret: false,
      required: false,
      placeholder: '2026-11-23',
    },
    {
      key: 'applicationId',
      label: 'Application ID',
      help: 'Only for connecting at Amazon: under Develop Apps, beside the name of your app. Not needed with a pasted refresh token.',
      secret: false,
      required: false,
      placeholder: 'amzn1.sp.solution.…',
    },
    {
      key: 'publishedApp',
      label: 'Is the app published?',
      help: 'Only for connecting at Amazon: type yes once the app is published; leave it empty while Amazon calls it a draft.',
      secret: false,
      required: false,
    },
    {
      key: 'refreshToken',
      label: 'Refresh token',
      help: 'Filled in by connecting at Amazon. Or under Develop Apps choose Authorize app beside your app; Amazon shows it once.',
      secret: true,
      required: true,
      placeholder: 'Atzr|…',
    },
    {
      key: 'queueUrl',
      label: 'Address of your order queue (optional)',
      help: 'Only to hear of orders sooner: the URL of a standard SQS queue in your own AWS account that Amazon may send to.',
      secret: false,
      required: false,
      placeholder: 'https://sqs.us-east-1.amazonaws.com/123456789012/orders',
    },
    {
      key: 'queueKeyId',
      label: 'Key ID for the queue (optional)',
      help: 'In AWS under IAM > Users: of a user that may only receive and delete messages of this queue.',
      secret: false,
      required: false,
    },
    {
      key: 'queueSecretKey',
      label: 'Secret key for the queue (optional)',
      help: 'Beside the key ID; AWS shows it once.',
      secret: true,
      required: false,
    },
    REHEARSAL_ADDRESS,
    REHEARSAL_PACE,
  ],
  settingFields: [],
  capabilities: {
    compareAndSet: false,
    locations: false,
    drafts: false,
    webhooks: false,
    quantityMax: 1_000_000,
    ordersByUpdate: true,
    ordersListedAfterMs: ORDERS_LISTED_AFTER_MS,
    skuIsIdentity: true,
    refundsSayRestock: false,
  },
  limits: {
    // Nothing is published for all operations together; each has its own limit.
    rate: { kind: 'concurrency', requestsAtOnce: 8 },
    operations: OPERATION_LIMITS,
    pushBatchMax: PUSH_BATCH_MAX,
    requestTimeoutMs: 30_000,
    // Looked at before and after, 20 at a time.
    fullPush: [
      { calls: 2, listings: 20, operation: 'searchListingsItems' },
      { calls: 1, listings: PUSH_BATCH_MAX, operation: 'createFeed' },
    ],
  },
  // One search of orders is earned every 179 s; what is over serves pushes that have to read orders, and full pages. Two
  // readings are as far apart as that, so that there always is one. Open orders are read again one by one, and an order that
  // was told of in between must not wait behind them.
  rhythm: {
    ordersFastestMs: 240_000,
    listingsEveryMs: 3_600_000,
    readBackMax: 200,
    ordersOverlapMs: 5 * 60_000,
    ordersAgainAfterMs: 180_000,
    openOrdersAgainMax: 12,
  },
  hosts: [...Object.values(ENDPOINTS), LOGIN_ENDPOINT, '*.amazonaws.com'],
};
