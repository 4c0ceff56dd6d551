// What the ledger says of some SKUs at a moment: sums by warehouse and by kind of change, and how they came about day by day.

import { sql } from 'kysely';
import { MOVE_GROUPS, type MoveGroup } from '../../shared/api/explain.ts';
import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import type { Database } from '../database/database.ts';
import type { MoveCause } from '../ledger/moves.ts';

export type Sums = { readonly inStock: number; readonly booked: number; readonly incoming: number };
export const NO_SUMS: Sums = { inStock: 0, booked: 0, incoming: 0 };

export const add = (a: Sums, b: Sums, sign: 1 | -1 = 1): Sums => ({
  inStock: a.inStock + sign * b.inStock,
  booked: a.booked + sign * b.booked,
  incoming: a.incoming + sign * b.incoming,
});

/** Complete, so that a new cause cannot be left out of the sums. */
const GROUP_OF: Readonly<Record<MoveCause, MoveGroup>> = {
  opening: 'opening',
  adjustment: 'adjusted',
  'stock take': 'adjusted',
  'order booked': 'booked by orders',
  'order released': 'booked by orders',
  'order moved': 'booked by orders',
  fulfilled: 'sent to customers',
  'fulfilment undone': 'sent to customers',
  'written off': 'written off',
  'write-off undone': 'written off',
  restocked: 'returned',
  'restock undone': 'returned',
  'purchase ordered': 'ordered from suppliers',
  'purchase received': 'received',
  'purchase changed': 'ordered from suppliers',
  'transfer sent': 'transferred',
  'transfer received': 'transferred',
  'transfer changed': 'transferred',
  reversed: 'reversed',
};

export type GroupSums = Sums & {
  readonly group: MoveGroup;
  readonly moves: number;
  readonly lastAt: string;
};
export type PlaceSums = Sums & {
  readonly isSet: boolean;
  /** The day by the sheet's clock on which somebody first said how many there are. */
  readonly setOn: string | null;
};

export type StockThen = {
  readonly places: ReadonlyMap<WarehouseId, PlaceSums>;
  readonly groups: readonly GroupSums[];
};

type SumsRow = PlaceSums & {
  readonly sku: Sku;
  readonly warehouseId: WarehouseId;
  readonly cause: MoveCause;
  readonly moves: number;
  readonly lastAt: Date;
};

/** `at` null: now. A SKU that never moved is absent. */
export async function readStockThen(
  db: Database,
  skus: readonly Sku[],
  { at, timeZone }: { readonly at: Date | null; readonly timeZone: string },
): Promise<ReadonlyMap<Sku, StockThen>> {
  const { rows } = await sql<SumsRow>`
    select sku, warehouse_id as "warehouseId", cause, count(*)::bigint as moves, max(at) as "lastAt", bool_or(is_set_after) as "isSet",
      to_char(min(at) filter (where is_set_after) at time zone ${timeZone}, 'YYYY-MM-DD') as "setOn",
      sum(in_stock_change)::bigint as "inStock", sum(booked_change)::bigint as booked,
      sum(incoming_change)::bigint as incoming
    from moves where sku = any(${skus}::text[]) and (${at}::timestamptz is null or at <= ${at}::timestamptz)
    group by sku, warehouse_id, cause`.execute(db);
  return new Map([...Map.groupBy(rows, ({ sku }) => sku)].map(([sku, mine]) => [sku, sumUp(mine)]));
}

function sumUp(rows: readonly SumsRow[]): StockThen {
  const places = new Map<WarehouseId, PlaceSums>();
  const groups = new Map<MoveGroup, GroupSums>();
  for (const row of rows) {
    const place = places.get(row.warehouseId);
    places.set(row.warehouseId, {
      ...add(place ?? NO_SUMS, row),
      isSet: row.isSet || place?.isSet === true,
      setOn: [row.setOn, place?.setOn ?? null].filter((day) => day !== null).sort()[0] ?? null,
    });
    const group = GROUP_OF[row.cause];
    const sums = groups.get(group);
    const lastAt = row.lastAt.toISOString();
    groups.set(group, {
      ...add(sums ?? NO_SUMS, row),
      group,
      moves: (sums?.moves ?? 0) + row.moves,
      lastAt: sums !== undefined && sums.lastAt > lastAt ? sums.lastAt : lastAt,
    });
  }
  return { places, groups: MOVE_GROUPS.flatMap((group) => groups.get(group) ?? []) };
}

export type Change = Sums & { readonly sku: Sku; readonly warehouseId: WarehouseId; readonly day: string };

/** What changed on each day by the sheet's clock, newest day first; days without changes are absent. */
export async function readChangesByDay(
  db: Database,
  skus: readonly Sku[],
  { from, until, timeZone }: { readonly from: Date; readonly until: Date; readonly timeZone: string },
): Promise<readonly Change[]> {
  const { rows } = await sql<Change>`
    select sku, warehouse_id as "warehouseId", to_char(at at time zone ${timeZone}, 'YYYY-MM-DD') as day,
      sum(in_stock_change)::bigint as "inStock", sum(booked_change)::bigint as booked,
      sum(incoming_change)::bigint as incoming
    from moves where sku = any(${skus}::text[]) and at >= ${from}::timestamptz and at <= ${until}::timestamptz
    group by 1, 2, 3 order by day desc`.execute(db);
  return rows;
}
