// Applies submitted rows of a stock take: what was counted is compared with what was in stock when it was counted, and the
// difference is posted, so that sales after the count stay.

import { sql } from 'kysely';
import type { RowAnswer, SubmittedRow } from '../../shared/api/rows.ts';
import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import { inTransaction, type Tx } from '../database/database.ts';
import { readTimeZone } from '../database/time-zone.ts';
import { bundleHasNoStock } from '../ledger/bundles.ts';
import { type LockedSkus, lockSkus, type Move, type Stamp } from '../ledger/moves.ts';
import { submitAdjustmentRows } from './adjustments.ts';
import { chosen } from './cells.ts';
import { postDocumentMoves } from './post-moves.ts';
import { type Count, readCount } from './read-count.ts';
import { answerOnce, appliedKeys, stockTakeKey } from './row-commands.ts';
import { applied, conflicting, refused, type SubmitRows } from './row-outcome.ts';
import { type RunningBalances, runningBalances } from './running-balances.ts';
import { type NearSkus, readNear, unknownSku } from './unknown-sku.ts';
import { readWarehouses } from './warehouses.ts';

/** Rows that say "reverse" are taken back the way adjustments are; all others are counted. */
export const submitStockTake: SubmitRows = async (db, rows, stamp) => {
  const reversed = rows.filter(saysReverse);
  if (reversed.length === 0) return countRows(db, rows, stamp);
  const taken = await submitAdjustmentRows(db, reversed, stamp);
  const counts = rows.filter((row) => !saysReverse(row));
  const counted = counts.length === 0 ? { answers: [], touched: [] } : await countRows(db, counts, stamp);
  const [backs, others] = [taken.answers.values(), counted.answers.values()];
  const answers = rows.map(
    (row) => (saysReverse(row) ? backs : others).next().value ?? neverAnswered(row.rowId),
  );
  return { answers, touched: [...new Set([...taken.touched, ...counted.touched])] };
};

const saysReverse = ({ cells }: SubmittedRow): boolean => chosen(cells['action'], ['reverse']) !== null;

const countRows: SubmitRows = async (db, rows, stamp) => {
  const reader = { warehouses: await readWarehouses(db), timeZone: await readTimeZone(db), stamp };
  const readings = rows.map((row) => readCount(row, reader));
  const unreadable = readings.flatMap((reading) =>
    'status' in reading && reading.field !== 'rowId' ? [stockTakeKey(reading.rowId)] : [],
  );
  const before = await appliedKeys(db, unreadable);
  const counts = readings.filter((reading) => !('status' in reading)) as Count[];
  let touched: readonly Sku[] = [];
  const answers = await inTransaction(db, (tx) =>
    answerOnce(tx, counts, stamp, {
      apply: async (fresh) => {
        const outcome = await applyCounts(tx, fresh, stamp);
        touched = outcome.touched;
        return outcome.answers;
      },
      conflict: async () => (count) => countedBefore(count.rowId),
    }),
  );
  return {
    answers: readings.map((reading) => {
      if (!('status' in reading)) return answers.get(reading) ?? neverAnswered(reading.rowId);
      return before.has(stockTakeKey(reading.rowId)) ? countedBefore(reading.rowId) : reading;
    }),
    touched,
  };
};

type Counted = { readonly answers: ReadonlyMap<Count, RowAnswer>; readonly touched: readonly Sku[] };

async function applyCounts(tx: Tx, fresh: readonly Count[], stamp: Stamp): Promise<Counted> {
  const listed = fresh.filter(({ sku }) => sku !== null);
  // Everything else comes last, whatever its row: what is listed below it was counted too.
  const rest = fresh.filter(({ sku }) => sku === null);
  const others = rest.length === 0 ? [] : await skusIn(tx, rest);
  const skus = [...listed.flatMap(({ sku }) => sku ?? []), ...others.map(({ sku }) => sku)];
  const locked = await lockSkus(tx, skus);
  const work: Work = {
    locked,
    balances: runningBalances(locked),
    before: await stockAt(tx, [
      ...listed.map(asked),
      ...rest.flatMap((count) => others.map((place) => askedOf(count, place))),
    ]),
    known: await countedIn(tx, fresh),
    moves: [],
    near: await readNear(
      tx,
      skus.filter((sku) => !locked.has(sku)),
    ),
  };
  const answers = new Map<Count, RowAnswer>();
  for (const count of listed) if (count.sku !== null) answers.set(count, countOne(work, count, count.sku));
  await keepCounts(
    tx,
    listed.filter((count) => answers.get(count)?.status === 'applied'),
  );
  for (const count of rest) answers.set(count, emptyRest(work, count, others));
  return { answers, touched: await postDocumentMoves(tx, locked, work.moves, stamp) };
}

type Work = {
  readonly locked: LockedSkus;
  readonly balances: RunningBalances;
  /** What was in stock when it was counted, by the row. */
  readonly before: ReadonlyMap<string, number>;
  /** What was counted in these stock takes. */
  readonly known: Set<string>;
  readonly moves: Move[];
  readonly near: NearSkus;
};

const placeOf = (take: string, warehouseId: WarehouseId, sku: Sku): string =>
  JSON.stringify([take, warehouseId, sku]);

function countOne(work: Work, count: Count, sku: Sku): RowAnswer {
  const { rowId, warehouse, counted } = count;
  const parts = work.locked.parts(sku);
  if (parts.length > 0) return refused(rowId, 'sku', bundleHasNoStock(sku, parts));
  if (!work.locked.has(sku)) {
    return refused(rowId, 'sku', unknownSku(sku, work.near));
  }
  const place = placeOf(count.take, warehouse.id, sku);
  if (work.known.has(place)) {
    const message = `${sku} was counted in "${count.take}" before. Add its units up in one row, or count again under another name.`;
    return refused(rowId, 'take', message);
  }
  const now = work.balances.of(sku, warehouse.id);
  const expected = work.before.get(rowId) ?? now.inStock;
  const difference = counted - expected;
  const after = now.inStock + difference;
  if (after < 0) {
    const message = `In stock went from ${expected} to ${now.inStock} since the count, so ${counted} cannot be right: ${after} would be left. Count again.`;
    return refused(rowId, 'counted', message);
  }
  work.known.add(place);
  post(work, count, sku, difference);
  const since = now.inStock - expected;
  const moved = since === 0 ? '' : ` (${since > 0 ? '+' : ''}${since} since the count)`;
  const compared = now.isSet
    ? `Counted ${counted}, expected ${expected}: ${difference === 0 ? 'no difference' : `difference ${difference > 0 ? '+' : ''}${difference}`}.`
    : `Counted ${counted}; this is the first count.`;
  const message = `${compared} In stock in ${warehouse.name}: ${after}${moved}.`;
  return applied(rowId, message, { difference: now.isSet ? difference : counted });
}

function emptyRest(work: Work, count: Count, others: readonly Place[]): RowAnswer {
  const mine = others.filter(
    ({ sku, warehouseId }) =>
      warehouseId === count.warehouse.id && !work.known.has(placeOf(count.take, warehouseId, sku)),
  );
  let products = 0;
  let units = 0;
  for (const { sku } of mine) {
    const { inStock, isSet } = work.balances.of(sku, count.warehouse.id);
    // What arrived after the count was not there to be counted.
    const gone = Math.min(inStock, work.before.get(`${count.rowId} ${sku}`) ?? inStock);
    if (!isSet || gone <= 0) continue;
    post(work, count, sku, -gone);
    products += 1;
    units += gone;
  }
  const what = products === 1 ? '1 product that' : `${products} products that`;
  const message = `${what} "${count.take}" did not count ${products === 1 ? 'was' : 'were'} set to 0 in ${count.warehouse.name}: ${units} units less.`;
  return applied(count.rowId, message, { difference: 0 - units });
}

function post({ moves, balances }: Work, count: Count, sku: Sku, difference: number): void {
  const move: Move = {
    sku,
    warehouseId: count.warehouse.id,
    inStockChange: difference,
    bookedChange: 0,
    sets: true,
    cause: 'stock take',
    reference: count.rowId,
    note: [count.take, count.note].filter((part) => part !== '').join(': '),
  };
  moves.push(move);
  balances.add(move);
}

type Place = { readonly sku: Sku; readonly warehouseId: WarehouseId };

async function skusIn(tx: Tx, rest: readonly Count[]): Promise<readonly Place[]> {
  const { rows } = await sql<Place>`
    select sku, warehouse_id as "warehouseId" from balances
    where is_set and in_stock > 0 and warehouse_id = any(${rest.map(({ warehouse }) => warehouse.id)}::text[])
    order by sku`.execute(tx);
  return rows;
}

/** A number in stock that is wanted, as of when it was counted. */
type Asked = Omit<Place, 'sku'> & {
  readonly key: string;
  readonly sku: Sku | null;
  readonly countedAt: Date | null;
};

const asked = ({ rowId, sku, warehouse, countedAt }: Count): Asked => ({
  key: rowId,
  sku,
  warehouseId: warehouse.id,
  countedAt,
});

const askedOf = ({ rowId, countedAt }: Count, { sku, warehouseId }: Place): Asked => ({
  key: `${rowId} ${sku}`,
  sku,
  warehouseId,
  countedAt,
});

// In stock after the last move up to the moment of the count.
async function stockAt(tx: Tx, places: readonly Asked[]): Promise<ReadonlyMap<string, number>> {
  const timed = places.filter(({ countedAt }) => countedAt !== null);
  if (timed.length === 0) return new Map();
  const { rows } = await sql<{ key: string; inStock: number }>`
    select wanted.key, coalesce((
      select in_stock_after from moves where moves.sku = wanted.sku and moves.warehouse_id = wanted.warehouse_id
        and moves.at <= wanted.at order by version desc limit 1), 0)::bigint as "inStock"
    from unnest(${timed.map(({ key }) => key)}::text[], ${timed.map(({ sku }) => sku)}::text[],
      ${timed.map(({ warehouseId }) => warehouseId)}::text[], ${timed.map(({ countedAt }) => countedAt?.toISOString())}::timestamptz[])
      as wanted (key, sku, warehouse_id, at)`.execute(tx);
  return new Map(rows.map(({ key, inStock }) => [key, inStock]));
}

async function countedIn(tx: Tx, counts: readonly Count[]): Promise<Set<string>> {
  const takes = [...new Set(counts.map(({ take }) => take))];
  const rows = await tx
    .selectFrom('stock_counts')
    .selectAll()
    .where('take', '=', sql<string>`any(${takes}::text[])`)
    .execute();
  return new Set(rows.map(({ take, warehouse_id, sku }) => placeOf(take, warehouse_id, sku)));
}

async function keepCounts(tx: Tx, counts: readonly Count[]): Promise<void> {
  await sql`insert into stock_counts (take, warehouse_id, sku, row_id)
    select * from unnest(${counts.map(({ take }) => take)}::text[],
      ${counts.map(({ warehouse }) => warehouse.id)}::text[], ${counts.map(({ sku }) => sku)}::text[],
      ${counts.map(({ rowId }) => rowId)}::text[])
    on conflict do nothing`.execute(tx);
}

const countedBefore = (rowId: string): RowAnswer =>
  conflicting(
    rowId,
    'This row was counted before with other values. Choose "reverse" to take it back, or make a new row under another stock take name.',
  );

function neverAnswered(rowId: string): never {
  throw new Error(`The row ${rowId} was left without an answer.`);
}
