// The store's locations, and which of them are ours.

import { ChannelError } from '../../net/channel-error.ts';
import type { StoreSettings } from '../channel.ts';
import type { BigCommerceClient } from './client.ts';
import { type Location, locationShape, pageOf } from './shapes.ts';

/** At most 100 locations are active in a store; a page holds 1,000. */
const LOCATIONS_PAGE = 1_000;

export async function listLocations(client: BigCommerceClient): Promise<readonly Location[]> {
  const answer = await client.get(
    '/v3/inventory/locations',
    { limit: LOCATIONS_PAGE },
    pageOf(locationShape),
  );
  return answer?.data ?? [];
}

/** The chosen locations in their order; when none was chosen, the oldest one in use, which is the default location. */
export function ownedAmong(settings: StoreSettings, locations: readonly Location[]): readonly number[] {
  if (settings.locationIds.length > 0) return settings.locationIds.map(Number);
  const enabled = locations.filter((location) => location.enabled).map(({ id }) => id);
  return enabled.length === 0 ? [] : [Math.min(...enabled)];
}

/** The location of a store of which nobody has named any. Asks the store only when nobody chose, and once. */
export function createOwnLocation(client: BigCommerceClient, settings: StoreSettings): () => Promise<number> {
  let answer: Promise<number> | null = null;
  const ask = async (): Promise<number> => {
    const isChosen = settings.locationIds.length > 0;
    const [first] = ownedAmong(settings, isChosen ? [] : await listLocations(client));
    if (first !== undefined) return first;
    throw new ChannelError(
      'rejected',
      'No location of this store is in use. Switch one on in BigCommerce under Settings › Locations.',
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
