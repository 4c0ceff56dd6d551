// Posts what documents moved, and ends the alarms of SKUs of which there is enough again.

import type { Sku } from '../../shared/model/ids.ts';
import { resolveTroubles } from '../activity/activity.ts';
import { oversoldTrouble } from '../activity/oversold.ts';
import type { Tx } from '../database/database.ts';
import { type LockedSkus, type Move, postMoves, type Stamp } from '../ledger/moves.ts';

/** The SKUs that moved. */
export async function postDocumentMoves(
  tx: Tx,
  locked: LockedSkus,
  moves: readonly Move[],
  stamp: Stamp,
): Promise<readonly Sku[]> {
  await postMoves(tx, locked, moves, stamp);
  const moved = [...new Set(moves.map((move) => move.sku))];
  const enough = moved.filter((sku) => (locked.available(sku) ?? -1) >= 0);
  await resolveTroubles(tx, enough.map(oversoldTrouble), stamp.at);
  return moved;
}
