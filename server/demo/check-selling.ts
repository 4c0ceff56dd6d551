// Scenes of the unattended check about a shop's every day: numbers are adjusted, sold, sent and cancelled.

import { type Report, until } from './check-report.ts';
import { adjust, buy, everyStoreShows, expectNumbers, patienceMs, shopAt } from './check-steps.ts';
import type { CheckWorld } from './check-world.ts';

export async function adjustTenToFifteen(world: CheckWorld, report: Report): Promise<void> {
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
}

export async function sellAndFulfil(world: CheckWorld, report: Report): Promise<void> {
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
}

export async function blueJeans(world: CheckWorld, report: Report): Promise<void> {
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
}

export async function cancel(world: CheckWorld, report: Report): Promise<void> {
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
}
