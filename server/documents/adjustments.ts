// Applies submitted adjustment rows: one transaction, one answer per row, the same answer however often a row is sent.

import type { RowAnswer, SubmittedRow } from '../../shared/api/rows.ts';
import { ADJUSTMENT_COLUMNS } from '../../shared/model/adjustment.ts';
import type { Sku } from '../../shared/model/ids.ts';
import { type Database, inTransaction, type Tx } from '../database/database.ts';
import { bundleHasNoStock } from '../ledger/bundles.ts';
import { lockSkus, type Move, type Stamp } from '../ledger/moves.ts';
import { adjust } from './adjust.ts';
import { chosen, DAMAGED_ID, hashCells, isDamaged } from './cells.ts';
import { postDocumentMoves } from './post-moves.ts';
import { type Adjustment, readAdjustment } from './read-adjustment.ts';
import { keepReversals, oppositeOf, readPosted } from './reverse.ts';
import {
  adjustmentKey,
  answerOnce,
  appliedKeys,
  type RowCommand,
  replaceAnswers,
  stockTakeKey,
} from './row-commands.ts';
import { applied, conflicting, refused, type SubmitOutcome } from './row-outcome.ts';
import { type RunningBalances, runningBalances } from './running-balances.ts';
import { readNear, unknownSku } from './unknown-sku.ts';
import { findWarehouse, type KnownWarehouse, readWarehouses, type Warehouse } from './warehouses.ts';

type Adjusting = RowCommand & {
  readonly row: SubmittedRow;
  readonly adjustment: Adjustment;
  readonly warehouse: Warehouse;
};
/** The row says "reverse": what it did is taken back. */
type Reversing = RowCommand & { readonly row: SubmittedRow; readonly adjustment: null };
type Item = Adjusting | Reversing;

const reversalOf = (rowId: string): string => `reversal of ${rowId}`;

export async function submitAdjustmentRows(
  db: Database,
  rows: readonly SubmittedRow[],
  stamp: Stamp,
): Promise<SubmitOutcome> {
  const warehouses = await readWarehouses(db);
  const readings = rows.map((row) => readRow(row, warehouses));
  const unreadable = readings.flatMap((reading) =>
    'status' in reading && reading.field !== 'rowId' ? [adjustmentKey(reading.rowId)] : [],
  );
  // A row that cannot be read any more but was applied before must not be told that nothing was done.
  const before = await appliedKeys(db, unreadable);
  const items = readings.filter((reading) => !('status' in reading)) as Item[];
  let touched: readonly Sku[] = [];
  const answers = await inTransaction(db, (tx) =>
    answerOnce(tx, items, stamp, {
      apply: async (fresh) => {
        const outcome = await applyFresh(tx, fresh, stamp);
        touched = outcome.touched;
        return outcome.answers;
      },
      conflict: async () => (item) => appliedBefore(item.rowId),
    }),
  );
  return {
    answers: readings.map((reading) => {
      if (!('status' in reading)) return answers.get(reading) ?? neverAnswered(reading.rowId);
      const isChanged = reading.field !== 'rowId' && before.has(adjustmentKey(reading.rowId));
      return isChanged ? appliedBefore(reading.rowId) : reading;
    }),
    touched,
  };
}

function readRow(row: SubmittedRow, warehouses: readonly KnownWarehouse[]): Item | RowAnswer {
  const { rowId, cells } = row;
  if (isDamaged(rowId)) return refused(rowId, 'rowId', DAMAGED_ID);
  if (chosen(cells['action'], ['reverse']) !== null) {
    return { row, rowId, key: `${adjustmentKey(rowId)}:reverse`, bodyHash: 'reverse', adjustment: null };
  }
  const reading = readAdjustment(row);
  if (!reading.ok) return refused(rowId, reading.field, reading.problem);
  const found = findWarehouse(warehouses, reading.adjustment.warehouse);
  if (!found.ok) return refused(rowId, 'warehouse', found.problem);
  const { adjustment } = reading;
  // Without "seen": it is what the sheet showed, not what the person asked for.
  const bodyHash = hashCells(cells, ADJUSTMENT_COLUMNS);
  return { row, rowId, key: adjustmentKey(rowId), bodyHash, adjustment, warehouse: found.warehouse };
}

type Fresh = { readonly answers: ReadonlyMap<Item, RowAnswer>; readonly touched: readonly Sku[] };

async function applyFresh(tx: Tx, fresh: readonly Item[], stamp: Stamp): Promise<Fresh> {
  const reversing = fresh.filter((item) => item.adjustment === null);
  const posted = await readPosted(
    tx,
    reversing.map(({ rowId }) => rowId),
  );
  const skus = fresh.flatMap(({ rowId, adjustment }) =>
    adjustment === null ? (posted.get(rowId) ?? []).map(({ sku }) => sku) : [adjustment.sku],
  );
  const locked = await lockSkus(tx, skus);
  const near = await readNear(
    tx,
    skus.filter((sku) => !locked.has(sku)),
  );
  const balances = runningBalances(locked);
  const answers = new Map<Item, RowAnswer>();
  const moves: Move[] = [];
  const links: { reference: string; by: string }[] = [];
  for (const item of fresh) {
    const { rowId } = item;
    const parts = item.adjustment === null ? [] : locked.parts(item.adjustment.sku);
    const outcome =
      item.adjustment === null
        ? reverse(rowId, posted.get(rowId) ?? [], balances)
        : parts.length > 0
          ? { ok: false as const, field: 'sku', message: bundleHasNoStock(item.adjustment.sku, parts) }
          : locked.has(item.adjustment.sku)
            ? adjustOne(item, balances)
            : { ok: false as const, field: 'sku', message: unknownSku(item.adjustment.sku, near) };
    if (!outcome.ok) {
      answers.set(item, refused(rowId, outcome.field, outcome.message));
      continue;
    }
    for (const move of outcome.moves) balances.add(move);
    moves.push(...outcome.moves);
    if (item.adjustment === null) links.push({ reference: rowId, by: reversalOf(rowId) });
    answers.set(item, applied(rowId, outcome.message));
  }
  await keepReversals(tx, links, stamp);
  await forgetRows(
    tx,
    links.map(({ reference }) => reference),
  );
  return { answers, touched: await postDocumentMoves(tx, locked, moves, stamp) };
}

// Rows that were taken back, adjustments and counts alike: who sends them once more is told so, and what was counted is not.
async function forgetRows(tx: Tx, rowIds: readonly string[]): Promise<void> {
  if (rowIds.length === 0) return;
  const answers = rowIds.flatMap((rowId) =>
    [adjustmentKey(rowId), stockTakeKey(rowId)].map((key) => [key, conflicting(rowId, TAKEN_BACK)] as const),
  );
  await replaceAnswers(tx, new Map(answers));
  await tx.deleteFrom('stock_counts').where('row_id', 'in', rowIds).execute();
}

type RowEffect =
  | { readonly ok: true; readonly moves: readonly Move[]; readonly message: string }
  | { readonly ok: false; readonly field: string | null; readonly message: string };

function adjustOne({ adjustment, warehouse }: Adjusting, balances: RunningBalances): RowEffect {
  const outcome = adjust(adjustment, warehouse, balances.of(adjustment.sku, warehouse.id));
  return outcome.ok ? { ok: true, moves: [outcome.move], message: outcome.message } : outcome;
}

function reverse(
  rowId: string,
  posted: Parameters<typeof oppositeOf>[0],
  balances: RunningBalances,
): RowEffect {
  if (posted.length === 0) {
    const message = 'This row was never applied, so there is nothing to reverse. Choose another action.';
    return { ok: false, field: 'action', message };
  }
  if (posted.some(({ first }) => first)) {
    const message =
      'This was the first count: before it nobody knew how many there are. Set the right number in a new row instead.';
    return { ok: false, field: 'action', message };
  }
  const reversal = oppositeOf(posted, balances, { reference: rowId, by: reversalOf(rowId) });
  if (!reversal.ok) return { ok: false, field: 'action', message: reversal.message };
  return { ok: true, moves: reversal.moves, message: `Reversed. ${reversal.said}`.trim() };
}

const appliedBefore = (rowId: string): RowAnswer =>
  conflicting(
    rowId,
    'This row was applied before with other values. Make a new row for a further change, or choose "reverse" to take it back.',
  );

const TAKEN_BACK = 'This row was applied and then reversed. Make a new row to do it again.';

function neverAnswered(rowId: string): never {
  throw new Error(`The row ${rowId} was left without an answer.`);
}
