// Usage plans: each operation its own, and slower where Amazon says so.

import { describe, expect, it } from '@jest/globals';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { createChannelHttp } from '../../net/create-channel-http.ts';
import { createMemoryLimiters } from '../../net/limiter.ts';
import { amazon } from './index.ts';
import { manifest } from './manifest.ts';
import { OPERATION_LIMITS } from './operations.ts';
import { startAmazonSimulator } from './simulator.ts';
import { open, running, stopShopsAfterEach } from './test-support/world.ts';

stopShopsAfterEach();

describe('limits', () => {
  it('each operation keeps its own: a search of orders that must wait does not hold up a push', async () => {
    const now = () => new Date();
    const shop = await startAmazonSimulator({ port: 0, now });
    running.push(shop);
    shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
    const limiters = createMemoryLimiters(now);
    const retried: string[] = [];
    const base = createTestSession({ credentials: shop.credentials, now });
    const channel = amazon.open({
      ...base,
      http: createChannelHttp({
        limiter: limiters('store', manifest.limits.rate),
        operationLimiter: (name) => limiters(`store ${name}`, OPERATION_LIMITS[name] ?? manifest.limits.rate),
        egress: { allowLoopback: true, hosts: [] },
        timeoutMs: 5_000,
        now,
        onRetry: ({ reason }) => retried.push(reason),
      }),
    });
    for (let search = 0; search < 20; search += 1) await channel.listOrders({ kind: 'open' }, null);
    await expect(channel.listOrders({ kind: 'open' }, null)).rejects.toMatchObject({ kind: 'throttled' });
    const [result] = await channel.setAvailable(
      [{ remoteId: 'A', handle: 'DEFAULT', quantity: 4, expected: 1 }],
      'key',
    );
    expect(result).toMatchObject({ kind: 'accepted' });
    expect(retried).toEqual([]);
    expect(shop.requests()['searchOrders']).toBe(20);
  });

  it('a lower rate that Amazon names for this account is obeyed, and never a higher one than is published', async () => {
    const world = await open();
    const seen: unknown[] = [];
    const http = { ...world.session.http, observe: (state: unknown) => void seen.push(state) };
    const channel = amazon.open({ ...world.session, credentials: world.shop.credentials, http });
    const read = () => channel.readAvailable([{ remoteId: 'A', handle: 'DEFAULT' }]);
    for (const rate of [0.5, 0.5, 50]) {
      world.shop.announceRate(rate);
      await read();
    }
    const observed = { kind: 'rate', operation: 'searchListingsItems' };
    expect(seen).toEqual([
      { ...observed, restorePointsPerSecond: 0.5 },
      { ...observed, restorePointsPerSecond: 5 },
    ]);
  });
});
