// Names every oversell: which order took more than there was, and when the shortage is over.

import { sql } from 'kysely';
import type { Sku, StoreId } from '../../shared/model/ids.ts';
import { recordActivity } from '../activity/activity.ts';
import { oversoldTrouble } from '../activity/oversold.ts';
import type { Tx } from '../database/database.ts';
import type { LockedSkus, Move, Stamp } from '../ledger/moves.ts';

export type Seller = { readonly storeId: StoreId; readonly storeName: string; readonly orderNumber: string };

/**
 * After the moves of one order were posted: says so when its SKUs fell below 0, and returns the troubles that are over
 * because their SKU recovered.
 */
export async function nameOversells(
  tx: Tx,
  locked: LockedSkus,
  moves: readonly Move[],
  seller: Seller,
  stamp: Stamp,
): Promise<readonly string[]> {
  const takes = new Map<Sku, number>();
  for (const move of moves) {
    takes.set(move.sku, (takes.get(move.sku) ?? 0) + move.bookedChange - move.inStockChange);
  }
  const recovered: string[] = [];
  for (const [sku, units] of takes) {
    const available = locked.available(sku);
    if (available === null || units === 0) continue;
    if (available >= 0) recovered.push(oversoldTrouble(sku));
    else if (units > 0) {
      const short = Math.min(units, -available);
      await keepEarlier(tx, oversoldTrouble(sku));
      await recordActivity(tx, {
        at: stamp.at,
        level: 'warning',
        storeId: seller.storeId,
        sku,
        trouble: oversoldTrouble(sku),
        message:
          `Oversold: order ${seller.orderNumber} of ${seller.storeName} took ${units} of ${sku}; ${short} of them are not ` +
          `there (available is ${available}). Stores are told 0. Restock, or cancel what cannot be sent.`,
      });
    }
  }
  return recovered;
}

// The trouble of a SKU tells of one order at a time: what it said of an earlier one stays as a plain event.
async function keepEarlier(tx: Tx, trouble: string): Promise<void> {
  await sql`
    insert into activity (at, level, store_id, sku, message)
    select at, 'info', store_id, sku, message from activity
    where dedupe_key = ${trouble} and resolved_at is null`.execute(tx);
}
