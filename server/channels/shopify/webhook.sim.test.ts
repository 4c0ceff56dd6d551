// Shopify's webhooks: samples of every topic, exact ids, both kinds of headers, bodies against the official schemas.

import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import type { WebhookHint } from '../channel.ts';
import { startShopifySimulator } from './simulator.ts';
import { webhook } from './webhook.ts';

const specs = specsDirectory();
const folder = join(specs ?? '', 'shopify/webhooks');
const describeWithSpecs = specs === null ? describe.skip : describe;
const title = (text: string): string => (specs === null ? `${text} (${SPECS_MISSING})` : text);

const hintOf = (topic: string, body: string): WebhookHint =>
  webhook.parse({ headers: { 'x-shopify-topic': topic }, rawBody: Buffer.from(body) }).hint;

describe('a delivery', () => {
  it('with an id above 2^53 leads to exactly that order or item', () => {
    expect(hintOf('orders/delete', '{"id":820982911946154509}')).toEqual({
      kind: 'order',
      remoteId: 'gid://shopify/Order/820982911946154509',
    });
    expect(hintOf('refunds/create', '{"id":1,"order_id":820982911946154511}')).toEqual({
      kind: 'order',
      remoteId: 'gid://shopify/Order/820982911946154511',
    });
    expect(hintOf('orders/edited', '{"order_edit":{"id":2,"order_id":820982911946154513}}')).toEqual({
      kind: 'order',
      remoteId: 'gid://shopify/Order/820982911946154513',
    });
    expect(hintOf('inventory_levels/disconnect', '{"inventory_item_id":271878346596884015}')).toEqual({
      kind: 'quantity',
      remoteId: 'gid://shopify/InventoryItem/271878346596884015',
    });
  });

  it('of the newer kind, with headers without "x-", is verified and read as well', () => {
    const rawBody = Buffer.from('{"id":820982911946154509}');
    const signature = createHmac('sha256', 's3cret').update(rawBody).digest('base64');
    const headers = {
      'shopify-hmac-sha256': signature,
      'shopify-topic': 'orders/create',
      'shopify-webhook-id': 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
    };
    const secrets = { own: 'not used', credentials: { clientSecret: 's3cret' } };
    expect(webhook.verify({ headers, rawBody }, secrets)).toBe(true);
    expect(webhook.verify({ headers, rawBody }, { own: 's3cret', credentials: {} })).toBe(false);
    expect(webhook.parse({ headers, rawBody })).toEqual({
      deliveryId: 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
      hint: { kind: 'order', remoteId: 'gid://shopify/Order/820982911946154509' },
    });
  });
});

it('without the API secret key webhooks are unavailable, and nothing is registered', async () => {
  const shop = await startShopifySimulator({ port: 0, limits: false });
  const { clientSecret: _none, ...credentials } = shop.pastedCredentials;
  expect(
    await webhook.register(createTestSession({ credentials }), 'https://example.com/hook', 'own'),
  ).toMatchObject({ kind: 'unavailable' });
  expect(shop.subscriptions()).toEqual([]);
  await shop.close();
});

it('after the server has moved, only the new address is registered', async () => {
  const shop = await startShopifySimulator({ port: 0, limits: false });
  const session = createTestSession({ credentials: shop.credentials });
  await webhook.register(session, 'https://old.example.com/hook', 'own');
  expect(await webhook.register(session, 'https://new.example.com/hook', 'own')).toMatchObject({
    kind: 'mended',
  });
  expect(new Set(shop.subscriptions().map(({ uri }) => uri))).toEqual(
    new Set(['https://new.example.com/hook']),
  );
  expect(shop.subscriptions()).toHaveLength(18);
  expect(await webhook.register(session, 'https://new.example.com/hook', 'own')).toEqual({ kind: 'healthy' });
  await shop.close();
});

it('an address that Shopify refuses is said', async () => {
  const shop = await startShopifySimulator({ port: 0, limits: false });
  const session = createTestSession({ credentials: shop.credentials });
  expect(await webhook.register(session, 'http://shop.example.com/hook', 'own')).toEqual({
    kind: 'unavailable',
    message: expect.stringContaining('not supported'),
  });
  await shop.close();
});

const EXPECTED_HINTS: Readonly<Record<string, WebhookHint['kind']>> = {
  orders: 'order',
  refunds: 'order',
  returns: 'order',
  products: 'listings',
  inventory_items: 'listings',
  inventory_levels: 'quantity',
  app: 'uninstalled',
};

describeWithSpecs(title('the official samples'), () => {
  const names = specs === null ? [] : readdirSync(join(folder, 'samples'));
  it.each(names)('%s is read without an error and gives the right hint', (file) => {
    const { name, response } = JSON.parse(readFileSync(join(folder, 'samples', file), 'utf8')) as {
      name: string;
      response: { id?: number; order_id?: number; admin_graphql_api_id?: string };
    };
    const hint = hintOf(name, JSON.stringify(response));
    expect(hint.kind).toBe(EXPECTED_HINTS[name.split('/')[0] ?? ''] ?? 'nothing');
    if (hint.kind === 'order') {
      const isOrder = name.startsWith('orders/');
      expect(hint.remoteId).toBe(
        (isOrder ? response.admin_graphql_api_id : undefined) ??
          `gid://shopify/Order/${isOrder ? response.id : response.order_id}`,
      );
    }
    if (hint.kind === 'quantity' && response.admin_graphql_api_id !== undefined) {
      expect(hint.remoteId).toBe('gid://shopify/InventoryItem/271878346596884015');
    }
  });
});

describeWithSpecs(title('the bodies of the simulated shop'), () => {
  it('conform to the official JSON schemas', async () => {
    const bodies = await collectBodies();
    expect(new Set(bodies.map(({ topic }) => topic))).toEqual(
      new Set([
        'inventory_levels/update',
        'orders/cancelled',
        'orders/create',
        'orders/delete',
        'orders/edited',
        'orders/fulfilled',
        'orders/partially_fulfilled',
        'orders/updated',
        'products/create',
        'products/delete',
        'products/update',
        'refunds/create',
      ]),
    );
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    (addFormats as unknown as (target: Ajv2020) => void)(ajv);
    for (const { topic, body } of bodies) {
      const errors = check(ajv, topic, body);
      expect({ topic, errors }).toEqual({ topic, errors: null });
    }
  });
});

const checks = new Map<string, ValidateFunction>();

function check(ajv: Ajv2020, topic: string, body: Record<string, unknown>): unknown {
  const known = checks.get(topic);
  if (known === undefined) {
    const file = join(folder, 'json-schemas', `${topic.replace('/', '_')}.schema.json`);
    const schema = JSON.parse(readFileSync(file, 'utf8')) as { required?: string[] };
    // A subscriber gets the fields it asked for, so only those can be required.
    const required = (schema.required ?? []).filter((name) => name in body);
    checks.set(topic, ajv.compile({ ...schema, required }));
    return check(ajv, topic, body);
  }
  known(body);
  return known.errors ?? null;
}

/** Plays one event of every kind and keeps what was delivered. */
async function collectBodies(): Promise<{ topic: string; body: Record<string, unknown> }[]> {
  const bodies: { topic: string; body: Record<string, unknown> }[] = [];
  const server = createServer((incoming, outgoing) => {
    let text = '';
    incoming.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
    incoming.on('end', () => {
      const topic = String(incoming.headers['x-shopify-topic']);
      bodies.push({ topic, body: JSON.parse(text) as Record<string, unknown> });
      outgoing.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const shop = await startShopifySimulator({ port: 0, limits: false });
  const session = createTestSession({ credentials: shop.credentials });
  await webhook.register(session, `http://127.0.0.1:${port}/hook`, 'own');
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 9 });
  shop.changeProduct(product, { title: 'B' });
  const { remoteId, lines } = shop.buy([{ remoteId: product, quantity: 3 }]);
  const lineId = lines[0]?.lineId ?? '';
  shop.editLine(remoteId, lineId, 4);
  shop.fulfil(remoteId, [{ lineId, quantity: 1 }]);
  shop.refund(remoteId, [{ lineId, quantity: 1 }], { restock: true });
  shop.fulfil(remoteId);
  shop.cancel(remoteId);
  shop.deleteOrder(remoteId);
  shop.removeProduct(product);
  await shop.webhooksSettled();
  await shop.close();
  server.close();
  server.closeAllConnections();
  return bodies;
}
