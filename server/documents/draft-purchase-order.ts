// A purchase order that the system proposes: a draft that moves nothing. It shows in Deliveries; a row in Purchase orders with
// its number, and nothing else but an action, orders or receives all of it.

import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import { type Database, inTransaction } from '../database/database.ts';
import type { Stamp } from '../ledger/moves.ts';
import { lockDeliveries, makeLineIds, makeNumbers, makeProducts, saveDeliveries } from './delivery-lines.ts';
import type { DeliveryLine } from './delivery-step.ts';

export type DraftLine = {
  readonly sku: Sku;
  readonly warehouseId: WarehouseId;
  readonly quantity: number;
};

/** Lines of one SKU and warehouse are added up. Returns the number, such as PO-104. */
export async function createDraftPurchaseOrder(
  db: Database,
  draft: { readonly supplier?: string; readonly note?: string; readonly lines: readonly DraftLine[] },
  stamp: Stamp,
): Promise<string> {
  if (draft.lines.length === 0) throw new Error('A purchase order needs a line.');
  return inTransaction(db, async (tx) => {
    const [number = ''] = await makeNumbers(tx, 'purchase', 1);
    const { heads } = await lockDeliveries(tx, 'purchase', { numbers: [number], rowIds: [] }, stamp.at);
    const sums = new Map<string, DraftLine>();
    for (const line of draft.lines) {
      const key = JSON.stringify([line.warehouseId, line.sku]);
      sums.set(key, { ...line, quantity: line.quantity + (sums.get(key)?.quantity ?? 0) });
    }
    const lines = [...sums.values()];
    await makeProducts(
      tx,
      lines.map(({ sku }) => sku),
    );
    const ids = await makeLineIds(tx, lines.length);
    const head = heads.get(number);
    await saveDeliveries(tx, 'purchase', {
      heads: head === undefined ? [] : [{ ...head, supplier: draft.supplier ?? '' }],
      lines: lines.map((line, index) => draftLine(number, ids[index] ?? 0, line, draft.note ?? '')),
      rows: [],
      steps: [],
    });
    return number;
  });
}

const draftLine = (number: string, id: number, line: DraftLine, note: string): DeliveryLine => ({
  id,
  kind: 'purchase',
  number,
  sku: line.sku,
  sourceId: null,
  warehouseId: line.warehouseId,
  state: 'draft',
  quantity: line.quantity,
  received: 0,
  writtenOff: 0,
  incoming: 0,
  unitCost: null,
  charges: '0',
  expectedOn: null,
  note,
  revision: 1,
});
