// What bundles are made of. A bundle has no stock of its own: what happens to it happens to its components.

import { sql } from 'kysely';
import type { Sku } from '../../shared/model/ids.ts';
import type { Database } from '../database/database.ts';

export type Part = {
  readonly sku: Sku;
  /** How many of it make one bundle. */
  readonly units: number;
};

/** The parts of those SKUs that are bundles; the others are absent. */
export async function readParts(
  db: Database,
  skus: readonly Sku[],
): Promise<ReadonlyMap<Sku, readonly Part[]>> {
  const rows = await db
    .selectFrom('bundle_components')
    .select(['bundle_sku', 'component_sku', 'units'])
    .where('bundle_sku', '=', sql<Sku>`any(${skus}::text[])`)
    .orderBy('component_sku')
    .execute();
  const parts = new Map<Sku, Part[]>();
  for (const { bundle_sku: bundle, component_sku: component, units } of rows) {
    const known = parts.get(bundle) ?? [];
    known.push({ sku: component, units });
    parts.set(bundle, known);
  }
  return parts;
}

/** For sentences: 2 × SHIRT and 1 × BELT. */
export const nameParts = (parts: readonly Part[]): string =>
  parts.map(({ sku, units }) => `${units} × ${sku.slice(0, 60)}`).join(' and ');

/** Why nothing can be counted, ordered or moved of a bundle itself. */
export const bundleHasNoStock = (sku: Sku, parts: readonly Part[]): string =>
  `${sku.slice(0, 60)} is a bundle of ${nameParts(parts)} and has no stock of its own. Use the rows of ` +
  `${parts.map((part) => part.sku.slice(0, 60)).join(' and ')} instead.`;
