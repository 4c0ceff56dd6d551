// Limits of single operations besides the store's: counted apart, stopped apart, and as slow as the shop says.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { PublishedLimit } from '../channels/manifest.ts';
import { createChannelHttp } from './create-channel-http.ts';
import { checkAddress, hostsOfStore } from './egress.ts';
import { createMemoryLimiters } from './limiter.ts';

const SEARCH: PublishedLimit = { kind: 'cost', bucketPoints: 2, restorePointsPerSecond: 0.1 };
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function open(status: (path: string) => number, bytes = Buffer.from('ok')) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    response.writeHead(status(request.url ?? '')).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  let nowMs = Date.UTC(2026, 10, 23);
  const now = (): Date => new Date(nowMs);
  const limiters = createMemoryLimiters(now);
  const waits: number[] = [];
  const http = createChannelHttp({
    limiter: limiters('store', { kind: 'concurrency', requestsAtOnce: 5 }),
    operationLimiter: (operation) => (operation === 'search' ? limiters('store search', SEARCH) : null),
    egress: { allowLoopback: true, hosts: [] },
    timeoutMs: 2_000,
    now,
    random: () => 0.5,
    sleep: async (ms) => {
      waits.push(ms);
      nowMs += ms;
    },
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call = (operation: string) =>
    http.send({ method: 'GET', url: `${url}/${operation}`, repeatable: true, operation });
  return { http, url, call, seen, waits };
}

test('an operation with a limit of its own waits for it, and the others go on', async () => {
  const { call, waits } = await open(() => 200);
  await call('search');
  await call('search');
  await call('other');
  expect(waits).toEqual([]);
  await call('search');
  expect(waits).toEqual([10_000]);
});

test('"too many" empties the bucket of that operation only: the next call waits for a point, not for a moment', async () => {
  let refusals = 1;
  const { call, waits } = await open((path) => (path === '/search' && refusals-- > 0 ? 429 : 200));
  await call('search');
  const waited = waits.reduce((sum, ms) => sum + ms, 0);
  expect(waited).toBeGreaterThanOrEqual(9_999);
  waits.length = 0;
  await call('other');
  expect(waits).toEqual([]);
});

test('a slower rate than the published one is taken over from then on', async () => {
  const { http, call, waits } = await open(() => 200);
  await call('search');
  http.observe({ kind: 'rate', operation: 'search', restorePointsPerSecond: 0.05 });
  await call('search');
  await call('search');
  expect(waits).toEqual([20_000]);
});

test('an answer asked for as bytes has one character for each byte, whatever they are', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const { http, url } = await open(() => 200, bytes);
  const { text } = await http.send({ method: 'GET', url, repeatable: true, answerAs: 'bytes' });
  expect(Buffer.from(text, 'latin1').equals(bytes)).toBe(true);
});

test.each([
  ['https://bucket.s3.storage.example/a', true],
  ['https://storage.example/a', false],
  ['https://evilstorage.example/a', false],
  ['https://storage.example.evil.example/a', false],
])('a host below a channel’s own one: %s is allowed: %s', (address, allowed) => {
  const hosts = ['*.storage.example'];
  expect(checkAddress(address, { allowLoopback: false, hosts }).ok).toBe(allowed);
});

test('a person cannot type a host that stands for many', () => {
  const manifest = {
    credentialFields: [{ key: 'a', label: '', help: '', secret: false, required: true, kind: 'url' }],
    hosts: [],
  } as unknown as Parameters<typeof hostsOfStore>[0];
  expect(hostsOfStore(manifest, { a: 'https://*.example' })).toEqual([]);
});
