// Rows of tabs of settings: each row is one setting, saved again whenever it is changed and submitted. All rows of a
// submission are one transaction; each is answered for itself, and the same answer however often it is sent.

import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Cell, RowAnswer, SubmittedRow } from '../../shared/api/rows.ts';
import type { Sku } from '../../shared/model/ids.ts';
import { SETTING_ACTIONS, type SettingAction } from '../../shared/tabs/settings-columns.ts';
import { type Database, inTransaction, type Tx } from '../database/database.ts';
import type { Stamp } from '../ledger/moves.ts';
import { chosen, isBlank, optionalQuantity, text } from './cells.ts';
import { applied, conflicting, refused, type SubmitOutcome, type SubmitRows } from './row-outcome.ts';

export type Cells = Readonly<Record<string, Cell>>;
export type Refusal = { readonly ok: false; readonly field: string | null; readonly problem: string };
export type Reading<Value> = { readonly ok: true; readonly value: Value } | Refusal;
export type Saved =
  /** `touched`: the SKUs for which stores may have to be told another number. */
  { readonly ok: true; readonly message: string; readonly touched: readonly Sku[] } | Refusal;

export type SettingsTab<Value, Ready> = {
  /** Names the tab in the record of commands. */
  readonly word: string;
  readonly read: (cells: Cells) => Reading<Value>;
  /** Before the first row is saved: takes the locks and reads what all rows need. */
  readonly prepare: (tx: Tx, values: readonly Value[]) => Promise<Ready>;
  readonly save: (tx: Tx, value: Value, ready: Ready, stamp: Stamp) => Promise<Saved>;
  /** After the last row: what depends on several rows. */
  readonly finish?: (tx: Tx, ready: Ready, stamp: Stamp) => Promise<void>;
};

type Kept = { readonly step: number; readonly answer: RowAnswer };
type Command = { readonly bodyHash: string; readonly kept: Kept };
type Item<Value> = {
  readonly row: SubmittedRow;
  readonly step: number;
  readonly bodyHash: string;
  readonly reading: Reading<Value>;
};

export function settingsDocument<Value, Ready>(tab: SettingsTab<Value, Ready>): SubmitRows {
  return (db: Database, rows: readonly SubmittedRow[], stamp: Stamp): Promise<SubmitOutcome> => {
    const items = rows.map((row) => toItem(tab, row));
    return inTransaction(db, async (tx) => {
      // People change settings one at a time; so a repeated row waits for the first one to be answered.
      await sql`select pg_advisory_xact_lock(hashtextextended(${`settings:${tab.word}`}, 0))`.execute(tx);
      const commands = await readCommands(tx, tab.word, rows);
      const values = items.flatMap(({ reading }) => (reading.ok ? [reading.value] : []));
      const ready = await tab.prepare(tx, values);
      const answers: RowAnswer[] = [];
      const touched = new Set<Sku>();
      for (const item of items) {
        const { row, bodyHash, step } = item;
        const known = repeated(item, commands.get(row.rowId));
        if (known !== null) {
          answers.push(known);
          continue;
        }
        const { answer, skus } = await saveOne(tx, tab, item, ready, stamp);
        answers.push(answer);
        if (answer.status === 'applied') commands.set(row.rowId, { bodyHash, kept: { step, answer } });
        for (const sku of skus) touched.add(sku);
      }
      await tab.finish?.(tx, ready, stamp);
      return { answers, touched: [...touched] };
    });
  };
}

function toItem<Value, Ready>(tab: SettingsTab<Value, Ready>, row: SubmittedRow): Item<Value> {
  const { step = 0, ...cells } = row.cells;
  const reading = tab.read(cells);
  const entries = Object.entries(cells).sort(([a], [b]) => (a < b ? -1 : 1));
  const bodyHash = createHash('sha256').update(JSON.stringify(entries)).digest('hex');
  return { row, step: Number(step) || 0, bodyHash, reading };
}

// Null: this is not a repeat, so it is to be saved.
function repeated<Value>(
  { row, step, bodyHash }: Item<Value>,
  command: Command | undefined,
): RowAnswer | null {
  if (command === undefined || step === command.kept.step + 1) return null;
  if (step === command.kept.step && bodyHash === command.bodyHash) return command.kept.answer;
  return conflicting(
    row.rowId,
    'This row was saved meanwhile with other values, and what you sent was not. Look at it and submit it once more.',
    { step: command.kept.step + 1 },
  );
}

async function saveOne<Value, Ready>(
  tx: Tx,
  tab: SettingsTab<Value, Ready>,
  { row, step, bodyHash, reading }: Item<Value>,
  ready: Ready,
  stamp: Stamp,
): Promise<{ readonly answer: RowAnswer; readonly skus: readonly Sku[] }> {
  const { rowId } = row;
  const saved = reading.ok ? await tab.save(tx, reading.value, ready, stamp) : reading;
  if (!saved.ok) return { answer: refused(rowId, saved.field, saved.problem), skus: [] };
  const answer = applied(rowId, saved.message, { step: step + 1 });
  const kept: Kept = { step, answer };
  await sql`
    insert into commands (key, body_hash, answer, actor, at)
    values (${`${tab.word}:${rowId}`}, ${bodyHash}, ${JSON.stringify(kept)}::jsonb, ${stamp.actor}, ${stamp.at})
    on conflict (key) do update set body_hash = excluded.body_hash, answer = excluded.answer, actor = excluded.actor,
      at = excluded.at`.execute(tx);
  return { answer, skus: saved.touched };
}

async function readCommands(
  tx: Tx,
  word: string,
  rows: readonly SubmittedRow[],
): Promise<Map<string, Command>> {
  const keys = rows.map(({ rowId }) => `${word}:${rowId}`);
  const found = await tx
    .selectFrom('commands')
    .select(['key', 'body_hash', 'answer'])
    .where('key', '=', sql<string>`any(${keys}::text[])`)
    .execute();
  const start = word.length + 1;
  return new Map(
    found.map(({ key, body_hash: bodyHash, answer }) => [
      key.slice(start),
      { bodyHash, kept: answer as Kept },
    ]),
  );
}

export const refuse = (field: string | null, problem: string): Refusal => ({ ok: false, field, problem });

/** Null: neither of the words, which is a mistake. Empty is "save". */
export const readAction = (cell: Cell | undefined): SettingAction | null =>
  isBlank(cell) ? 'save' : chosen(cell, SETTING_ACTIONS);

export const NO_ACTION: Refusal = refuse('action', 'Choose save or remove as the action.');

/** A whole number from `least` to `most`; `empty` when nothing is typed. */
export function readWhole<Empty>(
  cell: Cell | undefined,
  bounds: { readonly field: string; readonly least: number; readonly most: number },
  empty: Empty,
): { readonly ok: true; readonly value: number | Empty } | Refusal {
  const reading = optionalQuantity(cell);
  if (reading === null) return { ok: true, value: empty };
  if (!reading.ok || reading.quantity < bounds.least || reading.quantity > bounds.most) {
    const { field, least, most } = bounds;
    return refuse(field, `"${text(cell).slice(0, 40)}" is not a whole number from ${least} to ${most}.`);
  }
  return { ok: true, value: reading.quantity };
}
