// Rows of Deliveries: the lines of purchase orders and transfers, with what they cost once freight and fees are shared.

import { sql } from 'kysely';
import { coinOf, decimalsOf, landedCosts, parseMoney, showMoney } from '../../shared/model/money.ts';
import type { Database } from '../database/database.ts';
import type { SheetContext } from './context.ts';
import { type SheetRow, toText } from './row.ts';

type Line = {
  readonly id: number;
  readonly kind: 'purchase' | 'transfer';
  readonly number: string;
  readonly sku: string;
  readonly sourceId: string | null;
  readonly warehouseId: string;
  readonly state: string;
  readonly quantity: number;
  readonly received: number;
  readonly writtenOff: number;
  readonly incoming: number;
  readonly unitCost: string | null;
  readonly charges: string;
  readonly expectedOn: string | null;
  readonly note: string;
  readonly supplier: string;
  readonly currency: string;
  readonly spreadBy: 'value' | 'quantity';
};

/** A line changes with every line of its number: they share freight and fees. */
export async function readDeliveries(
  db: Database,
  { warehouses }: Pick<SheetContext, 'warehouses'>,
  since: string | null,
): Promise<readonly SheetRow[]> {
  const changed =
    since === null
      ? sql`true`
      : sql`(line.kind, line.number) in (select kind, number from delivery_lines where changed_tx >= ${since}::xid8)`;
  const { rows } = await sql<Line>`
    select line.id, line.kind, line.number, sku, source_id as "sourceId", warehouse_id as "warehouseId", state, quantity,
      received, written_off as "writtenOff", incoming, unit_cost::text as "unitCost", charges::text,
      expected_on::text as "expectedOn", note, supplier, currency, spread_by as "spreadBy"
    from delivery_lines as line join deliveries using (kind, number)
    where ${changed} order by line.id`.execute(db);
  const names = new Map<string, string>(warehouses.map(({ id, name }) => [id, name]));
  const costs = costsOf(rows);
  return rows.map((line) => ({ key: String(line.id), cells: cellsOf(line, names, costs.get(line.id)) }));
}

type Cost = { readonly total: string; readonly perUnit: string };

function costsOf(lines: readonly Line[]): ReadonlyMap<number, Cost> {
  const orders = new Map<string, Line[]>();
  for (const line of lines) {
    if (line.kind === 'purchase') orders.set(line.number, [...(orders.get(line.number) ?? []), line]);
  }
  const costs = new Map<number, Cost>();
  for (const order of orders.values()) {
    const charges = order.reduce((sum, line) => sum + parseMoney(line.charges), 0n);
    const parts = order.map((line) => ({
      unitCost: line.unitCost === null ? null : parseMoney(line.unitCost),
      units: unitsPaid(line),
    }));
    const { spreadBy = 'value', currency = '' } = order[0] ?? {};
    const landed = landedCosts(parts, charges, spreadBy, coinOf(currency));
    const decimals = decimalsOf(currency);
    for (const [index, line] of order.entries()) {
      const { total = 0n, perUnit = null } = landed[index] ?? {};
      const isKnown = parts[index]?.unitCost !== null || total > 0n;
      costs.set(line.id, {
        total: isKnown ? showMoney(total, decimals) : '',
        perUnit: isKnown && perUnit !== null ? showMoney(perUnit, decimals) : '',
      });
    }
  }
  return costs;
}

// What has arrived once a line is done, what was ordered until then, nothing of what was cancelled.
function unitsPaid({ state, received, quantity }: Line): number {
  if (state === 'cancelled') return 0;
  return state === 'received' ? received : Math.max(quantity, received);
}

function cellsOf(line: Line, names: ReadonlyMap<string, string>, cost: Cost | undefined): SheetRow['cells'] {
  const nameOf = (id: string | null) => (id === null ? '' : (names.get(id) ?? id));
  return {
    number: toText(line.number),
    kind: line.kind === 'purchase' ? 'purchase order' : 'transfer',
    state: line.state,
    sku: toText(line.sku),
    from: toText(line.kind === 'purchase' ? line.supplier : nameOf(line.sourceId)),
    to: toText(nameOf(line.warehouseId)),
    quantity: line.quantity,
    received: line.received,
    writtenOff: line.writtenOff,
    incoming: line.incoming,
    expected: line.expectedOn ?? '',
    currency: line.currency,
    unitCost: line.unitCost === null ? '' : showMoney(parseMoney(line.unitCost), decimalsOf(line.currency)),
    landedUnitCost: cost?.perUnit ?? '',
    landedCost: cost?.total ?? '',
    note: toText(line.note),
    rowKey: String(line.id),
  };
}
