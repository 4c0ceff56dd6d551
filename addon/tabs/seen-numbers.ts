// What the Inventory tab shows as in stock: a "set" carries the number that the person saw, so that a sale in between
// is not erased.

import type { SheetPort, TabPort } from '../ports.ts';

/** The number in stock that people see for this SKU in this warehouse; null when the tab does not say. */
export type SeenNumbers = (sku: string, warehouse: string) => number | null;

const INVENTORY = 'Inventory';
const IN_STOCK = 'inStock';

export function readSeenNumbers(sheet: SheetPort): SeenNumbers {
  const tab = sheet.tab(INVENTORY);
  const columns = tab?.taggedColumns() ?? new Map<string, number>();
  const skuColumn = columns.get('sku');
  const rows = (tab?.lastRow() ?? 0) - 1;
  if (tab === null || skuColumn === undefined || rows < 1) return () => null;
  const skus = tab.read(2, skuColumn, rows, 1);
  const places = new Map(skus.map(([sku], index) => [String(sku), index]));
  const numbers = new Map<number, readonly unknown[]>();
  return (sku, warehouse) => {
    const column = columnOf(tab, columns, warehouse);
    const place = places.get(sku);
    if (column === null || place === undefined) return null;
    const known = numbers.get(column) ?? tab.read(2, column, rows, 1).map(([cell]) => cell);
    numbers.set(column, known);
    const number = known[place];
    return typeof number === 'number' ? number : null;
  };
}

/** With several warehouses each has a column, "In stock: name"; their sum is not what is being set. */
function columnOf(tab: TabPort, columns: ReadonlyMap<string, number>, warehouse: string): number | null {
  const perWarehouse = [...columns].filter(([key]) => key.startsWith(`${IN_STOCK}.`));
  if (perWarehouse.length === 0) return columns.get(IN_STOCK) ?? null;
  const wanted = warehouse.trim().toLowerCase();
  const found = perWarehouse.find(([key, column]) => {
    const header = String(tab.read(1, column, 1, 1)[0]?.[0] ?? '');
    const name = header.slice(header.indexOf(':') + 1).trim();
    return name.toLowerCase() === wanted || key === `${IN_STOCK}.${warehouse.trim()}`;
  });
  return found?.[1] ?? null;
}
