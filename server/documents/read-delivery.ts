// Reads a row of Purchase orders or Transfers as the sheet holds it. An empty cell means: as it was.

import type { SubmittedRow } from '../../shared/api/rows.ts';
import {
  type DeliveryAction,
  type DeliveryKind,
  PURCHASE_ACTIONS,
  SPREAD_WAYS,
  type SpreadWay,
  TRANSFER_ACTIONS,
} from '../../shared/model/delivery.ts';
import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import { readMoney, showMoney } from '../../shared/model/money.ts';
import { readSku } from '../../shared/model/sku.ts';
import { chosen, DAMAGED_ID, isBlank, isDamaged, optionalQuantity, readDay, text } from './cells.ts';
import { findWarehouse, type KnownWarehouse } from './warehouses.ts';

export type DeliveryCommand = {
  readonly action: DeliveryAction;
  /** The revision of the line that the row has seen; 0: none. */
  readonly step: number;
  readonly number: string | null;
  /** Null: all lines of that number. */
  readonly sku: Sku | null;
  readonly sourceId: WarehouseId | null;
  readonly warehouseId: WarehouseId | null;
  readonly quantity: number | null;
  readonly receiveNow: number | null;
  readonly supplier: string;
  readonly currency: string;
  readonly spreadBy: SpreadWay | null;
  readonly unitCost: string | null;
  readonly charges: string | null;
  readonly expectedOn: string | null;
  readonly note: string;
  /** Of a reversal: the step that is meant; null: the newest. */
  readonly reverses: string | null;
};

export type DeliveryReading =
  | { readonly ok: true; readonly command: DeliveryCommand }
  | { readonly ok: false; readonly field: string; readonly problem: string };

/** The cells that people write, by kind: what is compared when a row comes again. */
export const WRITTEN_COLUMNS: Readonly<Record<DeliveryKind, readonly string[]>> = {
  purchase: [
    ...['number', 'action', 'receiveNow', 'supplier', 'sku', 'warehouse', 'ordered', 'unitCost', 'currency'],
    ...['charges', 'spreadBy', 'expected', 'note'],
  ],
  transfer: ['number', 'action', 'receiveNow', 'sku', 'from', 'to', 'quantity', 'expected', 'note'],
};

const NUMBER_LENGTH_MAX = 40;
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** Thrown inside this file only: the first cell that has to be mended. */
class Mend extends Error {
  readonly field: string;
  constructor(field: string, problem: string) {
    super(problem);
    this.field = field;
  }
}

export function readDelivery(
  kind: DeliveryKind,
  row: SubmittedRow,
  warehouses: readonly KnownWarehouse[],
): DeliveryReading {
  try {
    return { ok: true, command: readCells(kind, row, warehouses) };
  } catch (error) {
    if (error instanceof Mend) return { ok: false, field: error.field, problem: error.message };
    throw error;
  }
}

function readCells(
  kind: DeliveryKind,
  { rowId, cells }: SubmittedRow,
  warehouses: readonly KnownWarehouse[],
): DeliveryCommand {
  if (isDamaged(rowId)) throw new Mend('rowId', DAMAGED_ID);
  const isPurchase = kind === 'purchase';
  const actions: readonly DeliveryAction[] = isPurchase ? PURCHASE_ACTIONS : TRANSFER_ACTIONS;
  const action = chosen(cells['action'], actions);
  if (action === null) throw new Mend('action', `Choose an action: ${actions.join(', ')}.`);
  const sku = isBlank(cells['sku']) ? null : mended('sku', readSku(cells['sku'])).sku;
  const number = text(cells['number']) || null;
  if (sku === null && number === null) throw new Mend('sku', 'Fill in the SKU.');
  if (number !== null && number.length > NUMBER_LENGTH_MAX) {
    throw new Mend('number', `The number is too long; at most ${NUMBER_LENGTH_MAX} characters are possible.`);
  }
  const place = (field: string): WarehouseId | null =>
    isBlank(cells[field]) ? null : mended(field, findWarehouse(warehouses, text(cells[field]))).warehouse.id;
  const currency = text(cells['currency']).toUpperCase();
  if (isPurchase && currency !== '' && !CURRENCIES.has(currency)) {
    throw new Mend('currency', `"${currency}" is not a currency. Type three letters, such as EUR.`);
  }
  if (isPurchase && !isBlank(cells['spreadBy']) && chosen(cells['spreadBy'], SPREAD_WAYS) === null) {
    throw new Mend('spreadBy', `Choose ${SPREAD_WAYS.join(' or ')}.`);
  }
  const expected = readDay(cells['expected']);
  if (!expected.ok) throw new Mend('expected', expected.problem);
  return {
    action,
    step: readStep(cells['step']),
    number,
    sku,
    sourceId: isPurchase ? null : place('from'),
    warehouseId: place(isPurchase ? 'warehouse' : 'to'),
    quantity: units(isPurchase ? 'ordered' : 'quantity', cells),
    receiveNow: units('receiveNow', cells),
    supplier: isPurchase ? text(cells['supplier']) : '',
    currency: isPurchase ? currency : '',
    spreadBy: isPurchase ? chosen(cells['spreadBy'], SPREAD_WAYS) : null,
    unitCost: isPurchase ? amount('unitCost', cells) : null,
    charges: isPurchase ? amount('charges', cells) : null,
    expectedOn: expected.value,
    note: text(cells['note']),
    reverses: text(cells['reverses']) || null,
  };
}

const readStep = (cell: SubmittedRow['cells'][string] | undefined): number =>
  /^\d{1,9}$/.test(text(cell)) ? Number(text(cell)) : 0;

function units(field: string, cells: SubmittedRow['cells']): number | null {
  const reading = optionalQuantity(cells[field]);
  if (reading === null) return null;
  const { quantity } = mended(field, reading);
  if (quantity <= 0) throw new Mend(field, 'Type the units as a number above 0.');
  return quantity;
}

function amount(field: string, cells: SubmittedRow['cells']): string | null {
  if (isBlank(cells[field])) return null;
  return showMoney(mended(field, readMoney(cells[field])).money);
}

type Reading = { readonly ok: true } | { readonly ok: false; readonly problem: string };

function mended<Result extends Reading>(field: string, reading: Result): Extract<Result, { ok: true }> {
  if (!reading.ok) throw new Mend(field, reading.problem);
  return reading as Extract<Result, { ok: true }>;
}
