// Telling Amazon quantities: merged, read back, and never where it keeps the units itself.

import { describe, expect, it } from '@jest/globals';
import { allListings } from '../../../test/contract/rehearsal.ts';
import { MINUTE_MS, open, push, quantityOf, requestsFor, stopShopsAfterEach } from './test-support/world.ts';

stopShopsAfterEach();

describe('quantities', () => {
  it('a quantity is merged: the handling time beside it stays', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
    expect(await push(world, 'A', 6)).toMatchObject({ kind: 'accepted' });
    expect(world.shop.handlingDaysOf('A')).toBe(2);
  });

  it('a listing kept by Amazon is never written to, whatever is asked', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'FBA', title: 'FBA', quantity: 10, tracked: false });
    const [listing] = await allListings(world.channel);
    expect(listing).toMatchObject({ tracked: false, notPushable: expect.stringContaining('FBA') });
    // Also where our listing is older than the change to FBA.
    for (const handle of ['AMAZON', 'DEFAULT']) {
      const [result] = await world.channel.setAvailable(
        [{ remoteId: 'FBA', handle, quantity: 3, expected: null }],
        'key',
      );
      expect(result).toMatchObject({ kind: 'untracked' });
    }
    expect(world.shop.writes()).toEqual([]);
  });

  it('INVALID inside HTTP 200 is a refusal with Amazon’s own words', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
    world.shop.refusedSkus.add('A');
    const message = 'The quantity does not fit this offer.';
    expect(await push(world, 'A', 6)).toMatchObject({ kind: 'rejected', message });
    expect(quantityOf(world, 'A')).toBe(1);
  });

  it('accepted is not live: until Amazon shows it the outcome is unknown, and it is not sent again meanwhile', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    world.shop.showQuantitiesAfter(5 * MINUTE_MS);
    expect(await push(world, 'A', 15, 10)).toMatchObject({
      kind: 'unknown',
      message: expect.stringMatching(/show/),
    });
    world.pass(MINUTE_MS);
    expect(await push(world, 'A', 15, 10)).toMatchObject({ kind: 'unknown' });
    expect(world.shop.writes()).toHaveLength(1);
    world.pass(5 * MINUTE_MS);
    expect(await push(world, 'A', 15, 10)).toMatchObject({ kind: 'accepted' });
    expect(world.shop.writes()).toHaveLength(1);
  });

  it('a quantity that Amazon accepted and dropped is sent again after a quarter of an hour', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    world.shop.showQuantitiesAfter(60 * MINUTE_MS);
    await push(world, 'A', 15, 10);
    world.shop.editQuantity('A', 10); // dropped
    world.shop.showQuantitiesAfter(0);
    world.pass(16 * MINUTE_MS);
    expect(await push(world, 'A', 15, 10)).toMatchObject({ kind: 'accepted' });
    expect(quantityOf(world, 'A')).toBe(15);
  });

  it('a newer number goes out at once while an older one is on its way, even back to what is shown', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    world.shop.showQuantitiesAfter(5 * MINUTE_MS);
    await push(world, 'A', 15, 10);
    await push(world, 'A', 10, 10);
    world.pass(6 * MINUTE_MS);
    expect(quantityOf(world, 'A')).toBe(10);
    expect(world.shop.writes().map(({ quantity }) => quantity)).toEqual([15, 10]);
  });

  it('the last unit, sold a minute ago, is not put up again although no order shows it yet', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
    world.shop.buy([{ remoteId: 'A', quantity: 1 }]);
    world.pass(MINUTE_MS);
    expect(await push(world, 'A', 3, 1)).toMatchObject({ kind: 'unknown' });
    expect(quantityOf(world, 'A')).toBe(0);
    world.pass(2 * MINUTE_MS);
    expect(await push(world, 'A', 3, 1)).toMatchObject({ kind: 'stale', observed: 0 });
  });

  it('lowering does not wait for that, and is not mistaken for an edit that no order explains', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    world.shop.buy([{ remoteId: 'A', quantity: 1 }]);
    expect(await push(world, 'A', 2, 10)).toMatchObject({ kind: 'accepted' });
    expect(quantityOf(world, 'A')).toBe(2);
  });

  /** Shows `shown`, is told more than it shows until three minutes later, and sells `sold` right after that. */
  async function soldWhenLive(shown: number, told: number, sold: number) {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: shown });
    world.pass(10 * MINUTE_MS);
    world.shop.showQuantitiesAfter(3 * MINUTE_MS);
    await push(world, 'A', told, shown);
    world.pass(3 * MINUTE_MS);
    world.shop.buy([{ remoteId: 'A', quantity: sold }]);
    world.pass(MINUTE_MS / 2);
    return world;
  }

  it.each([
    ['told again', 5],
    ['raised further', 9],
  ])('units sold right after a slow raise was shown are not put up again: %s', async (_how, quantity) => {
    const world = await soldWhenLive(1, 5, 2);
    expect(await push(world, 'A', quantity, 1)).toMatchObject({ kind: 'unknown', notSent: true });
    expect(quantityOf(world, 'A')).toBe(3);
    world.pass(2 * MINUTE_MS);
    expect(await push(world, 'A', quantity, 1)).toMatchObject({ kind: 'stale', observed: 3 });
  });

  it('a raise over a raise waits where all of the first may have been sold just now', async () => {
    const world = await soldWhenLive(0, 1, 1);
    expect(await push(world, 'A', 2, 0)).toMatchObject({ kind: 'unknown', notSent: true });
    expect(world.shop.writes()).toHaveLength(1);
  });

  it('after a slow raise, too, lowering does not wait', async () => {
    const world = await soldWhenLive(1, 5, 2);
    world.shop.showQuantitiesAfter(0);
    expect(await push(world, 'A', 2, 1)).toMatchObject({ kind: 'accepted' });
    expect(quantityOf(world, 'A')).toBe(2);
  });

  it('a number that was shown only after a quarter of an hour is right, and no edit by hand', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    world.shop.showQuantitiesAfter(16 * MINUTE_MS);
    await push(world, 'A', 15, 10);
    world.pass(20 * MINUTE_MS);
    expect(await push(world, 'A', 15, 10)).toMatchObject({ kind: 'accepted' });
  });

  it('more than expected, or fewer for longer than an order can be hidden, is told and left alone', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    world.shop.editQuantity('A', 12);
    expect(await push(world, 'A', 2, 10)).toMatchObject({ kind: 'stale', observed: 12 });
    world.shop.editQuantity('A', 7);
    world.pass(3 * MINUTE_MS);
    expect(await push(world, 'A', 2, 10)).toMatchObject({ kind: 'stale', observed: 7 });
  });

  it('a SKU sold in two countries of a region is written once', async () => {
    const world = await open({ countries: 'US, CA' });
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
    expect(await allListings(world.channel)).toHaveLength(1);
    expect(requestsFor(world, 'createReport')).toBe(2);
    await push(world, 'A', 6);
    expect(world.shop.writes()).toHaveLength(1);
  });
});
