// Counts order lines that were waiting for their SKU, the moment the SKU becomes known, once.

import { sql } from 'kysely';
import type { Sku, StoreId } from '../../shared/model/ids.ts';
import { NO_COUNTS, type OrderState } from '../../shared/model/order.ts';
import type { Tx } from '../database/database.ts';
import { lockSkus, postMoves, type Stamp } from '../ledger/moves.ts';
import { inStockEffect } from './line-effect.ts';
import { nameOversells } from './oversells.ts';
import { settleLine } from './settle-lines.ts';
import { loadStoreContext, type StoreContext } from './store-context.ts';
import { readWaitingLines, type StoredLine, writeLines, writeParts } from './stored-line.ts';

/**
 * `skus` have become products, in this very transaction or before. Lines of stores with sync off go on waiting. A line that
 * is being stored by another transaction at this moment is not seen: the sweep calls this again.
 */
export async function settleWaitingLines(tx: Tx, skus: readonly Sku[], stamp: Stamp): Promise<void> {
  if (skus.length === 0) return;
  const candidates = await readWaitingLines(tx, skus);
  if (candidates.length === 0) return;
  const stores = await contextsOf(tx, candidates);
  // An order's row lock guards its lines: what is read from here on stays as it is until the end.
  const orders = await lockOrders(tx, candidates);
  const waiting = await readWaitingLines(tx, skus);
  const locked = await lockSkus(tx, skus);
  const settled = waiting.flatMap((line) => {
    const store = stores.get(line.storeId);
    const order = orders.get(`${line.storeId} ${line.orderId}`);
    if (store === undefined || order === undefined) return [];
    const item = settleLine(locked, {
      line: rebase(line, store),
      state: order.state,
      orderNumber: order.number,
      before: NO_COUNTS,
      warehouseId: store.warehouseOf(line.line.locationId),
    });
    return [{ ...item, seller: { storeId: store.id, storeName: store.name, orderNumber: order.number } }];
  });
  await postMoves(
    tx,
    locked,
    settled.flatMap((item) => item.moves),
    stamp,
  );
  await writeLines(
    tx,
    settled.map((item) => item.line),
  );
  await writeParts(
    tx,
    settled.filter((item) => item.partsChanged).map((item) => item.line),
  );
  for (const item of settled) await nameOversells(tx, locked, item.moves, item.seller, stamp);
}

// Sync was started anew since the line was read: all it had done by then is in the opening stock.
function rebase(line: StoredLine, store: StoreContext): StoredLine {
  if (line.baselineAt?.getTime() === store.syncOnAt.getTime()) return line;
  return { ...line, baseline: inStockEffect(line.line.counts), baselineAt: store.syncOnAt };
}

async function contextsOf(tx: Tx, lines: readonly StoredLine[]): Promise<ReadonlyMap<StoreId, StoreContext>> {
  const contexts = new Map<StoreId, StoreContext>();
  for (const storeId of [...new Set(lines.map((line) => line.storeId))].sort()) {
    const context = await loadStoreContext(tx, storeId);
    // What happened in a pause is known once the orders were read; the sweep comes back for the rest.
    if (context?.syncOn === true && context.toldUntil === null) contexts.set(storeId, context);
  }
  return contexts;
}

type LockedOrder = { readonly state: OrderState; readonly number: string };

async function lockOrders(tx: Tx, lines: readonly StoredLine[]): Promise<ReadonlyMap<string, LockedOrder>> {
  const { rows } = await sql<LockedOrder & { store_id: string; remote_id: string }>`
    select store_id, remote_id, state, number from orders
    where (store_id, remote_id) in (select * from unnest(${lines.map((line) => line.storeId)}::text[],
      ${lines.map((line) => line.orderId)}::text[]))
    order by store_id, remote_id for update`.execute(tx);
  return new Map(rows.map((order) => [`${order.store_id} ${order.remote_id}`, order]));
}
