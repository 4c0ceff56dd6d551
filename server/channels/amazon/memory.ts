// What one process remembers of a store between jobs. Losing it costs a request twice, never a wrong number: what was told and is
// not shown yet comes with each target as well.

import type { ChannelHttp } from '../../net/channel-http.ts';

/** A quantity that Amazon took but does not show yet. */
export type Submitted = { readonly quantity: number; readonly before: number; readonly at: Date };

export type ProcessMemory = {
  /** Reports asked for and not read yet, by marketplace. */
  readonly reports: Map<string, { readonly reportId: string; readonly at: Date }>;
  /** Requests per second that Amazon last named, by operation. */
  readonly rates: Map<string, number>;
  /** By SKU. */
  readonly submitted: Map<string, Submitted>;
  /** By SKU, when it was found that what was told last has never reached Amazon. */
  readonly neverSent: Map<string, Date>;
  /** The queue that this process knows Amazon's notifications go to. */
  subscribedTo: string | null;
  /** The last feed that Amazon told us the number of. */
  lastFeedId: string | null;
  /** What the last feed says, by SKU; null when another process sent it. */
  fed: ReadonlyMap<string, number> | null;
  /** When Amazon last gave up a feed of ours. */
  feedFailedAt: Date | null;
};

// Each store of a process has one way out to the network, for as long as the process lives.
const memories = new WeakMap<ChannelHttp, ProcessMemory>();

export function memoryOf(http: ChannelHttp): ProcessMemory {
  const known = memories.get(http);
  if (known !== undefined) return known;
  const memory: ProcessMemory = {
    reports: new Map(),
    rates: new Map(),
    submitted: new Map(),
    neverSent: new Map(),
    subscribedTo: null,
    lastFeedId: null,
    fed: null,
    feedFailedAt: null,
  };
  memories.set(http, memory);
  return memory;
}
