// Listings that share one stock number of a shop, but are to show different ones: none of them can be told.

import type { PushTarget } from './channel.ts';

/** The handles that are asked for more than one number. */
export function contradictedHandles(targets: readonly PushTarget[]): ReadonlySet<string> {
  const wanted = new Map<string, number>();
  const contradicted = new Set<string>();
  for (const { handle, quantity } of targets) {
    if ((wanted.get(handle) ?? quantity) !== quantity) contradicted.add(handle);
    wanted.set(handle, quantity);
  }
  return contradicted;
}
