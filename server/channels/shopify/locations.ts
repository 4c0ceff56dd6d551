// The shop's locations, and which of them are ours.

import { ChannelError } from '../../net/channel-error.ts';
import type { StoreSettings } from '../channel.ts';
import { locationsAnswer, type ShopifyLocation } from './answers.ts';
import type { ShopifyClient } from './client.ts';
import { LIST_LOCATIONS } from './documents.ts';

export async function listLocations(client: ShopifyClient): Promise<readonly ShopifyLocation[]> {
  const result: ShopifyLocation[] = [];
  let after: string | null = null;
  do {
    const { locations }: { locations: LocationPage } = await client.run(LIST_LOCATIONS, locationsAnswer, {
      after,
    });
    result.push(...locations.nodes);
    after = locations.pageInfo.hasNextPage ? locations.pageInfo.endCursor : null;
  } while (after !== null);
  return result;
}
type LocationPage = (typeof locationsAnswer)['_output']['locations'];

/** The chosen locations in their order; when none was chosen, the first one that fulfils online orders. */
export function ownedAmong(
  settings: StoreSettings,
  locations: readonly ShopifyLocation[],
): readonly string[] {
  if (settings.locationIds.length > 0) return settings.locationIds;
  const first = locations.find((location) => location.isActive && location.fulfillsOnlineOrders);
  return first === undefined ? [] : [first.id];
}

/** The location of a store of which nobody has named any. Asks the shop only when nobody chose, and once. */
export function createOwnLocation(client: ShopifyClient, settings: StoreSettings): () => Promise<string> {
  let answer: Promise<string> | null = null;
  const ask = async (): Promise<string> => {
    const [chosen] = settings.locationIds;
    const [first] = chosen === undefined ? ownedAmong(settings, await listLocations(client)) : [chosen];
    if (first !== undefined) return first;
    throw new ChannelError(
      'rejected',
      'No location of this Shopify shop fulfils online orders. Switch one on under Settings > Locations.',
    );
  };
  return () => {
    answer ??= ask().catch((problem: unknown) => {
      answer = null; // the next call asks again
      throw problem;
    });
    return answer;
  };
}
