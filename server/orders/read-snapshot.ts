// Looks an order snapshot over before it is applied: nonsense is refused with the order named; what a database cannot hold
// is cut off, so that no order of a shop can hold up its other orders.

import type { OrderLine, OrderSnapshot } from '../../shared/model/order.ts';
import { QUANTITY_MAX } from '../../shared/model/quantity.ts';
import { readStoreSku } from '../../shared/model/sku.ts';
import { contradiction } from './line-effect.ts';

export type SnapshotCheck =
  /** `warning`: what is odd about it, for the order's row. */
  | { readonly ok: true; readonly snapshot: OrderSnapshot; readonly warning: string | null }
  | { readonly ok: false; readonly problem: string };

const TEXT_LENGTH_MAX = 500;

export function readSnapshot(order: OrderSnapshot): SnapshotCheck {
  for (const time of [order.placedAt, order.updatedAt]) {
    if (Number.isNaN(time.getTime())) return { ok: false, problem: 'a time of it cannot be read' };
  }
  for (const line of order.lines) {
    const problem = lineProblem(line);
    if (problem !== null) return { ok: false, problem };
  }
  const byId = new Map(order.lines.map((line) => [line.lineId, line]));
  const lines = [...byId.values()];
  return {
    ok: true,
    warning: warningAbout(order.lines, byId),
    snapshot: {
      ...order,
      number: storable(order.number),
      channelState: storable(order.channelState),
      lines: lines.map((line) => ({
        ...line,
        title: storable(line.title),
        // The SKU as listings are linked by it: without blanks around it, and none at all if it cannot be one.
        sku: readStoreSku(line.sku)?.sku ?? null,
      })),
    },
  };
}

function lineProblem({ lineId, counts, taken }: OrderLine): string | null {
  // A shop that refunds more than it sold puts more back than it took: that is what its number shows.
  const numbers = { ...counts, taken: Math.abs(taken ?? 0) };
  for (const [name, count] of Object.entries(numbers)) {
    if (!Number.isInteger(count) || count < 0 || count > QUANTITY_MAX) {
      return `its line ${storable(lineId)} has ${count} units ${name}, which is not a whole number of units`;
    }
  }
  return null;
}

// The id is the line: two rows with one id are one line, read twice.
function warningAbout(lines: readonly OrderLine[], byId: ReadonlyMap<string, OrderLine>): string | null {
  const repeated = lines.find((line) => byId.get(line.lineId) !== line);
  if (repeated !== undefined) {
    return `The shop sent the line "${storable(repeated.lineId)}" twice; it was counted once. Check this order in the shop.`;
  }
  return lines.map((line) => contradiction(line.counts)).find((text) => text !== null) ?? null;
}

const storable = (text: string): string => text.slice(0, TEXT_LENGTH_MAX).replaceAll('\u0000', '');
