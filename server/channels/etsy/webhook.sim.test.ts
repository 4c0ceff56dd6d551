// Webhooks of commercial apps: the official signed example verifies, nothing else does, and each event leads to the right
// thing.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { rehearse, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import { etsy } from './index.ts';

stopShopsAfterEach();

const webhook = etsy.webhook;
if (webhook === undefined) throw new Error('Etsy has webhooks.');
const bodyOf = (body: object | string): Buffer =>
  Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
const hintOf = (body: object | string) => webhook.parse({ headers: {}, rawBody: bodyOf(body) }).hint;
const resource = (path: string): string => `https://openapi.etsy.com/v3/application/shops/5/${path}`;

describe('what a delivery is about', () => {
  it.each(['order.paid', 'order.canceled', 'order.shipped', 'order.delivered'])(
    '%s: its receipt',
    (event_type) => {
      const body = { event_type, resource_url: resource('receipts/3000000001'), shop_id: 5 };
      expect(hintOf(body)).toEqual({ kind: 'order', remoteId: '3000000001' });
    },
  );

  it('a product or a listing: the listings', () => {
    for (const event_type of ['inventory.updated', 'inventory.out_of_stock', 'listing.deleted']) {
      expect(hintOf({ event_type, resource_url: resource('listings/7'), shop_id: '5' })).toEqual({
        kind: 'listings',
      });
    }
  });

  it('anything else: nothing', () => {
    const strange = [
      'no JSON',
      '[]',
      {},
      { event_type: 'order.paid', resource_url: 'https://evil.example/' },
      { event_type: 'shop.moved', resource_url: resource('receipts/1') },
    ];
    for (const body of strange) expect(hintOf(body)).toEqual({ kind: 'nothing' });
  });
});

describe('setting them up', () => {
  it('is for a person: until the signing secret is filled in, the address to use is told', async () => {
    const { session } = await rehearse(etsy);
    const address = 'https://stock.example/webhooks/1';
    const without = await webhook.register(session(), address, '');
    expect(without).toMatchObject({ kind: 'unavailable', message: expect.stringContaining(address) });
    const credentials = { ...session().credentials, webhookSecret: 'whsec_MDEyMw==' };
    expect(await webhook.register(session({ credentials }), address, '')).toEqual({ kind: 'healthy' });
  });
});

const specs = specsDirectory();
if (specs === null) it.todo(SPECS_MISSING);
else
  describe('the official signed example', () => {
    const example = JSON.parse(
      readFileSync(join(specs, 'etsy', 'examples', 'webhook-order-paid.signed-test-vector.json'), 'utf8'),
    ) as { secret: string; headers: Record<string, string>; raw_body: string };
    const request = { headers: example.headers, rawBody: Buffer.from(example.raw_body) };
    const secrets = { own: 'ours', credentials: { webhookSecret: example.secret } };

    it('verifies, with and without the version in front and among others', () => {
      const signature = example.headers['webhook-signature'] ?? '';
      for (const form of [signature, signature.replace('v1,', ''), `v1,AAAA ${signature}`]) {
        const headers = { ...example.headers, 'webhook-signature': form };
        expect(webhook.verify({ ...request, headers }, secrets)).toBe(true);
      }
      expect(webhook.parse(request)).toEqual({
        deliveryId: 'msg_test_0001',
        hint: { kind: 'order', remoteId: '3000000001' },
      });
    });

    it('nothing that differs verifies, and no secret never does', () => {
      const changed = (headers: object) => ({ ...request, headers: { ...example.headers, ...headers } });
      const others = [
        { ...request, rawBody: Buffer.from(`${example.raw_body} `) },
        changed({ 'webhook-id': 'msg_test_0002' }),
        changed({ 'webhook-timestamp': '1795100012' }),
        changed({ 'webhook-signature': '' }),
        { ...request, headers: {} },
      ];
      for (const other of others) expect(webhook.verify(other, secrets)).toBe(false);
      for (const webhookSecret of ['', 'whsec_', 'whsec_AAAA', example.secret.slice('whsec_'.length)]) {
        expect(webhook.verify(request, { own: 'ours', credentials: { webhookSecret } })).toBe(false);
      }
    });
  });
