// Telling Etsy quantities: one document for a listing, nothing but quantities in it, and the rules about
// having none.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allListings, onShelf, rehearse, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import type { Channel, PushTarget } from '../channel.ts';
import { differences } from './document.ts';
import { etsy } from './index.ts';
import { inventoryShape } from './shapes.ts';
import type { EtsySimulatedShop } from './simulator.ts';
import { renderInventory } from './simulator-render.ts';

stopShopsAfterEach();

async function open(options: Readonly<Record<string, string>> = {}) {
  const rehearsal = await rehearse(etsy);
  const shop = rehearsal.shop as EtsySimulatedShop;
  const requests = (name: string): number => shop.requests()[name] ?? 0;
  return { ...rehearsal, shop, requests, opened: rehearsal.channel({ settings: { options } }) };
}

async function targets(
  channel: Channel,
  quantities: Readonly<Record<string, number>>,
): Promise<PushTarget[]> {
  const listings = await allListings(channel);
  return listings.flatMap(({ remoteId, handle, sku }) => {
    const quantity = quantities[sku ?? ''];
    return quantity === undefined ? [] : [{ remoteId, handle, quantity, expected: null }];
  });
}

const PUT = 'PUT /listings/#/inventory';
const PATCH = 'PATCH /shops/SHOP/listings/#';
const kinds = (results: readonly { readonly kind: string }[]): readonly string[] =>
  results.map(({ kind }) => kind);
const bySku = (shop: EtsySimulatedShop): Readonly<Record<string, number>> =>
  Object.fromEntries(shop.shelf().map(({ sku, quantity }) => [sku ?? '', quantity]));

describe('one listing, one document', () => {
  it('several variations of a listing are written in one call, each with its own result', async () => {
    const { shop, opened, requests } = await open();
    for (const sku of ['S', 'M', 'L']) shop.addProduct({ sku, title: sku, group: 'Tee', quantity: 5 });
    const wanted = await targets(opened, { S: 1, M: 2, L: 1_000 });
    expect(kinds(await opened.setAvailable(wanted, 'key'))).toEqual(['accepted', 'accepted', 'rejected']);
    expect(bySku(shop)).toEqual({ S: 1, M: 2, L: 5 });
    expect(requests(PUT)).toBe(1);
  });

  it('nothing but quantities changes: prices, visibility, properties, processing profiles and what varies by what', async () => {
    const { shop, opened } = await open();
    const id = shop.addListing('Tee', 2, [
      { sku: 'S-RED', quantity: 4, values: ['S', 'Red'], priceCents: 1_999 },
      { sku: 'S-BLUE', quantity: 5, values: ['S', 'Blue'], priceCents: 2_105, isEnabled: false },
    ]);
    const before = shop.listing(id);
    await opened.setAvailable(await targets(opened, { 'S-RED': 9 }), 'key');
    const after = shop.listing(id);
    if (before === undefined || after === undefined) throw new Error('The listing is gone.');
    const read = (listing: typeof before) => inventoryShape.parse(renderInventory(listing));
    expect(differences(read(before), read(after))).toEqual([]);
    expect(after.products.map(({ quantity }) => quantity)).toEqual([9, 5]);
    expect(after.products.map(({ priceCents }) => priceCents)).toEqual([1_999, 2_105]);
  });

  it('Etsy gives new product ids with each writing: a listing is known by its properties', async () => {
    const { shop, opened } = await open();
    shop.addProduct({ sku: 'S', title: 'S', group: 'Tee', quantity: 5 });
    const wanted = await targets(opened, { S: 7 });
    const ids = () =>
      shop.listing(Number(wanted[0]?.remoteId.split('/')[0]))?.products.map((one) => one.productId);
    const before = ids();
    await opened.setAvailable(wanted, 'key');
    expect(ids()).not.toEqual(before);
    expect((await targets(opened, { S: 7 }))[0]?.remoteId).toBe(wanted[0]?.remoteId);
    expect(kinds(await opened.setAvailable(await targets(opened, { S: 8 }), 'key'))).toEqual(['accepted']);
  });

  it('a third variation property is announced, or Etsy refuses the document', async () => {
    const { shop, opened } = await open();
    shop.addListing('Coat', 3, [{ sku: 'COAT', quantity: 1, values: ['S', 'Red', 'Wool'] }]);
    expect(kinds(await opened.setAvailable(await targets(opened, { COAT: 3 }), 'key'))).toEqual(['accepted']);
    expect(bySku(shop)).toEqual({ COAT: 3 });
  });

  it('a variation that got another SKU meanwhile is not written, one that disappeared is gone', async () => {
    const { shop, opened, requests } = await open();
    const [s, m] = ['S', 'M'].map((sku) => shop.addProduct({ sku, title: sku, group: 'Tee', quantity: 5 }));
    const wanted = await targets(opened, { S: 1, M: 2 });
    shop.changeProduct(s ?? '', { sku: 'OTHER' });
    shop.removeProduct(m ?? '');
    expect(kinds(await opened.setAvailable(wanted, 'key'))).toEqual(['unknown', 'gone']);
    expect(requests(PUT)).toBe(0);
  });

  it('documents that differ in more than quantities are told apart field by field', () => {
    const product = (sku: string, amount: number, value: number) => ({
      sku,
      offerings: [{ quantity: 1, is_enabled: true, price: { amount, divisor: 100 } }],
      property_values: [{ property_id: 1, value_ids: [value], values: ['x'] }],
    });
    const read = (...products: object[]) => inventoryShape.parse({ products, quantity_on_property: [1] });
    const before = read(product('A', 100, 1), product('B', 100, 2));
    expect(differences(before, read(product('B', 100, 2), product('A', 100, 1)))).toEqual([]);
    expect(differences(before, read(product('A', 100, 1)))).toEqual(['the variation with the SKU "B"']);
    expect(differences(before, read(product('A', 100, 1), product('C', 101, 2)))).toEqual([
      'the SKU "B"',
      'a price',
    ]);
    const euros = inventoryShape.parse({
      ...before,
      products: before.products.map((one) => ({
        ...one,
        offerings: one.offerings.map((offering) => ({
          ...offering,
          price: { ...offering.price, currency_code: 'EUR' },
        })),
      })),
    });
    expect(differences(before, euros)).toEqual(['the currency of prices']);
    const more = read(product('A', 100, 1), product('B', 100, 2), product('C', 1, 3));
    expect(differences(before, more)).toEqual(['the variation with the SKU "C"']);
  });
});

describe('quantity that is not by variation', () => {
  it('variations with one SKU are one listing with one number', async () => {
    const { shop, opened } = await open();
    const id = shop.addListing('Card', 0, [
      { sku: 'CARD', quantity: 5, values: ['Red'] },
      { sku: 'CARD', quantity: 5, values: ['Blue'] },
    ]);
    const wanted = await targets(opened, { CARD: 8 });
    expect(wanted.map(({ remoteId }) => remoteId)).toEqual([String(id)]);
    expect(kinds(await opened.setAvailable(wanted, 'key'))).toEqual(['accepted']);
    expect(shop.listing(id)?.products.map(({ quantity }) => quantity)).toEqual([8, 8]);
  });

  it('several SKUs on one number are left alone, and the person is told what to change', async () => {
    const { shop, opened, requests } = await open();
    shop.addListing('Card', 0, [
      { sku: 'CARD-R', quantity: 5, values: ['Red'] },
      { sku: 'CARD-B', quantity: 5, values: ['Blue'] },
    ]);
    const listings = await allListings(opened);
    expect(listings.map(({ notPushable }) => notPushable)).toEqual([
      expect.stringContaining('let quantities vary'),
      expect.stringContaining('let quantities vary'),
    ]);
    const results = await opened.setAvailable(await targets(opened, { 'CARD-R': 1, 'CARD-B': 2 }), 'key');
    expect(kinds(results)).toEqual(['rejected', 'rejected']);
    expect(requests(PUT)).toBe(0);
  });

  it('a SKU that shares its number with variations for sale that have none is left alone: what they sell is no SKU’s', async () => {
    const { shop, opened, requests } = await open();
    const listed = async (isEnabled: boolean) => {
      const id = shop.addListing('Card', 0, [
        { sku: 'CARD', quantity: 5, values: ['Red'] },
        { sku: '', quantity: 5, values: ['Blue'], isEnabled },
      ]);
      const all = await allListings(opened);
      return all.filter(({ remoteId }) => remoteId.split('/')[0] === String(id));
    };
    expect((await listed(false)).map(({ sku, notPushable }) => [sku, notPushable])).toEqual([['CARD', null]]);
    const conflict = [expect.any(String), expect.stringContaining('SKU')];
    const [card, none] = await listed(true);
    expect([card?.sku, card?.notPushable]).toEqual(conflict);
    expect([none?.sku, none?.notPushable]).toEqual([null, conflict[1]]);
    const target = { remoteId: card?.remoteId ?? '', handle: 'CARD', quantity: 9, expected: null };
    expect(kinds(await opened.setAvailable([target], 'key'))).toEqual(['rejected']);
    expect(requests(PUT)).toBe(0);
  });

  it('quantities that vary by one of two properties are one number for each of its values', async () => {
    const { shop, opened } = await open();
    const variation = (sku: string, quantity: number, ...values: string[]) => ({ sku, quantity, values });
    const id = shop.addListing('Tee', 1, [
      variation('S', 5, 'S', 'Red'),
      variation('S', 5, 'S', 'Blue'),
      variation('M', 6, 'M', 'Red'),
    ]);
    expect(kinds(await opened.setAvailable(await targets(opened, { S: 2, M: 0 }), 'key'))).toEqual([
      'accepted',
      'accepted',
    ]);
    expect(shop.listing(id)?.products.map(({ quantity }) => quantity)).toEqual([2, 2, 0]);
  });
});

describe('no stock at all', () => {
  it('Etsy takes no 0: a listing with nothing left becomes inactive, and customers see none', async () => {
    const { shop, opened, requests } = await open();
    const id = shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
    expect(kinds(await opened.setAvailable(await targets(opened, { A: 0 }), 'key'))).toEqual(['accepted']);
    expect(shop.listing(Number(id))).toMatchObject({ state: 'inactive', products: [{ quantity: 5 }] });
    expect(onShelf(shop, id)).toBe(0);
    expect(requests(PUT)).toBe(0);
    expect((await opened.readAvailable(await targets(opened, { A: 0 })))[0]?.reading).toEqual({
      kind: 'quantity',
      quantity: 0,
    });
  });

  it('one variation at 0 stays in a listing that still sells another', async () => {
    const { shop, opened, requests } = await open();
    for (const sku of ['S', 'M']) shop.addProduct({ sku, title: sku, group: 'Tee', quantity: 5 });
    await opened.setAvailable(await targets(opened, { S: 0 }), 'key');
    expect(bySku(shop)).toEqual({ S: 0, M: 5 });
    expect(requests(PATCH)).toBe(0);
  });

  it('restock: quantities first, then active; a variation sold before does not come back with its old number', async () => {
    const { shop, opened } = await open();
    for (const sku of ['S', 'M']) shop.addProduct({ sku, title: sku, group: 'Tee', quantity: 5 });
    await opened.setAvailable(await targets(opened, { S: 0, M: 0 }), 'key');
    expect(bySku(shop)).toEqual({ S: 0, M: 0 });
    expect(kinds(await opened.setAvailable(await targets(opened, { M: 3 }), 'key'))).toEqual(['accepted']);
    expect(bySku(shop)).toEqual({ S: 0, M: 3 });
  });

  it('the numbers are written before a listing goes on sale again, or the old ones could be bought', async () => {
    const { shop, session } = await open();
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 5, state: 'inactive' });
    const plain = session();
    const sent: string[] = [];
    const http: typeof plain.http = {
      ...plain.http,
      send: (request, judge) => {
        sent.push(request.method);
        return plain.http.send(request, judge);
      },
    };
    const target = { remoteId: product, handle: 'A', quantity: 3, expected: 0 };
    const opened = etsy.open({ ...plain, credentials: plain.credentials, http });
    expect(kinds(await opened.setAvailable([target], 'key'))).toEqual(['accepted']);
    expect(sent.filter((method) => method !== 'GET' && method !== 'POST')).toEqual(['PUT', 'PATCH']);
    expect(onShelf(shop, product)).toBe(3);
  });

  it('an inactive listing is left alone when the setting says so', async () => {
    const { shop, opened, requests } = await open({ activateInactive: 'no' });
    shop.addProduct({ sku: 'A', title: 'A', quantity: 5, state: 'inactive' });
    const results = await opened.setAvailable(await targets(opened, { A: 3 }), 'key');
    expect(results).toMatchObject([{ kind: 'rejected', message: expect.stringContaining('inactive') }]);
    expect(requests(PUT) + requests(PATCH)).toBe(0);
  });

  it('a listing that sold out is not renewed, for that costs a fee, unless the person chose it', async () => {
    const { shop, opened, channel, requests } = await open();
    const id = shop.addProduct({ sku: 'A', title: 'A', quantity: 2 });
    shop.buy([{ remoteId: id, quantity: 2 }]);
    expect(shop.listing(Number(id))?.state).toBe('sold_out');
    const wanted = await targets(opened, { A: 6 });
    expect(await opened.setAvailable(wanted, 'key')).toMatchObject([
      { kind: 'rejected', message: expect.stringContaining('fee') },
    ]);
    expect(requests(PATCH)).toBe(0);
    const willing = channel({ settings: { options: { renewSoldOut: 'yes' } } });
    expect(kinds(await willing.setAvailable(wanted, 'key'))).toEqual(['accepted']);
    // Renewing alone would have set the quantity to 1.
    expect(shop.listing(Number(id))).toMatchObject({
      state: 'active',
      renewals: 1,
      products: [{ quantity: 6 }],
    });
  });

  it('a listing that sold out is still listed, so that it can come back', async () => {
    const { shop, opened } = await open();
    const id = shop.addProduct({ sku: 'A', title: 'A', quantity: 2 });
    shop.buy([{ remoteId: id, quantity: 2 }]);
    expect(await allListings(opened)).toMatchObject([{ remoteId: id, state: 'active' }]);
  });
});

describe('any sequence', () => {
  it('whatever is told and sold, customers see what was accepted, and no price ever changes', async () => {
    const skus = ['S', 'M', 'L'] as const;
    const step = fc.record({
      told: fc.dictionary(fc.constantFrom(...skus), fc.constantFrom(0, 0, 0, 1, 3), { minKeys: 1 }),
      sold: fc.option(fc.constantFrom(...skus)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const { shop, opened } = await open({ renewSoldOut: 'yes' });
        const ids = skus.map((sku) => shop.addProduct({ sku, title: sku, group: 'Tee', quantity: 2 }));
        let shown: Record<string, number> = { S: 2, M: 2, L: 2 };
        for (const { told, sold } of steps) {
          const results = await opened.setAvailable(await targets(opened, told), 'key');
          expect(new Set(kinds(results))).toEqual(new Set(['accepted']));
          shown = { ...shown, ...told };
          expect(bySku(shop)).toEqual(shown);
          if (sold === null || shown[sold] === 0) continue;
          shop.buy([{ remoteId: ids[skus.indexOf(sold)] ?? '', quantity: 1 }]);
          shown = { ...shown, [sold]: (shown[sold] ?? 0) - 1 };
        }
        const listing = shop.listing(Number(ids[0]?.split('/')[0]));
        expect(listing?.products.map(({ priceCents }) => priceCents)).toEqual([2_200, 2_200, 2_200]);
      }),
      { numRuns: 40 },
    );
  }, 30_000);
});
