// The simulated shop against the recordings, oddity by oddity.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import { signedUrl } from './oauth.ts';
import { orderShape } from './shapes.ts';
import { startWooCommerceSimulator, type WooCommerceSimulatedShop } from './simulator.ts';
import { recording } from './test-support/recordings.ts';

const NOW = (): Date => new Date('2026-11-23T03:44:00Z');
const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(): Promise<WooCommerceSimulatedShop> {
  const shop = await startWooCommerceSimulator({ port: 0, now: NOW });
  closing.push(shop.close);
  return shop;
}

type Answer = { readonly status: number; readonly body: unknown };

/** One signed request, as written; `keys`: sent instead of a signature. */
async function call(
  shop: WooCommerceSimulatedShop,
  method: string,
  route: string,
  body?: unknown,
): Promise<Answer> {
  const { url = '', consumerKey = '', consumerSecret = '' } = shop.credentials;
  return raw(
    method,
    signedUrl({ method, url: `${url}/wp-json${route}` }, { consumerKey, consumerSecret }, NOW()),
    body,
  );
}

async function raw(method: string, url: string, body?: unknown, headers = {}): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

/** Status, error code and message: what both shops must agree on. */
const refusalIn = (answer: { status?: unknown; body?: unknown } | undefined): object => {
  const { code, message } = (answer?.body ?? {}) as { code?: string; message?: string };
  return { status: answer?.status, code, message };
};

const stockIn = (answer: { body?: unknown } | undefined): unknown => {
  const read = (item: Record<string, unknown>): object =>
    item['error'] === undefined
      ? { manage_stock: item['manage_stock'], stock_quantity: item['stock_quantity'] }
      : { error: (item['error'] as { code: string }).code };
  const { update } = (answer?.body ?? {}) as { update?: Record<string, unknown>[] };
  return update === undefined ? read(answer?.body as Record<string, unknown>) : update.map(read);
};

const withSpecs = specsDirectory() === null ? describe.skip : describe;

withSpecs('the simulated shop refuses as the real one', () => {
  it.each<[string, (shop: WooCommerceSimulatedShop) => Promise<Answer>]>([
    ['errors-03-no-auth', (shop) => raw('GET', `${shop.credentials['url']}/wp-json/wc/v3/products`)],
    [
      'errors-04-no-auth-write',
      (shop) => raw('PUT', `${shop.credentials['url']}/wp-json/wc/v3/products/10`, { stock_quantity: 1 }),
    ],
    [
      'errors-11-basic-over-http',
      (shop) =>
        raw('GET', `${shop.credentials['url']}/wp-json/wc/v3/products`, undefined, {
          authorization: `Basic ${Buffer.from('ck_rehearsal:cs_rehearsal').toString('base64')}`,
        }),
    ],
    [
      'errors-13-query-keys-over-http',
      (shop) =>
        raw(
          'GET',
          `${shop.credentials['url']}/wp-json/wc/v3/products?consumer_key=ck_rehearsal&consumer_secret=cs_rehearsal`,
        ),
    ],
    [
      'errors-33-oauth1-same-nonce-again',
      async (shop) => {
        const url = `${shop.credentials['url']}/wp-json/wc/v3/products`;
        const keys = { consumerKey: 'ck_rehearsal', consumerSecret: 'cs_rehearsal' };
        const signed = signedUrl({ method: 'GET', url }, keys, NOW());
        await raw('GET', signed);
        return raw('GET', signed);
      },
    ],
    [
      'errors-34-oauth1-bad-signature',
      (shop) => {
        const url = `${shop.credentials['url']}/wp-json/wc/v3/products`;
        const keys = { consumerKey: 'ck_rehearsal', consumerSecret: 'cs_wrong' };
        return raw('GET', signedUrl({ method: 'GET', url }, keys, NOW()));
      },
    ],
    [
      'errors-35-oauth1-old-timestamp',
      (shop) => {
        const url = `${shop.credentials['url']}/wp-json/wc/v3/products`;
        const keys = { consumerKey: 'ck_rehearsal', consumerSecret: 'cs_rehearsal' };
        return raw('GET', signedUrl({ method: 'GET', url }, keys, new Date(NOW().getTime() - 3_600_000)));
      },
    ],
    ['errors-14-unknown-route', (shop) => call(shop, 'GET', '/wc/v3/nothing')],
    ['errors-18-bad-json', (shop) => call(shop, 'PUT', '/wc/v3/products/10', '{"stock_quantity": 5')],
    ['products-19-get-unknown-id', (shop) => call(shop, 'GET', '/wc/v3/products/999999')],
    ['products-24-list-per-page-101', (shop) => call(shop, 'GET', '/wc/v3/products?per_page=101')],
    ['orders-G8-get-deleted', (shop) => call(shop, 'GET', '/wc/v3/orders/60')],
    [
      'orders-D7-refund-too-much',
      async (shop) => {
        const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
        const { remoteId } = shop.buy([{ remoteId: product, quantity: 1 }]);
        return call(shop, 'POST', `/wc/v3/orders/${remoteId}/refunds`, { amount: '999.00' });
      },
    ],
    [
      'stock-22-batch-101-items',
      (shop) =>
        call(shop, 'POST', '/wc/v3/products/batch', {
          update: Array(101).fill({ id: 1, stock_quantity: 1 }),
        }),
    ],
    [
      'webhooks-09-create-bad-topic',
      (shop) =>
        call(shop, 'POST', '/wc/v3/webhooks', { topic: 'order.paid', delivery_url: 'http://127.0.0.1:9/x' }),
    ],
    [
      'webhooks-10-create-bad-url',
      (shop) =>
        call(shop, 'POST', '/wc/v3/webhooks', { topic: 'order.updated', delivery_url: 'ftp://127.0.0.1/x' }),
    ],
    [
      'webhooks-45-delete-without-force',
      async (shop) => {
        const made = await call(shop, 'POST', '/wc/v3/webhooks', {
          topic: 'order.updated',
          delivery_url: 'http://127.0.0.1:9/x',
        });
        return call(shop, 'DELETE', `/wc/v3/webhooks/${(made.body as { id: number }).id}`);
      },
    ],
  ])('%s', async (name, work) => {
    const answer = await work(await start());
    expect(refusalIn(answer)).toEqual(refusalIn(recording(name).response));
  });
});

withSpecs('the simulated shop takes quantities as the real one', () => {
  const value = (name: string): unknown =>
    ((recording(name).request.body ?? {}) as { stock_quantity?: unknown }).stock_quantity;

  it.each([
    'stock-12-decimal',
    'stock-15-string-text',
    'stock-20-empty-string',
    'stock-21-boolean',
    'stock-14-string-number',
  ])('%s in a single call', async (name) => {
    const shop = await start();
    const id = shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
    const answer = await call(shop, 'PUT', `/wc/v3/products/${id}`, { stock_quantity: value(name) });
    const real = recording(name).response;
    expect(answer.status).toBe(real?.status);
    if (answer.status === 200) expect(answer.body).toMatchObject({ stock_quantity: 9 });
    else expect(refusalIn(answer)).toEqual(refusalIn(real));
  });

  it.each(['stock-16-string-text-in-batch', 'stock-49-batch-odd-values'])(
    '%s: a batch turns text into numbers without a word',
    async (name) => {
      const shop = await start();
      const real = recording(name);
      const update = (real.request.body as { update: { stock_quantity: unknown }[] }).update.map(
        (item, index) => ({
          id: Number(shop.addProduct({ sku: `S${index}`, title: 'x', quantity: 50 })),
          stock_quantity: item.stock_quantity,
        }),
      );
      const answer = await call(shop, 'POST', '/wc/v3/products/batch', { update });
      expect(stockIn(answer)).toEqual(stockIn(real.response));
    },
  );

  it('stock-04, stock-05: items of a batch fail alone; a variation is sent away; an uncounted product keeps nothing', async () => {
    const shop = await start();
    const counted = Number(shop.addProduct({ sku: 'A', title: 'A', quantity: 5 }));
    const uncounted = Number(shop.addProduct({ sku: 'B', title: 'B', quantity: 5, tracked: false }));
    const variation = Number(shop.addProduct({ sku: 'C', title: 'C', quantity: 5, group: 'G' }));
    const update = [counted, 999999, uncounted, variation].map((id) => ({ id, stock_quantity: 15 }));
    const answer = await call(shop, 'POST', '/wc/v3/products/batch', { update });
    const [, invalid] = stockIn(recording('stock-04-batch-products-with-invalid-id').response) as object[];
    const [unmanaged, refused] = stockIn(
      recording('stock-05-batch-products-unmanaged-and-variation').response,
    ) as object[];
    expect(stockIn(answer)).toEqual([
      { manage_stock: true, stock_quantity: 15 },
      invalid,
      unmanaged,
      refused,
    ]);
  });

  it('stock-27b: nested fields on a batch answer an empty list although everything was done', async () => {
    const shop = await start();
    const id = Number(shop.addProduct({ sku: 'A', title: 'A', quantity: 5 }));
    const { query, body } = {
      query: '_fields=update.id,update.stock_quantity',
      body: { update: [{ id, stock_quantity: 24 }] },
    };
    const answer = await call(shop, 'POST', `/wc/v3/products/batch?${query}`, body);
    expect(answer.body).toEqual(recording('stock-27b-batch-with-item-fields').response?.body);
    expect(shop.shelf()[0]?.quantity).toBe(24);
  });

  it('stock-43, 44, 44b, 45: with the shop option off products keep their number, variations take the new one', async () => {
    const shop = await start();
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 24 });
    const { parentId, variationIds } = shop.addFamily({
      name: 'Tee',
      sku: '',
      quantity: null,
      variations: [{ sku: 'TEE-S', quantity: 5 }],
    });
    shop.setCountsStock(false);
    const body = { manage_stock: true, stock_quantity: 77 };
    expect(stockIn(await call(shop, 'PUT', `/wc/v3/products/${product}`, body))).toEqual(
      stockIn(recording('stock-43-shop-option-manage-stock-off').response),
    );
    const route = `/wc/v3/products/${parentId}/variations/${variationIds[0]}`;
    expect(stockIn(await call(shop, 'PUT', route, { manage_stock: true, stock_quantity: 8 }))).toEqual(
      stockIn(recording('stock-44b-shop-option-off-variation-write').response),
    );
    shop.setCountsStock(true);
    expect(stockIn(await call(shop, 'GET', `/wc/v3/products/${product}`))).toEqual(
      stockIn(recording('stock-45-shop-option-on-again').response),
    );
  });

  it('products-08, products-10: a variation without a SKU answers its parent’s; letter case does not make two SKUs', async () => {
    const shop = await start();
    const { parentId, variationIds } = shop.addFamily({
      name: 'T-Shirt',
      sku: 'TEE',
      quantity: 40,
      variations: [{ sku: null, quantity: 'parent' }],
    });
    const answer = await call(shop, 'GET', `/wc/v3/products/${parentId}/variations/${variationIds[0]}`);
    const real = recording('products-08-create-variation-no-manage-stock-key-no-sku').response;
    const { sku, manage_stock, stock_quantity } = (real?.body ?? {}) as Record<string, unknown>;
    expect(answer.body).toMatchObject({ sku, manage_stock, stock_quantity });
    const twin = await call(
      shop,
      'PUT',
      `/wc/v3/products/${shop.addProduct({ sku: 'X', title: 'X', quantity: 1 })}`,
      {
        sku: 'tee',
      },
    );
    expect(refusalIn(twin)).toEqual(
      refusalIn(recording('products-10-create-variation-duplicate-sku-error').response),
    );
  });
});

describe('the simulated shop moves stock as the recorded one', () => {
  it('D, F: quantities above the line are accepted; a refund of an unpaid order moves nothing', async () => {
    const shop = await start();
    const mug = shop.addProduct({ sku: 'MUG', title: 'Mug', quantity: 50 });
    const { remoteId, lines } = shop.buy([{ remoteId: mug, quantity: 5 }]);
    const lineId = lines[0]?.lineId ?? '';
    const stock = (): number | undefined => shop.shelf()[0]?.quantity;
    shop.refund(remoteId, [{ lineId, quantity: 2 }], { restock: true });
    expect(stock()).toBe(47);
    shop.refund(remoteId, [{ lineId, quantity: 1 }], { restock: false });
    expect(stock()).toBe(47);
    await call(shop, 'POST', `/wc/v3/orders/${remoteId}/refunds`, {
      amount: '1.00',
      line_items: [{ id: Number(lineId), quantity: 9 }],
    });
    expect(stock()).toBe(56);
    shop.cancel(remoteId);
    expect(stock()).toBe(50);
    const unpaid = shop.placeOrder('pending', [{ remoteId: mug, quantity: 2 }]);
    shop.refund(unpaid.remoteId, [{ lineId: unpaid.lines[0]?.lineId ?? '', quantity: 1 }], { restock: true });
    expect(stock()).toBe(50);
  });

  it('G, K, Q: trash and deletion give nothing back; a deleted product leaves a nameless line; a wrong status unpays', async () => {
    const shop = await start();
    const mug = shop.addProduct({ sku: 'MUG', title: 'Mug', quantity: 50 });
    const bowl = shop.addProduct({ sku: 'BOWL', title: 'Bowl', quantity: 12 });
    const trashed = shop.buy([{ remoteId: mug, quantity: 3 }]).remoteId;
    shop.trashOrder(trashed);
    expect(shop.shelf()[0]?.quantity).toBe(47);
    await call(shop, 'DELETE', `/wc/v3/orders/${trashed}?force=true`);
    expect(shop.shelf()[0]?.quantity).toBe(47);
    const order = shop.buy([{ remoteId: bowl, quantity: 2 }]).remoteId;
    shop.removeProduct(bowl);
    shop.cancel(order);
    const { body } = await call(shop, 'GET', `/wc/v3/orders/${order}`);
    expect(orderShape.parse(body).line_items).toMatchObject([
      { product_id: 0, sku: null, meta_data: [{ key: '_reduced_stock', value: '2' }] },
    ]);
    const open = shop.buy([{ remoteId: mug, quantity: 2 }]).remoteId;
    await call(shop, 'POST', '/wc/v3/orders/batch', { update: [{ id: Number(open), status: 'shipped' }] });
    expect(shop.shelf()[0]?.quantity).toBe(47);
  });
});

describe('the simulated shop’s webhooks behave as the recorded ones', () => {
  async function receiver() {
    const heard: { topic: string; id: string; body: string }[] = [];
    const state = { status: 200 };
    const server = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const topic = String(incoming.headers['x-wc-webhook-topic'] ?? 'ping');
        const id = String(incoming.headers['x-wc-webhook-delivery-id'] ?? '');
        heard.push({ topic, id, body: Buffer.concat(chunks).toString('utf8') });
        outgoing.writeHead(state.status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      server.close();
      server.closeAllConnections();
    });
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    return { heard, state, address };
  }

  async function started(topics: readonly string[]) {
    const shop = await start();
    const ear = await receiver();
    for (const topic of topics) {
      await call(shop, 'POST', '/wc/v3/webhooks', { topic, delivery_url: ear.address, secret: 's' });
    }
    const pings = ear.heard.splice(0);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 500 });
    await shop.webhooksSettled();
    ear.heard.length = 0;
    return { shop, ear, pings, product };
  }

  it('webhooks-02, 08: it knocks unsigned, and is made whatever is answered', async () => {
    const { pings, shop } = await started(['order.updated']);
    expect(pings).toEqual([{ topic: 'ping', id: '', body: expect.stringMatching(/^webhook_id=\d+$/) }]);
    const answer = await call(shop, 'POST', '/wc/v3/webhooks', {
      topic: 'order.updated',
      delivery_url: 'http://127.0.0.1:9/closed',
    });
    expect(answer).toMatchObject({ status: 201, body: { status: 'active' } });
  });

  it('orders-P1: a checkout is told as a change and as a creation', async () => {
    const { shop, ear, product } = await started(['order.created', 'order.updated']);
    shop.buy([{ remoteId: product, quantity: 1 }]);
    await shop.webhooksSettled();
    expect(new Set(ear.heard.map(({ topic }) => topic))).toEqual(new Set(['order.updated', 'order.created']));
  });

  it('webhooks-17, 18: a burst comes as one delivery, with what is true when it leaves', async () => {
    const { shop, ear, product } = await started(['order.updated']);
    const { remoteId } = shop.placeOrder('pending', [{ remoteId: product, quantity: 1 }]);
    for (const status of ['processing', 'on-hold', 'cancelled']) shop.setStatus(remoteId, status);
    await shop.webhooksSettled();
    expect(ear.heard.map(({ body }) => JSON.parse(body).status)).toEqual(['cancelled']);
  });

  it('webhooks-22, 23, 24, 26, 38: the trash is told by id, restoring too; a deletion and a written status are not', async () => {
    const { shop, ear, product } = await started(['order.updated', 'order.deleted', 'order.restored']);
    const { remoteId } = shop.buy([{ remoteId: product, quantity: 1 }]);
    await shop.webhooksSettled();
    const told = async (work: () => unknown): Promise<readonly string[]> => {
      ear.heard.length = 0;
      await work();
      await shop.webhooksSettled();
      return ear.heard.map(({ topic }) => topic);
    };
    expect(await told(() => shop.trashOrder(remoteId))).toEqual(['order.deleted']);
    expect(ear.heard[0]?.body).toBe(`{"id":${remoteId}}`);
    expect(await told(() => shop.untrashOrder(remoteId))).toEqual(['order.restored']);
    shop.trashOrder(remoteId);
    await shop.webhooksSettled();
    expect(await told(() => shop.setStatus(remoteId, 'processing'))).toEqual([]);
    expect(await told(() => shop.deleteOrder(remoteId))).toEqual([]);
  });

  it('webhooks-39, 40, 47: off at the seventh failure in a row; on again, one more is enough', async () => {
    const { shop, ear, product } = await started(['order.updated']);
    const fail = async (): Promise<string | undefined> => {
      shop.buy([{ remoteId: product, quantity: 1 }]);
      await shop.webhooksSettled();
      return shop.hooks()[0]?.status;
    };
    ear.state.status = 500;
    const statuses: (string | undefined)[] = [];
    for (let failure = 1; failure <= 8; failure += 1) statuses.push(await fail());
    expect(statuses).toEqual([...Array(6).fill('active'), 'disabled', 'disabled']);
    expect(ear.heard).toHaveLength(7);
    const { body } = await call(shop, 'GET', '/wc/v3/webhooks');
    const id = (body as { id: number }[])[0]?.id;
    await call(shop, 'PUT', `/wc/v3/webhooks/${id}`, { status: 'active' });
    expect(await fail()).toBe('disabled');
  });

  it('webhooks-33: deliveries of one webhook in one second share their id', async () => {
    const { shop, ear, product } = await started(['order.updated']);
    shop.buy([{ remoteId: product, quantity: 1 }]);
    shop.buy([{ remoteId: product, quantity: 1 }]);
    await shop.webhooksSettled();
    expect(ear.heard).toHaveLength(2);
    expect(new Set(ear.heard.map(({ id }) => id)).size).toBe(1);
  });
});

if (specsDirectory() === null) it.todo(SPECS_MISSING);
