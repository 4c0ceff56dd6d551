// Applies submitted adjustment rows: one transaction, one answer per row, the same answer however often a row is sent.

import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { AdjustmentRow } from '../../shared/api/adjustments.ts';
import type { RowAnswer, SubmittedRow } from '../../shared/api/rows.ts';
import type { Sku } from '../../shared/model/ids.ts';
import { resolveTroubles } from '../activity/activity.ts';
import { oversoldTrouble } from '../activity/oversold.ts';
import { type Database, inTransaction, type Tx } from '../database/database.ts';
import { bundleHasNoStock } from '../ledger/bundles.ts';
import { type Balance, lockSkus, type Move, postMoves, type Stamp } from '../ledger/moves.ts';
import { adjust } from './adjust.ts';
import { type Adjustment, readAdjustment } from './read-adjustment.ts';
import { applied, conflicting, refused, type SubmitOutcome } from './row-outcome.ts';
import { findWarehouse, listWarehouses, type Warehouse } from './warehouses.ts';

type Readable = {
  readonly row: AdjustmentRow;
  readonly bodyHash: string;
  readonly adjustment: Adjustment;
  readonly warehouse: Warehouse;
};

const keyOf = (rowId: string): string => `adjustment:${rowId}`;

export const submitAdjustmentRows = (
  db: Database,
  rows: readonly SubmittedRow[],
  stamp: Stamp,
): Promise<SubmitOutcome> => submitAdjustments(db, rows.map(toAdjustmentRow), stamp);

function toAdjustmentRow({ rowId, cells }: SubmittedRow): AdjustmentRow {
  const { sku = null, warehouse = null, action = null, quantity = null } = cells;
  const { seen = null, reason = null, note = null } = cells;
  return { rowId, sku, warehouse, action, quantity, seen, reason, note };
}

export async function submitAdjustments(
  db: Database,
  rows: readonly AdjustmentRow[],
  stamp: Stamp,
): Promise<SubmitOutcome> {
  const warehouses = await listWarehouses(db);
  const answers = new Map<AdjustmentRow, RowAnswer>();
  const readable = rows.flatMap((row) => {
    const reading = readRow(row, warehouses);
    if ('status' in reading) answers.set(row, reading);
    return 'status' in reading ? [] : [reading];
  });
  await noticeChanged(db, answers);
  const touched = await inTransaction(db, (tx) => applyAll(tx, readable, stamp, answers));
  return { answers: rows.map((row) => answers.get(row) ?? neverAnswered(row)), touched };
}

function readRow(row: AdjustmentRow, warehouses: readonly Warehouse[]): Readable | RowAnswer {
  const reading = readAdjustment(row);
  if (!reading.ok) return refused(row.rowId, reading.field, reading.problem);
  const found = findWarehouse(warehouses, reading.adjustment.warehouse);
  if (!found.ok) return refused(row.rowId, 'warehouse', found.problem);
  return { row, bodyHash: hashRow(row), adjustment: reading.adjustment, warehouse: found.warehouse };
}

async function applyAll(
  tx: Tx,
  rows: readonly Readable[],
  stamp: Stamp,
  answers: Map<AdjustmentRow, RowAnswer>,
): Promise<readonly Sku[]> {
  const claimed = await claimKeys(tx, rows, stamp);
  const first = new Map<string, Readable>();
  const fresh: Readable[] = [];
  for (const item of rows) {
    const rowId = item.row.rowId;
    if (claimed.has(rowId) && !first.has(rowId)) fresh.push(item);
    if (!first.has(rowId)) first.set(rowId, item);
  }
  const moves = await adjustFresh(tx, fresh, stamp, answers);
  await keepAnswers(tx, fresh, answers);
  await answerRepeats(
    tx,
    rows.filter((item) => !answers.has(item.row)),
    answers,
  );
  return [...new Set(moves.map((move) => move.sku))];
}

// The first to insert a key owns it; a second submission of the same row waits here until the first has committed.
async function claimKeys(tx: Tx, rows: readonly Readable[], stamp: Stamp): Promise<ReadonlySet<string>> {
  // Reversed: of two rows with one id the first counts.
  const byId = new Map(rows.toReversed().map((item) => [item.row.rowId, item]));
  const sorted = [...byId.values()].sort((a, b) => (a.row.rowId < b.row.rowId ? -1 : 1));
  const { rows: inserted } = await sql<{ key: string }>`
    insert into commands (key, body_hash, answer, actor, at)
    select new.*, 'null'::jsonb, ${stamp.actor}, ${stamp.at}::timestamptz
    from unnest(${sorted.map((item) => keyOf(item.row.rowId))}::text[], ${sorted.map((item) => item.bodyHash)}::text[]) as new
    on conflict (key) do nothing returning key`.execute(tx);
  const keys = new Set(inserted.map(({ key }) => key));
  return new Set(sorted.map((item) => item.row.rowId).filter((rowId) => keys.has(keyOf(rowId))));
}

async function adjustFresh(
  tx: Tx,
  fresh: readonly Readable[],
  stamp: Stamp,
  answers: Map<AdjustmentRow, RowAnswer>,
): Promise<readonly Move[]> {
  const locked = await lockSkus(
    tx,
    fresh.map((item) => item.adjustment.sku),
  );
  const running = new Map<string, Balance>();
  const moves: Move[] = [];
  for (const { row, adjustment, warehouse } of fresh) {
    if (!locked.has(adjustment.sku)) {
      answers.set(row, refused(row.rowId, 'sku', unknownSku(adjustment.sku)));
      continue;
    }
    const parts = locked.parts(adjustment.sku);
    if (parts.length > 0) {
      answers.set(row, refused(row.rowId, 'sku', bundleHasNoStock(adjustment.sku, parts)));
      continue;
    }
    const place = `${warehouse.id} ${adjustment.sku}`;
    const balance = running.get(place) ?? locked.balance(adjustment.sku, warehouse.id);
    const outcome = adjust(adjustment, warehouse, balance);
    if (!outcome.ok) {
      answers.set(row, refused(row.rowId, outcome.field, outcome.message));
      continue;
    }
    running.set(place, { ...balance, inStock: balance.inStock + outcome.move.inStockChange, isSet: true });
    moves.push(outcome.move);
    answers.set(row, applied(row.rowId, outcome.message));
  }
  await postMoves(tx, locked, moves, stamp);
  const enough = [...new Set(moves.map((move) => move.sku))].filter(
    (sku) => (locked.available(sku) ?? -1) >= 0,
  );
  await resolveTroubles(tx, enough.map(oversoldTrouble), stamp.at);
  return moves;
}

// Only what was applied is kept: a refused row may be mended and sent again under its id.
async function keepAnswers(
  tx: Tx,
  fresh: readonly Readable[],
  answers: ReadonlyMap<AdjustmentRow, RowAnswer>,
): Promise<void> {
  const done = fresh.filter((item) => answers.get(item.row)?.status === 'applied');
  const undone = fresh.filter((item) => answers.get(item.row)?.status !== 'applied');
  await sql`delete from commands where key = any(${undone.map((item) => keyOf(item.row.rowId))}::text[])`.execute(
    tx,
  );
  await sql`
    update commands set answer = new.answer::jsonb
    from unnest(${done.map((item) => keyOf(item.row.rowId))}::text[],
      ${done.map((item) => JSON.stringify(answers.get(item.row)))}::text[]) as new (key, answer)
    where commands.key = new.key`.execute(tx);
}

async function answerRepeats(
  tx: Tx,
  repeats: readonly Readable[],
  answers: Map<AdjustmentRow, RowAnswer>,
): Promise<void> {
  if (repeats.length === 0) return;
  const keys = repeats.map((item) => keyOf(item.row.rowId));
  const stored = await tx
    .selectFrom('commands')
    .select(['key', 'body_hash', 'answer'])
    .where('key', '=', sql<string>`any(${keys}::text[])`)
    .execute();
  const byKey = new Map(stored.map((command) => [command.key, command]));
  for (const { row, bodyHash } of repeats) {
    const command = byKey.get(keyOf(row.rowId));
    if (command === undefined) {
      answers.set(row, refused(row.rowId, null, 'The same row stands above with a mistake. Mend that one.'));
    } else if (command.body_hash === bodyHash) {
      answers.set(row, command.answer as RowAnswer);
    } else {
      answers.set(row, conflict(row.rowId));
    }
  }
}

// A row that cannot be read any more but was applied before must not be told that nothing was done.
async function noticeChanged(db: Database, answers: Map<AdjustmentRow, RowAnswer>): Promise<void> {
  const keys = [...answers].filter(([, { field }]) => field !== 'rowId').map(([{ rowId }]) => keyOf(rowId));
  if (keys.length === 0) return;
  const { rows } = await sql<{ key: string }>`
    select key from commands where key = any(${keys}::text[])`.execute(db);
  const known = new Set(rows.map(({ key }) => key));
  for (const [row, { rowId }] of answers) if (known.has(keyOf(rowId))) answers.set(row, conflict(rowId));
}

const conflict = (rowId: string): RowAnswer =>
  conflicting(rowId, 'This row was applied before with other values. Make a new row for a further change.');

function hashRow(row: AdjustmentRow): string {
  // Without "seen": it is what the sheet showed, not what the person asked for.
  const { sku, warehouse, action, quantity, reason, note } = row;
  return createHash('sha256')
    .update(JSON.stringify([sku, warehouse, action, quantity, reason, note]))
    .digest('hex');
}

const unknownSku = (sku: Sku): string =>
  `No listing of any connected store has the SKU "${sku.slice(0, 60)}". Check the spelling, or refresh the listings.`;

function neverAnswered(row: AdjustmentRow): never {
  throw new Error(`The row ${row.rowId} was left without an answer.`);
}
