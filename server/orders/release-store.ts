// When a store is disconnected nobody will ever report its open orders again: their booked units are released, visibly.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import type { Tx } from '../database/database.ts';
import { lockSkus, type Move, postMoves, type Stamp } from '../ledger/moves.ts';
import { fromRow } from './stored-line.ts';

/** Returns how many units were released. */
export async function releaseBookings(tx: Tx, storeId: StoreId, stamp: Stamp): Promise<number> {
  await sql`select 1 from orders where store_id = ${storeId} order by remote_id for update`.execute(tx);
  const rows = await tx
    .selectFrom('order_lines')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('posted_booked', '<>', 0)
    .execute();
  const moves = rows.map(fromRow).flatMap(({ orderId, line, posted }): readonly Move[] => {
    if (posted.sku === null || posted.warehouseId === null) return [];
    return [
      {
        sku: posted.sku,
        warehouseId: posted.warehouseId,
        inStockChange: 0,
        bookedChange: -posted.booked,
        cause: 'order released',
        reference: `${storeId}/${orderId}/${line.lineId}`,
        note: 'the store was disconnected',
      },
    ];
  });
  const locked = await lockSkus(
    tx,
    moves.map((move) => move.sku),
  );
  await postMoves(tx, locked, moves, stamp);
  return moves.reduce((units, move) => units - move.bookedChange, 0);
}
