// How many units a store's open orders hold, by SKU, read from the store itself: its orders are not ours yet.

import type { Sku } from '../../shared/model/ids.ts';
import type { OrderSnapshot } from '../../shared/model/order.ts';
import { readStoreSku } from '../../shared/model/sku.ts';
import type { Channel } from '../channels/channel.ts';
import type { Database } from '../database/database.ts';

export type OpenUnits = {
  readonly orders: number;
  /** Units of this very SKU. */
  readonly of: (sku: Sku) => number;
  /** Units that will be booked: of a component through its bundles too, of a bundle itself none. */
  readonly booked: (sku: Sku) => number;
};

type Part = { readonly sku: Sku; readonly units: number };

export async function readOpenUnits(db: Database, channel: Channel): Promise<OpenUnits> {
  const units = new Map<Sku, number>();
  // Pages that shift may bring an order twice.
  const seen = new Set<string>();
  let page: string | null = null;
  do {
    const answer = await channel.listOrders({ kind: 'open' }, page);
    for (const order of answer.orders) {
      if (seen.has(order.remoteId) || order.test || order.state !== 'open') continue;
      if (countOrder(order, units)) seen.add(order.remoteId);
    }
    page = answer.next;
  } while (page !== null);
  const parts = await readParts(db);
  const booked = new Map<Sku, number>();
  for (const [sku, count] of units) {
    for (const part of parts.get(sku) ?? [{ sku, units: 1 }]) {
      booked.set(part.sku, (booked.get(part.sku) ?? 0) + part.units * count);
    }
  }
  return {
    orders: seen.size,
    of: (sku) => units.get(sku) ?? 0,
    booked: (sku) => booked.get(sku) ?? 0,
  };
}

function countOrder(order: OrderSnapshot, units: Map<Sku, number>): boolean {
  let holds = false;
  for (const { sku, counts, ignoredBecause } of order.lines) {
    const known = readStoreSku(sku);
    const open = counts.ordered - counts.fulfilled - counts.released - counts.writtenOff;
    if (known === null || ignoredBecause !== null || open <= 0) continue;
    units.set(known.sku, (units.get(known.sku) ?? 0) + open);
    holds = true;
  }
  return holds;
}

async function readParts(db: Database): Promise<ReadonlyMap<Sku, readonly Part[]>> {
  const rows = await db.selectFrom('bundle_components').selectAll().execute();
  const parts = new Map<Sku, Part[]>();
  for (const row of rows) {
    const list = parts.get(row.bundle_sku) ?? [];
    list.push({ sku: row.component_sku, units: row.units });
    parts.set(row.bundle_sku, list);
  }
  return parts;
}
