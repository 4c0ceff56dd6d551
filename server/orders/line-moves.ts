// Turns the difference between what a line shall have posted and what it has posted into moves, each with its cause.

import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import type { LineCounts } from '../../shared/model/order.ts';
import type { Part } from '../ledger/bundles.ts';
import type { Move, MoveCause } from '../ledger/moves.ts';
import type { LineTarget } from './line-effect.ts';

export type Posted = {
  readonly sku: Sku | null;
  /** What one unit consists of when the SKU was a bundle at the first posting; empty: it is itself. Kept for good. */
  readonly parts: readonly Part[];
  readonly warehouseId: WarehouseId | null;
  readonly booked: number;
  readonly inStock: number;
};

export type Destination = {
  readonly sku: Sku;
  readonly parts: readonly Part[];
  readonly warehouseId: WarehouseId;
};

/** Names the line in the ledger, and the counts before and after, from which the cause is told. */
export type LineChange = {
  readonly reference: string;
  readonly note: string;
  readonly before: LineCounts;
  readonly after: LineCounts;
};

/**
 * The moves that bring a line from `posted` to `target` at `destination`. A line whose SKU changed gives everything back
 * under the old SKU first; one whose warehouse changed takes its booked units along. A bundle moves its parts.
 */
export function lineMoves(
  posted: Posted,
  target: LineTarget,
  destination: Destination,
  change: LineChange,
): readonly Move[] {
  const bookedChange = target.booked - posted.booked;
  const inStockChange = target.inStock - posted.inStock;
  const cause = causeOf(bookedChange, inStockChange, change);
  if (posted.sku === null || posted.warehouseId === null) {
    return postingMoves(destination, bookedChange, inStockChange, cause, change);
  }
  const old = { sku: posted.sku, parts: posted.parts, warehouseId: posted.warehouseId };
  if (old.sku !== destination.sku) {
    return [
      ...postingMoves(old, -posted.booked, -posted.inStock, 'order moved', change),
      ...postingMoves(destination, target.booked, target.inStock, 'order moved', change),
    ];
  }
  if (old.warehouseId !== destination.warehouseId) {
    return [
      ...postingMoves(old, -posted.booked, 0, 'order moved', change),
      ...postingMoves(destination, posted.booked, 0, 'order moved', change),
      ...postingMoves(destination, bookedChange, inStockChange, cause, change),
    ];
  }
  return postingMoves(destination, bookedChange, inStockChange, cause, change);
}

/** A bundle posts its parts. */
export function postingMoves(
  { sku, parts, warehouseId }: Destination,
  bookedChange: number,
  inStockChange: number,
  cause: MoveCause,
  { reference, note }: Pick<LineChange, 'reference' | 'note'>,
): readonly Move[] {
  if (bookedChange === 0 && inStockChange === 0) return [];
  const whole = { warehouseId, cause, reference };
  if (parts.length === 0) return [{ ...whole, sku, inStockChange, bookedChange, note }];
  return parts.map((part) => ({
    ...whole,
    sku: part.sku,
    inStockChange: inStockChange * part.units,
    bookedChange: bookedChange * part.units,
    note: `${note}, part of ${sku}`,
  }));
}

function causeOf(bookedChange: number, inStockChange: number, { before, after }: LineChange): MoveCause {
  if (inStockChange < 0) {
    if (after.fulfilled > before.fulfilled) return 'fulfilled';
    return after.writtenOff > before.writtenOff ? 'written off' : 'restock undone';
  }
  if (inStockChange > 0) {
    if (after.restocked > before.restocked) return 'restocked';
    return after.fulfilled < before.fulfilled ? 'fulfilment undone' : 'write-off undone';
  }
  return bookedChange > 0 ? 'order booked' : 'order released';
}
