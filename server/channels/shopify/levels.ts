// Reads what the shop shows at one location.

import type { AvailableReading, ListingReference } from '../channel.ts';
import { levelsAnswer, type ShopifyLevel } from './answers.ts';
import type { ShopifyClient } from './client.ts';
import { READ_LEVELS } from './documents.ts';
import { INPUT_ARRAY_MAX } from './manifest.ts';

export type ItemLevel = { readonly tracked: boolean; readonly available: number };

/** By inventory item. What is not stocked there shows 0; an item that is missing from the answer no longer exists. */
export async function readLevels(
  client: ShopifyClient,
  itemIds: readonly string[],
  locationId: string,
): Promise<ReadonlyMap<string, ItemLevel>> {
  const unique = [...new Set(itemIds)];
  const result = new Map<string, ItemLevel>();
  for (let start = 0; start < unique.length; start += INPUT_ARRAY_MAX) {
    const ids = unique.slice(start, start + INPUT_ARRAY_MAX);
    const { nodes } = await client.run(READ_LEVELS, levelsAnswer, { ids, locationId });
    for (const item of nodes) {
      if (item === null) continue;
      result.set(item.id, { tracked: item.tracked, available: availableAt(item.inventoryLevel) ?? 0 });
    }
  }
  return result;
}

/** Null where the item is not stocked. */
export function availableAt(level: ShopifyLevel | null): number | null {
  if (level === null || !level.isActive) return null;
  return level.quantities.find(({ name }) => name === 'available')?.quantity ?? null;
}

export async function readAvailable(
  client: ShopifyClient,
  locationId: string,
  listings: readonly ListingReference[],
): Promise<readonly AvailableReading[]> {
  const levels = await readLevels(
    client,
    listings.map(({ handle }) => handle),
    locationId,
  );
  return listings.map(({ remoteId, handle }) => {
    const item = levels.get(handle);
    if (item === undefined) return { remoteId, handle, reading: { kind: 'gone' } };
    if (!item.tracked) return { remoteId, handle, reading: { kind: 'untracked' } };
    return { remoteId, handle, reading: { kind: 'quantity', quantity: item.available } };
  });
}
