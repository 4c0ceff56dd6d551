// The rehearsal stores: what a button does reaches the simulated shop, and a mistake is a sentence.

import { expect, test } from '@jest/globals';
import { createRehearsal, type RehearsedShop } from './rehearsal.ts';

function shopThatRecords() {
  const did: unknown[] = [];
  let orders = 0;
  const shop: RehearsedShop = {
    shelf: () => [{ remoteId: 'v1', sku: 'BLUEJEANSM', title: 'Blue Jeans', quantity: 46 }],
    buy: (lines) => {
      did.push(['buy', lines]);
      orders += 1;
      return { remoteId: `o${orders}`, lines: [{ lineId: 'l1', quantity: 1 }] };
    },
    cancel: (order) => void did.push(['cancel', order]),
    fulfil: (order) => void did.push(['fulfil', order]),
    setFault: (fault) => void did.push(['fault', fault]),
    clearFaults: () => void did.push(['normal']),
    writes: () =>
      [5_400, 8_000].map((at) => ({ at: new Date(at), remoteId: 'v1', quantity: 46, applied: true })),
    refund: (order, lines, options) => void did.push(['refund', order, lines, options]),
    editQuantity: (remoteId, quantity) => {
      if (quantity < 0) throw new Error('The store refuses negative numbers.');
      did.push(['edit', remoteId, quantity]);
    },
  };
  return {
    did,
    shop,
    rehearsal: createRehearsal([
      { id: 'a', name: 'Denim Corner', channelLabel: 'Shopify', shop, address: 'http://127.0.0.1:4710' },
    ]),
  };
}

test('buying, cancelling and refunding go by the orders that were placed here, the last one first', async () => {
  const { did, rehearsal } = shopThatRecords();
  await rehearsal.act('a', { kind: 'buy', remoteId: 'v1', quantity: 1 });
  await rehearsal.act('a', { kind: 'buy', remoteId: 'v1', quantity: 2 });
  expect((await rehearsal.stores(null))[0]?.openOrders).toBe(2);
  await rehearsal.act('a', { kind: 'refundLast', restock: true });
  await rehearsal.act('a', { kind: 'cancelLast' });
  expect(did.slice(2)).toEqual([
    ['refund', 'o2', [{ lineId: 'l1', quantity: 1 }], { restock: true }],
    ['cancel', 'o1'],
  ]);
});

test('without an order there is nothing to cancel, and what the shop refuses is told', async () => {
  const { rehearsal } = shopThatRecords();
  expect(await rehearsal.act('a', { kind: 'cancelLast' })).toEqual({
    ok: false,
    message: 'Nobody has bought anything here yet. Press "Buy 1" first.',
  });
  expect(await rehearsal.act('a', { kind: 'editQuantity', remoteId: 'v1', quantity: -1 })).toEqual({
    ok: false,
    message: 'The store refuses negative numbers.',
  });
  expect(await rehearsal.act('b', { kind: 'cancelLast' })).toMatchObject({ ok: false });
});

test('how long a change took: from the newest change before it to the shelf, also where it is written once more later', async () => {
  const { rehearsal } = shopThatRecords();
  const changesOf = async () => [new Date(9_000), new Date(5_000), new Date(1_000)];
  rehearsal.watch({ changesOf, isConnectedAt: async () => false });
  const [store] = await rehearsal.stores('BLUEJEANSM');
  expect(store?.arrivals).toEqual({ v1: { tookMs: 400, quantity: 46 } });
});

test('what goes wrong in a store is switched on, named, and switched off again', async () => {
  const { did, rehearsal } = shopThatRecords();
  for (const trouble of ['cut', 'slow', 'throttled', 'loseWebhooks'] as const)
    await rehearsal.act('a', { kind: 'trouble', trouble });
  expect((await rehearsal.stores(null))[0]?.troubles).toEqual(['cut', 'slow', 'throttled', 'loseWebhooks']);
  await rehearsal.act('a', { kind: 'backToNormal' });
  expect((await rehearsal.stores(null))[0]?.troubles).toEqual([]);
  expect(did).toEqual([
    ['fault', 'timeoutBefore'],
    ['fault', 'slow'],
    ['fault', 'busy'],
    ['fault', 'loseWebhooks'],
    ['normal'],
  ]);
});

test('a shop that a person connects shows its keys until a store is connected at its address', async () => {
  const { shop } = shopThatRecords();
  const keys = [{ label: 'Shop address', value: 'http://127.0.0.1:4711' }];
  const [address, other] = ['http://127.0.0.1:4711', 'http://127.0.0.1:4710'];
  const rehearsal = createRehearsal([
    { id: 'a', name: 'Denim Corner', channelLabel: 'Shopify', shop, address: other },
    { id: 'b', name: 'Market stall', channelLabel: 'WooCommerce', shop, address, keys },
  ]);
  const toConnect = async () => (await rehearsal.stores(null)).map((store) => store.toConnect);
  expect(await toConnect()).toEqual([null, keys]);
  rehearsal.watch({
    changesOf: async () => [],
    isConnectedAt: async (asked) => asked === address,
  });
  expect(await toConnect()).toEqual([null, null]);
  expect([await rehearsal.isConnected('a'), await rehearsal.isConnected('b')]).toEqual([false, true]);
});
