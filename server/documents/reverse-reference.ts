// Takes back what a reference of the ledger did, whichever document it belongs to, by the same way as the row that says "reverse".

import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import type { Database } from '../database/database.ts';
import type { Stamp } from '../ledger/moves.ts';
import { submitAdjustmentRows } from './adjustments.ts';
import { submitPurchaseOrders, submitTransfers } from './deliveries.ts';
import { refused, type SubmitOutcome } from './row-outcome.ts';

type Step = {
  readonly kind: 'purchase' | 'transfer';
  readonly number: string;
  readonly sku: Sku;
  readonly name: string;
  readonly warehouseId: WarehouseId;
};

export async function reverseReference(
  db: Database,
  reference: string,
  stamp: Stamp,
): Promise<SubmitOutcome> {
  const step = await findStep(db, reference);
  if (step !== null) {
    const submit = step.kind === 'purchase' ? submitPurchaseOrders : submitTransfers;
    const place = step.kind === 'purchase' ? { warehouse: step.name } : { to: step.name };
    const cells = { number: step.number, sku: step.sku, ...place, action: 'reverse', reverses: reference };
    return submit(db, [{ rowId: `reversal of ${reference}`, cells }], stamp);
  }
  const causes = await db
    .selectFrom('moves')
    .select('cause')
    .distinct()
    .where('reference', '=', reference)
    .execute();
  if (causes.length > 0 && causes.every(({ cause }) => cause === 'adjustment' || cause === 'stock take')) {
    return submitAdjustmentRows(db, [{ rowId: reference, cells: { action: 'reverse' } }], stamp);
  }
  return { answers: [refused(reference, 'reference', whyNot(reference, causes))], touched: [] };
}

async function findStep(db: Database, reference: string): Promise<Step | null> {
  const step = await db
    .selectFrom('delivery_steps as step')
    .innerJoin('delivery_lines as line', 'line.id', 'step.line_id')
    .innerJoin('warehouses', 'warehouses.id', 'line.warehouse_id')
    .select(['line.kind', 'line.number', 'line.sku', 'warehouses.name', 'line.warehouse_id as warehouseId'])
    .where('step.reference', '=', reference)
    .executeTakeFirst();
  return step ?? null;
}

function whyNot(reference: string, causes: readonly { readonly cause: string }[]): string {
  const [first] = causes;
  if (first === undefined) return `Nothing in the ledger has the reference "${reference.slice(0, 60)}".`;
  if (first.cause === 'reversed') return 'This is a reversal itself. Make a new row to do it again.';
  return `"${first.cause}" comes from a store and cannot be taken back here. Change it in the store, or adjust the number.`;
}
