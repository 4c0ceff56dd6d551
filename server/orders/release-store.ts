// When a store is disconnected nobody will ever report its open orders again: their booked units are released, visibly.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import type { Tx } from '../database/database.ts';
import { lockSkus, type Move, postMoves, type Stamp } from '../ledger/moves.ts';

/** Returns how many units were released. */
export async function releaseBookings(tx: Tx, storeId: StoreId, stamp: Stamp): Promise<number> {
  await sql`select 1 from orders where store_id = ${storeId} order by remote_id for update`.execute(tx);
  const rows = await tx
    .selectFrom('order_line_postings')
    .select(['sku', 'warehouse_id', 'booked', 'order_id', 'line_id'])
    .where('store_id', '=', storeId)
    .where('booked', '<>', 0)
    .execute();
  const moves = rows.map(
    (line): Move => ({
      sku: line.sku,
      warehouseId: line.warehouse_id,
      inStockChange: 0,
      bookedChange: -line.booked,
      cause: 'order released',
      reference: `${storeId}/${line.order_id}/${line.line_id}`,
      note: 'the store was disconnected',
    }),
  );
  const locked = await lockSkus(
    tx,
    moves.map((move) => move.sku),
  );
  await postMoves(tx, locked, moves, stamp);
  return moves.reduce((units, move) => units - move.bookedChange, 0);
}
