// From an Amazon order to the neutral snapshot: counts of units, a pure function of what Amazon says.

import type { DatedCount, LineCounts, OrderLine, OrderSnapshot } from '../../../shared/model/order.ts';
import { inWords } from '../words.ts';
import { type AmazonOrder, type AmazonOrderItem, PENDING_STATUSES } from './answers.ts';

export function mapOrder(order: AmazonOrder): OrderSnapshot {
  const status = order.fulfillment?.fulfillmentStatus ?? 'UNSHIPPED';
  return {
    remoteId: order.orderId,
    number: order.orderId,
    placedAt: order.createdTime,
    updatedAt: order.lastUpdatedTime,
    state: status === 'CANCELLED' ? 'cancelled' : 'open',
    channelState: inWords(status),
    test: false,
    lines: order.orderItems.map((item) => mapLine(order, item, status)),
  };
}

function mapLine(order: AmazonOrder, item: AmazonOrderItem, status: string): OrderLine {
  const counts = countItem(item, status);
  const sku = item.product.sellerSku ?? null;
  return {
    lineId: item.orderItemId,
    sku,
    title: item.product.title ?? sku ?? item.orderItemId,
    counts,
    dated: datesOf(order, item, counts.fulfilled),
    // The SKU is the listing.
    listingRemoteId: sku,
    taken: null,
    locationId: null,
    ignoredBecause: whyIgnored(order, status),
  };
}

function whyIgnored(order: AmazonOrder, status: string): string | null {
  if (order.fulfillment?.fulfilledBy === 'AMAZON') return 'sent by Amazon from its own warehouse (FBA)';
  if (order.salesChannel.channelName === 'NON_AMAZON') return 'sold elsewhere and sent by Amazon';
  return status === 'UNFULFILLABLE' ? 'Amazon cannot send it, and it was never ours to send' : null;
}

function countItem(item: AmazonOrderItem, status: string): LineCounts {
  const ordered = Math.max(0, item.quantityOrdered);
  const counts = { ordered, writtenOff: 0, restocked: 0 };
  const isSent = status === 'SHIPPED';
  const fulfilled = Math.max(0, item.fulfillment?.quantityFulfilled ?? (isSent ? ordered : 0));
  const left = Math.max(0, ordered - fulfilled);
  const isCancelled = status === 'CANCELLED' || item.cancellation?.cancellationExecution !== undefined;
  if (isCancelled) return { ...counts, fulfilled, released: left };
  // While payment is pending nothing counts as to be sent yet, but Amazon holds the units for the buyer.
  const isPending = (PENDING_STATUSES as readonly string[]).includes(status);
  const open = isPending ? left : Math.min(left, Math.max(0, item.fulfillment?.quantityUnfulfilled ?? left));
  return { ...counts, fulfilled, released: left - open };
}

/** When units left, as far as the packages say; no more of them than the line says were sent. */
function datesOf(order: AmazonOrder, item: AmazonOrderItem, fulfilled: number): readonly DatedCount[] {
  const dated: DatedCount[] = [];
  let left = fulfilled;
  for (const { shipTime, packageStatus, packageItems } of order.packages ?? []) {
    if (shipTime === undefined || packageStatus?.status === 'CANCELLED') continue;
    const packed = (packageItems ?? [])
      .filter(({ orderItemId }) => orderItemId === item.orderItemId)
      .reduce((sum, { quantity }) => sum + Math.max(0, quantity), 0);
    const quantity = Math.min(left, packed);
    if (quantity > 0) dated.push({ count: 'fulfilled', quantity, at: shipTime });
    left -= quantity;
  }
  return dated;
}
