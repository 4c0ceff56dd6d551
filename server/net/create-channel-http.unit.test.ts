// Outbound calls against a real loopback server: what is retried, what is waited for, what is refused.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { ChannelError } from './channel-error.ts';
import type { ChannelHttp, ChannelRequest, ChannelResponse, Verdict } from './channel-http.ts';
import { type ChannelHttpOptions, createChannelHttp } from './create-channel-http.ts';
import type { EgressPolicy } from './egress.ts';
import { createMemoryLimiters, type StoreLimiter } from './limiter.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
type Shop = { readonly url: string; readonly seen: IncomingMessage[] };

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Plays the answers one after the other; the last one again and again. */
async function shop(...answers: readonly Answer[]): Promise<Shop> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    request.resume();
    const answer = answers[Math.min(seen.length, answers.length) - 1];
    request.on('end', () => answer?.(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const say =
  (status: number, body = 'ok', headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };
const hangUp: Answer = (request) => request.socket.destroy();
const stayQuiet: Answer = () => undefined;

const LOOPBACK: EgressPolicy = { allowLoopback: true, hosts: [] };

type Open = { readonly http: ChannelHttp; readonly slept: number[]; readonly limiter: StoreLimiter };

/** Time passes only by sleeping, so nothing here waits for real. */
function open(change: Partial<ChannelHttpOptions> = {}): Open {
  const slept: number[] = [];
  let nowMs = Date.UTC(2026, 10, 23);
  const now = (): Date => new Date(nowMs);
  const limiter =
    change.limiter ?? createMemoryLimiters(now)('one', { kind: 'concurrency', requestsAtOnce: 5 });
  const sleep = async (ms: number): Promise<void> => {
    slept.push(ms);
    nowMs += ms;
  };
  const http = createChannelHttp({
    egress: LOOPBACK,
    timeoutMs: 2_000,
    now,
    sleep,
    random: () => 0.5,
    ...change,
    limiter,
  });
  return { http, slept, limiter };
}

const get = (url: string): ChannelRequest => ({ method: 'GET', url, repeatable: true });
const post = (url: string, repeatable: boolean): ChannelRequest => ({
  method: 'POST',
  url,
  repeatable,
  body: '{}',
});

async function failure(call: Promise<unknown>): Promise<ChannelError> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ChannelError)) throw new Error(`Expected a ChannelError, got ${String(error)}`);
  return error;
}

test.each([502, 503, 504])('%s on a repeatable request is tried again', async (status) => {
  const { url, seen } = await shop(say(status), say(200, 'back'));
  expect(await open().http.send(post(url, true))).toMatchObject({ status: 200, text: 'back' });
  expect(seen).toHaveLength(2);
});

test.each([
  ['a lost connection', hangUp],
  ['503', say(503)],
])('%s on a request that is not repeatable is never tried again', async (_name, answer) => {
  const { url, seen } = await shop(answer, say(200));
  expect(await failure(open().http.send(post(url, false)))).toMatchObject({ kind: 'transient' });
  expect(seen).toHaveLength(1);
});

test('GET is always repeatable: a lost connection is tried again', async () => {
  const { url, seen } = await shop(hangUp, say(200));
  expect(await open().http.send({ ...get(url), repeatable: false })).toMatchObject({ status: 200 });
  expect(seen).toHaveLength(2);
});

test('a time-out is told apart and tried again', async () => {
  const { url, seen } = await shop(stayQuiet, say(200));
  expect(await open().http.send({ ...get(url), timeoutMs: 60 })).toMatchObject({ status: 200 });
  expect(seen).toHaveLength(2);
  const quiet = await shop(stayQuiet);
  const error = await failure(open().http.send({ ...post(quiet.url, false), timeoutMs: 60 }));
  expect(error).toMatchObject({
    kind: 'transient',
    message: expect.stringContaining('did not answer within'),
  });
});

test('500 is not tried again: the store would do the same', async () => {
  const { url, seen } = await shop(say(500));
  expect(await failure(open().http.send(get(url)))).toMatchObject({ kind: 'transient' });
  expect(seen).toHaveLength(1);
});

test.each([200, 204, 301, 401, 403, 404, 422])(
  '%s is an answer like any other and is handed over',
  async (status) => {
    const { url, seen } = await shop(
      say(status, '', { location: 'http://127.0.0.1:1/elsewhere', 'x-a': 'b' }),
    );
    const response = await open().http.send(get(url));
    expect(response.status).toBe(status);
    expect(response.headers['x-a']).toBe('b');
    expect(seen).toHaveLength(1);
  },
);

test('attempts are bounded: four, with jittered waits in between that never pass the cap', async () => {
  const { url, seen } = await shop(say(503));
  const { http, slept } = open();
  expect(await failure(http.send(get(url)))).toMatchObject({ kind: 'transient' });
  expect(seen).toHaveLength(4);
  expect(slept).toEqual([250, 500, 1_000]);
});

test('retries stay within a budget of a tenth of the calls', async () => {
  const { url, seen } = await shop(say(503));
  const { http } = open({ breakerHalfOpenAfterMs: 0 });
  for (let call = 0; call < 40; call += 1) await failure(http.send(get(url)));
  const retries = seen.length - 40;
  expect(retries).toBeGreaterThan(5);
  expect(retries).toBeLessThanOrEqual(10 + 4);
});

test.each([
  ['seconds', '2', 2_000],
  ['a date', new Date(Date.UTC(2026, 10, 23, 0, 0, 3)).toUTCString(), 3_000],
  ['zero', '0', 500],
  ['a negative number', '-5', 500],
  ['a date that is past', 'Wed, 21 Oct 2015 07:28:00 GMT', 500],
  ['a word', 'soon', 500],
])(
  '429 with Retry-After as %s is waited for, also on a request that is not repeatable',
  async (_n, value, ms) => {
    const { url, seen } = await shop(say(429, '', { 'retry-after': value }), say(200));
    const { http, slept } = open();
    expect(await http.send(post(url, false))).toMatchObject({ status: 200 });
    expect(seen).toHaveLength(2);
    expect(slept).toEqual([ms]);
  },
);

test.each([
  ['20 seconds', '20', 20_000],
  ['a year: cut to an hour', '31536000', 3_600_000],
])('a Retry-After of %s does not hold the worker', async (_name, value, retryAfterMs) => {
  const { url, seen } = await shop(say(429, '', { 'retry-after': value }), say(200));
  const { http, slept } = open();
  expect(await failure(http.send(get(url)))).toMatchObject({ kind: 'throttled', retryAfterMs });
  expect(slept).toEqual([]);
  // and the whole bucket stands still: the next call is not even sent
  expect(await failure(http.send(get(url)))).toMatchObject({ kind: 'throttled' });
  expect(seen).toHaveLength(1);
});

test('a 429 without a usable Retry-After is asked of the channel, whose shop may say it in headers of its own', async () => {
  const headers = { 'x-reset-ms': '1200' };
  const { url } = await shop(say(429, '', headers), say(200));
  const judge = (response: ChannelResponse): Verdict =>
    response.status === 429
      ? { kind: 'throttled', retryAfterMs: Number(response.headers['x-reset-ms']) }
      : { kind: 'fine' };
  const { http, slept } = open();
  expect(await http.send(get(url), judge)).toMatchObject({ status: 200 });
  expect(slept).toEqual([1_200]);
  const standard = await shop(say(429, '', { ...headers, 'retry-after': '2' }), say(200));
  const other = open();
  await other.http.send(get(standard.url), judge);
  expect(other.slept).toEqual([2_000]);
});

test('a shop that says "throttled" inside 200 is waited for like a 429', async () => {
  const { url, seen } = await shop(say(200, 'THROTTLED'), say(200, 'fine'));
  const judge = ({ text }: { text: string }): Verdict =>
    text === 'THROTTLED' ? { kind: 'throttled', retryAfterMs: 1_500 } : { kind: 'fine' };
  const { http, slept } = open();
  expect(await http.send(post(url, false), judge)).toMatchObject({ text: 'fine' });
  expect([seen.length, slept]).toEqual([2, [1_500]]);
});

test('a passing trouble inside 200 is tried again only when repeatable', async () => {
  const judge = (): Verdict => ({ kind: 'transient', message: 'An HTML page came back.' });
  const first = await shop(say(200));
  expect(await failure(open().http.send(post(first.url, false), judge))).toMatchObject({ kind: 'transient' });
  expect(first.seen).toHaveLength(1);
  const second = await shop(say(200));
  await failure(open().http.send(post(second.url, true), judge));
  expect(second.seen).toHaveLength(4);
});

test('every attempt is signed anew', async () => {
  const { url, seen } = await shop(say(503), say(200));
  const nonces = ['a', 'b', 'c'].values();
  const sign: ChannelRequest['sign'] = (request) => ({
    url: `${request.url}/?nonce=${nonces.next().value}`,
  });
  await open().http.send({ ...get(url), sign });
  expect(seen.map((request) => request.url)).toEqual(['/?nonce=a', '/?nonce=b']);
});

test('a signature cannot move a request to a private address', async () => {
  const { url, seen } = await shop(say(200));
  const error = await failure(
    open().http.send({ ...get(url), sign: () => ({ url: 'https://169.254.169.254/latest' }) }),
  );
  expect(error.kind).toBe('rejected');
  expect(seen).toHaveLength(0);
});

test('a channel cannot name another host than the one that was checked', async () => {
  const { url, seen } = await shop(say(200));
  await open().http.send({ ...get(url), headers: { Host: 'other.example.com', 'x-token': 't' } });
  expect(seen[0]?.headers).toMatchObject({
    host: new URL(url).host,
    'x-token': 't',
    'user-agent': 'Stocksheet',
  });
});

test('a redirect to a private address is not followed', async () => {
  const inside = await shop(say(200, 'secret'));
  const { url } = await shop(say(302, '', { location: `${inside.url}/latest/meta-data` }));
  expect(await open().http.send(get(url))).toMatchObject({ status: 302, text: '' });
  expect(inside.seen).toHaveLength(0);
});

test.each([
  ['20 MiB', {}],
  ['24 MiB, where the request says so,', { answerBytesMax: 24 * 1024 * 1024 }],
])('an answer above %s is not read', async (size, asked) => {
  const { url, seen } = await shop((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const write = (): void => {
      while (response.write(chunk) && !response.destroyed);
      if (!response.destroyed) response.once('drain', write);
    };
    write();
  });
  const error = await failure(open().http.send({ ...get(url), ...asked }));
  expect(error).toMatchObject({ kind: 'rejected', message: expect.stringContaining(size.slice(0, 6)) });
  expect(seen).toHaveLength(1);
});

test('an answer of the size that the request allows is read to its end', async () => {
  const bytes = 21 * 1024 * 1024;
  const { url } = await shop(say(200, 'x'.repeat(bytes)));
  const { text } = await open().http.send({ ...get(url), answerBytesMax: bytes });
  expect(text).toHaveLength(bytes);
});

test('a store that fails five times in a row is left alone, and one call finds out when it is back', async () => {
  const { url, seen } = await shop(...Array<Answer>(5).fill(say(500)), say(200));
  const { http } = open({ breakerHalfOpenAfterMs: 80 });
  for (let call = 0; call < 5; call += 1) await failure(http.send(get(url)));
  expect(await failure(http.send(get(url)))).toMatchObject({ kind: 'transient', retryAfterMs: 80 });
  expect(seen).toHaveLength(5);
  let answered = false;
  while (!answered) {
    answered = await http.send(get(url)).then(
      () => true,
      () => new Promise((resolve) => setTimeout(resolve, 20, false)),
    );
  }
  expect(seen).toHaveLength(6);
});

test('refused credentials never open the breaker', async () => {
  const { url, seen } = await shop(say(401));
  const { http } = open();
  for (let call = 0; call < 12; call += 1) expect((await http.send(get(url))).status).toBe(401);
  expect(seen).toHaveLength(12);
});

test('no error names the query, where signatures and keys may be', async () => {
  const { url } = await shop(hangUp);
  const error = await failure(open().http.send(post(`${url}/wc?consumer_secret=cs_canary`, false)));
  expect(`${error.message} ${String(error.stack)} ${String(error.cause)}`).not.toContain('cs_canary');
});

test('what the shop says about its bucket holds the next call back', async () => {
  const { url } = await shop(say(200));
  const clock = { nowMs: 0 };
  const limiter = createMemoryLimiters(() => new Date(clock.nowMs))('one', {
    kind: 'cost',
    bucketPoints: 1_000,
    restorePointsPerSecond: 50,
  });
  const slept: number[] = [];
  const sleep = async (ms: number): Promise<void> => {
    slept.push(ms);
    clock.nowMs += ms;
  };
  const { http } = open({ limiter, sleep, now: () => new Date(clock.nowMs) });
  await http.send({ ...get(url), cost: 100 });
  http.observe({ kind: 'cost', availablePoints: 0, maximumPoints: 1_000, restorePointsPerSecond: 50 });
  await http.send({ ...get(url), cost: 100 });
  expect(slept).toEqual([2_000]);
});
