// Each store keeps its own way out: one breaker, one limit, and only its own hosts.

import { expect, test } from '@jest/globals';
import type { ChannelManifest } from '../channels/manifest.ts';
import { type ChannelHttpsParts, createChannelHttps } from './channel-https.ts';
import { createMemoryLimiters } from './limiter.ts';

const MANIFEST: ChannelManifest = {
  id: 'corner',
  label: 'Corner shop',
  credentialFields: [
    { key: 'address', label: 'Address', help: '', secret: false, required: true, kind: 'url' },
    { key: 'token', label: 'Token', help: '', secret: true, required: true },
  ],
  settingFields: [],
  capabilities: {
    compareAndSet: false,
    locations: false,
    drafts: false,
    webhooks: false,
    quantityMax: 1,
    ordersByUpdate: true,
  },
  limits: { rate: { kind: 'window', requests: 1, perMs: 60_000 }, pushBatchMax: 1, requestTimeoutMs: 1_000 },
  rhythm: { ordersFastestMs: 1, listingsEveryMs: 1, ordersOverlapMs: 1 },
  hosts: [],
};
const parts = (change: Partial<ChannelHttpsParts> = {}): ChannelHttpsParts => ({
  limiters: createMemoryLimiters(() => new Date()),
  allowLoopback: false,
  now: () => new Date(),
  ...change,
});
const shop = (host: string) => ({ address: `https://${host}`, token: 't' });

test('the same store gets the same way out, also after its token was renewed', () => {
  const httpFor = createChannelHttps(parts());
  const first = httpFor(MANIFEST, shop('a.example'), 'store-1');
  expect(httpFor(MANIFEST, { ...shop('a.example'), token: 'renewed' }, 'store-1')).toBe(first);
  expect(httpFor(MANIFEST, shop('a.example'), 'store-2')).not.toBe(first);
  expect(httpFor(MANIFEST, shop('b.example'), 'store-1')).not.toBe(first);
});

test("a store's keys are never sent to another store's host", async () => {
  const http = createChannelHttps(parts())(MANIFEST, shop('a.example'), 'store-1');
  const sent = http.send({ method: 'GET', url: 'https://b.example/', repeatable: true });
  await expect(sent).rejects.toMatchObject({
    kind: 'rejected',
    message: expect.stringContaining('b.example'),
  });
});

test('two ways out of one bucket share its limit', async () => {
  const limiters = createMemoryLimiters(() => new Date());
  await limiters('store-1', MANIFEST.limits.rate).stop(60_000);
  const http = createChannelHttps(parts({ limiters }))(MANIFEST, shop('a.example'), 'store-1');
  const sent = http.send({ method: 'GET', url: 'https://a.example/', repeatable: true });
  await expect(sent).rejects.toMatchObject({ kind: 'throttled' });
});
