// From a WooCommerce order and its refunds to the neutral snapshot: counts of units, a pure function of what
// the shop says.

import type { DatedCount, LineCounts, OrderLine, OrderSnapshot } from '../../../shared/model/order.ts';
import type { StoreSettings } from '../channel.ts';
import { type Fulfilment, itemsOf, type Line, metaNumber, type Order, type Refund } from './shapes.ts';
import { type StatusMeaning, statusInWords, statusMeaning } from './status.ts';

/** What a variation's line is really about, where the line itself misleads. */
export type SoldThing = { readonly sku: string | null; readonly listingRemoteId: string };

export type OrderParts = {
  readonly order: Order;
  readonly refunds: readonly Refund[];
  /** Where the shop tells of parcels and the order is not completed. */
  readonly parcels?: readonly Fulfilment[];
  /** By variation id; without an entry the line is taken at its word. */
  readonly soldThings: ReadonlyMap<number, SoldThing>;
};

export function mapOrder(parts: OrderParts, settings: StoreSettings): OrderSnapshot {
  const { order } = parts;
  const meaning = statusMeaning(order.status, settings);
  const changedAt = order.date_modified_gmt ?? order.date_created_gmt ?? new Date(0);
  const sentAt = whenSent(order, meaning);
  return {
    remoteId: String(order.id),
    number: order.number === '' ? String(order.id) : order.number,
    placedAt: order.date_created_gmt ?? changedAt,
    updatedAt: changedAt,
    state: stateOf(meaning, sentAt !== null),
    channelState: statusInWords(order.status),
    test: false,
    lines: order.line_items.map((line) => mapLine(parts, line, meaning, sentAt)),
  };
}

function stateOf(meaning: StatusMeaning, wasSent: boolean): OrderSnapshot['state'] {
  if (meaning.kind === 'trash') return 'deleted';
  if (meaning.kind === 'cancelled') return 'cancelled';
  return meaning.kind === 'refunded' && !wasSent ? 'cancelled' : 'open';
}

/** `null`: not sent. `unknown`: sent, the shop does not say when. */
type SentAt = Date | 'unknown' | null;

// The shop keeps the date of completion when an order is opened again, so the date alone proves nothing; a
// cancelled order's units are back in the shop's own number, whatever came before.
function whenSent(order: Order, meaning: StatusMeaning): SentAt {
  if (meaning.kind === 'sent') return order.date_completed_gmt ?? 'unknown';
  return meaning.kind === 'refunded' ? order.date_completed_gmt : null;
}

function mapLine(
  { refunds, parcels = [], soldThings }: OrderParts,
  line: Line,
  meaning: StatusMeaning,
  sentAt: SentAt,
): OrderLine {
  const sent = sentInParcels(line, parcels);
  const { counts, dated } =
    sentAt === null && sent.length > 0
      ? countPartlySent(line, refunds, sent)
      : countLine(line, refunds, sentAt);
  const sold = line.variation_id > 0 ? soldThings.get(line.variation_id) : undefined;
  const listingId = line.variation_id > 0 ? line.variation_id : line.product_id;
  const ownSku = line.sku === null || line.sku === undefined || line.sku === '' ? null : line.sku;
  return {
    lineId: String(line.id),
    sku: sold === undefined ? ownSku : sold.sku,
    title: line.name,
    counts,
    dated,
    // The line of a deleted product names no product any more.
    listingRemoteId: sold?.listingRemoteId ?? (listingId > 0 ? String(listingId) : null),
    taken: metaNumber(line, '_reduced_stock') ?? 0,
    locationId: null,
    ignoredBecause: meaning.kind === 'waiting' ? meaning.because : draftReason(meaning),
  };
}

const draftReason = (meaning: StatusMeaning): string | null =>
  meaning.kind === 'draft' ? 'a basket, not yet an order' : null;

/** One refund's part of a line: units that went back on sale, and units that did not. */
type RefundedPart = { readonly at: Date | null; readonly back: number; readonly lost: number };

function countLine(
  line: Line,
  refunds: readonly Refund[],
  sentAt: SentAt,
): { readonly counts: LineCounts; readonly dated: readonly DatedCount[] } {
  const ordered = Math.max(0, line.quantity);
  const parts = refundedParts(line, refunds);
  const before = parts.filter((part) => wasBeforeSending(part, sentAt));
  const after = parts.filter((part) => !wasBeforeSending(part, sentAt));
  const lost = total(before, 'lost');
  // Refunds may exceed the line. No more than the line can be lost; the rest stays visible without moving
  // stock.
  const writtenOff = Math.min(lost, ordered);
  const released = total(before, 'back') + (lost - writtenOff);
  const fulfilled = sentAt === null ? 0 : Math.max(0, ordered - released - writtenOff);
  const dated: DatedCount[] = [
    ...datedParts(before, 'back', 'released'),
    ...datedParts(before, 'lost', 'writtenOff'),
    ...datedParts(after, 'back', 'restocked'),
  ];
  if (sentAt instanceof Date && fulfilled > 0) {
    dated.push({ count: 'fulfilled', quantity: fulfilled, at: sentAt });
  }
  return { counts: { ordered, fulfilled, released, writtenOff, restocked: total(after, 'back') }, dated };
}

type Sending = { readonly quantity: number; readonly at: Date | null };

function sentInParcels(line: Line, parcels: readonly Fulfilment[]): readonly Sending[] {
  return parcels
    .filter((parcel) => parcel.is_fulfilled && parcel.date_deleted === null)
    .flatMap((parcel) =>
      itemsOf(parcel)
        .filter((item) => item.item_id === line.id && item.qty > 0)
        .map(({ qty }) => ({ quantity: Math.trunc(qty), at: parcel.date_updated })),
    );
}

/**
 * A refund does not say whether its units had left. What is still here is refunded first: for the stock it is the same, and
 * an order that is completed later then counts no other units as sent than these.
 */
function countPartlySent(
  line: Line,
  refunds: readonly Refund[],
  sent: readonly Sending[],
): { readonly counts: LineCounts; readonly dated: readonly DatedCount[] } {
  const ordered = Math.max(0, line.quantity);
  const fulfilled = Math.min(
    ordered,
    sent.reduce((sum, { quantity }) => sum + quantity, 0),
  );
  const parts = refundedParts(line, refunds);
  let here = ordered - fulfilled;
  const takeHere = (units: number): number => {
    const taken = Math.min(here, units);
    here -= taken;
    return taken;
  };
  const released = takeHere(total(parts, 'back'));
  const writtenOff = takeHere(total(parts, 'lost'));
  const restocked = Math.min(fulfilled, total(parts, 'back') - released);
  return {
    counts: { ordered, fulfilled, released, writtenOff, restocked },
    dated: sent.flatMap(({ quantity, at }) => (at === null ? [] : [{ count: 'fulfilled', quantity, at }])),
  };
}

const wasBeforeSending = (part: RefundedPart, sentAt: SentAt): boolean =>
  sentAt === null || (sentAt !== 'unknown' && part.at !== null && part.at < sentAt);

// A refund does not say whether it put its units back on sale; the line says how many of all of them did. The
// oldest refunds are taken to be those.
function refundedParts(line: Line, refunds: readonly Refund[]): readonly RefundedPart[] {
  let back = Math.max(0, metaNumber(line, '_restock_refunded_items') ?? 0);
  return [...refunds]
    .sort(
      (a, b) => (a.date_created_gmt?.getTime() ?? 0) - (b.date_created_gmt?.getTime() ?? 0) || a.id - b.id,
    )
    .map((refund) => {
      const quantity = refund.line_items
        .filter((item) => metaNumber(item, '_refunded_item_id') === line.id)
        .reduce((sum, item) => sum + Math.abs(item.quantity), 0);
      const partBack = Math.min(back, quantity);
      back -= partBack;
      return { at: refund.date_created_gmt, back: partBack, lost: quantity - partBack };
    });
}

const total = (parts: readonly RefundedPart[], which: 'back' | 'lost'): number =>
  parts.reduce((sum, part) => sum + part[which], 0);

function datedParts(
  parts: readonly RefundedPart[],
  which: 'back' | 'lost',
  count: DatedCount['count'],
): readonly DatedCount[] {
  return parts.flatMap((part) =>
    part.at !== null && part[which] > 0 ? [{ count, quantity: part[which], at: part.at }] : [],
  );
}
