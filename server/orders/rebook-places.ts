// When the places of a store are served by other warehouses than before: its open orders are booked where they are served
// now. What has left, or has come back, stays where that happened.

import { sql } from 'kysely';
import type { Sku, StoreId } from '../../shared/model/ids.ts';
import type { Tx } from '../database/database.ts';
import { lockSkus, type Move, postMoves, type Stamp } from '../ledger/moves.ts';
import { inStockEffect } from './line-effect.ts';
import { lineMoves } from './line-moves.ts';
import { type Settled, settleLine } from './settle-lines.ts';
import { loadStoreContext, readWarehouseOf, type StoreContext } from './store-context.ts';
import { readOpenLines, type StoredLine, writeLines, writeParts } from './stored-line.ts';

export type Rebooked = { readonly orders: number; readonly units: number };

type OpenLine = Awaited<ReturnType<typeof readOpenLines>>[number];

/** The caller holds the store. Its mapping is read as it is now. `ordersAreRead`: also those of a pause that has just ended. */
export async function rebookPlaces(
  tx: Tx,
  storeId: StoreId,
  stamp: Stamp,
  { ordersAreRead = false }: { readonly ordersAreRead?: boolean } = {},
): Promise<Rebooked> {
  await sql`select 1 from orders where store_id = ${storeId} order by remote_id for update`.execute(tx);
  const open = await readOpenLines(tx, storeId);
  if (open.length === 0) return { orders: 0, units: 0 };
  const store = await loadStoreContext(tx, storeId);
  const warehouseOf = await readWarehouseOf(tx, storeId);
  const locked = await lockSkus(
    tx,
    open.flatMap(({ line }) => skusOf(line)),
  );
  const settled = open.map((item) => {
    const warehouseId = warehouseOf(item.line.line.locationId);
    // What happened in a pause is known once the orders were read: a line that was started anew by then would count it.
    const isKnown = ordersAreRead || store?.toldUntil === null || isOfNow(item.line, store);
    if (store?.syncOn !== true || !isKnown) return moveOnly(item, warehouseId);
    return settleLine(locked, {
      line: rebase(item.line, store),
      state: item.state,
      orderNumber: item.number,
      before: item.line.line.counts,
      warehouseId,
    });
  });
  const moves = settled
    .flatMap((item) => item.moves)
    .map((move): Move => ({ ...move, cause: 'order moved' }));
  await postMoves(tx, locked, moves, stamp);
  const touched = settled.filter((item, index) => item.line !== open[index]?.line);
  await writeLines(
    tx,
    touched.map((item) => item.line),
  );
  await writeParts(
    tx,
    settled.filter((item) => item.partsChanged).map((item) => item.line),
  );
  return summaryOf(settled);
}

// While sync is off orders do nothing new; what they hold already goes along.
function moveOnly({ line, number }: OpenLine, warehouseId: StoredLine['posted']['warehouseId']): Settled {
  const { posted } = line;
  if (posted.sku === null || posted.warehouseId === null) return { line, moves: [], partsChanged: false };
  const destination = {
    sku: posted.sku,
    parts: posted.parts,
    warehouseId: warehouseId ?? posted.warehouseId,
  };
  const target = { booked: warehouseId === null ? 0 : posted.booked, inStock: posted.inStock };
  const moves = lineMoves(posted, target, destination, {
    reference: `${line.storeId}/${line.orderId}/${line.line.lineId}`,
    note: `order ${number}`,
    before: line.line.counts,
    after: line.line.counts,
  });
  const after = { ...posted, warehouseId: destination.warehouseId, booked: target.booked };
  return { line: { ...line, posted: after }, moves, partsChanged: false };
}

// Sync was started anew since the line was read: what it had done by then is no concern of ours, and what it posted stays.
function rebase(line: StoredLine, store: StoreContext): StoredLine {
  if (isOfNow(line, store)) return line;
  const baseline = inStockEffect(line.line.counts) - line.posted.inStock;
  return { ...line, baseline, baselineAt: store.syncOnAt };
}

const isOfNow = (line: StoredLine, store: StoreContext | null): boolean =>
  line.baselineAt?.getTime() === store?.syncOnAt.getTime();

function summaryOf(settled: readonly Settled[]): Rebooked {
  const moved = settled.filter(({ moves }) => moves.length > 0);
  const units = moved.map(({ line, moves }) =>
    Math.max(line.posted.booked, ...moves.map(({ bookedChange }) => Math.abs(bookedChange))),
  );
  return {
    orders: new Set(moved.map(({ line }) => line.orderId)).size,
    units: units.reduce((sum, number) => sum + number, 0),
  };
}

const skusOf = ({ line, posted }: StoredLine): readonly Sku[] =>
  [line.sku as Sku | null, posted.sku, ...posted.parts.map((part) => part.sku)].filter((sku) => sku !== null);
