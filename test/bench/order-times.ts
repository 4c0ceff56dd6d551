// How long an order may take to be seen in all other shops, by what the shops publish.

import { channels } from '../../server/channels/registry.ts';
import { LEAST_TIMES } from './least-times.ts';
import type { Measurement } from './row.ts';

/** `told`: by webhook where the shop has any. `polled`: by nothing but the regular pull. */
export type Kind = 'told' | 'polled';

export const ORDER_PERCENTILES = [50, 95, 99] as const;
type Percentile = (typeof ORDER_PERCENTILES)[number];

/** A tenth for our own work, as for a complete push. */
const RATIO_MAX = 1.1;
/**
 * For all but the middle one, reading and telling may take twice as long as for an order that is alone: a pull of Etsy or Amazon
 * brings a dozen orders at once, each shop takes one push at a time, and a push of a dozen is several calls at some.
 */
const AMONG_OTHERS_MAX = 2;

export const orderRow = (channel: string, kind: Kind, percentile: Percentile): string =>
  `${channel}-order-to-others${kind === 'polled' ? '-polled' : ''}-p${percentile}`;

export function toOrderMeasurement(
  channel: string,
  kind: Kind,
  percentile: Percentile,
  timesMs: readonly number[],
): Measurement {
  const value =
    [...timesMs].sort((a, b) => a - b)[Math.ceil((percentile / 100) * timesMs.length) - 1] ?? Number.NaN;
  const allowed = allowedMs(channel, kind, percentile);
  return {
    name: orderRow(channel, kind, percentile),
    value: value / 1_000,
    unit: 's (played)',
    bound:
      (allowed.waitMs * RATIO_MAX + allowed.workMs * (percentile === 50 ? RATIO_MAX : AMONG_OTHERS_MAX)) /
      1_000,
    better: 'lower',
    ratio: value / allowed.ms,
    comparedWith: `what the shops allow (${seconds(allowed.ms)}: ${allowed.says}); ${timesMs.length} orders at random moments`,
  };
}

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

function allowedMs(channel: string, kind: Kind, percentile: Percentile) {
  const definition = channels.find(({ manifest }) => manifest.id === channel);
  const own = LEAST_TIMES[channel];
  if (definition === undefined || own === undefined) throw new Error(`Nothing is known of ${channel}.`);
  const { capabilities, rhythm } = definition.manifest;
  const isTold = kind === 'told' && capabilities.webhooks;
  const waitMs = isTold ? 0 : (percentile / 100) * rhythm.ordersFastestMs;
  const listedMs = isTold ? 0 : (capabilities.ordersListedAfterMs ?? 0);
  const others = Object.entries(LEAST_TIMES).filter(([id]) => id !== channel);
  const [slowest, pushMs] = others
    .map(([id, { pushOneMs }]) => [id, pushOneMs] as const)
    .reduce((most, one) => (one[1] > most[1] ? one : most));
  const parts = [
    isTold
      ? 'told by webhook at once'
      : `${percentile} % of the ${seconds(rhythm.ordersFastestMs)} between two pulls`,
    ...(listedMs === 0 ? [] : [`listed by the shop after ${seconds(listedMs)}`]),
    `read in ${seconds(own.readOrderMs)}`,
    `told to the slowest other one (${slowest}) in ${seconds(pushMs)}, after the push that is under way there, as each takes one at a time`,
  ];
  const workMs = own.readOrderMs + 2 * pushMs;
  if (percentile !== 50)
    parts.push('the bound takes reading and telling twice, as a dozen orders come at once now and then');
  return { ms: waitMs + listedMs + workMs, waitMs: waitMs + listedMs, workMs, says: parts.join('; ') };
}
