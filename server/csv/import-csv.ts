// Reads a CSV file line by line and submits its lines as rows, by the same way as rows of the sheet. The same line of the same
// content is done once a day, so a file may be imported again after it was cut off or mended.

import { createHash } from 'node:crypto';
import { parse } from 'csv-parse';
import { sql } from 'kysely';
import type { ImportAnswer, ImportKind } from '../../shared/api/csv.ts';
import type { SubmittedRow } from '../../shared/api/rows.ts';
import type { Sku } from '../../shared/model/ids.ts';
import { readSku } from '../../shared/model/sku.ts';
import { isTimeZone, toLocalDay } from '../../shared/model/time-zone.ts';
import type { Database } from '../database/database.ts';
import { readTimeZone } from '../database/time-zone.ts';
import { byClock } from '../documents/cells.ts';
import { submitPurchaseOrders } from '../documents/deliveries.ts';
import { applied, refused, type SubmitRows } from '../documents/row-outcome.ts';
import { submitStockTake } from '../documents/stock-take.ts';
import type { Stamp } from '../ledger/moves.ts';
import { unguard } from './guard.ts';

type Column = {
  readonly header: string;
  readonly key: string;
  readonly required?: true;
  /** Its header may name the clock that it goes by, as in an export: Counted at (Europe/Berlin). */
  readonly isTime?: true;
};
type Import = {
  readonly columns: readonly Column[];
  readonly submit: SubmitRows;
  /** Cells that hold unless the file says otherwise. */
  readonly usual: Readonly<Record<string, string>>;
  /** A line with this cell empty says nothing. */
  readonly skipWithout: string | null;
  /** A line with one of these cells filled is the same on any day. */
  readonly occasions: readonly string[];
};

const IMPORTS: Readonly<Record<ImportKind, Import>> = {
  products: {
    columns: [
      { header: 'SKU', key: 'sku', required: true },
      { header: 'Title', key: 'title' },
    ],
    submit: submitProducts,
    usual: {},
    skipWithout: null,
    occasions: [],
  },
  stock: {
    columns: [
      { header: 'SKU', key: 'sku', required: true },
      { header: 'Warehouse', key: 'warehouse' },
      { header: 'In stock', key: 'counted', required: true },
      { header: 'Counted at', key: 'countedAt', isTime: true },
      { header: 'Stock take', key: 'take' },
      { header: 'Note', key: 'note' },
    ],
    submit: submitStockTake,
    usual: { note: 'imported' },
    skipWithout: 'counted',
    occasions: ['countedAt', 'take'],
  },
  'purchase-orders': {
    columns: [
      { header: 'PO number', key: 'number' },
      { header: 'Action', key: 'action' },
      { header: 'Supplier', key: 'supplier' },
      { header: 'SKU', key: 'sku', required: true },
      { header: 'Warehouse', key: 'warehouse' },
      { header: 'Ordered', key: 'ordered', required: true },
      { header: 'Unit cost', key: 'unitCost' },
      { header: 'Currency', key: 'currency' },
      { header: 'Freight and fees', key: 'charges' },
      { header: 'Spread by', key: 'spreadBy' },
      { header: 'Expected', key: 'expected' },
      { header: 'Note', key: 'note' },
    ],
    submit: submitPurchaseOrders,
    usual: { action: 'save draft' },
    skipWithout: null,
    occasions: ['number'],
  },
};

const ROWS_PER_SUBMISSION = 1_000;
const PROBLEMS_MAX = 1_000;
const LINE_BYTES_MAX = 1_000_000;

type Line = { readonly record: readonly string[]; readonly info: { readonly lines: number } };

export type ImportOutcome = ImportAnswer & { readonly touched: ReadonlySet<Sku> };

/** @throws nothing about the file: everything wrong in it is a problem with its line. */
export async function importCsv(
  db: Database,
  kind: ImportKind,
  file: AsyncIterable<string | Uint8Array>,
  stamp: () => Stamp,
): Promise<ImportOutcome> {
  const { columns, submit, usual, skipWithout, occasions } = IMPORTS[kind];
  const day = toLocalDay(stamp().at, await readTimeZone(db));
  const problems: { line: number; message: string }[] = [];
  const touched = new Set<Sku>();
  const seen = new Map<string, number>();
  let counts = { applied: 0, refused: 0 };
  const refuse = (line: number, message: string): void => {
    counts = { ...counts, refused: counts.refused + 1 };
    if (problems.length < PROBLEMS_MAX) problems.push({ line, message });
  };
  let header: readonly (HeaderCell | null)[] | null = null;
  let waiting: { line: number; row: SubmittedRow }[] = [];
  const send = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    const outcome = await submit(
      db,
      batch.map(({ row }) => row),
      stamp(),
    );
    for (const sku of outcome.touched) touched.add(sku);
    for (const [index, answer] of outcome.answers.entries()) {
      if (answer.status === 'applied') counts = { ...counts, applied: counts.applied + 1 };
      else refuse(batch[index]?.line ?? 0, answer.message);
    }
  };
  for await (const { record, info } of readLines(file, refuse)) {
    if (header === null) {
      const reading = readHeader(record, columns);
      if (!reading.ok) {
        refuse(1, reading.problem);
        break;
      }
      header = reading.cells;
      continue;
    }
    const cells = { ...usual, ...readCells(record, header) };
    if (skipWithout !== null && (cells[skipWithout] ?? '') === '') continue;
    // What names no occasion of its own means this day's: the same count next month is another one.
    const occasion = occasions.some((key) => (cells[key] ?? '') !== '') ? '' : day;
    waiting.push({ line: info.lines, row: { rowId: rowIdOf([kind, cells, occasion], seen), cells } });
    if (waiting.length >= ROWS_PER_SUBMISSION) await send();
  }
  await send();
  if (header === null && problems.length === 0) refuse(1, 'The file is empty.');
  return { ...counts, problems, touched };
}

/** Lines that cannot be read are told and left out; the others go on. */
async function* readLines(
  file: AsyncIterable<string | Uint8Array>,
  refuse: (line: number, message: string) => void,
): AsyncGenerator<Line, void, undefined> {
  let lastRead = 0;
  const parser = parse({
    bom: true,
    // A quotation mark in the middle of a text is part of it.
    relax_quotes: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: LINE_BYTES_MAX,
    // Here and not where lines are used: the parser runs ahead.
    on_record: (record, { lines }) => {
      lastRead = lines;
      return record;
    },
    on_skip: () => {
      const first = lastRead + 1;
      refuse(
        first,
        `From line ${first} on nothing was imported: a quotation mark opens there and never closes.`,
      );
      return undefined;
    },
  });
  const feeding = (async () => {
    for await (const piece of file) {
      if (!parser.write(piece)) await new Promise((resolve) => parser.once('drain', resolve));
    }
    parser.end();
  })();
  feeding.catch((error: unknown) =>
    parser.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  for await (const line of parser) yield line as Line;
  await feeding;
}

/** `timeZone` null: the sheet's. */
type HeaderCell = { readonly key: string; readonly timeZone: string | null };
type HeaderReading =
  | { readonly ok: true; readonly cells: readonly (HeaderCell | null)[] }
  | { readonly ok: false; readonly problem: string };

function readHeader(record: readonly string[], columns: readonly Column[]): HeaderReading {
  const cells = record.map((said) => readHeaderCell(unguard(said).trim(), columns));
  const missing = columns.filter(({ key, required }) => required && !cells.some((cell) => cell?.key === key));
  if (missing.length === 0) return { ok: true, cells };
  const names = missing.map(({ header }) => `"${header}"`).join(' and ');
  return {
    ok: false,
    problem: `The first line must name the columns; ${names} is missing. Nothing was imported.`,
  };
}

function readHeaderCell(said: string, columns: readonly Column[]): HeaderCell | null {
  const [, name = said, clock = ''] = /^(.*?)(?: \((.*)\))?$/.exec(said) ?? [];
  const column = columns.find(({ header, isTime }) => sameWords(header, isTime === true ? name : said));
  if (column === undefined) return null;
  return { key: column.key, timeZone: column.isTime === true && isTimeZone(clock) ? clock : null };
}

const sameWords = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const readCells = (
  record: readonly string[],
  header: readonly (HeaderCell | null)[],
): Record<string, string> =>
  Object.fromEntries(
    header.flatMap((cell, index) => {
      const text = unguard(record[index] ?? '');
      if (cell === null || text === '') return [];
      return [[cell.key, cell.timeZone === null ? text : byClock(text, cell.timeZone)]];
    }),
  );

// Two lines that say the same are two rows; the same file again on the same day has the same rows.
function rowIdOf(says: readonly unknown[], seen: Map<string, number>): string {
  const said = JSON.stringify(says);
  const digest = createHash('sha256').update(said).digest('hex').slice(0, 40);
  const nth = (seen.get(digest) ?? 0) + 1;
  seen.set(digest, nth);
  return nth === 1 ? `csv ${digest}` : `csv ${digest} ${nth}`;
}

async function submitProducts(db: Database, rows: readonly SubmittedRow[]): ReturnType<SubmitRows> {
  const readings = rows.map(({ cells }) => readSku(cells['sku'] ?? ''));
  const products = rows.flatMap(({ cells }, index) => {
    const reading = readings[index];
    return reading?.ok
      ? [{ sku: reading.sku, title: String(cells['title'] ?? '').replaceAll('\u0000', '') }]
      : [];
  });
  // Of two lines about one SKU the last counts.
  const bySku = [...new Map(products.map((product) => [product.sku, product])).values()];
  await sql`
    insert into products (sku, title, titled_by_person)
    select sku, title, title <> '' from unnest(${bySku.map(({ sku }) => sku)}::text[], ${bySku.map(({ title }) => title)}::text[])
      as new (sku, title) order by sku
    on conflict (sku) do update set title = excluded.title, titled_by_person = true
      where excluded.title <> '' and products.title <> excluded.title`.execute(db);
  return {
    answers: rows.map(({ rowId }, index) => {
      const reading = readings[index];
      return reading?.ok === false ? refused(rowId, 'sku', reading.problem) : applied(rowId, 'Imported.');
    }),
    touched: [],
  };
}
