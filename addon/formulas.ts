// What =IN_STOCK(…) and its sisters answer: many cells in one request, kept for a minute or until the numbers change.

import { STOCK_SKUS_MAX, type StockAnswer, stockAnswer } from '../shared/api/stock.ts';
import { type Connection, callServer } from './client.ts';
import type { CachePort, HttpPort } from './ports.ts';

export const FORMULAS = ['inStock', 'available', 'booked', 'incoming', 'why'] as const;
export type Formula = (typeof FORMULAS)[number];

type Row = StockAnswer['rows'][number];
export type Answer = number | string;

export type FormulaServices = {
  readonly http: HttpPort;
  readonly cache: CachePort;
  readonly connection: Connection | null;
};

const KEPT_SECONDS = 60;
/** Google ends a formula after 30 seconds: whoever asks again later than this may not get the answer. */
const ASKING_MAX_MS = 15_000;
const CACHE_KEY_MAX = 200;

export type AskedInCell = {
  readonly formula: Formula;
  /** One SKU or a range of them; the answer has the same shape. */
  readonly given: unknown;
  readonly warehouse?: unknown;
  /** Whatever changes with the numbers: Google asks again only when an argument has changed. */
  readonly changed?: unknown;
};

/** What is asked of the server, and from when it may be. */
type Question = { readonly formula: Formula; readonly place: string; readonly asOf: string };

/** Throws what the cell shall say. */
export function evaluate(
  services: FormulaServices,
  { formula, given, warehouse, changed }: AskedInCell,
): Answer | Answer[][] {
  const place = warehouse === undefined || warehouse === null ? '' : String(warehouse).trim();
  const asOf = changed === undefined ? '' : services.http.sha256Hex(JSON.stringify(changed));
  const question = { formula, place, asOf };
  if (Array.isArray(given)) {
    const grid = given.map((line) => (Array.isArray(line) ? line : [line]).map(toSku));
    const rows = readRows(services, question, grid.flat());
    return grid.map((line) => line.map((sku) => (sku === '' ? '' : inRange(rows.get(sku) ?? null, formula))));
  }
  const sku = toSku(given);
  if (sku === '') throw new Error('Name a SKU, such as =IN_STOCK("BLUEJEANSM") or =IN_STOCK(A2).');
  const row = readRows(services, question, [sku]).get(sku) ?? null;
  if (row === null) throw new Error(`No product has the SKU "${sku}". Check the spelling.`);
  return numberOf(row, formula);
}

/** One cell of many cannot throw for itself, so it says what is wrong. */
const inRange = (row: Row, formula: Formula): Answer =>
  row === null ? 'unknown SKU' : numberOf(row, formula);

/** Unset is not 0: the cell stays empty. */
const numberOf = (row: NonNullable<Row>, formula: Formula): Answer =>
  formula === 'why' ? (row.why ?? '') : (row[formula] ?? '');

const toSku = (cell: unknown): string => (cell === null || cell === undefined ? '' : String(cell).trim());

function readRows(
  services: FormulaServices,
  question: Question,
  skus: readonly string[],
): ReadonlyMap<string, Row> {
  const wanted = [...new Set(skus)].filter((sku) => sku !== '');
  const keyOf = (sku: string): string => {
    const { formula, place, asOf } = question;
    const key = `stock ${formula === 'why' ? 'why' : ''} ${place} ${asOf} ${sku}`;
    return key.length <= CACHE_KEY_MAX ? key : services.http.sha256Hex(key);
  };
  const kept = wanted.length === 0 ? {} : services.cache.getAll(wanted.map(keyOf));
  const rows = new Map<string, Row>();
  for (const sku of wanted) {
    const text = kept[keyOf(sku)];
    if (text !== undefined) rows.set(sku, JSON.parse(text) as Row);
  }
  const missing = wanted.filter((sku) => !rows.has(sku));
  const askUntilMs = services.http.nowMs() + ASKING_MAX_MS;
  for (let start = 0; start < missing.length; start += STOCK_SKUS_MAX) {
    if (services.http.nowMs() > askUntilMs) {
      throw new Error('That took too long for one formula. Give it fewer SKUs, such as half of the range.');
    }
    const chunk = missing.slice(start, start + STOCK_SKUS_MAX);
    const news: Record<string, string> = {};
    ask(services, question, chunk).forEach((row, index) => {
      const sku = chunk[index] ?? '';
      rows.set(sku, row);
      news[keyOf(sku)] = JSON.stringify(row);
    });
    services.cache.putAll(news, KEPT_SECONDS);
  }
  return rows;
}

function ask(
  { http, connection }: FormulaServices,
  { formula, place }: Question,
  skus: readonly string[],
): readonly Row[] {
  const key = connection?.formulasKey;
  if (connection === null || key === undefined) {
    throw new Error('This sheet is not connected. Open the Stocksheet sidebar and connect it.');
  }
  const result = callServer(
    http,
    { address: connection.address, ...key },
    {
      method: 'post',
      path: '/api/stock',
      body: {
        skus,
        ...(place === '' ? {} : { warehouse: place }),
        ...(formula === 'why' ? { why: true } : {}),
      },
      answer: stockAnswer,
    },
  );
  if (!result.ok) throw new Error(result.message);
  return result.value.rows;
}
