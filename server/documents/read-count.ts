// Reads a row of the Stock take tab: what was counted, where and when, or what is wrong with it.

import type { RowAnswer, SubmittedRow } from '../../shared/api/rows.ts';
import type { Sku } from '../../shared/model/ids.ts';
import { readQuantity } from '../../shared/model/quantity.ts';
import { readSku } from '../../shared/model/sku.ts';
import { toLocalDay, toLocalTime } from '../../shared/model/time-zone.ts';
import { EVERYTHING_ELSE } from '../../shared/tabs/stock-take.ts';
import type { Stamp } from '../ledger/moves.ts';
import { DAMAGED_ID, hashCells, isBlank, isDamaged, readMoment, text } from './cells.ts';
import { type RowCommand, stockTakeKey } from './row-commands.ts';
import { refused } from './row-outcome.ts';
import { findWarehouse, type KnownWarehouse, type Warehouse } from './warehouses.ts';

const WRITTEN = ['sku', 'counted', 'warehouse', 'countedAt', 'take', 'note'] as const;

export type Count = RowCommand & {
  /** Null: everything that this stock take did not count. */
  readonly sku: Sku | null;
  readonly counted: number;
  readonly warehouse: Warehouse;
  /** Null: now. */
  readonly countedAt: Date | null;
  readonly take: string;
  readonly note: string;
};

export type CountReader = {
  readonly warehouses: readonly KnownWarehouse[];
  /** By which the sheet's clock goes. */
  readonly timeZone: string;
  readonly stamp: Stamp;
};

export function readCount(
  row: SubmittedRow,
  { warehouses, timeZone, stamp }: CountReader,
): Count | RowAnswer {
  const { rowId, cells } = row;
  if (isDamaged(rowId)) return refused(rowId, 'rowId', DAMAGED_ID);
  if (!isBlank(cells['action'])) return refused(rowId, 'action', 'Choose reverse, or leave this cell empty.');
  const isRest = text(cells['sku']).toLowerCase() === EVERYTHING_ELSE;
  const sku = isRest ? null : readSku(cells['sku']);
  if (sku !== null && !sku.ok) return refused(rowId, 'sku', sku.problem);
  const counted = readQuantity(cells['counted']);
  if (!counted.ok) return refused(rowId, 'counted', counted.problem);
  if (counted.quantity < 0) return refused(rowId, 'counted', 'Nobody can count less than 0.');
  if (isRest && counted.quantity !== 0) {
    return refused(rowId, 'counted', `"${EVERYTHING_ELSE}" can only be 0. List the products that are there.`);
  }
  const found = findWarehouse(warehouses, text(cells['warehouse']) || null);
  if (!found.ok) return refused(rowId, 'warehouse', found.problem);
  const countedAt = readMoment(cells['countedAt'], timeZone);
  if (!countedAt.ok) return refused(rowId, 'countedAt', countedAt.problem);
  if (countedAt.value !== null && countedAt.value > stamp.at) {
    const now = toLocalTime(stamp.at, timeZone).slice(0, 16);
    return refused(
      rowId,
      'countedAt',
      `This time has not come yet: by the clock of this sheet (${timeZone}) it is ${now}.`,
    );
  }
  return {
    rowId,
    key: stockTakeKey(rowId),
    bodyHash: hashCells(cells, WRITTEN),
    sku: sku?.sku ?? null,
    counted: counted.quantity,
    warehouse: found.warehouse,
    countedAt: countedAt.value,
    take: text(cells['take']) || toLocalDay(stamp.at, timeZone),
    note: text(cells['note']),
  };
}
