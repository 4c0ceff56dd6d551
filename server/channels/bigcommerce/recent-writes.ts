// What was written to a store a moment ago. Until BigCommerce shows it, a reading may be older than the write, and look right.

import type { ChannelSession } from '../channel.ts';

/** As long as a push goes on reading again. In real time, as its pauses are. */
export const SHOWS_WITHIN_MS = 2_500;

type Written = { readonly quantity: number; readonly untilMs: number };

export type RecentWrites = {
  readonly note: (locationId: number, handle: string, quantity: number) => void;
  /** Whether what was read may be the number from before the last write. */
  readonly isDoubtful: (locationId: number, handle: string, observed: number) => boolean;
};

// Each store of a process has one way out to the network, for as long as the process lives.
const writesOf = new WeakMap<ChannelSession['http'], Map<string, Written>>();

const keyOf = (locationId: number, handle: string): string => `${locationId} ${handle}`;

export function recentWrites({ http }: Pick<ChannelSession, 'http'>): RecentWrites {
  const writes = writesOf.get(http) ?? new Map<string, Written>();
  writesOf.set(http, writes);
  return {
    note: (locationId, handle, quantity) => {
      const nowMs = performance.now();
      const key = keyOf(locationId, handle);
      // The oldest stand first.
      for (const [old, { untilMs }] of writes) {
        if (untilMs > nowMs) break;
        writes.delete(old);
      }
      writes.delete(key);
      writes.set(key, { quantity, untilMs: nowMs + SHOWS_WITHIN_MS });
    },
    isDoubtful: (locationId, handle, observed) => {
      const last = writes.get(keyOf(locationId, handle));
      return last !== undefined && last.untilMs > performance.now() && last.quantity !== observed;
    },
  };
}
