// Rows of Warehouses: the sums of what each holds, archived ones included as long as the ledger speaks of them.

import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { locationName, type SheetContext } from './context.ts';
import { type SheetRow, toText } from './row.ts';

type Sums = {
  readonly id: string;
  readonly products: number;
  readonly uncounted: number;
  readonly inStock: number;
  readonly booked: number;
  readonly incoming: number;
};

const NOTHING: Omit<Sums, 'id'> = { products: 0, uncounted: 0, inStock: 0, booked: 0, incoming: 0 };

/** Null: no stock has moved. Names and mappings are in the context. */
export async function readWarehouses(
  db: Database,
  { warehouses, archived, stores, places, mapping }: SheetContext,
  since: string | null,
): Promise<readonly SheetRow[] | null> {
  if (since !== null && !(await anyMoved(db, since))) return null;
  const { rows } = await sql<Sums>`
    select warehouse_id as id, count(*) filter (where is_set) as products,
      count(*) filter (where not is_set and (in_stock, booked) <> (0, 0)) as uncounted,
      coalesce(sum(in_stock) filter (where is_set), 0)::bigint as "inStock", sum(booked)::bigint as booked,
      sum(incoming)::bigint as incoming
    from balances group by warehouse_id`.execute(db);
  const sums = new Map(rows.map(({ id, ...held }) => [id, held]));
  return warehouses.map(({ id, name }) => {
    const held = sums.get(id) ?? NOTHING;
    const serves = mapping
      .filter(({ warehouseId }) => warehouseId === id)
      .map((place) =>
        [stores.get(place.storeId) ?? '', locationName(places, place)].filter(Boolean).join(': '),
      );
    return {
      key: id,
      cells: {
        warehouse: toText(name),
        ...held,
        available: held.inStock - held.booked,
        serves: toText(serves.join(', ')),
        state: archived.includes(id) ? 'archived' : 'in use',
        rowKey: id,
      },
    };
  });
}

async function anyMoved(db: Database, since: string): Promise<boolean> {
  const { rows } = await sql`select 1 from moves where changed_tx >= ${since}::xid8 limit 1`.execute(db);
  return rows.length > 0;
}
