// Shopify's order → the neutral snapshot. Pure: the same order always gives the same counts, each unit counted once.

import type {
  DatedCount,
  LineCounts,
  OrderLine,
  OrderSnapshot,
  OrderState,
} from '../../../shared/model/order.ts';
import { inWords } from '../words.ts';
import type { ShopifyOrder, ShopifyOrderLine } from './answers.ts';
import type { Assignment, Assignments } from './assignments.ts';
import type { OrderReturn } from './returns.ts';
import { splitLine } from './split-line.ts';

/** The shop's locations that are ours. Empty: all are. */
export type OwnedLocations = readonly string[];

type Sending = { readonly quantity: number; readonly at: Date; readonly locationId: string | null };
type Refund = Sending & { readonly restockType: string; readonly restocked: boolean };
type LineEvents = {
  readonly sendings: Sending[];
  readonly refunds: Refund[];
  /** Put on a shelf again by a return, beyond what the return's own refunds say. */
  readonly restocks: Refund[];
};
const noEvents = (): LineEvents => ({ sendings: [], refunds: [], restocks: [] });

/** `assignments`: which locations send its lines, where the shop has more than one. */
export function mapOrder(
  order: ShopifyOrder,
  owned: OwnedLocations,
  assignments: Assignments | null = null,
  returns: readonly OrderReturn[] = [],
): OrderSnapshot {
  const events = eventsByLine(order, returns);
  const state: OrderState = order.cancelledAt === null ? 'open' : 'cancelled';
  return {
    remoteId: order.id,
    number: order.name,
    placedAt: order.createdAt,
    updatedAt: order.updatedAt,
    state,
    channelState: state === 'cancelled' ? 'Cancelled' : inWords(order.displayFulfillmentStatus),
    test: order.test,
    lines: order.lineItems.nodes.flatMap((line) => {
      const its = events.get(line.id) ?? noEvents();
      const whole = mapLine(line, its, {
        cancelled: state === 'cancelled',
        confirmed: order.confirmed,
        isOurs: (locationId) => owned.length === 0 || locationId === null || owned.includes(locationId),
      });
      return atItsLocations(whole, its, assignments?.get(line.id) ?? []);
    }),
  };
}

function eventsByLine(order: ShopifyOrder, returns: readonly OrderReturn[]): Map<string, LineEvents> {
  const events = new Map<string, LineEvents>();
  const of = (lineId: string): LineEvents => {
    const known = events.get(lineId) ?? noEvents();
    events.set(lineId, known);
    return known;
  };
  for (const fulfillment of order.fulfillments) {
    // Cancelled and failed fulfilments sent nothing; the old words OPEN and PENDING have not sent anything yet.
    if (fulfillment.status !== 'SUCCESS') continue;
    const { createdAt: at, location } = fulfillment;
    for (const { quantity, lineItem } of fulfillment.fulfillmentLineItems.nodes) {
      of(lineItem.id).sendings.push({ quantity: quantity ?? 0, at, locationId: location?.id ?? null });
    }
  }
  for (const refund of order.refunds) {
    const at = refund.createdAt ?? refund.updatedAt;
    for (const { lineItem, location, quantity, restockType, restocked } of refund.refundLineItems.nodes) {
      of(lineItem.id).refunds.push({
        quantity,
        at,
        locationId: location?.id ?? null,
        restockType,
        restocked,
      });
    }
  }
  for (const one of returns) addRestocks(order, one, (lineId) => of(lineId).restocks);
  return events;
}

// A unit that came back once may be told of twice: where it was put, and by the refund of the same return.
function addRestocks(order: ShopifyOrder, one: OrderReturn, of: (lineId: string) => Refund[]): void {
  const told = new Map<string, number>();
  for (const refund of order.refunds.filter(({ id }) => one.refundIds.has(id))) {
    for (const { lineItem, quantity, restocked } of refund.refundLineItems.nodes) {
      if (restocked) told.set(lineItem.id, (told.get(lineItem.id) ?? 0) + quantity);
    }
  }
  for (const { lineId, quantity, at, locationId } of one.restocked) {
    const known = Math.min(quantity, told.get(lineId) ?? 0);
    told.set(lineId, (told.get(lineId) ?? 0) - known);
    if (quantity === known) continue;
    of(lineId).push({ quantity: quantity - known, at, locationId, restockType: 'RETURN', restocked: true });
  }
}

// Which of its locations are ours is not the channel's business: each part names where it is.
function atItsLocations(
  line: OrderLine,
  { sendings, refunds, restocks }: LineEvents,
  assigned: readonly Assignment[],
): readonly OrderLine[] {
  const located = (events: readonly Sending[]) =>
    events.flatMap(({ quantity, at, locationId }) =>
      locationId === null ? [] : [{ quantity, at, locationId }],
    );
  const returned = [...refunds.filter(isReturned), ...restocks];
  return splitLine(line, assigned, located(sendings), located(returned));
}

// RETURN, and LEGACY_RESTOCK of old refunds, which does not say whether the units had left.
const isReturned = ({ restockType, restocked }: Refund): boolean =>
  restocked && restockType !== 'CANCEL' && restockType !== 'NO_RESTOCK';

type Circumstances = {
  readonly cancelled: boolean;
  readonly confirmed: boolean;
  readonly isOurs: (locationId: string | null) => boolean;
};

function mapLine(line: ShopifyOrderLine, events: LineEvents, order: Circumstances): OrderLine {
  const { counts, taken, dated } = countUnits(line, events, order);
  return {
    lineId: line.id,
    sku: line.sku === '' ? null : line.sku,
    title: line.name,
    counts,
    dated,
    listingRemoteId: line.variant?.id ?? null,
    taken,
    locationId: null,
    ignoredBecause: whyIgnored(line, order),
  };
}

function whyIgnored(line: ShopifyOrderLine, order: Circumstances): string | null {
  if (line.isGiftCard) return 'Gift card: nothing leaves a warehouse.';
  if (!line.requiresShipping) return 'Not shipped (digital goods or a service): nothing leaves a warehouse.';
  const service = line.fulfillmentService;
  if (service?.type === 'THIRD_PARTY' && !(service.location !== null && order.isOurs(service.location.id))) {
    return `Sent by ${service.serviceName}, not from a warehouse of yours.`;
  }
  return null;
}

/**
 * Sorts the units of a line. Shopify tells what happened (fulfilments, refunds, edits), not how many units each count
 * holds, and names some units twice; so the units that never left bound what can have been given back before leaving.
 */
function countUnits(
  line: ShopifyOrderLine,
  { sendings, refunds, restocks }: LineEvents,
  order: Circumstances,
) {
  const fulfilled = sum(sendings);
  const neverSent = Math.max(0, line.quantity - fulfilled);

  const cancelled = refunds.filter(({ restockType }) => restockType === 'CANCEL');
  const kept = refunds.filter(({ restockType }) => restockType === 'NO_RESTOCK');
  const returned = [...refunds.filter(isReturned), ...restocks];
  const goneUnsent = order.cancelled ? neverSent : Math.max(0, neverSent - line.unfulfilledQuantity);
  // `currentQuantity` is without refunded and removed units: what the refunds do not explain, an edit took away, as far
  // as units are missing that never left. A returned unit that was exchanged is missing, too, but it had left.
  const unexplained = Math.max(0, line.quantity - line.currentQuantity - sum(refunds));
  const removedByEdit = Math.min(unexplained, goneUnsent);
  // Units put back on the shelf beyond those that had left cannot have left: they are given back as well.
  const beyondSent = Math.max(0, sum(returned) - fulfilled);
  const surelyGivenBack = Math.min(neverSent, sum(cancelled) + removedByEdit + beyondSent);
  // A refund without restock says nothing about where its units were. What is neither sent nor still to be sent
  // must be the refunded units that were here; the others had left, and their refund moves nothing.
  const writtenOff = Math.min(sum(kept), Math.max(0, goneUnsent - surelyGivenBack));
  // Still more gone: returned units whose sending was undone, while others were sent in their place.
  const undone = Math.min(sum(returned) - beyondSent, Math.max(0, goneUnsent - surelyGivenBack - writtenOff));
  const givenBack = surelyGivenBack + undone;
  const restocked = sum(returned) - beyondSent - undone;

  const counts: LineCounts = {
    ordered: line.quantity,
    fulfilled,
    released: givenBack,
    writtenOff,
    restocked,
  };
  const backOnShelf = sum(cancelled.filter((refund) => refund.restocked)) + sum(returned) + removedByEdit;
  return {
    counts,
    // Shopify takes every unit off `available` when the order is placed and only its own restocks give them back:
    // a fulfilment moves `committed`, a refund without restock nothing. Unconfirmed orders have reserved nothing.
    taken: order.confirmed ? Math.max(0, line.quantity - backOnShelf) : 0,
    dated: [
      ...dates('fulfilled', sendings, fulfilled),
      ...dates('released', cancelled, counts.released),
      ...dates('writtenOff', kept, writtenOff),
      ...dates('restocked', returned, restocked),
    ] satisfies readonly DatedCount[],
  };
}

/** The dates of one count, oldest first, never adding up to more than the count itself. */
function dates(count: DatedCount['count'], events: readonly Sending[], total: number): DatedCount[] {
  const result: DatedCount[] = [];
  let left = total;
  for (const { quantity, at } of events.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    const part = Math.min(quantity, left);
    if (part > 0) result.push({ count, quantity: part, at });
    left -= part;
  }
  return result;
}

const sum = (events: readonly { readonly quantity: number }[]): number =>
  events.reduce((total, { quantity }) => total + quantity, 0);
