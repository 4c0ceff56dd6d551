// Counts order lines that were waiting for their SKU, the moment the SKU becomes known, once.

import type { Sku, StoreId } from '../../shared/model/ids.ts';
import { NO_COUNTS } from '../../shared/model/order.ts';
import type { Tx } from '../database/database.ts';
import { lockSkus, postMoves, type Stamp } from '../ledger/moves.ts';
import { settleLine } from './settle-lines.ts';
import { loadStoreContext, type StoreContext } from './store-context.ts';
import { readWaitingLines, type StoredLine, writeLines } from './stored-line.ts';

/** `skus` have just become products, in this very transaction or before. Lines of stores with sync off go on waiting. */
export async function settleWaitingLines(tx: Tx, skus: readonly Sku[], stamp: Stamp): Promise<void> {
  if (skus.length === 0) return;
  const waiting = await readWaitingLines(tx, skus);
  if (waiting.length === 0) return;
  const stores = await contextsOf(tx, waiting);
  const orders = await ordersOf(tx, waiting);
  const locked = await lockSkus(tx, skus);
  const settled = waiting.flatMap((line) => {
    const store = stores.get(line.storeId);
    const order = orders.get(`${line.storeId} ${line.orderId}`);
    if (store === undefined || order === undefined) return [];
    const warehouseId = store.warehouseOf(line.line.locationId);
    return [
      settleLine(locked, {
        line,
        state: order.state,
        orderNumber: order.number,
        before: NO_COUNTS,
        warehouseId,
      }),
    ];
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
}

async function contextsOf(tx: Tx, lines: readonly StoredLine[]): Promise<ReadonlyMap<StoreId, StoreContext>> {
  const contexts = new Map<StoreId, StoreContext>();
  for (const storeId of new Set(lines.map((line) => line.storeId))) {
    const context = await loadStoreContext(tx, storeId);
    if (context?.syncOn === true) contexts.set(storeId, context);
  }
  return contexts;
}

async function ordersOf(tx: Tx, lines: readonly StoredLine[]) {
  const orderIds = [...new Set(lines.map((line) => line.orderId))];
  const orders = await tx
    .selectFrom('orders')
    .select(['store_id', 'remote_id', 'state', 'number'])
    .where('remote_id', 'in', orderIds)
    .execute();
  return new Map(orders.map((order) => [`${order.store_id} ${order.remote_id}`, order]));
}
