// What can be exported as CSV: the columns of each file, and its rows page by page, so that no file is ever held whole.

import { stringify } from 'csv-stringify/sync';
import { type RawBuilder, sql } from 'kysely';
import type { ExportKind } from '../../shared/api/csv.ts';
import { toLocalMoment } from '../../shared/model/time-zone.ts';
import type { Database } from '../database/database.ts';
import { readTimeZone } from '../database/time-zone.ts';
import { guard } from './guard.ts';

type Value = string | number | boolean | Date | null;
/** `after`: the place of the last row of the page before; '' for the first. Every row brings its own place. */
type PageQuery = (
  after: string,
  limit: number,
) => RawBuilder<Readonly<Record<string, Value>> & { place: string }>;

type Export = { readonly columns: readonly string[]; readonly page: PageQuery };

const PAGE_ROWS = 5_000;
/** Their headers name the clock that they go by. */
const TIMES: ReadonlySet<string> = new Set(['Counted at', 'When']);

const EXPORTS: Readonly<Record<ExportKind, Export>> = {
  products: {
    columns: ['SKU', 'Title', 'Listings'],
    page: (after, limit) => sql`
      select sku as place, sku as "SKU", title as "Title",
        (select count(*)::integer from listings where listings.sku = products.sku and gone_at is null) as "Listings"
      from products where sku > ${after} order by sku limit ${limit}`,
  },
  stock: {
    columns: ['SKU', 'Title', 'Warehouse', 'In stock', 'Booked', 'Available', 'Incoming', 'Counted at'],
    page: (after, limit) => sql`
      select jsonb_build_array(balances.sku, warehouse_id)::text as place, balances.sku as "SKU", title as "Title",
        warehouses.name as "Warehouse", case when is_set then in_stock end as "In stock", booked as "Booked",
        case when is_set then in_stock - booked end as "Available", incoming as "Incoming",
        (select max(at) from moves where moves.sku = balances.sku and moves.warehouse_id = balances.warehouse_id)
          as "Counted at"
      from balances join products using (sku) join warehouses on warehouses.id = warehouse_id
      where ${after} = '' or (balances.sku, warehouse_id) > (nullif(${after}, '')::jsonb ->> 0, nullif(${after}, '')::jsonb ->> 1)
      order by balances.sku, warehouse_id limit ${limit}`,
  },
  'purchase-orders': {
    columns: [
      ...[
        'PO number',
        'State',
        'Supplier',
        'SKU',
        'Warehouse',
        'Ordered',
        'Received',
        'Incoming',
        'Unit cost',
      ],
      ...['Currency', 'Freight and fees', 'Spread by', 'Expected', 'Note'],
    ],
    page: (after, limit) => sql`
      select line.id::text as place, number as "PO number", state as "State", supplier as "Supplier", sku as "SKU",
        warehouses.name as "Warehouse", quantity as "Ordered", received as "Received", incoming as "Incoming",
        unit_cost::text as "Unit cost", currency as "Currency", trim_scale(nullif(charges, 0))::text as "Freight and fees",
        spread_by as "Spread by", expected_on::text as "Expected", note as "Note"
      from delivery_lines as line join deliveries using (kind, number) join warehouses on warehouses.id = warehouse_id
      where kind = 'purchase' and line.id > ${after === '' ? 0 : Number(after)} order by line.id limit ${limit}`,
  },
  ledger: {
    columns: [
      ...['Move', 'When', 'SKU', 'Warehouse', 'In stock change', 'Booked change', 'Incoming change'],
      ...['In stock after', 'Booked after', 'Incoming after', 'Cause', 'Note', 'By', 'Reference'],
    ],
    page: (after, limit) => sql`
      select seq::text as place, seq as "Move", at as "When", sku as "SKU",
        coalesce(warehouses.name, warehouse_id) as "Warehouse", in_stock_change as "In stock change",
        booked_change as "Booked change", incoming_change as "Incoming change",
        case when is_set_after then in_stock_after end as "In stock after", booked_after as "Booked after",
        incoming_after as "Incoming after", cause as "Cause", note as "Note", actor as "By", reference as "Reference"
      from moves left join warehouses on warehouses.id = warehouse_id
      where seq > ${after === '' ? 0 : Number(after)} order by seq limit ${limit}`,
  },
};

/** The file in pieces of whole lines, the header first; begins with the mark by which Excel knows UTF-8. */
export async function* exportCsv(
  db: Database,
  kind: ExportKind,
  pageRows = PAGE_ROWS,
): AsyncGenerator<string, void, undefined> {
  const { columns, page } = EXPORTS[kind];
  const timeZone = await readTimeZone(db);
  const header = columns.map((column) => (TIMES.has(column) ? `${column} (${timeZone})` : column));
  yield `\uFEFF${stringify([header])}`;
  for (let after = ''; ; ) {
    const { rows } = await page(after, pageRows).execute(db);
    if (rows.length > 0)
      yield stringify(rows.map((row) => columns.map((column) => toField(row[column] ?? null, timeZone))));
    if (rows.length < pageRows) return;
    after = rows.at(-1)?.place ?? '';
  }
}

function toField(value: Value, timeZone: string): string | number {
  if (value === null) return '';
  if (value instanceof Date) return toLocalMoment(value, timeZone);
  return typeof value === 'number' ? value : guard(String(value));
}
