// When a SKU becomes a bundle while open orders hold it: what they still have to send is booked on its components instead.

import { sql } from 'kysely';
import type { Sku } from '../../shared/model/ids.ts';
import type { Tx } from '../database/database.ts';
import type { Part } from '../ledger/bundles.ts';
import { type LockedSkus, postMoves, type Stamp } from '../ledger/moves.ts';
import { postingMoves } from './line-moves.ts';
import { readOwnLines, writeParts } from './stored-line.ts';

/** Locks the orders that hold these SKUs themselves. To be done before the SKUs are locked, as everywhere. */
export async function lockOwnOrders(tx: Tx, skus: readonly Sku[]): Promise<void> {
  await sql`
    select 1 from orders where (store_id, remote_id) in (
      select store_id, order_id from order_line_postings
      where sku = any(${skus}::text[]) and bundle_sku is null and booked <> 0)
    order by store_id, remote_id for update`.execute(tx);
}

/** `locked` holds the bundle and its parts. Returns how many units of the bundle open orders hold. */
export async function rebookAsBundle(
  tx: Tx,
  locked: LockedSkus,
  bundle: Sku,
  parts: readonly Part[],
  stamp: Stamp,
): Promise<number> {
  // Orders that came in while we waited for the SKUs. Out of order: a deadlock is repeated by the caller.
  await lockOwnOrders(tx, [bundle]);
  const lines = await readOwnLines(tx, bundle);
  const moves = lines.flatMap(({ storeId, orderId, line, posted }) => {
    if (posted.warehouseId === null) return [];
    const change = { reference: `${storeId}/${orderId}/${line.lineId}`, note: `${bundle} is a bundle now` };
    const itself = { sku: bundle, parts: [], warehouseId: posted.warehouseId };
    return [
      ...postingMoves(itself, -posted.booked, 0, 'order moved', change),
      ...postingMoves({ ...itself, parts }, posted.booked, 0, 'order moved', change),
    ];
  });
  await postMoves(tx, locked, moves, stamp);
  await writeParts(
    tx,
    lines.map((line) => ({ ...line, posted: { ...line.posted, parts } })),
  );
  return lines.reduce((units, { posted }) => units + posted.booked, 0);
}
