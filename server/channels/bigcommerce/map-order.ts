// From a BigCommerce order, its lines and refunds to the neutral snapshot: counts of units, a pure function of what the
// store says.

import type {
  DatedCount,
  LineCounts,
  OrderLine,
  OrderSnapshot,
  UnclearRefund,
} from '../../../shared/model/order.ts';
import type { StoreSettings } from '../channel.ts';
import { productHandle } from './handle.ts';
import type { Line, Order, ProductTracking, Refund } from './shapes.ts';
import { STATUS, type StatusMeaning, statusMeaning } from './status.ts';
import type { StockRules } from './stock-rules.ts';

export type PlacedLine = Line & { readonly locationId: string | null };

export type OrderParts = {
  readonly order: Order;
  readonly lines: readonly PlacedLine[];
  readonly refunds: readonly Refund[];
  /** By product id; a product that was deleted is missing. */
  readonly products: ReadonlyMap<number, ProductTracking>;
  readonly rules: StockRules;
};

type Context = OrderParts & {
  readonly meaning: StatusMeaning;
  readonly isAllSent: boolean;
  readonly settings: StoreSettings;
};

export function mapOrder(parts: OrderParts, settings: StoreSettings): OrderSnapshot {
  const { order } = parts;
  const meaning = statusMeaning(order.status_id, settings);
  const isAllSent = meaning.kind === 'sent' || wasSentWithoutParcels(parts);
  const context: Context = { ...parts, meaning, isAllSent, settings };
  const changedAt = order.date_modified ?? order.date_created ?? new Date(0);
  return {
    remoteId: String(order.id),
    number: String(order.id),
    placedAt: order.date_created ?? changedAt,
    updatedAt: changedAt,
    state: stateOf(context),
    channelState: order.custom_status || order.status,
    test: false,
    lines: parts.lines.map((line) => mapLine(context, line)),
    unclearRefunds: unclearRefunds(context, changedAt),
  };
}

// An order set to Shipped or Completed by hand has no shipped units on its lines. When a refund or a dispute changes its
// status later, only the date of shipping still tells that it has left.
function wasSentWithoutParcels({ order, lines }: OrderParts): boolean {
  const after: readonly number[] = [
    STATUS.refunded,
    STATUS.partiallyRefunded,
    STATUS.cancelled,
    STATUS.disputed,
  ];
  return (
    order.date_shipped !== null &&
    after.includes(order.status_id) &&
    lines.every((line) => line.quantity_shipped === 0)
  );
}

function stateOf({ order, meaning, isAllSent }: Context): OrderSnapshot['state'] {
  if (order.is_deleted === true) return 'deleted';
  if (meaning.kind === 'cancelled') return 'cancelled';
  return meaning.kind === 'refunded' && !isAllSent ? 'cancelled' : 'open';
}

function mapLine(context: Context, line: PlacedLine): OrderLine {
  const counts = countLine(context, line);
  const ignoredBecause = whyIgnored(context, line);
  return {
    lineId: String(line.id),
    sku: line.sku === '' ? null : line.sku,
    title: line.name,
    counts,
    dated: datesOf(context, line, counts),
    listingRemoteId: listingOf(context, line),
    taken: ignoredBecause === null || context.meaning.kind === 'waiting' ? takenFor(context, line) : 0,
    locationId: line.locationId,
    ignoredBecause,
  };
}

const NO_STOCK: Readonly<Record<string, string>> = {
  digital: 'a digital product',
  giftcertificate: 'a gift certificate',
};

function whyIgnored({ meaning }: Context, line: Line): string | null {
  if (meaning.kind === 'draft') return 'a checkout that was not finished';
  if (meaning.kind === 'waiting') return meaning.because;
  return NO_STOCK[line.type] ?? null;
}

/** Refunds are of money: units not sent are not booked any more, units that were sent stay out until somebody says else. */
function countLine({ isAllSent, settings }: Context, line: Line): LineCounts {
  const ordered = Math.max(0, line.quantity);
  const shipped = Math.min(Math.max(0, line.quantity_shipped), ordered);
  const refunded = Math.min(Math.max(0, line.quantity_refunded), ordered);
  // Sent in whole without parcels: nothing says which units were refunded before, so they are taken to have left.
  const keptBack = isAllSent && shipped === 0 ? 0 : Math.min(refunded, ordered - shipped);
  const fulfilled = isAllSent ? ordered - keptBack : shipped;
  const isLost = settings.options['refundedUnsent'] === 'lost';
  const cameBack = settings.options['refundedSent'] === 'available';
  return {
    ordered,
    fulfilled,
    released: isLost ? 0 : keptBack,
    writtenOff: isLost ? keptBack : 0,
    restocked: cameBack ? Math.min(fulfilled, refunded - keptBack) : 0,
  };
}

function datesOf(context: Context, line: Line, counts: LineCounts): readonly DatedCount[] {
  const { date_shipped: shippedAt } = context.order;
  const sent: readonly DatedCount[] =
    shippedAt === null || counts.fulfilled === 0
      ? []
      : [{ count: 'fulfilled', quantity: counts.fulfilled, at: shippedAt }];
  const back = shareOut(context, line, counts).flatMap(({ refund, counted }) =>
    refund.created === null ? [] : counted.map((one) => ({ ...one, at: refund.created ?? new Date(0) })),
  );
  return [...sent, ...back];
}

type Share = {
  readonly refund: Refund;
  readonly counted: readonly Omit<DatedCount, 'at'>[];
  /** Units that had left before: nothing says whether they came back. */
  readonly unclear: number;
};

/** What each refund did to a line. The oldest ones are taken to be those of units that had not been sent. */
function shareOut({ refunds }: Context, line: Line, counts: LineCounts): readonly Share[] {
  const left = { released: counts.released, writtenOff: counts.writtenOff, restocked: counts.restocked };
  const sorted = [...refunds].sort((a, b) => a.id - b.id);
  return sorted.map((refund) => {
    let units = (refund.items ?? [])
      .filter((item) => item.item_type === 'PRODUCT' && item.item_id === line.id)
      .reduce((sum, item) => sum + Math.max(0, item.quantity), 0);
    const counted: Omit<DatedCount, 'at'>[] = [];
    for (const count of ['released', 'writtenOff', 'restocked'] as const) {
      const quantity = Math.min(units, left[count]);
      if (quantity > 0) counted.push({ count, quantity });
      left[count] -= quantity;
      units -= quantity;
    }
    return { refund, counted, unclear: Math.min(units, counts.fulfilled) };
  });
}

/** What a person is asked about, unless the store's setting knows that refunded units come back. */
function unclearRefunds(context: Context, changedAt: Date): readonly UnclearRefund[] {
  if (context.settings.options['refundedSent'] === 'available') return [];
  const shares = context.lines
    .filter((line) => line.sku !== '' && whyIgnored(context, line) === null)
    .flatMap((line) =>
      shareOut(context, line, countLine(context, line)).map((share) => ({
        ...share,
        lineId: String(line.id),
      })),
    );
  return context.refunds.flatMap((refund) => {
    const units = shares
      .filter((share) => share.refund === refund && share.unclear > 0)
      .map(({ lineId, unclear }) => ({ lineId, quantity: unclear }));
    if (units.length === 0) return [];
    const { id, created, total_amount: sum } = refund;
    const amount = sum == null ? '' : `${sum} ${context.order.currency_code}`.trim();
    return [{ id: String(id), at: created ?? changedAt, amount, units }];
  });
}

function listingOf({ products }: Context, line: Line): string | null {
  if (line.product_id === 0) return null; // a line typed in by hand
  const product = products.get(line.product_id);
  if (product?.inventory_tracking === 'product' && product.base_variant_id === null) {
    return productHandle(line.product_id);
  }
  const variantId = line.variant_id || (product?.base_variant_id ?? 0);
  return variantId === 0 ? null : String(variantId);
}

/** What the store has taken off its own number for this line, by its own settings. */
function takenFor({ order, rules, meaning, isAllSent }: Context, line: Line): number {
  const ordered = Math.max(0, line.quantity);
  // A refund by the API or with the Refund action never gives units back; a status set by hand may.
  const isMarkedOnly = meaning.kind === 'refunded' && line.quantity_refunded === 0;
  const isGivenBack =
    rules.givesBack && (meaning.kind === 'cancelled' || isMarkedOnly || order.is_deleted === true);
  if (meaning.kind === 'draft' || isGivenBack) return 0;
  if (rules.takes === 'placed' || isAllSent) return ordered;
  return Math.min(Math.max(0, line.quantity_shipped), ordered);
}
