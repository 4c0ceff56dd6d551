// Telling eBay quantities in both worlds: batches, refusals one by one, the budget of revisions, and no silent migration.

import { expect, it } from '@jest/globals';
import { allListings, onShelf, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import { readHandle } from './map-listing.ts';
import { rehearseEbay } from './test-support/rehearse-ebay.ts';

stopShopsAfterEach();

const REVISE = 'ReviseInventoryStatus';
const BULK = 'POST /sell/inventory/v1/bulk_update_price_quantity';
const OFFERS = 'GET /sell/inventory/v1/offer';

async function targetsOf(channel: Parameters<typeof allListings>[0], quantity: number) {
  const listings = await allListings(channel);
  return listings.map(({ remoteId, handle }) => ({ remoteId, handle, quantity, expected: null }));
}

it('each listing is told in the world it lives in, and none is migrated', async () => {
  const { shop, channel } = await rehearseEbay();
  const ours = shop.addProduct({ sku: 'MUG', title: 'Mug', quantity: 5 });
  const site = shop.addProduct({ sku: 'MUG', title: 'The same mug, listed on the site', quantity: 5 });
  const small = shop.addProduct({ sku: 'TEE-S', title: 'S', group: 'Tee', quantity: 5 });
  const opened = channel();
  const targets = await targetsOf(opened, 9);
  // The second one's SKU is an inventory item of another listing: its offers say so.
  expect(targets.map(({ handle }) => readHandle(handle)?.world)).toEqual(['inventory', 'trading', 'trading']);
  const results = await opened.setAvailable(targets, 'key');
  expect(results.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
  expect([ours, site, small].map((id) => onShelf(shop, id))).toEqual([9, 9, 9]);
  expect([shop.listing(ours).world, shop.listing(site).world]).toEqual(['inventory', 'legacy']);
  expect(shop.requests()).toMatchObject({ [BULK]: 1, [REVISE]: 1, [OFFERS]: 1 });
});

it('25 SKUs go in one call of the Inventory API, 4 listings in one of Trading', async () => {
  const { shop, channel } = await rehearseEbay();
  for (let number = 0; number < 50; number += 1) {
    shop.addProduct({ sku: `A-${number}`, title: 'A', quantity: 1 });
    shop.addProduct({ sku: `B ${number}`, title: 'B', quantity: 1 });
  }
  const opened = channel();
  await opened.setAvailable(await targetsOf(opened, 3), 'key');
  expect(shop.shelf().every(({ quantity }) => quantity === 3)).toBe(true);
  expect(shop.requests()).toMatchObject({ [BULK]: 2, [REVISE]: 13 });
});

it('where eBay takes one SKU a call only, they go one by one', async () => {
  const { shop, channel } = await rehearseEbay();
  for (const sku of ['A', 'B', 'C']) shop.addProduct({ sku, title: sku, quantity: 1 });
  shop.behave({ onlyOneSkuACall: true });
  const opened = channel();
  const results = await opened.setAvailable(await targetsOf(opened, 3), 'key');
  expect(results.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
  expect(shop.requests()[BULK]).toBe(4);
});

it('the lower of the item’s and the offer’s number is what shows, and both are told', async () => {
  const { shop, channel } = await rehearseEbay();
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
  const [unit] = shop.listing(product).units;
  if (unit === undefined) throw new Error('The listing has no unit.');
  unit.offered = 4;
  const opened = channel();
  const [target] = await targetsOf(opened, 7);
  if (target === undefined) throw new Error('The listing is not listed.');
  expect(await opened.readAvailable([target])).toMatchObject([{ reading: { quantity: 4 } }]);
  await opened.setAvailable([target], 'key');
  expect([unit.available, unit.offered]).toEqual([7, 7]);
});

it('units sold do not count as available: Quantity − QuantitySold', async () => {
  const { shop, channel } = await rehearseEbay();
  const [site, small] = [
    shop.addProduct({ sku: 'A B', title: 'A', quantity: 10 }),
    shop.addProduct({ sku: 'T', title: 'S', group: 'Tee', quantity: 10 }),
  ] as const;
  shop.buy([site, small].map((remoteId) => ({ remoteId, quantity: 3 })));
  const opened = channel();
  const readings = await opened.readAvailable(await allListings(opened));
  expect(readings.map(({ reading }) => reading)).toEqual([
    { kind: 'quantity', quantity: 7 },
    { kind: 'quantity', quantity: 7 },
  ]);
  await opened.setAvailable(await targetsOf(opened, 6), 'key');
  expect([onShelf(shop, site), onShelf(shop, small)]).toEqual([6, 6]);
});

it('one ended listing among four is named, and its neighbours are written', async () => {
  const { shop, channel } = await rehearseEbay({ legacyOnly: true });
  const ids = ['A', 'B', 'C', 'D'].map((sku) => shop.addProduct({ sku, title: sku, quantity: 1 }));
  const opened = channel();
  const targets = await targetsOf(opened, 2);
  shop.changeProduct(ids[1] ?? '', { state: 'inactive' });
  const results = await opened.setAvailable(targets, 'key');
  expect(results.map(({ kind }) => kind)).toEqual(['accepted', 'gone', 'accepted', 'accepted']);
});

it('a variation that eBay took away at 0 tells how to bring it back', async () => {
  const { shop, channel } = await rehearseEbay();
  shop.addProduct({ sku: 'T-S', title: 'S', group: 'Tee', quantity: 3 });
  shop.addProduct({ sku: 'T-M', title: 'M', group: 'Tee', quantity: 3 });
  shop.behave({ removesUnsoldAtZero: true });
  const opened = channel();
  const [small] = await targetsOf(opened, 0);
  if (small === undefined) throw new Error('The variation is not listed.');
  expect(await opened.setAvailable([small], 'key')).toMatchObject([{ kind: 'accepted' }]);
  expect(await opened.setAvailable([{ ...small, quantity: 2 }], 'key')).toMatchObject([
    { kind: 'gone', message: expect.stringContaining('add it to the listing again') },
  ]);
});

it('a variation without a SKU cannot be told, and says why', async () => {
  const { shop, channel } = await rehearseEbay();
  shop.addProduct({ sku: null, title: 'S', group: 'Tee', quantity: 3 });
  const [listing] = await allListings(channel());
  expect(listing).toMatchObject({ sku: null, notPushable: expect.stringContaining('no SKU') });
  const target = { remoteId: listing?.remoteId ?? '', handle: listing?.handle ?? '', expected: null };
  const results = await channel().setAvailable([{ ...target, quantity: 2 }], 'key');
  expect(results).toMatchObject([{ kind: 'rejected' }]);
});

it('auctions are never written to', async () => {
  const { shop, channel } = await rehearseEbay();
  shop.addProduct({ sku: 'A', title: 'A', quantity: 1, tracked: false });
  const opened = channel();
  const [listing] = await allListings(opened);
  expect(listing).toMatchObject({ tracked: false, notPushable: expect.stringMatching(/\.$/) });
  await opened.setAvailable(await targetsOf(opened, 5), 'key');
  expect(shop.writes()).toEqual([]);
});

it('the last 50 of 250 revisions a day are kept for lowering, and tomorrow begins anew', async () => {
  const { shop, clock, channel } = await rehearseEbay({ limits: true });
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 1_000 });
  const opened = channel();
  const [target] = await targetsOf(opened, 0);
  if (target === undefined) throw new Error('The listing is not listed.');
  const tell = async (quantity: number): Promise<string | undefined> =>
    (await opened.setAvailable([{ ...target, quantity }], 'key'))[0]?.kind;
  for (let round = 1; round <= 200; round += 1) expect(await tell(1_000 + round)).toBe('accepted');
  expect(await tell(2_000)).toBe('postponed');
  expect(await tell(7)).toBe('accepted');
  expect(onShelf(shop, product)).toBe(7);
  for (let quantity = 1_000; quantity < 1_049; quantity += 1) {
    shop.editQuantity(product, 2_000);
    expect(await tell(quantity)).toBe('accepted');
  }
  shop.editQuantity(product, 2_000);
  expect(await tell(0)).toBe('postponed');
  expect(shop.writes().filter(({ applied }) => !applied)).toEqual([]);
  clock.advance(24 * 3_600_000);
  expect(await tell(3_000)).toBe('accepted');
});

it('reading few listings of many asks for them alone, reading many asks for pages', async () => {
  const { shop, channel } = await rehearseEbay({ legacyOnly: true });
  for (let number = 0; number < 450; number += 1) {
    shop.addProduct({ sku: `S${number}`, title: 'S', quantity: 1 });
  }
  const opened = channel();
  const listings = await allListings(opened);
  const before = shop.requests();
  const calls = (name: string): number => (shop.requests()[name] ?? 0) - (before[name] ?? 0);
  await opened.readAvailable(listings.slice(440, 441));
  expect([calls('GetMyeBaySelling'), calls('GetItem')]).toEqual([0, 1]);
  await opened.readAvailable(listings.slice(350, 450));
  expect([calls('GetMyeBaySelling'), calls('GetItem')]).toEqual([3, 1]);
});

it('when Trading’s 5,000 calls of a day are used up, pushes wait an hour and orders are still read', async () => {
  const { shop, clock, channel } = await rehearseEbay({ limits: true, legacyOnly: true });
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
  const opened = channel();
  const targets = await targetsOf(opened, 5);
  for (let call = 1; call < 5_000; call += 1) await opened.readAvailable(targets);
  await expect(opened.setAvailable(targets, 'key')).rejects.toMatchObject({
    kind: 'throttled',
    retryAfterMs: 3_600_000,
  });
  const order = shop.buy([{ remoteId: product, quantity: 1 }]);
  const page = await opened.listOrders({ kind: 'updated', from: clock.now() }, null);
  expect(page.orders.map(({ remoteId }) => remoteId)).toEqual([order.remoteId]);
}, 60_000);

it('listings of the Inventory API are told although Trading’s calls of the day are used up', async () => {
  const { shop, channel } = await rehearseEbay({ limits: true });
  const ours = shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
  const site = shop.addProduct({ sku: 'B B', title: 'B', quantity: 10 });
  const opened = channel();
  const targets = await targetsOf(opened, 5);
  for (let call = 1; call < 5_000; call += 1) await opened.readAvailable(targets.slice(1));
  const results = await opened.setAvailable(targets, 'key');
  expect(results).toMatchObject([
    { kind: 'accepted', remoteId: ours },
    { kind: 'unknown', remoteId: site, message: expect.stringMatching(/5,000 calls/) },
  ]);
}, 60_000);
