// eBay's notifications over HTTP: ordered once, proved by a key that is asked for, mended, and the account deletion that eBay
// demands an answer to.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { allOrders, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import type { WebhookRequest } from '../channel.ts';
import { ebay } from './index.ts';
import { challengeResponse } from './notification.ts';
import { type EbayRehearsal, rehearseEbay } from './test-support/rehearse-ebay.ts';

stopShopsAfterEach();

const OWN = 'a-secret-of-our-own-0123456789';
const KEY = /^GET \/commerce\/notification\/v1\/public_key/;
const { webhook } = ebay;
if (webhook === undefined) throw new Error('eBay has notifications.');

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** An endpoint of ours; `token`: what it proves itself with when it is not ours. */
async function endpoint(credentials = {}): Promise<{ address: string; received: WebhookRequest[] }> {
  const received: WebhookRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      if (incoming.method === 'GET') {
        const query = Object.fromEntries(new URL(incoming.url ?? '', address).searchParams);
        const answer = webhook?.answerChallenge?.(query, address, { own: OWN, credentials });
        outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
        return;
      }
      const headers = Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      );
      received.push({ headers, rawBody: Buffer.concat(chunks) });
      outgoing.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/store-1`;
  return { address, received };
}

const keysAsked = ({ shop }: EbayRehearsal): number =>
  Object.entries(shop.requests())
    .filter(([name]) => KEY.test(name))
    .reduce((sum, [, count]) => sum + count, 0);

async function delivered(rehearsal: EbayRehearsal) {
  const { address, received } = await endpoint();
  const session = rehearsal.session();
  await webhook?.register(session, address, OWN);
  const product = rehearsal.shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
  rehearsal.shop.buy([{ remoteId: product, quantity: 1 }]);
  await rehearsal.shop.webhooksSettled();
  const [request] = received.slice(-1);
  if (request === undefined) throw new Error('Nothing was delivered.');
  return { address, received, session, request, product };
}

it('the key is asked for by its id with the application’s own token, and kept for an hour', async () => {
  const rehearsal = await rehearseEbay();
  const { session, request } = await delivered(rehearsal);
  const secrets = { own: OWN, credentials: session.credentials, session };
  for (let round = 0; round < 3; round += 1) expect(await webhook.verify(request, secrets)).toBe(true);
  expect(keysAsked(rehearsal)).toBe(1);
  rehearsal.clock.advance(3_600_000);
  expect(await webhook.verify(request, secrets)).toBe(true);
  expect(keysAsked(rehearsal)).toBe(2);
});

it('fault 23: made-up key ids verify nothing, and soon cost eBay’s limit no more calls', async () => {
  const rehearsal = await rehearseEbay();
  const { session, request } = await delivered(rehearsal);
  const secrets = { own: OWN, credentials: session.credentials, session };
  const { signature } = JSON.parse(
    Buffer.from(request.headers['x-ebay-signature'] ?? '', 'base64').toString('utf8'),
  ) as { readonly signature: string };
  for (let number = 0; number < 100; number += 1) {
    const header = Buffer.from(JSON.stringify({ kid: `made-up-${number}`, signature })).toString('base64');
    const forged = { ...request, headers: { 'x-ebay-signature': header } };
    expect(await webhook.verify(forged, secrets)).toBe(false);
  }
  const header = Buffer.from(JSON.stringify({ kid: '../../oauth', signature })).toString('base64');
  expect(await webhook.verify({ ...request, headers: { 'x-ebay-signature': header } }, secrets)).toBe(false);
  expect(keysAsked(rehearsal)).toBe(20);
});

it('a key that cannot be fetched just now is trouble that passes, not a forgery', async () => {
  const rehearsal = await rehearseEbay();
  const { session, request } = await delivered(rehearsal);
  const secrets = { own: OWN, credentials: session.credentials, session };
  rehearsal.shop.setFault('serverError');
  await expect(async () => webhook.verify(request, secrets)).rejects.toMatchObject({ kind: 'transient' });
  rehearsal.shop.clearFaults();
  expect(await webhook.verify(request, secrets)).toBe(true);
});

it('the account deletion that eBay demands is proved, stored as heard, and moves nothing', async () => {
  const rehearsal = await rehearseEbay();
  const { session, received } = await delivered(rehearsal);
  received.length = 0;
  rehearsal.shop.deleteBuyer('rehearsal_buyer');
  await rehearsal.shop.webhooksSettled();
  const [request] = received;
  if (request === undefined) throw new Error('The deletion was not told.');
  const secrets = { own: OWN, credentials: session.credentials, session };
  expect(await webhook.verify(request, secrets)).toBe(true);
  expect(webhook.parse(request).hint).toEqual({ kind: 'nothing' });
  // There is nothing to delete: nothing of the buyer ever leaves the channel.
  const orders = await allOrders(ebay.open(session), { kind: 'updated', from: new Date(0) });
  expect(orders).toHaveLength(1);
  expect(JSON.stringify(orders)).not.toContain('rehearsal_buyer');
});

it('the token typed by the person answers the challenge, so that both can enter the same at eBay', async () => {
  const verificationToken = 'one-that-a-person-made-up-and-typed-twice';
  const address = 'https://stock.example/webhooks/store-1';
  const answer = webhook.answerChallenge?.({ challenge_code: 'abc' }, address, {
    own: OWN,
    credentials: { verificationToken },
  });
  expect(answer).toEqual({ challengeResponse: challengeResponse('abc', verificationToken, address) });
  expect(webhook.answerChallenge?.({}, address, { own: OWN, credentials: {} })).toBeNull();
});

it('an endpoint that fails the challenge gets nothing, and the person is told', async () => {
  const { session } = await rehearseEbay();
  const { address } = await endpoint({ verificationToken: 'another-token-than-the-one-registered' });
  expect(await webhook.register(session(), address, OWN)).toMatchObject({
    kind: 'unavailable',
    message: expect.stringMatching(/Challenge/),
  });
});

it.each([
  ['a token that eBay would not take', { verificationToken: 'short' }, /32 to 80/],
  ['no https', { apiBase: '' }, /https/],
])('%s is told without asking eBay', async (_what, change, words) => {
  const { shop, session } = await rehearseEbay();
  const credentials = { ...shop.credentials, ...change };
  const health = await webhook.register(session({ credentials }), 'http://127.0.0.1:1/webhooks/x', OWN);
  expect(health).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(words) });
  expect(shop.requests()).toEqual({});
});

it('without an e-mail address for alerts eBay sends nothing, and the person is told where to enter one', async () => {
  const { shop, session } = await rehearseEbay();
  shop.behave({ hasAlertEmail: false });
  const { address } = await endpoint();
  expect(await webhook.register(session(), address, OWN)).toMatchObject({
    kind: 'unavailable',
    message: expect.stringMatching(/e-mail/),
  });
});

it('a topic that eBay keeps from this keyset does not cost the others', async () => {
  const rehearsal = await rehearseEbay();
  rehearsal.shop.behave({ withheldTopics: ['LISTING', 'ITEM_MARKED_SHIPPED'] });
  const { received } = await delivered(rehearsal);
  expect(received.map((request) => webhook.parse(request).hint.kind)).toEqual(['order']);
});

it('another address takes the subscriptions over', async () => {
  const rehearsal = await rehearseEbay();
  const { session, product, received } = await delivered(rehearsal);
  received.length = 0;
  const moved = await endpoint();
  expect(await webhook.register(session, moved.address, OWN)).toMatchObject({ kind: 'mended' });
  rehearsal.shop.buy([{ remoteId: product, quantity: 1 }]);
  await rehearsal.shop.webhooksSettled();
  expect([received.length, moved.received.length]).toEqual([0, 1]);
  expect(await webhook.register(session, moved.address, OWN)).toEqual({ kind: 'healthy' });
});
