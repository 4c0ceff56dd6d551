// For channels that read and write one location at a time: sorts listings by location and carries the location back.

import { ChannelError } from '../net/channel-error.ts';
import type { AvailableReading, ListingReference, PushResult, PushTarget } from './channel.ts';

/** Null: the store itself, where nobody named a location. */
type LocationId = string | null;

function byLocation<Listing extends ListingReference>(
  listings: readonly Listing[],
): ReadonlyMap<LocationId, readonly Listing[]> {
  const groups = new Map<LocationId, Listing[]>();
  for (const listing of listings) {
    const locationId = listing.locationId || null;
    const group = groups.get(locationId);
    if (group === undefined) groups.set(locationId, [listing]);
    else group.push(listing);
  }
  return groups;
}

export async function readByLocation(
  listings: readonly ListingReference[],
  readOne: (
    locationId: LocationId,
    listings: readonly ListingReference[],
  ) => Promise<readonly AvailableReading[]>,
): Promise<readonly AvailableReading[]> {
  const result: AvailableReading[] = [];
  for (const [locationId, some] of byLocation(listings)) {
    const readings = await readOne(locationId, some);
    result.push(...readings.map((reading) => (locationId === null ? reading : { ...reading, locationId })));
  }
  return result;
}

/** What one location answers does not keep the others from being told. One result per target, in their order. */
export async function setByLocation(
  targets: readonly PushTarget[],
  setOne: (locationId: LocationId, targets: readonly PushTarget[]) => Promise<readonly PushResult[]>,
): Promise<readonly PushResult[]> {
  const groups = byLocation(targets);
  const results = new Map<PushTarget, PushResult>();
  const failures: ChannelError[] = [];
  for (const [locationId, some] of groups) {
    const place = locationId === null ? {} : { locationId };
    try {
      const answers = await setOne(locationId, some);
      for (const [index, target] of some.entries()) {
        const answer = answers[index];
        if (answer !== undefined) results.set(target, { ...answer, ...place });
      }
    } catch (problem) {
      if (!(problem instanceof ChannelError) || groups.size === 1) throw problem;
      failures.push(problem);
      const kind = problem.kind === 'rejected' ? 'rejected' : 'unknown';
      for (const target of some) {
        const { remoteId, handle } = target;
        results.set(target, { remoteId, handle, ...place, kind, message: problem.message });
      }
    }
  }
  const [first] = failures;
  if (first !== undefined && failures.length === groups.size) throw first;
  return targets.flatMap((target) => results.get(target) ?? []);
}
