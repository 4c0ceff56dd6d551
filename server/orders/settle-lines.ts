// Posts what planned lines still owe the ledger: lines whose SKU is known; the others wait, visible, until it is.

import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import type { LineCounts, OrderState } from '../../shared/model/order.ts';
import type { Part } from '../ledger/bundles.ts';
import type { LockedSkus, Move } from '../ledger/moves.ts';
import { inStockEffect, type LineTarget, lineTarget } from './line-effect.ts';
import { type LineChange, lineMoves, type Posted } from './line-moves.ts';
import type { StoredLine } from './stored-line.ts';

export type LineToSettle = {
  readonly line: StoredLine;
  readonly state: OrderState;
  readonly orderNumber: string;
  readonly before: LineCounts;
  /** Null: no warehouse of ours serves it. */
  readonly warehouseId: WarehouseId | null;
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
  if (item.warehouseId === null) return settleElsewhere(item);
  const target = ignored ? NO_EFFECT : lineTarget(line.line.counts, item.state, line.baseline);
  const parts = partsOf(locked, line.posted, sku);
  const moves = lineMoves(line.posted, target, { sku, parts, warehouseId: item.warehouseId }, changeOf(item));
  const { booked, inStock } = target;
  const posted = { sku, parts, warehouseId: item.warehouseId, booked, inStock };
  return { line: { ...line, posted }, moves, partsChanged: parts !== line.posted.parts };
}

// A composition that changes later is none of the line's business: what it booked is what it will send. But a line that has
// booked nothing of the SKU itself by the day it becomes a bundle books its components, when a shop opens the order again.
function partsOf(locked: LockedSkus, posted: Posted, sku: Sku): readonly Part[] {
  const parts = locked.parts(sku);
  const keeps = posted.sku === sku && (posted.parts.length > 0 || parts.length === 0);
  return keeps ? posted.parts : parts;
}

// What leaves from, or comes back to, a place that is not ours is no concern of our warehouses, also when the place becomes
// ours later: then only what is still open is booked there.
function settleElsewhere(item: LineToSettle): Settled {
  const { posted, line: facts } = item.line;
  const baseline = inStockEffect(facts.counts) - posted.inStock;
  const line = { ...item.line, baseline, posted: { ...posted, booked: 0 } };
  if (posted.sku === null || posted.warehouseId === null) return { line, moves: [], partsChanged: false };
  const there = { sku: posted.sku, parts: posted.parts, warehouseId: posted.warehouseId };
  const target = { booked: 0, inStock: posted.inStock };
  const moves = lineMoves(posted, target, there, changeOf(item));
  return { line, moves: moves.map((move) => ({ ...move, cause: 'order moved' })), partsChanged: false };
}

const changeOf = ({ line, orderNumber, before }: LineToSettle): LineChange => ({
  reference: `${line.storeId}/${line.orderId}/${line.line.lineId}`,
  note: `order ${orderNumber}`,
  before,
  after: line.line.counts,
});

// A line that lost its SKU, or has one that nobody knows, stays with what it was posted under.
function linkedSku(locked: LockedSkus, { line, posted }: StoredLine): Sku | null {
  const own = line.sku as Sku | null;
  if (own !== null && locked.has(own)) return own;
  return posted.sku;
}
