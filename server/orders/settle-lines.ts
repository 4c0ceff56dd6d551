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

export type Settled = {
  readonly line: StoredLine;
  readonly moves: readonly Move[];
  /** Its postings stand for other parts than before. */
  readonly partsChanged: boolean;
};

export function settleLine(locked: LockedSkus, item: LineToSettle): Settled {
  const { line } = item;
  const ignored = line.line.ignoredBecause !== null;
  const sku = linkedSku(locked, line);
  if (sku === null) return { line, moves: [], partsChanged: false };
  const target = ignored ? NO_EFFECT : lineTarget(line.line.counts, item.state, line.baseline);
  // A composition that changes later is none of the line's business: what it booked is what it will send.
  const parts = line.posted.sku === sku ? line.posted.parts : locked.parts(sku);
  const moves = lineMoves(
    line.posted,
    target,
    { sku, parts, warehouseId: item.warehouseId },
    {
      reference: `${line.storeId}/${line.orderId}/${line.line.lineId}`,
      note: `order ${item.orderNumber}`,
      before: item.before,
      after: line.line.counts,
    },
  );
  const { booked, inStock } = target;
  const posted = { sku, parts, warehouseId: item.warehouseId, booked, inStock };
  return { line: { ...line, posted }, moves, partsChanged: parts !== line.posted.parts };
}

// A line that lost its SKU, or has one that nobody knows, stays with what it was posted under.
function linkedSku(locked: LockedSkus, { line, posted }: StoredLine): Sku | null {
  const own = line.sku as Sku | null;
  if (own !== null && locked.has(own)) return own;
  return posted.sku;
}
