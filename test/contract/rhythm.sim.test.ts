// The clock of every channel: how often orders are read by default, and that reading them alone leaves the shop's budgets to
// everything else.

import { describe, expect, it } from '@jest/globals';
import type { ChannelDefinition } from '../../server/channels/channel.ts';
import { channels } from '../../server/channels/registry.ts';
import type { ChannelRequest } from '../../server/net/channel-http.ts';
import { ordersEveryMs } from '../../server/sync/store-settings.ts';
import { allOrders, rehearse, stopShopsAfterEach } from './rehearsal.ts';
import { OWN_SHARE_MAX, SHARE_MAX, shareOf } from './share-of-limit.ts';

const DAY_MS = 24 * 3_600_000;
const SETTINGS = {
  drafts: false,
  locationIds: [],
  options: {},
  onDrift: 'hold',
  ordersEveryMs: null,
} as const;

const everyMs = (definition: ChannelDefinition, sharing = 1): number =>
  ordersEveryMs(SETTINGS, definition, { forAllMs: null, sharing });

/** The calls of one reading of a shop that sold something this morning. */
async function callsOfOnePull(definition: ChannelDefinition): Promise<readonly ChannelRequest[]> {
  const { shop, clock, session } = await rehearse(definition);
  const remoteId = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
  for (let order = 0; order < 3; order += 1) shop.buy([{ remoteId, quantity: 1 }]);
  const from = new Date(clock.now().getTime() - definition.manifest.rhythm.ordersOverlapMs);
  clock.advance(DAY_MS / 2);
  const calls: ChannelRequest[] = [];
  const own = session();
  const http = {
    ...own.http,
    send: ((request, judge) => {
      calls.push(request);
      return own.http.send(request, judge);
    }) as typeof own.http.send,
  };
  const channel = definition.open({ ...own, http });
  // What is asked once and then known, such as a token or the name of the shop, is no part of it.
  await allOrders(channel, { kind: 'updated', from });
  calls.length = 0;
  expect(await allOrders(channel, { kind: 'updated', from })).not.toEqual([]);
  return calls;
}

describe.each(channels.map((definition) => [definition.manifest.label, definition] as const))(
  '%s',
  (_label, definition) => {
    stopShopsAfterEach();

    it('is read every 10 minutes at the slowest, however many of its stores share one budget', () => {
      for (const sharing of [1, 2, 5, 100])
        expect(everyMs(definition, sharing)).toBeLessThanOrEqual(10 * 60_000);
    });

    it('leaves the budgets of its shop alone when all it does is read orders', async () => {
      const calls = await callsOfOnePull(definition);
      expect(calls.length).toBeGreaterThan(0);
      const { rate, operations = {} } = definition.manifest.limits;
      const shares = Object.entries(operations).map(([name, limit]) => {
        const own = calls.filter(({ operation }) => operation === name);
        return [name, shareOf(limit, own, everyMs(definition)), limit.kind === 'cost'] as const;
      });
      const tooMuch = [
        ['all calls', shareOf(rate, calls, everyMs(definition)), false] as const,
        ...shares,
      ].filter(([, share, isEarned]) => share > (isEarned ? OWN_SHARE_MAX : SHARE_MAX));
      expect(tooMuch).toEqual([]);
    });
  },
);
