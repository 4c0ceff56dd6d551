// What came back with a refund that does not say it: a person says it once, line by line, and it is counted in.

import type { OpenRefundsAnswer, SettleRefundRequest } from '../../shared/api/refunds.ts';
import { type Sku, toStoreId, type WarehouseId } from '../../shared/model/ids.ts';
import { resolveTroubles } from '../activity/activity.ts';
import { type Database, inTransaction, type Tx } from '../database/database.ts';
import { lockSkus, type Move, type Stamp } from '../ledger/moves.ts';
import { type RefundKey, refundTrouble } from '../orders/unclear-refunds.ts';
import { postDocumentMoves } from './post-moves.ts';

const OPEN_MAX = 100;

export async function readOpenRefunds(db: Database): Promise<OpenRefundsAnswer> {
  const rows = await db
    .selectFrom('unclear_refunds as refund')
    .innerJoin('stores', 'stores.id', 'refund.store_id')
    .innerJoin('orders', (join) =>
      join.onRef('orders.store_id', '=', 'refund.store_id').onRef('orders.remote_id', '=', 'refund.order_id'),
    )
    .select(['refund.store_id', 'refund.order_id', 'refund.refund_id', 'refunded_at', 'amount', 'units'])
    .select(['stores.name', 'orders.number'])
    .where('settled_at', 'is', null)
    .orderBy('refunded_at', 'desc')
    .limit(OPEN_MAX)
    .execute();
  const refunds: OpenRefundsAnswer['refunds'] = [];
  for (const row of rows) {
    const key = { storeId: row.store_id, orderId: row.order_id, refundId: row.refund_id };
    const lines = await readLines(db, key);
    refunds.push({
      ...key,
      store: row.name,
      order: row.number,
      at: row.refunded_at.toISOString(),
      amount: row.amount,
      problemId: await problemOf(db, key),
      lines: lines.map(({ lineId, sku, title, fulfilled, returned }) => ({
        lineId,
        sku,
        title,
        fulfilled,
        returned,
        refunded: row.units.find((named) => named.lineId === lineId)?.quantity ?? null,
      })),
    });
  }
  return { refunds };
}

async function problemOf(db: Database, key: RefundKey): Promise<number | null> {
  const row = await db
    .selectFrom('activity')
    .select('id')
    .where('dedupe_key', '=', refundTrouble(key))
    .executeTakeFirst();
  return row?.id ?? null;
}

type ReturnedLine = {
  readonly lineId: string;
  readonly sku: Sku | null;
  readonly title: string;
  readonly fulfilled: number;
  readonly returned: number;
  readonly warehouseId: WarehouseId | null;
};

async function readLines(db: Database, { storeId, orderId }: RefundKey): Promise<readonly ReturnedLine[]> {
  return (
    db
      .selectFrom('order_lines as line')
      .select([
        'line.line_id as lineId',
        'posted_sku as sku',
        'title',
        'fulfilled',
        'posted_warehouse_id as warehouseId',
        'restocked',
      ])
      .select(({ selectFrom }) =>
        selectFrom('unclear_refund_lines as back')
          .select(({ fn, val }) => fn.coalesce(fn.sum<number>('back.quantity'), val(0)).as('sum'))
          .whereRef('back.store_id', '=', 'line.store_id')
          .whereRef('back.order_id', '=', 'line.order_id')
          .whereRef('back.line_id', '=', 'line.line_id')
          .as('returned'),
      )
      .where('line.store_id', '=', storeId)
      .where('line.order_id', '=', orderId)
      .orderBy('position')
      .execute()
      // What the shop itself says came back has come back before.
      .then((rows) => rows.map((row) => ({ ...row, returned: Number(row.returned ?? 0) + row.restocked })))
  );
}

export type SettleOutcome = {
  readonly accepted: boolean;
  readonly message: string;
  readonly touched: readonly Sku[];
};

export async function settleRefund(
  db: Database,
  request: SettleRefundRequest,
  stamp: Stamp,
): Promise<SettleOutcome> {
  const key = { storeId: toStoreId(request.storeId), orderId: request.orderId, refundId: request.refundId };
  return inTransaction(db, async (tx) => {
    // The shop may be saying the same at this moment.
    await tx
      .selectFrom('orders')
      .select('remote_id')
      .where('store_id', '=', key.storeId)
      .where('remote_id', '=', key.orderId)
      .forUpdate()
      .execute();
    const refund = await tx
      .selectFrom('unclear_refunds')
      .selectAll()
      .where('store_id', '=', key.storeId)
      .where('order_id', '=', key.orderId)
      .where('refund_id', '=', key.refundId)
      .forUpdate()
      .executeTakeFirst();
    if (refund === undefined) return refuse('This refund is not known here. Look at the list again.');
    if (refund.settled_at !== null) return refuse(`${refund.settled_by} has said before: ${refund.outcome}`);
    const lines = await readLines(tx, key);
    const problem = findProblem(request, lines);
    if (problem !== null) return refuse(problem);
    const { touched, said } = await countIn(tx, key, { wanted: request.lines, lines, stamp });
    await tx
      .updateTable('unclear_refunds')
      .set({ settled_at: stamp.at, settled_by: stamp.actor, outcome: said })
      .where('store_id', '=', key.storeId)
      .where('order_id', '=', key.orderId)
      .where('refund_id', '=', key.refundId)
      .execute();
    await resolveTroubles(tx, [refundTrouble(key)], stamp.at);
    return { accepted: true, message: said, touched };
  });
}

const refuse = (message: string): SettleOutcome => ({ accepted: false, message, touched: [] });

function findProblem({ lines: wanted }: SettleRefundRequest, lines: readonly ReturnedLine[]): string | null {
  if (new Set(wanted.map(({ lineId }) => lineId)).size < wanted.length)
    return 'A line is named twice. Name it once.';
  for (const { lineId, quantity } of wanted) {
    const line = lines.find((candidate) => candidate.lineId === lineId);
    if (line === undefined) return 'The order has no such line any more. Look at the list again.';
    const name = line.sku ?? line.title;
    if (line.sku === null || line.warehouseId === null) {
      return `${name} moved no stock when it was sold, so nothing of it can come back.`;
    }
    const most = line.fulfilled - line.returned;
    if (quantity > most)
      return `Of ${name} at most ${most} can come back: ${line.fulfilled} were sent, ${line.returned} came back before.`;
  }
  return null;
}

type CountingIn = {
  readonly wanted: SettleRefundRequest['lines'];
  readonly lines: readonly ReturnedLine[];
  readonly stamp: Stamp;
};

async function countIn(
  tx: Tx,
  key: RefundKey,
  { wanted, lines, stamp }: CountingIn,
): Promise<{ readonly touched: readonly Sku[]; readonly said: string }> {
  if (wanted.length === 0) return { touched: [], said: 'Nothing came back that can be sold again.' };
  const moves: Move[] = [];
  for (const { lineId, quantity } of wanted) {
    const line = lines.find((candidate) => candidate.lineId === lineId);
    if (line?.sku == null || line.warehouseId === null) continue;
    for (const part of await partsOf(tx, key, { lineId, sku: line.sku })) {
      moves.push({
        sku: part.sku,
        warehouseId: line.warehouseId,
        inStockChange: quantity * part.units,
        bookedChange: 0,
        cause: 'restocked',
        reference: `refund/${key.storeId}/${key.orderId}/${key.refundId}`,
        note: 'came back with a refund, as a person said',
      });
    }
  }
  await tx
    .insertInto('unclear_refund_lines')
    .values(
      wanted.map(({ lineId, quantity }) => ({
        store_id: key.storeId,
        order_id: key.orderId,
        refund_id: key.refundId,
        line_id: lineId,
        quantity,
      })),
    )
    .execute();
  const locked = await lockSkus(
    tx,
    moves.map(({ sku }) => sku),
  );
  const touched = await postDocumentMoves(tx, locked, moves, stamp);
  const said = moves.map(({ sku, inStockChange }) => `${inStockChange} × ${sku}`).join(', ');
  return { touched, said: `Counted in: ${said}.` };
}

/** A bundle comes back as the components that it was when it was sold; what has become one since, as those that it has now. */
async function partsOf(
  tx: Tx,
  { storeId, orderId }: RefundKey,
  { lineId, sku }: { readonly lineId: string; readonly sku: Sku },
): Promise<readonly { readonly sku: Sku; readonly units: number }[]> {
  const parts = await tx
    .selectFrom('order_line_parts')
    .select(['sku', 'units'])
    .where('store_id', '=', storeId)
    .where('order_id', '=', orderId)
    .where('line_id', '=', lineId)
    .orderBy('sku')
    .execute();
  if (parts.length > 0) return parts.map((part) => ({ ...part, sku: part.sku as Sku }));
  const components = await tx
    .selectFrom('bundle_components')
    .select(['component_sku as sku', 'units'])
    .where('bundle_sku', '=', sku)
    .orderBy('component_sku')
    .execute();
  return components.length === 0
    ? [{ sku, units: 1 }]
    : components.map((part) => ({ ...part, sku: part.sku as Sku }));
}
