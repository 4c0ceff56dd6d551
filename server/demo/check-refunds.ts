// The scene of the unattended check about refunds: in each store at once, also where the shop does not say what came back.

import { countInRefund } from './check-questions.ts';
import { type Report, until } from './check-report.ts';
import { adjust, buy, everyStoreShows, expectNumbers, patienceMs, stockOf } from './check-steps.ts';
import { type CheckedShop, type CheckWorld, extraSku } from './check-world.ts';

// All stores at once, each with a product of its own.
export async function refund(world: CheckWorld, report: Report): Promise<void> {
  const asked = await Promise.all(
    world.shops.map((store, index) => refundIn(world, report, store, extraSku(index))),
  );
  const asking = world.shops.filter((_store, index) => asked[index] === true).map(({ name }) => name);
  report.line(
    'R61',
    asking.length > 0,
    `a person was asked what came back, once each, by ${asking.join(', ')}`,
  );
}

/** Answers whether a person was asked what came back. */
async function refundIn(
  world: CheckWorld,
  report: Report,
  store: CheckedShop,
  sku: string,
): Promise<boolean> {
  await adjust(world, sku, 'set', 40);
  await until(() => everyStoreShows(world, sku, 40), patienceMs(world));
  const order = buy(store, sku, 2);
  await until(async () => (await stockOf(world, sku)) === '40/2/38', patienceMs(world));
  store.shop.fulfil(order.remoteId);
  await until(async () => (await stockOf(world, sku)) === '38/0/38', patienceMs(world));
  const [line] = order.lines;
  const refundedAt = Date.now();
  store.shop.refund(order.remoteId, [{ lineId: line?.lineId ?? '', quantity: 1 }], { restock: true });
  let asked = false;
  if (store.manifest.capabilities.refundsSayRestock === false) {
    await until(() => ordersReadSince(world, store, refundedAt), patienceMs(world));
    await expectNumbers(world, report, {
      requirement: 'R61',
      what: `sent 2 from ${store.name}, where a refund says no units: it moves nothing until a person counts 1 in`,
      sku,
      stock: '38/0/38',
      shows: 38,
    });
    asked = await countInRefund(world, store, { orderId: order.remoteId, quantity: 1 });
    // A shop that tells nothing at all of its refunds cannot be asked about.
    if (!asked) await adjust(world, sku, 'add', 1);
  }
  await expectNumbers(world, report, {
    requirement: 'R61',
    what: `sent 2 from ${store.name}, 1 refunded with restock`,
    sku,
    stock: '39/0/39',
    shows: 39,
  });
  return asked;
}

async function ordersReadSince(world: CheckWorld, store: CheckedShop, time: number): Promise<boolean> {
  const lateMs = store.manifest.capabilities.ordersListedAfterMs ?? 0;
  const { stores } = await world.api().stores();
  const readAt = stores.find(({ id }) => id === store.storeId)?.ordersSyncedAt ?? null;
  return readAt !== null && Date.parse(readAt) > time + lateMs;
}
