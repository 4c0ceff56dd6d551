// Which requests ask before they leave, and which count as having changed something.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { ChangeStopped, watchingChanges } from './change-permission.ts';
import type { ChannelRequest, Verdict } from './channel-http.ts';
import { createChannelHttp } from './create-channel-http.ts';
import { createMemoryLimiters } from './limiter.ts';

type Sent = {
  readonly asked: number;
  readonly changed: number;
  readonly reached: number;
  readonly error: unknown;
};

/** Status 0: the line is cut. */
async function send(
  status: number,
  change: Partial<ChannelRequest>,
  { judge, may = true }: { readonly judge?: () => Verdict; readonly may?: boolean } = {},
): Promise<Sent> {
  const [counts, error] = [{ asked: 0, changed: 0, reached: 0 }, { thrown: null as unknown }];
  const server = createServer((request, response) => {
    counts.reached += 1;
    if (status === 0) request.socket.destroy();
    else response.writeHead(status, { 'retry-after': '3600' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = createChannelHttp({
    limiter: createMemoryLimiters(() => new Date())('shop', { kind: 'concurrency', requestsAtOnce: 1 }),
    egress: { allowLoopback: true, hosts: [] },
    timeoutMs: 2_000,
    now: () => new Date(),
    sleep: async () => undefined,
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const watch = {
    mayChange: async () => {
      counts.asked += 1;
      return may;
    },
    onChange: () => {
      counts.changed += 1;
    },
  };
  await watchingChanges(watch, () =>
    http.send({ method: 'POST', url, repeatable: false, ...change }, judge),
  ).catch((problem: unknown) => {
    error.thrown = problem;
  });
  await new Promise((resolve) => server.close(resolve));
  return { ...counts, error: error.thrown };
}

test.each<[string, number, Partial<ChannelRequest>, (() => Verdict) | undefined, number]>([
  ['done', 200, {}, undefined, 1],
  ['lost on its way', 0, {}, undefined, 1],
  ['broken off by an error of the shop', 500, {}, undefined, 1],
  ['answered with something unreadable', 200, {}, () => ({ kind: 'transient', message: 'no' }), 1],
  ['refused', 422, {}, undefined, 0],
  ['throttled', 429, {}, undefined, 0],
  ['throttled inside an HTTP 200', 200, {}, () => ({ kind: 'throttled', retryAfterMs: 3_600_000 }), 0],
])('a change that was %s', async (_what, status, request, judge, changed) => {
  const sent = await send(status, request, judge === undefined ? {} : { judge });
  expect(sent).toMatchObject({ asked: 1, reached: 1, changed });
});

test.each<[string, Partial<ChannelRequest>]>([
  ['a GET', { method: 'GET' }],
  ['a POST that only asks', { changesNothing: true }],
])('%s leaves without a question, and changes nothing', async (_what, request) => {
  expect(await send(200, request, { may: false })).toMatchObject({
    asked: 0,
    reached: 1,
    changed: 0,
    error: null,
  });
});

test('what may not leave does not', async () => {
  const sent = await send(200, {}, { may: false });
  expect(sent).toMatchObject({ asked: 1, reached: 0, changed: 0 });
  expect(sent.error).toBeInstanceOf(ChangeStopped);
});
