// How a listing's trouble is kept and named in the Activity tab.

import type { ListingId } from '../../shared/model/ids.ts';
import type { OwedListing } from '../listings/owed.ts';
import type { OpenStore } from './context.ts';

export const troubleOf = (listingId: ListingId): string => `listing:${listingId}`;

export function nameOf(
  store: Pick<OpenStore, 'name'>,
  { title, sku, locationName }: Pick<OwedListing, 'title' | 'sku' | 'locationName'>,
): string {
  const place = locationName === null ? '' : ` (${locationName})`;
  return `${store.name}${place}, ${title} (${sku})`;
}
