// The sentence about a SKU that no product has, and the one that was probably meant: it differs in capital letters only.

import { sql } from 'kysely';
import type { Sku } from '../../shared/model/ids.ts';
import type { Database } from '../database/database.ts';

/** Products by the SKU that was typed instead of theirs. */
export type NearSkus = ReadonlyMap<Sku, Sku>;

/** Reads every product once; so only for SKUs that are known to be unknown. */
export async function readNear(db: Database, unknown: readonly Sku[]): Promise<NearSkus> {
  if (unknown.length === 0) return new Map();
  const { rows } = await sql<{ typed: Sku; meant: Sku }>`
    select typed, min(sku) as meant from unnest(${unknown}::text[]) as typed
    join products on lower(sku) = lower(typed) and sku <> typed group by typed`.execute(db);
  return new Map(rows.map(({ typed, meant }) => [typed, meant]));
}

export const unknownSku = (sku: Sku, near: NearSkus): string =>
  `No product has the SKU "${sku.slice(0, 60)}". ${adviceOn(sku, near)}`;

export function adviceOn(sku: Sku, near: NearSkus): string {
  const meant = near.get(sku);
  return meant === undefined ? 'Check the spelling.' : `Did you mean "${meant.slice(0, 60)}"?`;
}
