// Battery: telling the store quantities, one result per listing.

import { expect, it } from '@jest/globals';
import type { ChannelDefinition, PushTarget } from '../../server/channels/channel.ts';
import { ChangeStopped, watchingChanges } from '../../server/net/change-permission.ts';
import { allListings, listingOf, onShelf, rehearse, targetsFor } from './rehearsal.ts';

export function pushBattery(definition: ChannelDefinition): void {
  const { pushBatchMax } = definition.manifest.limits;
  const { quantityMax } = definition.manifest.capabilities;

  it('R53: an accepted quantity is what customers see', async () => {
    const { shop, channel } = await rehearse(definition);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const opened = channel();
    const results = await opened.setAvailable(await targetsFor(opened, 15, 10), 'attempt-1');
    expect(results.map(({ kind, remoteId }) => ({ kind, remoteId }))).toEqual([
      { kind: 'accepted', remoteId: product },
    ]);
    expect(onShelf(shop, product)).toBe(15);
  });

  it(`fault 9: one poisoned target of ${pushBatchMax} is named, and the others are written`, async () => {
    const { shop, channel } = await rehearse(definition);
    for (let number = 0; number < pushBatchMax; number += 1) {
      shop.addProduct({ sku: `SKU-${number}`, title: `Product ${number}`, quantity: 1 });
    }
    const opened = channel();
    const targets = await targetsFor(opened, 9, 1);
    const poisoned = targets[Math.floor(pushBatchMax / 2)]?.remoteId ?? '';
    shop.removeProduct(poisoned);
    const results = await opened.setAvailable(targets, 'attempt-1');
    expect(results.map(({ remoteId }) => remoteId)).toEqual(targets.map(({ remoteId }) => remoteId));
    expect(results.filter(({ kind }) => kind !== 'accepted')).toEqual([
      expect.objectContaining({
        remoteId: poisoned,
        kind: 'gone',
        message: expect.stringMatching(/\.$/),
      }),
    ]);
    expect(shop.shelf().map(({ quantity }) => quantity)).toEqual(Array(pushBatchMax - 1).fill(9));
  });

  it('fault 24: a store that shows something else than expected is left alone and told', async () => {
    const { shop, clock, channel } = await rehearse(definition);
    const [sold, untouched] = ['A', 'B'].map((sku) => shop.addProduct({ sku, title: sku, quantity: 10 }));
    const opened = channel();
    const targets = await targetsFor(opened, 15, 10);
    shop.buy([{ remoteId: sold ?? '', quantity: 3 }]);
    // A sale that the orders do not show yet must not be taken for an edit.
    clock.advance(definition.manifest.capabilities.ordersListedAfterMs ?? 0);
    const results = await opened.setAvailable(targets, 'attempt-1');
    expect(results.find(({ remoteId }) => remoteId === sold)).toMatchObject({ kind: 'stale', observed: 7 });
    expect(results.find(({ remoteId }) => remoteId === untouched)).toMatchObject({ kind: 'accepted' });
    expect(onShelf(shop, sold ?? '')).toBe(7);
    expect(onShelf(shop, untouched ?? '')).toBe(15);
  });

  it('nothing expected means nothing is compared', async () => {
    const { shop, channel } = await rehearse(definition);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const opened = channel();
    const targets = await targetsFor(opened, 4, null);
    shop.editQuantity(product, 33);
    expect(await opened.setAvailable(targets, 'attempt-1')).toMatchObject([{ kind: 'accepted' }]);
    expect(onShelf(shop, product)).toBe(4);
  });

  it('a store that shows the quantity as expected has accepted it', async () => {
    const { shop, channel } = await rehearse(definition);
    shop.addProduct({ sku: 'A', title: 'A', quantity: 15 });
    const opened = channel();
    for (const expected of [15, null]) {
      const results = await opened.setAvailable(
        await targetsFor(opened, 15, expected),
        `expected ${expected}`,
      );
      expect(results).toMatchObject([{ kind: 'accepted' }]);
    }
  });

  it('fault 24: the right number by chance is as unexpected as any other: the sale behind it is not read yet', async () => {
    const { shop, clock, channel } = await rehearse(definition);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const opened = channel();
    const targets = await targetsFor(opened, 8, 10);
    shop.buy([{ remoteId: product, quantity: 2 }]);
    const listedAfterMs = definition.manifest.capabilities.ordersListedAfterMs ?? 0;
    if (listedAfterMs > 0) {
      // No order can explain it yet: asked for now, they would say that there was none.
      expect(await opened.setAvailable(targets, 'attempt-1')).toMatchObject([{ kind: 'unknown' }]);
      clock.advance(listedAfterMs);
    }
    expect(await opened.setAvailable(targets, 'attempt-2')).toMatchObject([{ kind: 'stale', observed: 8 }]);
    shop.editQuantity(product, 12);
    const raise = targets.map((target) => ({ ...target, quantity: 12 }));
    expect(await opened.setAvailable(raise, 'attempt-3')).toMatchObject([{ kind: 'stale', observed: 12 }]);
    expect(shop.writes().filter(({ applied }) => applied)).toEqual([]);
  });

  it('impossible quantities are refused one by one, and the others are written', async () => {
    const { shop, channel } = await rehearse(definition);
    const skus = ['NEGATIVE', 'HALF', 'TOO-MANY', 'ZERO', 'FINE'];
    const ids = skus.map((sku) => shop.addProduct({ sku, title: sku, quantity: 5 }));
    const opened = channel();
    const quantities = [-1, 1.5, quantityMax + 1, 0, 6];
    const targets: PushTarget[] = [];
    for (const [index, remoteId] of ids.entries()) {
      const { handle } = await listingOf(opened, remoteId);
      targets.push({ remoteId, handle, quantity: quantities[index] ?? 0, expected: 5 });
    }
    const results = await opened.setAvailable(targets, 'attempt-1');
    expect(results.map(({ kind }) => kind)).toEqual([
      'rejected',
      'rejected',
      'rejected',
      'accepted',
      'accepted',
    ]);
    expect(ids.map((id) => onShelf(shop, id))).toEqual([5, 5, 5, 0, 6]);
  });

  it('a listing whose stock the store does not count answers what to do about it', async () => {
    const { shop, channel } = await rehearse(definition);
    const uncounted = shop.addProduct({ sku: 'A', title: 'A', quantity: 5, tracked: false });
    const counted = shop.addProduct({ sku: 'B', title: 'B', quantity: 5 });
    const opened = channel();
    const listings = await allListings(opened);
    const targets = listings.map(({ remoteId, handle }) => ({
      remoteId,
      handle,
      quantity: 8,
      expected: null,
    }));
    const results = await opened.setAvailable(targets, 'attempt-1');
    expect(results.find(({ remoteId }) => remoteId === uncounted)).toMatchObject({
      kind: 'untracked',
      message: expect.stringMatching(/\.$/),
    });
    expect(results.find(({ remoteId }) => remoteId === counted)?.kind).toBe('accepted');
  });

  it.each([
    ['before the call', 0],
    ['after its first change', 1],
  ])(
    'invariant 9: sync turned off %s: nothing more leaves, and what did not is not called done',
    async (_when, allowed) => {
      const { shop, channel } = await rehearse(definition);
      for (const sku of ['A', 'B', 'C', 'D', 'E']) shop.addProduct({ sku, title: sku, quantity: 10 });
      const opened = channel();
      const targets = await targetsFor(opened, 4, 10);
      let asked = 0;
      const mayChange = async (): Promise<boolean> => {
        asked += 1;
        return asked <= allowed;
      };
      const results = await watchingChanges({ mayChange }, () =>
        opened.setAvailable(targets, 'attempt-1'),
      ).catch((problem: unknown) => {
        expect(problem).toBeInstanceOf(ChangeStopped);
        return [];
      });
      expect(asked).toBeGreaterThan(0);
      if (allowed === 0) expect(shop.writes()).toEqual([]);
      const done = new Set(results.filter(({ kind }) => kind === 'accepted').map(({ remoteId }) => remoteId));
      for (const { remoteId, quantity } of shop.shelf()) if (done.has(remoteId)) expect(quantity).toBe(4);
      expect(new Set(results.map(({ kind }) => kind))).not.toContain('rejected');
      // On again: everything is told as if nothing had been.
      const untold = targets.filter(({ remoteId }) => onShelf(shop, remoteId) === 10);
      expect((await opened.setAvailable(untold, 'attempt-2')).map(({ kind }) => kind)).toEqual(
        untold.map(() => 'accepted'),
      );
    },
  );

  it('invariant 9: a change that got lost on its way is not repeated once sync is off', async () => {
    const { shop, channel } = await rehearse(definition);
    shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const opened = channel();
    const targets = await targetsFor(opened, 4, 10);
    await opened.readAvailable(targets);
    let asked = 0;
    const mayChange = async (): Promise<boolean> => {
      asked += 1;
      shop.setFault('timeoutBefore', 1);
      return asked === 1;
    };
    await watchingChanges({ mayChange }, () => opened.setAvailable(targets, 'attempt-1')).catch(() => []);
    expect(shop.writes()).toEqual([]);
  });

  it('no targets, no results', async () => {
    const { channel } = await rehearse(definition);
    expect(await channel().setAvailable([], 'attempt-1')).toEqual([]);
  });
}
