// Reads what the shop shows at one location or at all of ours.

import type { AvailableReading, ListingReference } from '../channel.ts';
import { levelsAnswer, type ShopifyLevel } from './answers.ts';
import type { ShopifyClient } from './client.ts';
import { READ_LEVELS } from './documents.ts';
import { INPUT_ARRAY_MAX } from './manifest.ts';

export type ItemLevels = {
  readonly tracked: boolean;
  /** By location, in the order asked for; null where the item is not stocked. */
  readonly available: readonly (number | null)[];
};

/** Levels by inventory item. An item that is missing from the answer no longer exists. */
export async function readLevels(
  client: ShopifyClient,
  itemIds: readonly string[],
  locationIds: readonly string[],
): Promise<ReadonlyMap<string, ItemLevels>> {
  const unique = [...new Set(itemIds)];
  const result = new Map<string, ItemLevels>();
  for (let start = 0; start < unique.length; start += INPUT_ARRAY_MAX) {
    const ids = unique.slice(start, start + INPUT_ARRAY_MAX);
    for (const locationId of locationIds) {
      const { nodes } = await client.run(READ_LEVELS, levelsAnswer, { ids, locationId });
      for (const item of nodes) {
        if (item === null) continue;
        const before = result.get(item.id)?.available ?? [];
        result.set(item.id, {
          tracked: item.tracked,
          available: [...before, availableAt(item.inventoryLevel)],
        });
      }
    }
  }
  return result;
}

export function availableAt(level: ShopifyLevel | null): number | null {
  if (level === null || !level.isActive) return null;
  return level.quantities.find(({ name }) => name === 'available')?.quantity ?? null;
}

export const total = ({ available }: ItemLevels): number =>
  available.reduce<number>((sum, quantity) => sum + (quantity ?? 0), 0);

export async function readAvailable(
  client: ShopifyClient,
  locationIds: readonly string[],
  listings: readonly ListingReference[],
): Promise<readonly AvailableReading[]> {
  const levels = await readLevels(
    client,
    listings.map(({ handle }) => handle),
    locationIds,
  );
  return listings.map(({ remoteId, handle }) => {
    const item = levels.get(handle);
    if (item === undefined) return { remoteId, handle, reading: { kind: 'gone' } };
    if (!item.tracked) return { remoteId, handle, reading: { kind: 'untracked' } };
    return { remoteId, handle, reading: { kind: 'quantity', quantity: total(item) } };
  });
}
