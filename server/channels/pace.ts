// A channel as a quicker rehearsal shop plays it: its published times shorter, its limits by the second wider.

import type { ChannelDefinition } from './channel.ts';
import { type ChannelManifest, type Credentials, type PublishedLimit, paceOf } from './manifest.ts';

/** The channel itself for every real store. */
export function atPaceOf(definition: ChannelDefinition, credentials: Credentials): ChannelDefinition {
  const pace = paceOf(credentials);
  return pace === 1 ? definition : { ...definition, manifest: atPace(definition.manifest, pace) };
}

function atPace(manifest: ChannelManifest, pace: number): ChannelManifest {
  const { capabilities, limits, rhythm } = manifest;
  const listedAfterMs = capabilities.ordersListedAfterMs;
  return {
    ...manifest,
    capabilities: {
      ...capabilities,
      ...(listedAfterMs === undefined ? {} : { ordersListedAfterMs: listedAfterMs / pace }),
    },
    limits: {
      ...limits,
      rate: limitAtPace(limits.rate, pace),
      operations: Object.fromEntries(
        Object.entries(limits.operations ?? {}).map(([name, limit]) => [name, limitAtPace(limit, pace)]),
      ),
    },
    rhythm: {
      ...rhythm,
      ordersFastestMs: rhythm.ordersFastestMs / pace,
      ...(rhythm.ordersAgainAfterMs === undefined
        ? {}
        : { ordersAgainAfterMs: rhythm.ordersAgainAfterMs / pace }),
    },
  };
}

// A day stays a day: nobody watches that long.
function limitAtPace(limit: PublishedLimit, pace: number): PublishedLimit {
  switch (limit.kind) {
    case 'window':
      return { ...limit, requests: limit.requests * pace };
    case 'cost':
      return { ...limit, restorePointsPerSecond: limit.restorePointsPerSecond * pace };
    case 'concurrency':
      return limit;
  }
}
