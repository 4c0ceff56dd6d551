// The traps of telling BigCommerce quantities, each against the simulated store.

import { describe, expect, it } from '@jest/globals';
import { listingsOf, startStore, stopStoresAfterEach, targetFor } from './test-support/store.ts';

stopStoresAfterEach();

const PUT = 'PUT /v3/inventory/adjustments/absolute';
const shown = (shop: { shelf: () => readonly { remoteId: string; quantity: number }[] }, id: string) =>
  shop.shelf().find(({ remoteId }) => remoteId === id)?.quantity;

describe('a change shows late ("some time delay", facts 3.3)', () => {
  it('a number that is still on its way is not taken for somebody else’s', async () => {
    const { shop, channel } = await startStore({ lagMs: 300 });
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const first = await targetFor(channel, product, 15, 10);
    expect(await channel.setAvailable([first], 'one')).toMatchObject([{ kind: 'accepted' }]);
    expect(await channel.readAvailable([first])).toMatchObject([{ reading: { quantity: 10 } }]);
    const second = { ...first, quantity: 18, expected: 15 };
    expect(await channel.setAvailable([second], 'two')).toMatchObject([{ kind: 'accepted' }]);
    expect(shown(shop, product)).toBe(18);
  });

  it('going back to a number that an old reading still shows is written', async () => {
    const { shop, channel } = await startStore({ lagMs: 300 });
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const up = await targetFor(channel, product, 15, 10);
    await channel.setAvailable([up], 'one');
    const down = { ...up, quantity: 10, expected: 15 };
    expect(await channel.setAvailable([down], 'two')).toMatchObject([{ kind: 'accepted' }]);
    expect(shown(shop, product)).toBe(10);
  });

  it('a sale before our last number, seen while that is still on its way: what looks right is read again', async () => {
    const { shop, channel } = await startStore({ lagMs: 300 });
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 6 });
    shop.buy([{ remoteId: product, quantity: 2 }]);
    const first = await targetFor(channel, product, 6, null);
    await channel.setAvailable([first], 'one');
    const afterSale = {
      ...first,
      quantity: 4,
      expected: 4,
      lastTold: { quantity: 6, at: new Date(), isConfirmed: true },
    };
    expect(await channel.setAvailable([afterSale], 'two')).toMatchObject([{ kind: 'stale', observed: 6 }]);
    const corrected = { ...first, quantity: 4, expected: 6 };
    expect(await channel.setAvailable([corrected], 'three')).toMatchObject([{ kind: 'accepted' }]);
    expect(shown(shop, product)).toBe(4);
  });

  it('a lost answer is read back until the change shows, and the change is sent once', async () => {
    const { shop, channel } = await startStore({ lagMs: 400 });
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const target = await targetFor(channel, product, 15, 10);
    shop.setFault('timeoutAfter', 1);
    expect(await channel.setAvailable([target], 'one')).toMatchObject([{ kind: 'accepted' }]);
    expect(shop.requests()[PUT]).toBe(1);
  });

  it('a sale between two pushes is told as stale and not overwritten', async () => {
    const { shop, channel } = await startStore();
    const [sold, other] = ['A', 'B'].map((sku) => shop.addProduct({ sku, title: sku, quantity: 10 }));
    const targets = [
      await targetFor(channel, sold ?? '', 12, 10),
      await targetFor(channel, other ?? '', 12, 10),
    ];
    shop.buy([{ remoteId: sold ?? '', quantity: 2 }]);
    const results = await channel.setAvailable(targets, 'one');
    expect(results).toMatchObject([{ kind: 'stale', observed: 8 }, { kind: 'accepted' }]);
    expect(shown(shop, sold ?? '')).toBe(8);
  });
});

describe('one bad item refuses the whole request, without an answer per item (facts 3.3)', () => {
  async function many(count: number) {
    const store = await startStore();
    for (let number = 0; number < count; number += 1) {
      store.shop.addProduct({ sku: `SKU-${number}`, title: 'M', group: `Group ${number}`, quantity: 1 });
    }
    const listings = await listingsOf(store.channel);
    const targets = listings.map(({ remoteId, handle }) => ({ remoteId, handle, quantity: 9, expected: 1 }));
    return { ...store, targets };
  }

  it('items that the text names are dropped, and the rest goes in one more request', async () => {
    const { shop, channel, targets } = await many(300);
    const bad = new Set([targets[7]?.remoteId, targets[250]?.remoteId]);
    shop.setPoison(({ variant_id: id }) =>
      bad.has(String(id))
        ? `Item with variant_id ${id} is tracked by product, please update stock by product id`
        : null,
    );
    const results = await channel.setAvailable(targets, 'one');
    const refused = results.filter(({ kind }) => kind !== 'accepted');
    expect(refused.map(({ remoteId }) => remoteId)).toEqual([...bad]);
    expect(refused).toMatchObject([
      { kind: 'rejected', message: expect.stringContaining('tracked by product') },
      { kind: 'rejected' },
    ]);
    // All, the rest, the two named together, and each of them alone.
    expect(shop.requests()[PUT]).toBe(5);
    expect(shop.shelf().filter(({ quantity }) => quantity === 9)).toHaveLength(298);
  });

  it('an item that the text does not name is found by halving', async () => {
    const { shop, channel, targets } = await many(64);
    const bad = targets[41]?.remoteId;
    shop.setPoison(({ variant_id: id }) => (String(id) === bad ? 'Payload contains invalid fields' : null));
    const results = await channel.setAvailable(targets, 'one');
    expect(results.filter(({ kind }) => kind === 'rejected').map(({ remoteId }) => remoteId)).toEqual([bad]);
    expect(results.filter(({ kind }) => kind === 'accepted')).toHaveLength(63);
    // 1 for all, then two for each halving of 64.
    expect(shop.requests()[PUT]).toBe(13);
  });

  it('something that vanished between reading and writing is gone, not refused', async () => {
    const { shop, channel, targets } = await many(3);
    const gone = targets[1]?.remoteId ?? '';
    shop.setPoison(({ variant_id: id }) => {
      if (String(id) !== gone) return null;
      if (shop.shelf().some(({ remoteId }) => remoteId === gone)) shop.removeProduct(gone);
      return `Item with variant_id ${id} not found`;
    });
    const results = await channel.setAvailable(targets, 'one');
    expect(results.map(({ kind }) => kind)).toEqual(['accepted', 'gone', 'accepted']);
  });
});

describe('what carries the number (facts 3.2, 3.3)', () => {
  it('a product counted by product is written by its product id, one counted by variant by its variant id', async () => {
    const { shop, channel } = await startStore();
    const alone = shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
    const variant = shop.addProduct({ sku: 'JEANS-M', title: 'M', group: 'Jeans', quantity: 5 });
    const listings = await listingsOf(channel);
    expect(listings.find(({ remoteId }) => remoteId === alone)?.handle).toMatch(/^product-\d+$/);
    expect(listings.find(({ remoteId }) => remoteId === variant)?.handle).toMatch(/^\d+\/\d+$/);
    const targets = listings.map(({ remoteId, handle }) => ({ remoteId, handle, quantity: 8, expected: 5 }));
    expect((await channel.setAvailable(targets, 'one')).map(({ kind }) => kind)).toEqual([
      'accepted',
      'accepted',
    ]);
    expect([shown(shop, alone), shown(shop, variant)]).toEqual([8, 8]);
  });

  it('a product that was changed to counting by variant is not written by its old handle', async () => {
    const { shop, channel } = await startStore();
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
    const target = await targetFor(channel, product, 8, 5);
    shop.setTracking(product, 'variant');
    expect(await channel.setAvailable([target], 'one')).toMatchObject([
      { kind: 'rejected', message: expect.stringContaining('Refresh the listings') },
    ]);
    expect(shop.writes()).toEqual([]);
  });

  it('counted, but never given a number, shows 0 and can be told one', async () => {
    const { shop, channel } = await startStore();
    const variant = shop.addProduct({ sku: 'M', title: 'M', group: 'Jeans', quantity: 0, tracked: false });
    shop.setTracking(variant, 'variant');
    const target = await targetFor(channel, variant, 4, 0);
    expect(await channel.readAvailable([target])).toMatchObject([{ reading: { quantity: 0 } }]);
    expect(await channel.setAvailable([target], 'one')).toMatchObject([{ kind: 'accepted' }]);
    expect(shown(shop, variant)).toBe(4);
  });

  it('safety stock is kept: customers see the number that was told', async () => {
    const { shop, channel } = await startStore();
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 12 });
    shop.setSafetyStock(product, 2);
    const target = await targetFor(channel, product, 7, 10);
    expect(await channel.readAvailable([target])).toMatchObject([{ reading: { quantity: 10 } }]);
    expect(await channel.setAvailable([target], 'one')).toMatchObject([{ kind: 'accepted' }]);
    expect(shown(shop, product)).toBe(7);
    expect(shop.writes()).toMatchObject([{ quantity: 9 }]);
  });

  it('two listings on one number that are to show different numbers are refused, both', async () => {
    const { shop, channel } = await startStore();
    const { productId } = shop.addFamily({ name: 'Tee', sku: 'TEE', quantity: 5, variantSkus: ['', ''] });
    const handle = `product-${productId}`;
    const targets = [
      { remoteId: 'one', handle, quantity: 3, expected: 5 },
      { remoteId: 'two', handle, quantity: 4, expected: 5 },
    ];
    const results = await channel.setAvailable(targets, 'key');
    expect(results.map(({ kind }) => kind)).toEqual(['rejected', 'rejected']);
    expect(shop.writes()).toEqual([]);
    const alike = targets.map((target) => ({ ...target, quantity: 3 }));
    expect((await channel.setAvailable(alike, 'key')).map(({ kind }) => kind)).toEqual([
      'accepted',
      'accepted',
    ]);
    expect(shop.writes()).toHaveLength(1);
  });
});

it('F15: every number is told, compared and answered at its own location', async () => {
  const { shop, open } = await startStore();
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 6 });
  const second = String(shop.addLocation('Shop in town'));
  shop.setLevel(product, Number(second), 4);
  const channel = open({ locationIds: ['1', second] });
  expect(await channel.listLocations?.()).toEqual([
    { id: '1', name: 'Default location' },
    { id: second, name: 'Shop in town' },
  ]);
  const target = await targetFor(channel, product, 9, 6);
  const results = await channel.setAvailable(
    [
      { ...target, locationId: '1' },
      { ...target, locationId: second, quantity: 1, expected: 5 },
    ],
    'one',
  );
  expect(results).toMatchObject([
    { locationId: '1', kind: 'accepted' },
    { locationId: second, kind: 'stale', observed: 4 },
  ]);
  const readings = await channel.readAvailable([
    { ...target, locationId: '1' },
    { ...target, locationId: second },
  ]);
  expect(readings.map(({ locationId, reading }) => [locationId, reading])).toEqual([
    ['1', { kind: 'quantity', quantity: 9 }],
    [second, { kind: 'quantity', quantity: 4 }],
  ]);
});

it('more than one request’s worth is sent one request after the other; other locations keep theirs', async () => {
  const { shop, channel } = await startStore();
  const foreign = shop.addLocation('Shop in town');
  for (let number = 0; number < 2_100; number += 1) {
    const id = shop.addProduct({ sku: `SKU-${number}`, title: 'M', quantity: 3 });
    if (number < 2) shop.setLevel(id, foreign, 2);
  }
  const listings = await listingsOf(channel);
  const targets = listings.map(({ remoteId, handle }) => ({ remoteId, handle, quantity: 1, expected: 3 }));
  const results = await channel.setAvailable(targets, 'one');
  expect(results.filter(({ kind }) => kind !== 'accepted')).toEqual([]);
  expect(shop.requests()[PUT]).toBe(2);
  const shown = shop.shelf().map(({ quantity }) => quantity);
  expect(shown.filter((quantity) => quantity === 1 + 2)).toHaveLength(2);
  expect(shown.filter((quantity) => quantity === 1)).toHaveLength(2_098);
});

it('2,000 numbers cost four readings and one adjustment, whatever the products are counted by', async () => {
  const { shop, channel } = await startStore();
  for (let number = 0; number < 2_000; number += 1) {
    const group = number % 2 === 0 ? {} : { group: `Group ${number % 50}` };
    shop.addProduct({ sku: `S-${number}`, title: `Thing ${number}`, quantity: 1, ...group });
  }
  const targets = (await listingsOf(channel)).map((listing) => ({ ...listing, quantity: 9, expected: 1 }));
  const before = { ...shop.requests() };
  const results = await channel.setAvailable(targets, 'one');
  expect(results.filter(({ kind }) => kind !== 'accepted')).toEqual([]);
  const asked = Object.entries(shop.requests())
    .map(([name, count]) => [name, count - (before[name] ?? 0)])
    .filter(([, count]) => count !== 0);
  expect(Object.fromEntries(asked)).toEqual({
    'GET /v3/inventory/locations': 1,
    'GET /v3/inventory/items': 4,
    [PUT]: 1,
  });
});
