// An order line as the database keeps it: its latest counts, and what it has posted to the ledger so far.

import { type Insertable, type Selectable, sql } from 'kysely';
import type { Sku, StoreId } from '../../shared/model/ids.ts';
import type { LineCounts, OrderLine, OrderState } from '../../shared/model/order.ts';
import type { Database, Tx } from '../database/database.ts';
import type { OrderLinesTable } from '../database/schema/orders.ts';
import type { Part } from '../ledger/bundles.ts';
import type { Posted } from './line-moves.ts';

export type StoredLine = {
  readonly storeId: StoreId;
  readonly orderId: string;
  readonly position: number;
  readonly line: Omit<OrderLine, 'dated' | 'taken'>;
  readonly taken: number;
  readonly baseline: number;
  readonly baselineAt: Date | null;
  readonly posted: Posted;
};

export const NOTHING_POSTED: Posted = { sku: null, parts: [], warehouseId: null, booked: 0, inStock: 0 };

export async function readLines(
  db: Database,
  storeId: StoreId,
  orderId: string,
): Promise<readonly StoredLine[]> {
  const rows = await db
    .selectFrom('order_lines')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('order_id', '=', orderId)
    .orderBy('position')
    .execute();
  const parts = await readPartsOfLines(db, storeId, orderId);
  return rows.map((row) => fromRow(row, parts.get(row.line_id)));
}

async function readPartsOfLines(
  db: Database,
  storeId: StoreId,
  orderId: string,
): Promise<ReadonlyMap<string, readonly Part[]>> {
  const rows = await db
    .selectFrom('order_line_parts')
    .select(['line_id', 'sku', 'units'])
    .where('store_id', '=', storeId)
    .where('order_id', '=', orderId)
    .orderBy('sku')
    .execute();
  const parts = new Map<string, Part[]>();
  for (const { line_id: lineId, sku, units } of rows) {
    parts.set(lineId, [...(parts.get(lineId) ?? []), { sku, units }]);
  }
  return parts;
}

// PostgreSQL takes at most 65,535 parameters in one statement.
const LINES_PER_STATEMENT = 1_000;

export async function writeLines(tx: Tx, lines: readonly StoredLine[]): Promise<void> {
  for (let start = 0; start < lines.length; start += LINES_PER_STATEMENT) {
    await writeSome(tx, lines.slice(start, start + LINES_PER_STATEMENT));
  }
}

async function writeSome(tx: Tx, lines: readonly StoredLine[]): Promise<void> {
  await tx
    .insertInto('order_lines')
    .values(lines.map(toRow))
    .onConflict((conflict) =>
      conflict.columns(['store_id', 'order_id', 'line_id']).doUpdateSet((eb) => {
        const names = Object.keys(toRow(lines[0] as StoredLine)) as (keyof OrderLinesTable)[];
        const mutable = names.filter((name) => !['store_id', 'order_id', 'line_id'].includes(name));
        return Object.fromEntries(mutable.map((name) => [name, eb.ref(`excluded.${name}`)]));
      }),
    )
    .execute();
}

/** Keeps what lines book for each of their units. Only for lines whose parts are others than before. */
export async function writeParts(tx: Tx, lines: readonly StoredLine[]): Promise<void> {
  for (const { storeId, orderId, line, posted } of lines) {
    await tx
      .deleteFrom('order_line_parts')
      .where('store_id', '=', storeId)
      .where('order_id', '=', orderId)
      .where('line_id', '=', line.lineId)
      .execute();
    if (posted.parts.length === 0) continue;
    const place = { store_id: storeId, order_id: orderId, line_id: line.lineId };
    await tx
      .insertInto('order_line_parts')
      .values(posted.parts.map((part) => ({ ...place, ...part })))
      .execute();
  }
}

/** Lines of SKUs that nobody knew when they were read. */
export async function readWaitingLines(tx: Tx, skus: readonly string[]): Promise<readonly StoredLine[]> {
  const rows = await tx
    .selectFrom('order_lines')
    .selectAll()
    .where('sku', '=', sql<string>`any(${skus}::text[])`)
    .where('posted_sku', 'is', null)
    .where('ignored_because', 'is', null)
    .execute();
  return rows.map((row) => fromRow(row));
}

/** Lines of open orders that hold the SKU itself, not as a bundle. */
export async function readOwnLines(tx: Tx, sku: Sku): Promise<readonly StoredLine[]> {
  const rows = await tx
    .selectFrom('order_lines')
    .selectAll()
    .where('posted_sku', '=', sku)
    .where('posted_booked', '<>', 0)
    .where(
      sql<boolean>`not exists (select 1 from order_line_parts as part where part.store_id = order_lines.store_id
        and part.order_id = order_lines.order_id and part.line_id = order_lines.line_id)`,
    )
    .execute();
  return rows.map((row) => fromRow(row));
}

/** Lines of a store that hold units, or shall hold some once their place has a warehouse; each with its order. */
export async function readOpenLines(
  tx: Tx,
  storeId: StoreId,
): Promise<readonly { readonly line: StoredLine; readonly state: OrderState; readonly number: string }[]> {
  const rows = await tx
    .selectFrom('order_lines')
    .innerJoin('orders', (join) =>
      join
        .onRef('orders.store_id', '=', 'order_lines.store_id')
        .onRef('orders.remote_id', '=', 'order_lines.order_id'),
    )
    .selectAll('order_lines')
    .select(['orders.state', 'orders.number'])
    .where('order_lines.store_id', '=', storeId)
    .where(
      sql<boolean>`(posted_booked <> 0 or (orders.state = 'open' and ordered > fulfilled + released + written_off))`,
    )
    .orderBy('order_lines.order_id')
    .orderBy('order_lines.position')
    .execute();
  const parts = new Map<string, ReadonlyMap<string, readonly Part[]>>();
  for (const { order_id: orderId } of rows) {
    if (!parts.has(orderId)) parts.set(orderId, await readPartsOfLines(tx, storeId, orderId));
  }
  return rows.map((row) => ({
    line: fromRow(row, parts.get(row.order_id)?.get(row.line_id)),
    state: row.state,
    number: row.number,
  }));
}

function fromRow(row: Selectable<OrderLinesTable>, parts: readonly Part[] = []): StoredLine {
  const counts: LineCounts = {
    ordered: row.ordered,
    fulfilled: row.fulfilled,
    released: row.released,
    writtenOff: row.written_off,
    restocked: row.restocked,
    ...(row.sent_elsewhere === 0 ? {} : { sentElsewhere: row.sent_elsewhere }),
  };
  return {
    storeId: row.store_id,
    orderId: row.order_id,
    position: row.position,
    line: {
      lineId: row.line_id,
      sku: row.sku,
      title: row.title,
      counts,
      listingRemoteId: row.listing_remote_id,
      locationId: row.location_id,
      ignoredBecause: row.ignored_because,
    },
    taken: row.taken,
    baseline: row.baseline,
    baselineAt: row.baseline_at,
    posted: {
      sku: row.posted_sku,
      parts,
      warehouseId: row.posted_warehouse_id,
      booked: row.posted_booked,
      inStock: row.posted_in_stock,
    },
  };
}

function toRow(stored: StoredLine): Insertable<OrderLinesTable> {
  const { line, posted } = stored;
  return {
    store_id: stored.storeId,
    order_id: stored.orderId,
    line_id: line.lineId,
    position: stored.position,
    sku: line.sku,
    title: line.title,
    listing_remote_id: line.listingRemoteId,
    location_id: line.locationId,
    ignored_because: line.ignoredBecause,
    ordered: line.counts.ordered,
    fulfilled: line.counts.fulfilled,
    released: line.counts.released,
    written_off: line.counts.writtenOff,
    restocked: line.counts.restocked,
    sent_elsewhere: line.counts.sentElsewhere ?? 0,
    taken: stored.taken,
    baseline: stored.baseline,
    baseline_at: stored.baselineAt,
    posted_sku: posted.sku,
    posted_warehouse_id: posted.warehouseId,
    posted_booked: posted.booked,
    posted_in_stock: posted.inStock,
  };
}
