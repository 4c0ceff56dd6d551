// What WooCommerce does its own way: shared stock, inherited SKUs, statuses, refunds, older versions, checks,
// webhooks.

import { afterEach, describe, expect, it } from '@jest/globals';
import type { LineCounts, OrderSnapshot } from '../../../shared/model/order.ts';
import { createTestSession } from '../../../test/support/channel-session.ts';
import type { Channel, ListingSnapshot } from '../channel.ts';
import { woocommerce } from './index.ts';
import {
  startWooCommerceSimulator,
  type WooCommerceSimulatedShop,
  type WooCommerceSimulatorOptions,
} from './simulator.ts';

const running: WooCommerceSimulatedShop[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((shop) => shop.close()));
});

async function start(
  options: Partial<WooCommerceSimulatorOptions> & {
    readonly settings?: Readonly<Record<string, string>>;
    readonly url?: (address: string) => string;
  } = {},
) {
  const { settings = {}, url, ...rest } = options;
  let at = Date.parse('2026-11-02T10:00:00Z');
  const now = (): Date => new Date(at);
  const shop = await startWooCommerceSimulator({ port: 0, now, ...rest });
  running.push(shop);
  const credentials = { ...shop.credentials, url: (url ?? String)(shop.credentials['url'] ?? '') };
  const session = createTestSession({ credentials, now, settings: { options: settings } });
  return { shop, session, channel: woocommerce.open(session), now, pass: (ms: number) => (at += ms) };
}

async function listings(channel: Channel): Promise<readonly ListingSnapshot[]> {
  const { listings: found, next } = await channel.listListings({ updatedFrom: null }, null);
  expect(next).toBeNull();
  return found;
}

async function orderOf(channel: Channel, remoteId: string): Promise<OrderSnapshot> {
  const [reading] = await channel.readOrders([remoteId]);
  if (reading?.kind !== 'order') throw new Error(`Order ${remoteId} is gone.`);
  return reading.order;
}

/** In stock, booked and available from 50, by the rules of the order snapshot. */
function ledgerAfter(order: OrderSnapshot | null, from = 50): string {
  let [inStock, booked] = [from, 0];
  for (const line of order?.lines ?? []) {
    if (line.ignoredBecause !== null) continue;
    const { ordered, fulfilled, released, writtenOff, restocked }: LineCounts = line.counts;
    if (order?.state === 'open') booked += Math.max(0, ordered - fulfilled - released - writtenOff);
    inStock += Math.min(restocked, fulfilled) - fulfilled - writtenOff;
  }
  return `${inStock}/${booked}/${inStock - booked}`;
}

describe('the order cases that WooCommerce can express', () => {
  type Life = (shop: WooCommerceSimulatedShop, id: string, lineId: string, pass: () => void) => void;
  const sent: Life = (shop, id) => shop.fulfil(id);
  const cancelled: Life = (shop, id) => shop.cancel(id);
  const refunded =
    (quantity: number, restock: boolean): Life =>
    (shop, id, lineId) =>
      shop.refund(id, [{ lineId, quantity }], { restock });
  const edited =
    (quantity: number): Life =>
    (shop, id, lineId) =>
      shop.editLine(id, lineId, quantity);
  const status =
    (name: string): Life =>
    (shop, id) =>
      shop.setStatus(id, name);

  it.each<[string, number, number, readonly (readonly [Life, string])[]]>([
    ['1: order of 4, fulfilled', 50, 4, [[sent, '46/0/46']]],
    ['3: order of 4, cancelled before fulfilment', 50, 4, [[cancelled, '50/0/50']]],
    [
      '5: 1 of 4 refunded with restock, then fulfilled',
      50,
      4,
      [
        [refunded(1, true), '50/3/47'],
        [sent, '47/0/47'],
      ],
    ],
    [
      '6: 1 of 4 refunded without restock, then fulfilled',
      50,
      4,
      [
        [refunded(1, false), '49/3/46'],
        [sent, '46/0/46'],
      ],
    ],
    [
      '7: fulfilled, 1 refunded with restock, 1 without',
      50,
      4,
      [
        [sent, '46/0/46'],
        [refunded(1, true), '47/0/47'],
        [refunded(1, false), '47/0/47'],
      ],
    ],
    [
      '8: refunded with restock, then cancelled',
      100,
      1,
      [
        [refunded(1, true), '100/0/100'],
        [cancelled, '100/0/100'],
      ],
    ],
    [
      '9: fulfilled, refunded with restock, then cancelled',
      100,
      1,
      [
        [sent, '99/0/99'],
        [refunded(1, true), '100/0/100'],
        [cancelled, '100/0/100'],
      ],
    ],
    [
      '10: 2 edited to 5, to 1',
      50,
      2,
      [
        [edited(5), '50/5/45'],
        [edited(1), '50/1/49'],
      ],
    ],
    [
      '11: fulfilment taken back, fulfilled again',
      50,
      4,
      [
        [sent, '46/0/46'],
        [status('processing'), '50/4/46'],
        [sent, '46/0/46'],
      ],
    ],
    [
      '12: cancelled, then opened again',
      50,
      4,
      [
        [cancelled, '50/0/50'],
        [status('processing'), '50/4/46'],
      ],
    ],
    ['19: order of 60 from 50', 50, 60, [[status('on-hold'), '50/60/-10']]],
    ['20: money only', 50, 4, [[(shop, id) => shop.refundMoney(id, 5), '50/4/46']]],
    [
      'failed: nothing booked',
      50,
      4,
      [
        [status('failed'), '50/0/50'],
        [status('processing'), '50/4/46'],
      ],
    ],
    ['refunded by hand, unsent', 50, 4, [[status('refunded'), '50/0/50']]],
    [
      'refunded by hand, sent',
      50,
      4,
      [
        [sent, '46/0/46'],
        [status('refunded'), '46/0/46'],
      ],
    ],
    [
      'unpaid again',
      50,
      4,
      [
        [status('pending'), '50/0/50'],
        [status('processing'), '50/4/46'],
      ],
    ],
  ])('case %s', async (_name, from, quantity, steps) => {
    const { shop, channel, pass } = await start();
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: from });
    const { remoteId, lines } = shop.buy([{ remoteId: product, quantity }]);
    expect(ledgerAfter(await orderOf(channel, remoteId), from)).toBe(
      `${from}/${quantity}/${from - quantity}`,
    );
    for (const [step, expected] of steps) {
      pass(2_000);
      step(shop, remoteId, lines[0]?.lineId ?? '', () => pass(1_000));
      expect(ledgerAfter(await orderOf(channel, remoteId), from)).toBe(expected);
    }
  });

  it('case 13: an order deleted without a word, or put into the trash, is gone; restored it is back', async () => {
    const { shop, channel } = await start();
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
    const [trashed, deleted] = [1, 2].map(() => shop.buy([{ remoteId: product, quantity: 4 }]).remoteId);
    shop.trashOrder(trashed ?? '');
    shop.deleteOrder(deleted ?? '');
    expect(await channel.readOrders([trashed ?? '', deleted ?? ''])).toEqual([
      { kind: 'gone', remoteId: trashed },
      { kind: 'gone', remoteId: deleted },
    ]);
    // The shop itself gives nothing back.
    expect(shop.shelf()[0]?.quantity).toBe(42);
    shop.untrashOrder(trashed ?? '');
    expect(ledgerAfter(await orderOf(channel, trashed ?? ''))).toBe('50/4/46');
  });

  it('what the shop took off its number follows its own arithmetic: taken falls when it gives back', async () => {
    const { shop, channel } = await start();
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
    const { remoteId, lines } = shop.buy([{ remoteId: product, quantity: 4 }]);
    const lineId = lines[0]?.lineId ?? '';
    const taken = async () => (await orderOf(channel, remoteId)).lines[0]?.taken;
    const check = async (): Promise<void> =>
      expect(50 - ((await taken()) ?? 0)).toBe(shop.shelf()[0]?.quantity);
    await check();
    shop.refund(remoteId, [{ lineId, quantity: 1 }], { restock: true });
    await check();
    shop.refund(remoteId, [{ lineId, quantity: 1 }], { restock: false });
    await check();
    shop.setStatus(remoteId, 'failed');
    await check();
    expect(await taken()).toBe(3);
    shop.cancel(remoteId);
    await check();
    expect(await taken()).toBe(0);
  });

  it.each([
    [
      'before',
      { ordered: 4, fulfilled: 3, released: 1, writtenOff: 0, restocked: 0 },
      ['released', 'fulfilled'],
    ],
    [
      'after',
      { ordered: 4, fulfilled: 4, released: 0, writtenOff: 0, restocked: 1 },
      ['restocked', 'fulfilled'],
    ],
  ])(
    'a unit that came back %s the order was sent is counted as such, with its date',
    async (when, counts, dated) => {
      const { shop, channel, pass } = await start();
      const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
      const { remoteId, lines } = shop.buy([{ remoteId: product, quantity: 4 }]);
      const giveBack = (): void =>
        shop.refund(remoteId, [{ lineId: lines[0]?.lineId ?? '', quantity: 1 }], { restock: true });
      const steps = [giveBack, () => shop.fulfil(remoteId)];
      for (const step of when === 'before' ? steps : steps.reverse()) {
        pass(60_000);
        step();
      }
      const [line] = (await orderOf(channel, remoteId)).lines;
      expect(line?.counts).toEqual(counts);
      expect(line?.dated.map(({ count }) => count)).toEqual(dated);
      expect(new Set(line?.dated.map(({ at }) => at.getTime())).size).toBe(2);
    },
  );

  it('a basket is no order; an unpaid order waits, or is booked when the setting says so', async () => {
    const { shop, channel, session, now } = await start();
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
    shop.placeOrder('checkout-draft', [{ remoteId: product, quantity: 1 }]);
    const unpaid = shop.placeOrder('pending', [{ remoteId: product, quantity: 4 }]).remoteId;
    const { orders } = await channel.listOrders({ kind: 'updated', from: now() }, null);
    expect(orders.map(({ remoteId }) => remoteId)).toEqual([unpaid]);
    expect(ledgerAfter(orders[0] ?? null)).toBe('50/0/50');
    const open = await channel.listOrders({ kind: 'open' }, null);
    expect(open.orders).toEqual([]);
    const booking = woocommerce.open({
      ...session,
      credentials: session.credentials,
      settings: { ...session.settings, options: { bookPending: 'yes' } },
    });
    expect(ledgerAfter(await orderOf(booking, unpaid))).toBe('50/4/46');
    expect((await booking.listOrders({ kind: 'open' }, null)).orders).toHaveLength(1);
  });

  it.each([
    ['booked', '50/4/46', 1],
    ['sent', '46/0/46', 0],
    ['ignored', '50/0/50', 0],
  ])('a status of a plugin counts as %s when the setting says so', async (choice, expected, openCount) => {
    const { shop, channel } = await start({
      ownStatuses: ['awaiting-pickup'],
      settings: { ownStatuses: choice },
    });
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
    const { remoteId } = shop.placeOrder('awaiting-pickup', [{ remoteId: product, quantity: 4 }]);
    expect(ledgerAfter(await orderOf(channel, remoteId))).toBe(expected);
    expect((await channel.listOrders({ kind: 'open' }, null)).orders).toHaveLength(openCount);
  });
});

describe('variations that share stock or a SKU', () => {
  it('a variation without a SKU is no listing of its parent’s SKU', async () => {
    const { shop, channel } = await start();
    const { parentId, variationIds } = shop.addFamily({
      name: 'Tee',
      sku: 'TEE',
      quantity: null,
      variations: [
        { sku: 'TEE-S', quantity: 10 },
        { sku: null, quantity: 5 },
      ],
    });
    const found = await listings(channel);
    expect(found.map(({ remoteId, sku }) => [remoteId, sku])).toEqual([
      [variationIds[0], 'TEE-S'],
      [variationIds[1], null],
    ]);
    expect(found.some(({ remoteId }) => remoteId === parentId)).toBe(false);
    const { remoteId } = shop.buy([{ remoteId: variationIds[1] ?? '', quantity: 2 }]);
    expect((await orderOf(channel, remoteId)).lines).toMatchObject([
      { sku: null, listingRemoteId: variationIds[1] },
    ]);
  });

  it('a parent that keeps the number for variations without SKUs is one listing, pushed once', async () => {
    const { shop, channel } = await start();
    const { parentId, variationIds } = shop.addFamily({
      name: 'Tee',
      sku: 'TEE',
      quantity: 40,
      variations: [
        { sku: null, quantity: 'parent' },
        { sku: null, quantity: 'parent' },
      ],
    });
    const found = await listings(channel);
    expect(found.filter(({ notPushable }) => notPushable === null)).toMatchObject([
      { remoteId: parentId, sku: 'TEE', tracked: true },
    ]);
    const order = shop.buy([{ remoteId: variationIds[0] ?? '', quantity: 3 }]);
    expect((await orderOf(channel, order.remoteId)).lines).toMatchObject([
      { sku: 'TEE', listingRemoteId: parentId, taken: 3 },
    ]);
    const target = { remoteId: parentId, handle: parentId, quantity: 25, expected: 37 };
    expect(await channel.setAvailable([target], 'key')).toMatchObject([{ kind: 'accepted' }]);
    expect(shop.writes()).toHaveLength(1);
    expect(shop.shelf().map(({ quantity }) => quantity)).toEqual([25, 25]);
  });

  it('the only variation that sells from the parent’s number is pushed through the parent', async () => {
    const { shop, channel } = await start();
    const { variationIds } = shop.addFamily({
      name: 'Tee',
      sku: '',
      quantity: 40,
      variations: [
        { sku: 'TEE-M', quantity: 'parent' },
        { sku: 'TEE-S', quantity: 10 },
      ],
    });
    const found = await listings(channel);
    expect(found.map(({ notPushable }) => notPushable)).toEqual([null, null]);
    const targets = found.map(({ remoteId, handle }) => ({ remoteId, handle, quantity: 7, expected: null }));
    expect(await channel.setAvailable(targets, 'key')).toMatchObject([
      { remoteId: variationIds[0], kind: 'accepted' },
      { remoteId: variationIds[1], kind: 'accepted' },
    ]);
    expect(shop.shelf().map(({ quantity }) => quantity)).toEqual([7, 7]);
  });

  it('two SKUs on one number: neither is pushed, and the sentence says how to mend it', async () => {
    const { shop, channel } = await start();
    shop.addFamily({
      name: 'Tee',
      sku: 'TEE',
      quantity: 40,
      variations: [
        { sku: 'TEE-M', quantity: 'parent' },
        { sku: 'TEE-L', quantity: 'parent' },
        { sku: 'TEE-S', quantity: 10 },
      ],
    });
    const found = await listings(channel);
    expect(found.map(({ sku, notPushable }) => [sku, notPushable === null])).toEqual([
      ['TEE-M', false],
      ['TEE-L', false],
      ['TEE-S', true],
    ]);
    expect(found[0]?.notPushable).toContain('TEE-M, TEE-L');
    expect(found[0]?.notPushable).toContain('Manage stock?');
  });

  it('a SKU that shares its number with variations that have none is not pushed: what they sell is no SKU’s', async () => {
    const { shop, channel } = await start();
    shop.addFamily({
      name: 'Tee',
      sku: '',
      quantity: 40,
      variations: [
        { sku: 'TEE-M', quantity: 'parent' },
        { sku: null, quantity: 'parent' },
      ],
    });
    const [medium, other] = await listings(channel);
    expect(medium?.notPushable).toContain('variations without a SKU');
    expect(medium?.notPushable).toContain('Manage stock?');
    expect(other?.notPushable).toContain('no SKU of its own');
  });

  it('a variation that began to share since it was listed is not written to', async () => {
    const { shop, channel } = await start();
    const { variationIds } = shop.addFamily({
      name: 'Tee',
      sku: '',
      quantity: 40,
      variations: [{ sku: 'TEE-M', quantity: 5 }],
    });
    const [listing] = await listings(channel);
    shop.changeProduct(variationIds[0] ?? '', { tracked: false });
    const target = {
      remoteId: listing?.remoteId ?? '',
      handle: listing?.handle ?? '',
      quantity: 9,
      expected: 5,
    };
    expect(await channel.setAvailable([target], 'key')).toMatchObject([
      { kind: 'rejected', message: expect.stringContaining('Refresh the listings') },
    ]);
    expect(shop.writes()).toEqual([]);
  });

  it.each(['10.5.0', '10.2.9'])('version %s: variations are listed, read and written', async (version) => {
    const { shop, channel } = await start({ version });
    for (const name of ['Tee', 'Cap', 'Mug']) {
      shop.addFamily({
        name,
        sku: '',
        quantity: null,
        variations: [
          { sku: `${name}-1`, quantity: 5 },
          { sku: `${name}-2`, quantity: 6 },
        ],
      });
    }
    const found = await listings(channel);
    expect(found.map(({ sku }) => sku).sort()).toEqual([
      'Cap-1',
      'Cap-2',
      'Mug-1',
      'Mug-2',
      'Tee-1',
      'Tee-2',
    ]);
    const targets = found.map(({ remoteId, handle }) => ({ remoteId, handle, quantity: 8, expected: null }));
    const results = await channel.setAvailable(targets, 'key');
    expect(results.map(({ kind }) => kind)).toEqual(Array(6).fill('accepted'));
    expect((await channel.readAvailable(found)).map(({ reading }) => reading)).toEqual(
      Array(6).fill({ kind: 'quantity', quantity: 8 }),
    );
  });
});

describe('connecting', () => {
  const messages = async (channel: Channel) => (await channel.check()).findings.map(({ message }) => message);

  it('a healthy shop has no findings', async () => {
    const { channel } = await start();
    expect(await channel.check()).toEqual({ storeName: 'Rehearsal Shop', findings: [], locations: [] });
  });

  it.each([
    ['with a slash', (url: string) => `${url}/`],
    ['of its API', (url: string) => `${url}/wp-json/wc/v3`],
    ['of its back office', (url: string) => ` ${url}/wp-admin/index.php `],
  ])('the address %s is understood', async (_name, url) => {
    const { channel } = await start({ url });
    expect(await messages(channel)).toEqual([]);
  });

  it('a folder without a shop answers with a web page', async () => {
    const { channel } = await start({ url: (address) => `${address}/blog` });
    expect(await messages(channel)).toEqual([expect.stringContaining('web page')]);
  });

  it.each([
    ['read', 'may only read'],
    ['write', 'may only write'],
  ] as const)('a key with permission %s is found out', async (permission, words) => {
    const { shop, channel } = await start({ permission });
    expect(await messages(channel)).toEqual([expect.stringContaining(words)]);
    expect(shop.writes()).toEqual([]);
  });

  it('a shop that counts no stock is told where to switch it on, and its listings are untracked', async () => {
    const { shop, channel } = await start();
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
    shop.setCountsStock(false);
    expect(await messages(channel)).toEqual([expect.stringContaining('Enable stock management')]);
    const target = { remoteId: product, handle: product, quantity: 9, expected: 5 };
    expect(await channel.setAvailable([target], 'key')).toMatchObject([
      { kind: 'untracked', message: expect.stringContaining('Enable stock management') },
    ]);
    expect(shop.writes()).toEqual([]);
  });

  it('a shop whose WP-Cron is off, or that is too old, is warned about', async () => {
    expect(await messages((await start({ hasCron: false })).channel)).toEqual([
      expect.stringContaining('WP-Cron'),
    ]);
    expect(await messages((await start({ version: '5.7.2' })).channel)).toEqual([
      expect.stringContaining('too old'),
    ]);
  });
});

describe('walking over lists', () => {
  it('a product deleted between two pages does not hide another one', async () => {
    const { shop, channel } = await start();
    const ids = Array.from({ length: 250 }, (_, index) =>
      shop.addProduct({ sku: `S${index}`, title: `P${index}`, quantity: 1 }),
    );
    const first = await channel.listListings({ updatedFrom: null }, null);
    for (const id of ids.slice(0, 120)) shop.removeProduct(id);
    const seen = [...first.listings];
    for (let next = first.next; next !== null; ) {
      const page = await channel.listListings({ updatedFrom: null }, next);
      seen.push(...page.listings);
      next = page.next;
    }
    const found = new Set(seen.map(({ remoteId }) => remoteId));
    expect(ids.slice(120).filter((id) => !found.has(id))).toEqual([]);
    expect(found.size).toBe(seen.length);
  });

  it('a sale makes its product one that changed, and so does a variation its parent', async () => {
    const { shop, channel, now, pass } = await start();
    const { variationIds } = shop.addFamily({
      name: 'Tee',
      sku: '',
      quantity: null,
      variations: [{ sku: 'TEE-S', quantity: 5 }],
    });
    shop.addProduct({ sku: 'OTHER', title: 'Other', quantity: 5 });
    pass(3_600_000);
    shop.buy([{ remoteId: variationIds[0] ?? '', quantity: 1 }]);
    const { listings: changed } = await channel.listListings({ updatedFrom: now() }, null);
    expect(changed.map(({ sku }) => sku)).toEqual(['TEE-S']);
  });
});

describe('a shop that was started again', () => {
  it('remembers everything', async () => {
    const first = await start();
    const product = first.shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
    const { remoteId } = first.shop.buy([{ remoteId: product, quantity: 4 }]);
    const memory = JSON.parse(JSON.stringify(first.shop.save()));
    const again = await start({ memory });
    expect(again.shop.shelf()).toEqual(first.shop.shelf());
    expect(ledgerAfter(await orderOf(again.channel, remoteId))).toBe('50/4/46');
    expect(() => again.shop.addProduct({ sku: 'a', title: 'Twin', quantity: 1 })).toThrow();
  });
});
