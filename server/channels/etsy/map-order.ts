// From an Etsy receipt to the neutral snapshot. A receipt says when a line was sent and whether all of it was
// cancelled; refunds are sums of money without units, so they move nothing.

import type { DatedCount, OrderLine, OrderSnapshot, UnclearRefund } from '../../../shared/model/order.ts';
import { inWords } from '../words.ts';
import type { Receipt, Refund, Transaction } from './shapes.ts';

const CANCELLED = 'canceled';

/** Etsy has written these words in several ways over the years. */
const statusOf = ({ status }: Receipt): string => status.trim().toLowerCase();

export function mapReceipt(receipt: Receipt): OrderSnapshot {
  return {
    remoteId: String(receipt.receipt_id),
    number: String(receipt.receipt_id),
    placedAt: timeOf(receipt.created_timestamp),
    updatedAt: timeOf(receipt.updated_timestamp),
    state: statusOf(receipt) === CANCELLED ? 'cancelled' : 'open',
    channelState: inWords(statusOf(receipt)),
    test: false,
    lines: receipt.transactions.map((transaction) => mapTransaction(receipt, transaction)),
    unclearRefunds: (receipt.refunds ?? []).map(mapRefund),
  };
}

/** Etsy gives a refund no id: its time and place in the list are what it is known by. */
function mapRefund({ amount, created_timestamp: at }: Refund, index: number): UnclearRefund {
  return { id: `${at}/${index + 1}`, at: timeOf(at), amount: amountOf(amount) };
}

/** Etsy's money is whole units of `divisor` parts. */
function amountOf(amount: Refund['amount']): string {
  if (amount == null) return '';
  const decimals = Math.max(0, String(amount.divisor).length - 1);
  return `${(amount.amount / amount.divisor).toFixed(decimals)} ${amount.currency_code}`;
}

const timeOf = (seconds: number): Date => new Date(seconds * 1_000);

function mapTransaction(receipt: Receipt, transaction: Transaction): OrderLine {
  const { quantity } = transaction;
  const shippedAt = transaction.shipped_timestamp ?? null;
  const isShipped = receipt.is_shipped || shippedAt !== null;
  const sku = transaction.sku ?? '';
  return {
    lineId: String(transaction.transaction_id),
    sku: sku === '' ? null : sku,
    title: transaction.title ?? '',
    counts: {
      ordered: quantity,
      fulfilled: isShipped ? quantity : 0,
      released: 0,
      writtenOff: 0,
      restocked: 0,
    },
    dated: isShipped ? datedShipping(receipt, shippedAt, quantity) : [],
    listingRemoteId: listingOf(transaction),
    // Etsy takes units at the checkout and is not known to give any back, after a cancellation neither.
    taken: quantity,
    locationId: null,
    ignoredBecause: transaction.is_digital === true ? 'a file to download' : null,
  };
}

function datedShipping(receipt: Receipt, shippedAt: number | null, quantity: number): readonly DatedCount[] {
  const announced = (receipt.shipments ?? [])
    .map(({ shipment_notification_timestamp: at }) => at)
    .filter((at) => at != null);
  const at = shippedAt ?? (announced.length > 0 ? Math.min(...announced) : null);
  return at === null || quantity === 0 ? [] : [{ count: 'fulfilled', quantity, at: timeOf(at) }];
}

/**
 * Of a variation only its SKU tells which number it came from: variations may share one, which a receipt
 * does not say.
 */
function listingOf(transaction: Transaction): string | null {
  const isVariation =
    (transaction.product_data?.length ?? 0) > 0 ||
    (transaction.variations ?? []).some(({ value_id: value }) => value != null);
  const listing = transaction.listing_id ?? 0;
  return isVariation || listing === 0 ? null : String(listing);
}
