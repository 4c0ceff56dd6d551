// Posts what planned lines still owe the ledger: lines whose SKU is known; the others wait, visible, until it is.

import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import type { LineCounts, OrderState } from '../../shared/model/order.ts';
import type { LockedSkus, Move } from '../ledger/moves.ts';
import { type LineTarget, lineTarget } from './line-effect.ts';
import { lineMoves } from './line-moves.ts';
import type { StoredLine } from './stored-line.ts';

export type LineToSettle = {
  readonly line: StoredLine;
  readonly state: OrderState;
  readonly orderNumber: string;
  readonly before: LineCounts;
  readonly warehouseId: WarehouseId;
};

const NO_EFFECT: LineTarget = { booked: 0, inStock: 0 };

export type Settled = { readonly line: StoredLine; readonly moves: readonly Move[] };

export function settleLine(locked: LockedSkus, item: LineToSettle): Settled {
  const { line } = item;
  const ignored = line.line.ignoredBecause !== null;
  const sku = linkedSku(locked, line);
  if (sku === null) return { line, moves: [] };
  const target = ignored ? NO_EFFECT : lineTarget(line.line.counts, item.state, line.baseline);
  const moves = lineMoves(
    line.posted,
    target,
    { sku, warehouseId: item.warehouseId },
    {
      reference: `${line.storeId}/${line.orderId}/${line.line.lineId}`,
      note: `order ${item.orderNumber}`,
      before: item.before,
      after: line.line.counts,
    },
  );
  const posted = { sku, warehouseId: item.warehouseId, booked: target.booked, inStock: target.inStock };
  return { line: { ...line, posted }, moves };
}

// A line that lost its SKU, or has one that nobody knows, stays with what it was posted under.
function linkedSku(locked: LockedSkus, { line, posted }: StoredLine): Sku | null {
  const own = line.sku as Sku | null;
  if (own !== null && locked.has(own)) return own;
  return posted.sku;
}
