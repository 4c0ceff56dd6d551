// The scenes of the unattended check, each a requirement played against the running product and looked at in the stores.

import { receivePurchaseOrder, sellBundle, transfer } from './check-documents.ts';
import { brake, countInRefund, turnOnUnseen } from './check-questions.ts';
import { type Report, until } from './check-report.ts';
import { shelvesAgree } from './check-shelves.ts';
import {
  adjust,
  buy,
  describeStores,
  everyStoreShows,
  expectNumbers,
  listingOf,
  patienceMs,
  row,
  shopAt,
  shown,
  stockOf,
} from './check-steps.ts';
import { type CheckedShop, type CheckWorld, extraSku, extraSkus } from './check-world.ts';

type Scene = (world: CheckWorld, report: Report) => Promise<void>;

const connect: Scene = async (world, report) => {
  for (const { name, pace, manifest } of world.shops) {
    if (pace === 1) continue;
    const seconds = (ms: number): string => `${Math.round((ms * pace) / 1_000)} s`;
    const { ordersListedAfterMs } = manifest.capabilities;
    const late =
      ordersListedAfterMs === undefined ? '' : `lists orders after ${seconds(ordersListedAfterMs)}, `;
    report.note(
      `${name} plays ${pace} times faster than the real one, which ${late}lets them be read every ${seconds(manifest.rhythm.ordersFastestMs)} and has slower limits`,
    );
  }
  for (const store of world.shops) {
    const answer = await world.api().connect(store.channel, store.name, store.shop.credentials);
    store.storeId = answer.store?.id ?? '';
    const findings = answer.findings.map((finding) => finding.message).join(' ');
    report.line('R23', store.storeId !== '', `${store.name} is connected, its sync still off. ${findings}`);
    if (store.storeId === '') throw new Error(`${store.name} could not be connected: ${findings}`);
  }
  const listed = await until(async () => {
    const { stores } = await world.api().stores();
    return stores.every((store) => store.listingsSyncedAt !== null && store.listings >= extraSkus.length);
  }, patienceMs(world));
  const { stores } = await world.api().stores();
  const counts = stores.map((store) => `${store.name}: ${store.listings}`).join(', ');
  report.line('R24', listed, `listings with a SKU were read with sync off (${counts}); nothing was pushed`);
};

const importOpening: Scene = async (world, report) => {
  const before = world.shops.map((store) => store.shop.writes().length);
  report.line(
    'R1',
    before.every((writes) => writes === 0),
    'no store was written to while its sync was off',
  );
  const [first, ...others] = world.shops;
  if (first !== undefined) await turnOnUnseen(world, report, first);
  // One alone, so that there are numbers which the others could add to; then all others at once.
  for (const stores of [first === undefined ? [] : [first], others]) {
    for (const store of stores) await world.api().turnOn(store.storeId);
    await until(
      async () =>
        (await world.api().stores()).stores.every((view) => !view.syncOn || view.openingImportedAt !== null),
      patienceMs(world),
    );
  }
  await expectNumbers(world, report, {
    requirement: 'R45-R47',
    what: 'the opening stock was copied once; the other stores added nothing',
    sku: 'APPLES',
    stock: '50/0/50',
    shows: 50,
  });
};

const adjustTenToFifteen: Scene = async (world, report) => {
  await adjust(world, '00123', 'set', 10);
  await until(() => everyStoreShows(world, '00123', 10), patienceMs(world));
  await adjust(world, '00123', 'set', 15);
  await expectNumbers(world, report, {
    requirement: 'R53',
    what: 'adjusted 10 → 15',
    sku: '00123',
    stock: '15/0/15',
    shows: 15,
  });
};

const sellAndFulfil: Scene = async (world, report) => {
  const store = shopAt(world, 0);
  const order = buy(store, 'APPLES', 4);
  await expectNumbers(world, report, {
    requirement: 'R54',
    what: 'an order of 4 apples',
    sku: 'APPLES',
    stock: '50/4/46',
    shows: 46,
  });
  store.shop.fulfil(order.remoteId);
  await expectNumbers(world, report, {
    requirement: 'R55',
    what: 'the order is sent',
    sku: 'APPLES',
    stock: '46/0/46',
    shows: 46,
  });
};

const blueJeans: Scene = async (world, report) => {
  await adjust(world, 'BLUEJEANSM', 'set', 20);
  await until(() => everyStoreShows(world, 'BLUEJEANSM', 20), patienceMs(world));
  await adjust(world, 'BLUEJEANSM', 'add', 1);
  await expectNumbers(world, report, {
    requirement: 'R57',
    what: 'BLUEJEANSM at 21 on all three listings',
    sku: 'BLUEJEANSM',
    stock: '21/0/21',
    shows: 21,
  });
};

const cancel: Scene = async (world, report) => {
  const store = shopAt(world, 1);
  await adjust(world, 'SOCKS-3', 'set', 50);
  await until(() => everyStoreShows(world, 'SOCKS-3', 50), patienceMs(world));
  const order = buy(store, 'SOCKS-3', 4);
  await expectNumbers(world, report, {
    requirement: 'R51',
    what: 'an order of 4 in the other store',
    sku: 'SOCKS-3',
    stock: '50/4/46',
    shows: 46,
  });
  store.shop.cancel(order.remoteId);
  await expectNumbers(world, report, {
    requirement: 'R60',
    what: 'the order is cancelled',
    sku: 'SOCKS-3',
    stock: '50/0/50',
    shows: 50,
  });
};

// All stores at once, each with a product of its own.
const refund: Scene = async (world, report) => {
  const asked = await Promise.all(
    world.shops.map((store, index) => refundIn(world, report, store, extraSku(index))),
  );
  const asking = world.shops.filter((_store, index) => asked[index] === true).map(({ name }) => name);
  report.line(
    'R61',
    asking.length > 0,
    `a person was asked what came back, once each, by ${asking.join(', ')}`,
  );
};

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

/** Not ten times what they were: so many of those a person would be asked about first. */
const MANY_UNITS = 44;

const killDuringPush: Scene = async (world, report) => {
  const writesBefore = countWrites(world);
  for (const { shop } of world.shops) shop.setFault('slow');
  const { rows } = await world.api().submitRows(
    'adjustments',
    extraSkus.map((sku) => row(sku, 'set', MANY_UNITS)),
  );
  const applied = rows.filter((answer) => answer.status === 'applied').length;
  await until(() => countWrites(world) > writesBefore, patienceMs(world));
  const told = countWrites(world) - writesBefore;
  await world.kill();
  for (const { shop } of world.shops) shop.clearFaults();
  const unfinished = world.shops.some((store) =>
    extraSkus.some((sku) => shown(store, sku).some((number) => number !== MANY_UNITS)),
  );
  await world.start();
  const holds = await until(
    () => extraSkus.every((sku) => everyStoreShows(world, sku, MANY_UNITS)),
    patienceMs(world) * 2,
  );
  report.line(
    'kill -9',
    holds && unfinished && applied === extraSkus.length,
    `killed after ${told} of ${extraSkus.length * world.shops.length} writes of one push; after the restart every store shows all ${extraSkus.length} numbers`,
  );
  await expectNumbers(world, report, {
    requirement: 'restart',
    what: 'what was there before the kill',
    sku: 'APPLES',
    stock: '46/0/46',
    shows: 46,
  });
};

const editInShops: Scene = async (world, report) => {
  await adjust(world, 'TEE-RED-M', 'set', 20);
  await until(() => everyStoreShows(world, 'TEE-RED-M', 20), patienceMs(world));
  for (const store of world.shops) store.shop.editQuantity(listingOf(store, 'TEE-RED-M'), 3);
  await adjust(world, 'TEE-RED-M', 'add', 1);
  await expectNumbers(world, report, {
    requirement: 'R65, R66',
    what: 'somebody typed 3 in every shop, then 20 + 1 in the sheet',
    sku: 'TEE-RED-M',
    stock: '21/0/21',
    shows: 21,
  });
};

const countWrites = (world: CheckWorld): number =>
  world.shops.reduce((sum, { shop }) => sum + shop.writes().filter((write) => write.applied).length, 0);

const offAndOn: Scene = async (world, report) => {
  const store = shopAt(world, 0);
  await adjust(world, 'HAT-WOOL', 'set', 30);
  await until(() => everyStoreShows(world, 'HAT-WOOL', 30), patienceMs(world));
  await world.api().setSync(store.storeId, { on: false });
  const writes = store.shop.writes().length;
  const order = buy(store, 'HAT-WOOL', 4);
  await adjust(world, 'HAT-WOOL', 'add', 5);
  await until(
    () => world.shops.every((other) => other === store || shown(other, 'HAT-WOOL')[0] === 35),
    patienceMs(world),
  );
  store.shop.fulfil(order.remoteId);
  await store.shop.webhooksSettled();
  const silent = store.shop.writes().length === writes && (await stockOf(world, 'HAT-WOOL')) === '35/0/35';
  report.line(
    'R11, R15',
    silent,
    `${store.name} off: an order of 4 moved nothing and nothing was pushed to it; ${describeStores(world, 'HAT-WOOL')}`,
  );
  await world.api().setSync(store.storeId, { on: true });
  await expectNumbers(world, report, {
    requirement: 'R12',
    what: 'on again: the order of 4 counts once',
    sku: 'HAT-WOOL',
    stock: '31/0/31',
    shows: 31,
  });
};

const sheetShowsIt: Scene = async (world, report) => {
  const skus = ['00123', 'APPLES', 'BLUEJEANSM', 'SOCKS-3', 'HAT-WOOL'];
  const differing: string[] = [];
  for (const sku of skus) {
    const { inStock, booked, available } = await world.api().explain(sku);
    const same = async (): Promise<boolean> => {
      const row = await world.inventoryRow(sku);
      return row?.['inStock'] === inStock && row?.['booked'] === booked && row?.['available'] === available;
    };
    if (!(await until(same, patienceMs(world)))) differing.push(sku);
  }
  const said =
    differing.length === 0 ? `shows the same for ${skus.join(', ')}` : `differs for ${differing.join(', ')}`;
  report.line('R49-R52', differing.length === 0, `the Inventory tab ${said}`);
};

export const SCENES: readonly Scene[] = [
  connect,
  importOpening,
  adjustTenToFifteen,
  sellAndFulfil,
  blueJeans,
  cancel,
  refund,
  editInShops,
  killDuringPush,
  brake,
  sellBundle,
  receivePurchaseOrder,
  transfer,
  offAndOn,
  shelvesAgree,
  sheetShowsIt,
];
