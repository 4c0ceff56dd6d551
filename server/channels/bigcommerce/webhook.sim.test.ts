// BigCommerce's webhooks: the signature by the standard's own vector, every official sample, and registering that mends.

import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import type { WebhookRequest } from '../channel.ts';
import { signedHeaders } from './simulator-hooks.ts';
import { startStore, stopStoresAfterEach } from './test-support/store.ts';
import { SCOPES, webhook } from './webhook.ts';

stopStoresAfterEach();

const CLIENT_SECRET = 'a1b2c3-client-secret';
const secrets = { own: 'not-used', credentials: { clientSecret: CLIENT_SECRET } };
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const AT = '1614265330';
const BODY = '{"test": 2432232314}';

/** As the libraries of Standard Webhooks do it: the key comes in Base64. */
const sign = (keyInBase64: string, id: string, at: string, body: string): string =>
  createHmac('sha256', Buffer.from(keyInBase64, 'base64')).update(`${id}.${at}.${body}`).digest('base64');

const delivery = (signature: string, change: Partial<Record<string, string>> = {}): WebhookRequest => ({
  headers: { 'webhook-id': ID, 'webhook-timestamp': AT, 'webhook-signature': signature, ...change },
  rawBody: Buffer.from(BODY),
});

describe('the signature (Standard Webhooks, key base64(client secret))', () => {
  // The example of the Standard Webhooks specification.
  it('the standard’s own vector comes out of the scheme that is verified here', () => {
    const key = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    expect(sign(key, ID, AT, BODY)).toBe('g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
    const ours = Buffer.from(CLIENT_SECRET).toString('base64');
    expect(webhook.verify(delivery(`v1,${sign(ours, ID, AT, BODY)}`), secrets)).toBe(true);
    const { 'webhook-signature': simulated } = signedHeaders(CLIENT_SECRET, BODY, {
      id: ID,
      atSecond: Number(AT),
    });
    expect(simulated).toBe(`v1,${sign(ours, ID, AT, BODY)}`);
  });

  const good = `v1,${sign(Buffer.from(CLIENT_SECRET).toString('base64'), ID, AT, BODY)}`;
  it('one of several signatures is enough, and other versions are passed over', () => {
    expect(webhook.verify(delivery(`v2,abc v1,bm9ldHUjKzFob2VudXRob2VodWU= ${good}`), secrets)).toBe(true);
    expect(webhook.verify(delivery(good.replace('v1,', 'v2,')), secrets)).toBe(false);
    expect(webhook.verify(delivery(good.replace('v1,', '')), secrets)).toBe(false);
  });

  it.each([
    ['another id', { 'webhook-id': 'msg_other' }],
    ['another time', { 'webhook-timestamp': '1614265331' }],
    ['no id', { 'webhook-id': '' }],
    ['a time that is none', { 'webhook-timestamp': 'soon' }],
    ['no signature', { 'webhook-signature': '' }],
  ])('%s does not verify', (_name, change) => {
    expect(webhook.verify(delivery(good), secrets)).toBe(true);
    expect(webhook.verify(delivery(good, change), secrets)).toBe(false);
  });

  it('without a client secret nothing verifies, not even what an empty key signed', () => {
    const empty = `v1,${sign('', ID, AT, BODY)}`;
    expect(webhook.verify(delivery(empty), { own: '', credentials: {} })).toBe(false);
    expect(webhook.verify(delivery(good), { own: CLIENT_SECRET, credentials: {} })).toBe(false);
  });

  it('the hash in the body is no secret and proves nothing (facts 3.6)', () => {
    const rawBody = Buffer.from(
      JSON.stringify({ scope: 'store/order/created', data: { type: 'order', id: 1 }, hash: 'x' }),
    );
    expect(webhook.verify({ headers: {}, rawBody }, secrets)).toBe(false);
  });
});

const specs = specsDirectory();
const samples = join(specs ?? '', 'bigcommerce/webhooks/samples');
const HINTS: Readonly<Record<string, object>> = {
  store_order_archived: { kind: 'order', remoteId: '250' },
  store_order_created: { kind: 'order', remoteId: '250' },
  store_order_message_created: { kind: 'order', remoteId: '250' },
  store_order_statusUpdated: { kind: 'order', remoteId: '250' },
  store_order_updated: { kind: 'order', remoteId: '250' },
  // A shipment names its order beside its own id.
  store_shipment_created: { kind: 'order', remoteId: '251' },
  store_shipment_deleted: { kind: 'order', remoteId: '251' },
  store_shipment_updated: { kind: 'order', remoteId: '251' },
  store_product_created: { kind: 'listings' },
  store_product_updated: { kind: 'listings' },
  store_product_deleted: { kind: 'listings' },
  store_sku_created: { kind: 'listings' },
  store_sku_updated: { kind: 'listings' },
  store_sku_deleted: { kind: 'listings' },
  // Stock counted by product and by variant comes in different scopes (facts 3.9).
  store_product_inventory_updated: { kind: 'quantity', remoteId: 'product-167' },
  store_product_inventory_order_updated: { kind: 'quantity', remoteId: 'product-167' },
  store_sku_inventory_updated: { kind: 'quantity', remoteId: '509' },
  store_information_updated: { kind: 'nothing' },
};

if (specs === null) it.todo(SPECS_MISSING);
else {
  it('every official sample has its hint here', () => {
    expect(readdirSync(samples).sort()).toEqual(
      Object.keys(HINTS)
        .map((name) => `${name}.json`)
        .sort(),
    );
  });
  it.each(Object.entries(HINTS))('the official sample %s hints at what it is about', (name, hint) => {
    const rawBody = readFileSync(join(samples, `${name}.json`));
    const parsed = webhook.parse({ headers: { 'webhook-id': ID }, rawBody });
    expect(parsed).toEqual({ deliveryId: ID, hint });
  });
}

describe('registering', () => {
  const ADDRESS = 'http://127.0.0.1:9/webhooks/store-1';

  it('asks for every scope once', async () => {
    const { shop, session } = await startStore();
    expect(await webhook.register(session, ADDRESS, '')).toMatchObject({ kind: 'mended' });
    expect(await webhook.register(session, ADDRESS, '')).toEqual({ kind: 'healthy' });
    expect(
      shop
        .hooks()
        .map(({ scope }) => scope)
        .sort(),
    ).toEqual([...SCOPES].sort());
  });

  it('moves to a new address of this server, and leaves other people’s hooks alone', async () => {
    const { shop, session } = await startStore();
    await webhook.register(session, ADDRESS, '');
    const foreign = { scope: 'store/order/created', destination: 'https://other.example/hook' };
    await fetch(`${shop.credentials['apiBase']}/stores/rehearsal/v3/hooks`, {
      method: 'POST',
      headers: { accept: 'application/json', 'x-auth-token': 'rehearsal-token' },
      body: JSON.stringify(foreign),
    });
    await webhook.register(session, `${ADDRESS}-moved`, '');
    const destinations = shop.hooks().map(({ destination }) => destination);
    expect(new Set(destinations)).toEqual(new Set([`${ADDRESS}-moved`, foreign.destination]));
    expect(destinations).toHaveLength(SCOPES.length + 1);
  });

  it('without the client secret no message could be trusted, so none is asked for', async () => {
    const { shop } = await startStore();
    const { clientSecret: _none, ...credentials } = shop.credentials;
    const health = await webhook.register(createTestSession({ credentials }), ADDRESS, 'secret');
    expect(health).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/client secret/) });
    expect(shop.hooks()).toEqual([]);
  });

  it.each(['http://shop.example/hook', 'https://shop.example:8443/hook'])(
    'facts 3.6: BigCommerce delivers only to https on port 443, not to %s',
    async (address) => {
      const { shop } = await startStore();
      const { apiBase: _none, ...credentials } = shop.credentials;
      const health = await webhook.register(createTestSession({ credentials }), address, 'secret');
      expect(health).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/port 443/) });
    },
  );

  it('the simulated store refuses a second hook of one scope and destination', async () => {
    const { shop } = await startStore();
    const post = async (body: object): Promise<number> => {
      const answer = await fetch(`${shop.credentials['apiBase']}/stores/rehearsal/v3/hooks`, {
        method: 'POST',
        headers: { accept: 'application/json', 'x-auth-token': 'rehearsal-token' },
        body: JSON.stringify(body),
      });
      return answer.status;
    };
    const hook = { scope: 'store/order/created', destination: 'https://other.example/hook' };
    expect([await post(hook), await post(hook)]).toEqual([200, 422]);
    expect(await post({ ...hook, destination: 'https://other.example:8443/hook' })).toBe(422);
  });
});
