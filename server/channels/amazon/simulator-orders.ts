// The Orders API of the simulated Amazon: what it shows of an order, and the rules of its search.

import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import { invalidInput, listIn, notFound } from './simulator-http.ts';
import type { AccountMemory, SimulatedAmazonOrder, SimulatedItem } from './simulator-memory.ts';

const MARKETPLACE_ID = 'ATVPDKIKX0DER';
/** Nothing changed later than this before now can be searched. */
const SEARCHED_AFTER_MS = 2 * 60_000;
const PAGE_MAX = 100;

export function getOrder(memory: AccountMemory, id: string, request: SimulationRequest): SimulationAnswer {
  const order = memory.orders.get(id);
  if (order === undefined) return notFound();
  return { status: 200, body: { order: render(order, listIn(request, 'includedData')) } };
}

type Window = { readonly by: 'createdAt' | 'updatedAt'; readonly after: string; readonly before: string };
type Place = { readonly time: string; readonly id: string; readonly before: string };

export function searchOrders(
  memory: AccountMemory,
  request: SimulationRequest,
  now: Date,
  pace: number,
): SimulationAnswer {
  const query = request.url.searchParams;
  const window = readWindow(query, new Date(now.getTime() - SEARCHED_AFTER_MS / pace));
  if (typeof window === 'string') return invalidInput(window);
  const size = Number(query.get('maxResultsPerPage') ?? PAGE_MAX);
  if (!Number.isInteger(size) || size < 1 || size > PAGE_MAX) return invalidInput('maxResultsPerPage');
  const token = query.get('paginationToken');
  const place = token === null ? null : readToken(token);
  if (token !== null && place === null) return invalidInput('paginationToken');
  const before = place?.before ?? window.before;
  const [statuses, fulfilledBy] = [listIn(request, 'fulfillmentStatuses'), listIn(request, 'fulfilledBy')];
  const found = [...memory.orders.values()]
    .filter((order) => order[window.by] >= window.after && order[window.by] <= before)
    .filter((order) => statuses.length === 0 || statuses.includes(statusOf(order)))
    .filter((order) => fulfilledBy.length === 0 || fulfilledBy.includes(order.fulfilledBy))
    .sort((a, b) => compare(a[window.by], b[window.by]) || compare(a.id, b.id))
    .filter((order) => place === null || isAfter(order[window.by], order.id, place));
  const orders = found.slice(0, size);
  const last = orders.at(-1);
  const more = last !== undefined && found.length > orders.length;
  const next: Place | null = more ? { time: last[window.by], id: last.id, before } : null;
  const included = listIn(request, 'includedData');
  return {
    status: 200,
    body: {
      orders: orders.map((order) => render(order, included)),
      ...(next === null ? {} : { pagination: { nextToken: writeToken(next) } }),
      [window.by === 'updatedAt' ? 'lastUpdatedBefore' : 'createdBefore']: before,
    },
  };
}

/** A sentence when the times make no sense. */
function readWindow(query: URLSearchParams, newest: Date): Window | string {
  const [createdAfter, updatedAfter] = [query.get('createdAfter'), query.get('lastUpdatedAfter')];
  if ((createdAfter === null) === (updatedAfter === null)) {
    return 'Exactly one of createdAfter and lastUpdatedAfter must be given.';
  }
  const by = createdAfter === null ? 'updatedAt' : 'createdAt';
  const [mine, other] =
    by === 'createdAt' ? ['createdBefore', 'lastUpdatedBefore'] : ['lastUpdatedBefore', 'createdBefore'];
  if (query.has(other ?? '')) return `${other} may not be given.`;
  const latest = newest.getTime();
  const after = Date.parse(createdAfter ?? updatedAfter ?? '');
  const before = query.has(mine ?? '') ? Date.parse(query.get(mine ?? '') ?? '') : latest;
  if (Number.isNaN(after) || Number.isNaN(before)) return 'A time is not in ISO 8601.';
  if (before > latest) return `${mine} must be at least two minutes before the time of the request.`;
  if (before < after) return `${mine} must be equal to or after the other time.`;
  return { by, after: new Date(after).toISOString(), before: new Date(before).toISOString() };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const isAfter = (time: string, id: string, place: Place): boolean =>
  (compare(time, place.time) || compare(id, place.id)) > 0;

const writeToken = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');
function readToken(token: string): Place | null {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Place;
  } catch {
    return null;
  }
}

// ---- rendering ------------------------------------------------------------------------------------------------

const openUnits = (item: SimulatedItem): number => item.ordered - item.fulfilled - item.cancelled;

export function statusOf(order: SimulatedAmazonOrder): string {
  if (order.isCancelled) return 'CANCELLED';
  if (order.isPending) return 'PENDING';
  const isSent = order.items.some(({ fulfilled }) => fulfilled > 0);
  if (!isSent) return 'UNSHIPPED';
  return order.items.some((item) => openUnits(item) > 0) ? 'PARTIALLY_SHIPPED' : 'SHIPPED';
}

function render(order: SimulatedAmazonOrder, included: readonly string[]): object {
  const has = (set: string): boolean => included.includes(set);
  return {
    orderId: order.id,
    createdTime: order.createdAt,
    lastUpdatedTime: order.updatedAt,
    ...(order.replaces === null
      ? {}
      : { associatedOrders: [{ orderId: order.replaces, associationType: 'REPLACEMENT_ORIGINAL_ID' }] }),
    salesChannel: { channelName: 'AMAZON', marketplaceId: MARKETPLACE_ID, marketplaceName: 'Amazon.com' },
    ...(has('FULFILLMENT')
      ? { fulfillment: { fulfillmentStatus: statusOf(order), fulfilledBy: order.fulfilledBy } }
      : {}),
    orderItems: order.items.map((item) => ({
      orderItemId: item.id,
      quantityOrdered: item.ordered,
      product: { asin: 'B000000001', title: item.title, sellerSku: item.sku },
      ...(has('FULFILLMENT')
        ? {
            fulfillment: {
              quantityFulfilled: item.fulfilled,
              // While payment is pending nothing is to be sent yet.
              quantityUnfulfilled: order.isPending ? 0 : openUnits(item),
            },
          }
        : {}),
      ...(has('CANCELLATION') ? renderCancellation(order, item) : {}),
    })),
    ...(has('PACKAGES') && order.packages.length > 0
      ? {
          packages: order.packages.map(({ id, shipTime, items }) => ({
            packageReferenceId: id,
            shipTime,
            packageStatus: { status: 'SHIPPED' },
            packageItems: items,
          })),
        }
      : {}),
  };
}

function renderCancellation(order: SimulatedAmazonOrder, item: SimulatedItem): object {
  const isWhole = item.cancelled > 0 && item.cancelled === item.ordered - item.fulfilled;
  if (isWhole) {
    return {
      cancellation: { cancellationExecution: { cancelledBy: 'MERCHANT', cancelReason: 'NO_INVENTORY' } },
    };
  }
  if (!order.cancelRequested) return {};
  return { cancellation: { cancellationRequest: { requester: 'BUYER', cancelReason: 'NO_LONGER_NEEDED' } } };
}
