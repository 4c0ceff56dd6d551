// Scenes of the unattended check in which something comes between: an edit in the shop, a kill, a store that is off for a while.

import { type Report, until } from './check-report.ts';
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
import { type CheckWorld, extraSkus } from './check-world.ts';

export async function editInShops(world: CheckWorld, report: Report): Promise<void> {
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
}

/** Not ten times what they were: so many of those a person would be asked about first. */
const MANY_UNITS = 44;

export async function killDuringPush(world: CheckWorld, report: Report): Promise<void> {
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
}

export async function offAndOn(world: CheckWorld, report: Report): Promise<void> {
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
}

const countWrites = (world: CheckWorld): number =>
  world.shops.reduce((sum, { shop }) => sum + shop.writes().filter((write) => write.applied).length, 0);
