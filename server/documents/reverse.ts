// Takes back what a document posted: the opposite moves under a reference of their own, or the reason why that would lie.

import { sql } from 'kysely';
import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import type { Database, Tx } from '../database/database.ts';
import { bundleHasNoStock } from '../ledger/bundles.ts';
import type { Move, Stamp } from '../ledger/moves.ts';
import type { RunningBalances } from './running-balances.ts';

export type PostedMove = {
  readonly sku: Sku;
  readonly warehouseId: WarehouseId;
  readonly warehouse: string;
  readonly inStock: number;
  readonly incoming: number;
  readonly cause: string;
  /** Before it nobody had said how many there were. */
  readonly first: boolean;
  /** What has taken it back; null: nothing has. */
  readonly reversedBy: string | null;
};

export type Reversal =
  | { readonly ok: true; readonly moves: readonly Move[]; readonly said: string }
  | { readonly ok: false; readonly message: string };

/** By reference, in the order they were posted. */
export async function readPosted(
  db: Database,
  references: readonly string[],
): Promise<ReadonlyMap<string, readonly PostedMove[]>> {
  const { rows } = await sql<PostedMove & { reference: string }>`
    select moves.reference, moves.sku, warehouse_id as "warehouseId", warehouses.name as warehouse,
      in_stock_change as "inStock", incoming_change as incoming, cause, reversed_by as "reversedBy",
      is_set_after and not coalesce((
        select earlier.is_set_after from moves as earlier
        where earlier.sku = moves.sku and earlier.warehouse_id = moves.warehouse_id and earlier.version < moves.version
        order by earlier.version desc limit 1), false) as first
    from moves join warehouses on warehouses.id = warehouse_id left join reversals on reversals.reference = moves.reference
    where moves.reference = any(${references}::text[]) order by seq`.execute(db);
  const byReference = new Map<string, PostedMove[]>();
  for (const { reference, ...move } of rows) {
    byReference.set(reference, [...(byReference.get(reference) ?? []), move]);
  }
  return byReference;
}

/** `by`: the reference of the reversal. */
export function oppositeOf(
  posted: readonly PostedMove[],
  balances: RunningBalances,
  names: { readonly reference: string; readonly by: string },
): Reversal {
  const before = posted.find(({ reversedBy }) => reversedBy !== null)?.reversedBy;
  if (before !== undefined) return { ok: false, message: `This was taken back before (see ${before}).` };
  for (const { sku, warehouseId, warehouse, inStock, incoming } of posted) {
    const parts = balances.parts(sku);
    if (parts.length > 0 && (inStock !== 0 || incoming !== 0)) {
      return { ok: false, message: bundleHasNoStock(sku, parts) };
    }
    const held = balances.of(sku, warehouseId).inStock;
    if (inStock > 0 && held < inStock) {
      const message = `Only ${Math.max(0, held)} of ${sku} are in stock in ${warehouse} now, so the ${inStock} cannot be taken back. Correct the number in Adjustments.`;
      return { ok: false, message };
    }
  }
  const moves = posted.map(
    (move): Move => ({
      sku: move.sku,
      warehouseId: move.warehouseId,
      inStockChange: -move.inStock,
      bookedChange: 0,
      incomingChange: -move.incoming,
      cause: 'reversed',
      reference: names.by,
      note: `reverses ${names.reference} (${move.cause})`,
    }),
  );
  return { ok: true, moves, said: sentence(posted, balances) };
}

const NUMBERS_SAID_MAX = 3;

function sentence(posted: readonly PostedMove[], balances: RunningBalances): string {
  const moved = posted.filter(({ inStock }) => inStock !== 0);
  if (moved.length > NUMBERS_SAID_MAX)
    return `${moved.length} products have what they had before, and what came since.`;
  const ofSku = (sku: Sku): string => (new Set(moved.map((move) => move.sku)).size > 1 ? ` of ${sku}` : '');
  return moved
    .map(({ sku, warehouseId, warehouse, inStock }) => {
      const left = balances.of(sku, warehouseId).inStock - inStock;
      return `In stock${ofSku(sku)} in ${warehouse}: ${left}.`;
    })
    .join(' ');
}

export type ReversalLink = { readonly reference: string; readonly by: string };

export async function keepReversals(tx: Tx, links: readonly ReversalLink[], stamp: Stamp): Promise<void> {
  if (links.length === 0) return;
  await tx
    .insertInto('reversals')
    .values(
      links.map(({ reference, by }) => ({ reference, reversed_by: by, actor: stamp.actor, at: stamp.at })),
    )
    .execute();
}
