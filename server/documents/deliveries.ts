// Applies submitted rows of Purchase orders and Transfers: each row is one action on one line, or on all lines of a number.

import type { RowAnswer, RowWrites, SubmittedRow } from '../../shared/api/rows.ts';
import type { DeliveryKind } from '../../shared/model/delivery.ts';
import type { Sku } from '../../shared/model/ids.ts';
import { decimalsOf, parseMoney, showMoney } from '../../shared/model/money.ts';
import { type Database, inTransaction, type Tx } from '../database/database.ts';
import { lockSkus, type Stamp } from '../ledger/moves.ts';
import { applyDelivery } from './apply-delivery.ts';
import { hashCells, text } from './cells.ts';
import { forgetProducts, lockDeliveries, makeNumbers, makeProducts } from './delivery-lines.ts';
import type { DeliveryLine } from './delivery-step.ts';
import { type DeliveryWork, openWork } from './delivery-work.ts';
import { canBegin } from './find-delivery-line.ts';
import { type DeliveryCommand, readDelivery, WRITTEN_COLUMNS } from './read-delivery.ts';
import { answerOnce, appliedKeys, type RowCommand } from './row-commands.ts';
import { applied, conflicting, refused, type SubmitOutcome, type SubmitRows } from './row-outcome.ts';
import { type KnownWarehouse, readWarehouses } from './warehouses.ts';

export const submitPurchaseOrders: SubmitRows = (db, rows, stamp) =>
  submitDeliveries(db, 'purchase', rows, stamp);
export const submitTransfers: SubmitRows = (db, rows, stamp) => submitDeliveries(db, 'transfer', rows, stamp);

type Item = RowCommand & { readonly command: DeliveryCommand };

async function submitDeliveries(
  db: Database,
  kind: DeliveryKind,
  rows: readonly SubmittedRow[],
  stamp: Stamp,
): Promise<SubmitOutcome> {
  const warehouses = await readWarehouses(db);
  const readings = rows.map((row) => readRow(kind, row, warehouses));
  const items = readings.filter((reading) => !('status' in reading)) as Item[];
  let touched: readonly Sku[] = [];
  const answers = await inTransaction(db, (tx) =>
    answerOnce(tx, items, stamp, {
      apply: async (fresh) => {
        const outcome = await applyFresh(tx, kind, fresh, { warehouses, stamp });
        touched = outcome.touched;
        return outcome.answers;
      },
      conflict: async (changed) => {
        const rowIds = changed.map(({ rowId }) => rowId);
        const { lines, lineOfRow } = await lockDeliveries(tx, kind, { numbers: [], rowIds }, stamp.at);
        return ({ rowId }) => overtaken(rowId, lines.get(lineOfRow.get(rowId) ?? -1));
      },
    }),
  );
  const stepsDone = await appliedKeys(
    db,
    rows.filter((_, index) => isMistake(readings[index])).map((row) => keyOf(kind, row)),
  );
  return {
    answers: readings.map((reading, index) => {
      if (!('status' in reading)) return answers.get(reading) ?? neverAnswered(reading.rowId);
      const row = rows[index];
      // A row that cannot be read any more but whose step was done must not be told that nothing was done.
      return row !== undefined && isMistake(reading) && stepsDone.has(keyOf(kind, row))
        ? overtaken(row.rowId, undefined)
        : reading;
    }),
    touched,
  };
}

const isMistake = (reading: Item | RowAnswer | undefined): boolean =>
  reading !== undefined && 'status' in reading && reading.field !== 'rowId';

const keyOf = (kind: DeliveryKind, { rowId, cells }: SubmittedRow): string =>
  `${kind}:${rowId}:${/^\d{1,9}$/.test(text(cells['step'])) ? Number(text(cells['step'])) : 0}`;

function readRow(
  kind: DeliveryKind,
  row: SubmittedRow,
  warehouses: readonly KnownWarehouse[],
): Item | RowAnswer {
  const reading = readDelivery(kind, row, warehouses);
  if (!reading.ok) return refused(row.rowId, reading.field, reading.problem);
  const bodyHash = hashCells(row.cells, WRITTEN_COLUMNS[kind]);
  return { rowId: row.rowId, key: keyOf(kind, row), bodyHash, command: reading.command };
}

type Fresh = { readonly answers: ReadonlyMap<Item, RowAnswer>; readonly touched: readonly Sku[] };

async function applyFresh(
  tx: Tx,
  kind: DeliveryKind,
  fresh: readonly Item[],
  { warehouses, stamp }: { readonly warehouses: readonly KnownWarehouse[]; readonly stamp: Stamp },
): Promise<Fresh> {
  if (fresh.length === 0) return { answers: new Map(), touched: [] };
  const rowIds = fresh.map(({ rowId }) => rowId);
  const numberOf = await numbersFor(tx, kind, fresh);
  const numbers = [...new Set(fresh.flatMap((item) => numberOf.get(item) ?? []))];
  const locked = await lockDeliveries(tx, kind, { numbers, rowIds }, stamp.at);
  const named = fresh.flatMap(({ command }) => (command.sku === null ? [] : [command.sku]));
  // What is bought may be new; what is moved must be there.
  const made = kind === 'purchase' ? await makeProducts(tx, named) : new Set<Sku>();
  const skus = [...named, ...[...locked.lines.values()].map(({ sku }) => sku)];
  const lockedSkus = await lockSkus(tx, skus);
  const work = await openWork(tx, kind, {
    locked,
    skus: lockedSkus,
    warehouses,
    made,
    unknown: named.filter((sku) => !lockedSkus.has(sku)),
    newLinesMax: fresh.length,
    stamp,
  });
  const answers = new Map<Item, RowAnswer>();
  for (const item of fresh) {
    const number = locked.lineOfRow.has(item.rowId)
      ? item.command.number
      : (numberOf.get(item) ?? item.command.number);
    answers.set(item, answerOne(work, item, { ...item.command, number }));
  }
  const touched = await work.finish(numbers);
  const lines = [...work.changes.lines.values()];
  await forgetProducts(
    tx,
    [...made].filter((sku) => lines.every((line) => line.sku !== sku)),
  );
  return { answers, touched };
}

// Rows without a number that are submitted together and go to one supplier in one currency, or the same way, get one number.
async function numbersFor(
  tx: Tx,
  kind: DeliveryKind,
  fresh: readonly Item[],
): Promise<ReadonlyMap<Item, string>> {
  const numberless = fresh.filter(
    ({ command }) => command.number === null && command.step === 0 && canBegin(kind, command.action),
  );
  const wayOf = ({ command }: Item): string =>
    JSON.stringify([
      command.supplier.toLowerCase(),
      command.sourceId,
      kind === 'transfer' ? command.warehouseId : null,
    ]);
  // A row without a currency goes with the first one that its supplier is paid in.
  const usual = new Map(
    numberless.toReversed().flatMap((item) => {
      const { currency } = item.command;
      return currency === '' ? [] : [[wayOf(item), currency] as const];
    }),
  );
  const groupOf = (item: Item): string =>
    `${wayOf(item)} ${item.command.currency || (usual.get(wayOf(item)) ?? '')}`;
  const groups = [...new Set(numberless.map(groupOf))];
  const made = await makeNumbers(tx, kind, groups.length);
  const numbers = new Map(
    fresh.flatMap((item) => (item.command.number === null ? [] : [[item, item.command.number]])),
  );
  for (const item of numberless) numbers.set(item, made[groups.indexOf(groupOf(item))] ?? '');
  return numbers;
}

function answerOne(work: DeliveryWork, { rowId }: Item, command: DeliveryCommand): RowAnswer {
  const outcome = applyDelivery(work, rowId, command);
  switch (outcome.kind) {
    case 'done':
      return applied(
        rowId,
        outcome.message,
        outcome.line === null ? outcome.writes : writesOf(outcome.line, work),
      );
    case 'overtaken':
      return overtaken(rowId, outcome.line ?? undefined);
    case 'refused':
      return refused(rowId, outcome.field, outcome.message);
  }
}

/** What the row shows after a step: everything that the system knows about its line. */
function writesOf(line: DeliveryLine, work: DeliveryWork): RowWrites {
  const head = work.headOf(line.number);
  const { nameOf } = work.world;
  const own =
    line.kind === 'purchase'
      ? {
          supplier: head.supplier,
          warehouse: nameOf(line.warehouseId),
          ordered: line.quantity,
          unitCost:
            line.unitCost === null ? '' : showMoney(parseMoney(line.unitCost), decimalsOf(head.currency)),
          currency: head.currency,
        }
      : {
          from: line.sourceId === null ? '' : nameOf(line.sourceId),
          to: nameOf(line.warehouseId),
          quantity: line.quantity,
        };
  return {
    number: line.number,
    sku: line.sku,
    action: '',
    receiveNow: '',
    expected: line.expectedOn ?? '',
    ...own,
    ...lockedCells(line),
  };
}

const lockedCells = (line: DeliveryLine): RowWrites => ({
  state: line.state,
  received: line.received,
  incoming: line.incoming,
  step: String(line.revision),
});

/** The row has not seen the newest step of its line, or is a copy that has never been a line. */
function overtaken(rowId: string, line: DeliveryLine | undefined): RowAnswer {
  if (line === undefined) {
    const message =
      'This row was submitted before with other values, or copied. Look at the Deliveries tab, then submit it again.';
    return conflicting(rowId, message, { state: '', received: '', incoming: '', step: '0' });
  }
  const message = `${line.number} was changed meanwhile: ${line.sku} is ${line.state}, ${line.received} of ${line.quantity} received. Check the row and submit it again.`;
  return conflicting(rowId, message, lockedCells(line));
}

function neverAnswered(rowId: string): never {
  throw new Error(`The row ${rowId} was left without an answer.`);
}
