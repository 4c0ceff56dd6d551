// How a simulated account's orders are searched and shown by the Fulfillment API.

import { OPTION_NAME, type ShopMemory, type SimulatedEbayOrder } from './simulator-memory.ts';
import { sentOf } from './simulator-shop.ts';

const DAY_MS = 24 * 3_600_000;
const RANGE = /(creationdate|lastmodifieddate):\[([^\]]+?)\.\.([^\]]*)\]/g;
const STATUSES = /orderfulfillmentstatus:\{([A-Z_|]+)\}/;

/** Newest first, as nobody promises otherwise; null when the filter makes no sense. */
export function listOrdersBy(
  memory: ShopMemory,
  filter: string,
  now: Date,
): readonly SimulatedEbayOrder[] | null {
  const ranges = new Map(
    [...filter.matchAll(RANGE)].map(([, field, from, to]) => [field ?? '', { from, to }]),
  );
  // With both dates, eBay uses the creation date alone; with neither, the last 90 days.
  const field =
    ranges.has('lastmodifieddate') && !ranges.has('creationdate') ? 'lastModifiedDate' : 'creationDate';
  const range = ranges.get(field.toLowerCase());
  const fromMs = range === undefined ? now.getTime() - 90 * DAY_MS : new Date(range.from ?? '').getTime();
  const toMs = range?.to ? new Date(range.to).getTime() : Number.POSITIVE_INFINITY;
  if (Number.isNaN(fromMs) || Number.isNaN(toMs)) return null;
  if (field === 'creationDate' && fromMs < now.getTime() - 731 * DAY_MS) return null;
  const statuses = STATUSES.exec(filter)?.[1]?.split('|') ?? null;
  const times = (order: SimulatedEbayOrder): number => new Date(order[field]).getTime();
  return [...memory.orders.values()]
    .filter((order) => times(order) >= fromMs && times(order) <= toMs)
    .filter((order) => statuses === null || statuses.includes(statusOf(order)))
    .reverse();
}

type Status = 'NOT_STARTED' | 'IN_PROGRESS' | 'FULFILLED';

function lineStatus(order: SimulatedEbayOrder, lineItemId: string, quantity: number): Status {
  const sent = sentOf(order, lineItemId);
  if (sent === 0) return 'NOT_STARTED';
  return sent < quantity ? 'IN_PROGRESS' : 'FULFILLED';
}

function statusOf(order: SimulatedEbayOrder): Status {
  const statuses = order.lines.map(({ lineItemId, quantity }) => lineStatus(order, lineItemId, quantity));
  if (statuses.every((status) => status === 'NOT_STARTED')) return 'NOT_STARTED';
  return statuses.every((status) => status === 'FULFILLED') ? 'FULFILLED' : 'IN_PROGRESS';
}

const AMOUNT = { value: '15.00', currency: 'USD' };

export const orderBody = (order: SimulatedEbayOrder): object => ({
  orderId: order.orderId,
  legacyOrderId: order.orderId,
  creationDate: order.creationDate,
  lastModifiedDate: order.lastModifiedDate,
  orderFulfillmentStatus: statusOf(order),
  orderPaymentStatus: order.paymentStatus,
  sellerId: 'rehearsal_seller',
  buyer: { username: 'rehearsal_buyer' },
  // Always empty in lists.
  cancelStatus: { cancelState: order.cancelState, cancelRequests: [] },
  paymentSummary: {
    payments: [],
    refunds: order.refunds.map(({ referenceId, issuedAt }) => ({
      amount: AMOUNT,
      refundDate: issuedAt,
      refundReferenceId: referenceId,
      refundStatus: 'REFUNDED',
    })),
  },
  fulfillmentStartInstructions: [{ fulfillmentInstructionsType: 'SHIP_TO' }],
  fulfillmentHrefs: order.fulfillments.map(
    ({ fulfillmentId }) =>
      `https://api.ebay.com/sell/fulfillment/v1/order/${order.orderId}/shipping_fulfillment/${fulfillmentId}`,
  ),
  lineItems: order.lines.map((line) => ({
    lineItemId: line.lineItemId,
    legacyItemId: line.itemId,
    ...(line.option === null
      ? {}
      : {
          legacyVariationId: `4${line.itemId}`,
          variationAspects: [{ name: OPTION_NAME, value: line.option }],
        }),
    ...(line.sku === null ? {} : { sku: line.sku }),
    title: line.title,
    quantity: line.quantity,
    soldFormat: 'FIXED_PRICE',
    lineItemFulfillmentStatus: lineStatus(order, line.lineItemId, line.quantity),
    lineItemCost: AMOUNT,
    total: AMOUNT,
    refunds: order.refunds.map(({ issuedAt }) => ({ amount: AMOUNT, refundDate: issuedAt })),
  })),
});

export const shipmentsBody = (order: SimulatedEbayOrder): object => ({
  total: order.fulfillments.length,
  fulfillments: order.fulfillments.map(({ fulfillmentId, shippedDate, lines }) => ({
    fulfillmentId,
    shipmentTrackingNumber: fulfillmentId,
    shippingCarrierCode: 'USPS',
    shippedDate,
    lineItems: lines,
  })),
});
