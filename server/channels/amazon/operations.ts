// The operations of Amazon's Selling Partner API that this channel uses, with the usage plan published for each (README.md).

import type { ChannelRequest } from '../../net/channel-http.ts';
import type { PublishedLimit } from '../manifest.ts';

export type Operation = {
  readonly method: ChannelRequest['method'];
  readonly path: string;
  /** Doing it twice does no harm. */
  readonly repeatable: boolean;
  /** No stock changes by it, though it is no GET: a document says nothing until a feed is made of it. */
  readonly changesNothing?: boolean;
  readonly requestsPerSecond: number;
  readonly burst: number;
};

const operation = (
  method: Operation['method'],
  path: string,
  [requestsPerSecond, burst]: readonly [number, number],
  repeatable = true,
): Operation => ({ method, path, repeatable, requestsPerSecond, burst });

export const OPERATIONS = {
  searchOrders: operation('GET', '/orders/2026-01-01/orders', [0.0056, 20]),
  getOrder: operation('GET', '/orders/2026-01-01/orders/{orderId}', [0.5, 30]),
  searchListingsItems: operation('GET', '/listings/2021-08-01/items/{sellerId}', [5, 5]),
  getListingsItem: operation('GET', '/listings/2021-08-01/items/{sellerId}/{sku}', [5, 10]),
  // A lost answer is not repeated blindly: a sale in between would be undone. The quantity is read back instead.
  patchListingsItem: operation('PATCH', '/listings/2021-08-01/items/{sellerId}/{sku}', [5, 5], false),
  createReport: operation('POST', '/reports/2021-06-30/reports', [0.0167, 15]),
  getReport: operation('GET', '/reports/2021-06-30/reports/{reportId}', [2, 15]),
  getReportDocument: operation('GET', '/reports/2021-06-30/documents/{reportDocumentId}', [0.0167, 15]),
  createFeedDocument: {
    ...operation('POST', '/feeds/2021-06-30/documents', [0.5, 15]),
    changesNothing: true,
  },
  // Published: 0.0083/15, and for this kind of feed 5 in any 5 minutes. 3 + 2 in 5 minutes keep both.
  createFeed: operation('POST', '/feeds/2021-06-30/feeds', [2 / 300, 3], false),
  getFeed: operation('GET', '/feeds/2021-06-30/feeds/{feedId}', [2, 15]),
  // Only to recognise a feed whose answer was lost.
  getFeeds: operation('GET', '/feeds/2021-06-30/feeds', [0.0222, 10]),
  getFeedDocument: operation('GET', '/feeds/2021-06-30/documents/{feedDocumentId}', [0.0222, 10]),
  getDestinations: operation('GET', '/notifications/v1/destinations', [1, 5]),
  createDestination: operation('POST', '/notifications/v1/destinations', [1, 5], false),
  getSubscription: operation('GET', '/notifications/v1/subscriptions/{notificationType}', [1, 5]),
  createSubscription: operation('POST', '/notifications/v1/subscriptions/{notificationType}', [1, 5], false),
  getMarketplaceParticipations: operation('GET', '/sellers/v1/marketplaceParticipations', [0.016, 15]),
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof OPERATIONS;

export const OPERATION_LIMITS: Readonly<Record<string, PublishedLimit>> = Object.fromEntries(
  Object.entries(OPERATIONS).map(([name, { requestsPerSecond, burst }]): [string, PublishedLimit] => [
    name,
    {
      kind: 'cost',
      bucketPoints: bucketOf(requestsPerSecond, burst),
      restorePointsPerSecond: requestsPerSecond,
    },
  ]),
);

/** Calls may arrive closer together than they left: where several go in a second, one of the burst is kept for that. */
function bucketOf(requestsPerSecond: number, burst: number): number {
  return requestsPerSecond > 1 ? burst - 1 : burst;
}
