// Orders as sentences for tests: `anOrder().line('A', { ordered: 4 })`. Every step gives a new order.

import {
  type DatedCount,
  type LineCounts,
  NO_COUNTS,
  type OrderLine,
  type OrderSnapshot,
  type OrderState,
} from '../../shared/model/order.ts';

/** When the stores of these tests were turned on. */
export const T0 = new Date('2026-01-10T00:00:00Z');
const MINUTE_MS = 60_000;

/** A time in minutes after (or, negative, before) T0. */
export const minutesAfterT0 = (minutes: number): Date => new Date(T0.getTime() + minutes * MINUTE_MS);

export type LineExtras = Partial<Omit<OrderLine, 'sku' | 'counts' | 'dated'>> & {
  readonly dated?: readonly DatedCount[];
};

export type TestOrder = {
  /** Adds the line, or changes it: lines are the same when SKU (or `lineId`) is the same. Counts are kept unless named. */
  readonly line: (sku: string | null, counts?: Partial<LineCounts>, extras?: LineExtras) => TestOrder;
  readonly without: (lineId: string) => TestOrder;
  readonly state: (state: OrderState) => TestOrder;
  readonly with: (changes: Partial<OrderSnapshot>) => TestOrder;
  /** The same SKU names become the SKUs of one test's own products. */
  readonly snapshot: (version: number, skuOf?: (name: string) => string) => OrderSnapshot;
};

let orders = 0;

export function anOrder(changes: Partial<OrderSnapshot> = {}): TestOrder {
  orders += 1;
  return order({
    remoteId: `order-${orders}`,
    number: `#${1000 + orders}`,
    placedAt: minutesAfterT0(1),
    updatedAt: minutesAfterT0(1),
    state: 'open',
    channelState: 'open',
    test: false,
    lines: [],
    ...changes,
  });
}

function order(now: OrderSnapshot): TestOrder {
  return {
    line: (sku, counts = {}, extras = {}) => {
      const lineId = extras.lineId ?? `line of ${sku}`;
      const old = now.lines.find((line) => line.lineId === lineId);
      const line: OrderLine = {
        title: `Product ${sku}`,
        listingRemoteId: null,
        taken: null,
        locationId: null,
        ignoredBecause: null,
        dated: [],
        ...old,
        ...extras,
        lineId,
        sku,
        counts: { ...(old?.counts ?? NO_COUNTS), ...counts },
      };
      const lines =
        old === undefined
          ? [...now.lines, line]
          : now.lines.map((other) => (other.lineId === lineId ? line : other));
      return order({ ...now, lines });
    },
    without: (lineId) => order({ ...now, lines: now.lines.filter((line) => line.lineId !== lineId) }),
    state: (state) => order({ ...now, state, channelState: state }),
    with: (changed) => order({ ...now, ...changed }),
    snapshot: (version, skuOf = (name) => name) => ({
      ...now,
      updatedAt: minutesAfterT0(10 + version),
      lines: now.lines.map((line) => ({ ...line, sku: line.sku === null ? null : skuOf(line.sku) })),
    }),
  };
}
