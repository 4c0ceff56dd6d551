// From an eBay order and its shipments to the neutral snapshot: counts of units, a pure function of what eBay says.

import * as z from 'zod';
import type { DatedCount, OrderLine, OrderSnapshot, UnclearRefund } from '../../../shared/model/order.ts';
import { inWords } from '../words.ts';
import { specificsKey } from './item.ts';
import { remoteIdOf } from './map-listing.ts';

const lineShape = z.object({
  lineItemId: z.string(),
  legacyItemId: z.string().nullish(),
  legacyVariationId: z.string().nullish(),
  variationAspects: z.array(z.object({ name: z.string().nullish(), value: z.string().nullish() })).nullish(),
  sku: z.string().nullish(),
  title: z.string().nullish(),
  quantity: z.int(),
  lineItemFulfillmentStatus: z.string().nullish(),
});
export const orderShape = z.object({
  orderId: z.string(),
  creationDate: z.coerce.date(),
  lastModifiedDate: z.coerce.date(),
  orderFulfillmentStatus: z.string().nullish(),
  orderPaymentStatus: z.string().nullish(),
  cancelStatus: z.object({ cancelState: z.string().nullish() }).nullish(),
  /** The addresses of its shipments. */
  fulfillmentHrefs: z.array(z.string()).nullish(),
  lineItems: z.array(lineShape),
  paymentSummary: z
    .object({
      refunds: z
        .array(
          z.object({
            refundReferenceId: z.string().nullish(),
            refundDate: z.coerce.date().nullish(),
            amount: z.object({ value: z.string().nullish(), currency: z.string().nullish() }).nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});
export const shipmentsShape = z.object({
  fulfillments: z
    .array(
      z.object({
        shippedDate: z.coerce.date().nullish(),
        lineItems: z.array(z.object({ lineItemId: z.string(), quantity: z.int().nullish() })).nullish(),
      }),
    )
    .nullish(),
});

export type Order = z.output<typeof orderShape>;
export type Shipments = NonNullable<z.output<typeof shipmentsShape>['fulfillments']>;
type Line = Order['lineItems'][number];

export function mapOrder(order: Order, shipments: Shipments): OrderSnapshot {
  return {
    remoteId: order.orderId,
    number: order.orderId,
    placedAt: order.creationDate,
    updatedAt: order.lastModifiedDate,
    // A cancellation under way may still be refused: only a finished one counts.
    state: order.cancelStatus?.cancelState === 'CANCELED' ? 'cancelled' : 'open',
    channelState: wordsOf(order),
    test: false,
    lines: order.lineItems.map((line) => mapLine(line, shipments)),
    unclearRefunds: refundsOf(order),
  };
}

/** A refund that is under way has no date, and no id that stays: it counts once it has been issued. */
function refundsOf({ paymentSummary }: Order): readonly UnclearRefund[] {
  return (paymentSummary?.refunds ?? []).flatMap(({ refundReferenceId, refundDate, amount }) => {
    if (refundDate == null) return [];
    const sum = amount?.value ? `${amount.value} ${amount.currency ?? ''}`.trim() : '';
    return [{ id: refundReferenceId ?? `${refundDate.toISOString()}/${sum}`, at: refundDate, amount: sum }];
  });
}

const SHIPPED_WORDS: Readonly<Record<string, string>> = {
  NOT_STARTED: 'not shipped',
  IN_PROGRESS: 'partly shipped',
  FULFILLED: 'shipped',
};
const PAID_WORDS: Readonly<Record<string, string>> = {
  PENDING: 'payment pending',
  FAILED: 'payment failed',
};

/** A refund says an amount and no units, so it is shown and moves nothing. */
function wordsOf({ orderFulfillmentStatus, orderPaymentStatus, cancelStatus }: Order): string {
  const shipped = orderFulfillmentStatus ?? 'NOT_STARTED';
  const cancelState = cancelStatus?.cancelState ?? 'NONE_REQUESTED';
  const cancelled = cancelState === 'CANCELED' ? 'cancelled' : `cancellation ${inWords(cancelState)}`;
  const paid = orderPaymentStatus ?? 'PAID';
  const words = [SHIPPED_WORDS[shipped] ?? inWords(shipped), PAID_WORDS[paid] ?? inWords(paid)];
  return inWords((cancelState === 'NONE_REQUESTED' ? words : [cancelled, ...words]).join(', '));
}

function mapLine(line: Line, shipments: Shipments): OrderLine {
  const ordered = Math.max(0, line.quantity);
  const dated = datedUnits(line, shipments, ordered);
  return {
    lineId: line.lineItemId,
    sku: line.sku ? line.sku : null,
    title: line.title ?? '',
    counts: {
      ordered,
      fulfilled: fulfilledUnits(line, shipments, ordered),
      released: 0,
      writtenOff: 0,
      restocked: 0,
    },
    dated,
    listingRemoteId: listingOf(line),
    taken: null,
    locationId: null,
    ignoredBecause: null,
  };
}

/** The line knows whether all or nothing was sent; only the shipments know how many in between. */
function fulfilledUnits(line: Line, shipments: Shipments, ordered: number): number {
  if (line.lineItemFulfillmentStatus === 'FULFILLED') return ordered;
  if (line.lineItemFulfillmentStatus !== 'IN_PROGRESS') return 0;
  return Math.min(ordered, total(partsOf(line, shipments).map(({ quantity }) => quantity)));
}

function datedUnits(line: Line, shipments: Shipments, ordered: number): readonly DatedCount[] {
  let left = fulfilledUnits(line, shipments, ordered);
  const dated: DatedCount[] = [];
  for (const { at, quantity } of partsOf(line, shipments)) {
    const part = Math.min(left, quantity);
    left -= part;
    if (at !== null && part > 0) dated.push({ count: 'fulfilled', quantity: part, at });
  }
  return dated;
}

const partsOf = (
  { lineItemId }: Line,
  shipments: Shipments,
): readonly { readonly at: Date | null; readonly quantity: number }[] =>
  shipments.flatMap(({ shippedDate, lineItems }) =>
    (lineItems ?? [])
      .filter((part) => part.lineItemId === lineItemId)
      // "Default: 1", says the description.
      .map((part) => ({ at: shippedDate ?? null, quantity: Math.max(0, part.quantity ?? 1) })),
  );

// Of a variation, the specifics say which one; without them the SKU has to do.
function listingOf({ legacyItemId, legacyVariationId, variationAspects }: Line): string | null {
  if (!legacyItemId) return null;
  if (!legacyVariationId || legacyVariationId === '0') return remoteIdOf(legacyItemId, null);
  if (!variationAspects || variationAspects.length === 0) return null;
  const pairs = variationAspects.map(({ name, value }): readonly [string, string] => [
    name ?? '',
    value ?? '',
  ]);
  return remoteIdOf(legacyItemId, specificsKey(pairs));
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);
