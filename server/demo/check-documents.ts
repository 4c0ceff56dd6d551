// Scenes of the unattended check about what people write besides adjustments: bundles, purchase orders, transfers.

import { randomUUID } from 'node:crypto';
import type { Cell } from '../../shared/api/rows.ts';
import type { Report } from './check-report.ts';
import { until } from './check-report.ts';
import { adjust, buy, everyStoreShows, expectNumbers, patienceMs, shopAt } from './check-steps.ts';
import { BUNDLES, type CheckWorld } from './check-world.ts';

type Cells = Readonly<Record<string, Cell>>;

/** Submits a row; answers what the server wrote back. */
async function submit(world: CheckWorld, tab: string, rowId: string, cells: Cells) {
  const { rows } = await world.api().submitRows(tab, [{ rowId, cells }]);
  const [answer] = rows;
  if (answer?.status !== 'applied') throw new Error(`The row of ${tab} was refused: ${answer?.message}`);
  return answer.writes;
}

/** A box of two scarves: sold in one store, it takes two scarves from all. */
export async function sellBundle(world: CheckWorld, report: Report): Promise<void> {
  await adjust(world, 'SCARF', 'set', 9);
  for (const row of BUNDLES) await submit(world, 'bundles', randomUUID(), row);
  const offered = await until(() => everyStoreShows(world, 'GIFTBOX', 4), patienceMs(world));
  report.line('bundle', offered, 'of 9 scarves every store offers 4 gift boxes of 2');
  buy(shopAt(world, 2), 'GIFTBOX', 1);
  await expectNumbers(world, report, {
    requirement: 'bundle',
    what: 'a gift box is sold: 2 scarves are booked',
    sku: 'SCARF',
    stock: '9/2/7',
    shows: 7,
  });
  const left = await until(() => everyStoreShows(world, 'GIFTBOX', 3), patienceMs(world));
  report.line('bundle', left, 'of the 7 scarves left every store offers 3 gift boxes');
}

export async function receivePurchaseOrder(world: CheckWorld, report: Report): Promise<void> {
  await adjust(world, 'TEE-RED-S', 'set', 30);
  const rowId = randomUUID();
  const cells = { number: 'PO-1', supplier: 'Weaver', sku: 'TEE-RED-S', warehouse: 'Main', ordered: 20 };
  const ordered = await submit(world, 'purchase-orders', rowId, { ...cells, action: 'order' });
  await expectNumbers(world, report, {
    requirement: 'R7',
    what: `20 are ordered (incoming ${ordered['incoming']}): no store is told of them`,
    sku: 'TEE-RED-S',
    stock: '30/0/30',
    shows: 30,
  });
  await submit(world, 'purchase-orders', rowId, { ...cells, ...ordered, action: 'receive' });
  await expectNumbers(world, report, {
    requirement: 'R7',
    what: 'the purchase order is received',
    sku: 'TEE-RED-S',
    stock: '50/0/50',
    shows: 50,
  });
}

export async function transfer(world: CheckWorld, report: Report): Promise<void> {
  const sku = 'BAG/TOTE';
  await adjust(world, sku, 'set', 40);
  await until(() => everyStoreShows(world, sku, 40), patienceMs(world));
  await world.api().createWarehouse('Back room');
  const send = (from: string, to: string, number: string, cells: Cells = {}) =>
    submit(world, 'transfers', number, { number, sku, from, to, quantity: 15, action: 'send', ...cells });
  const gone = await send('Main', 'Back room', 'T-OUT');
  await expectNumbers(world, report, {
    requirement: 'R8',
    what: '15 are sent to another warehouse, from which no store sells',
    sku,
    stock: '25/0/25',
    shows: 25,
  });
  await send('Main', 'Back room', 'T-OUT', { ...gone, action: 'receive' });
  await expectNumbers(world, report, {
    requirement: 'R8',
    what: 'they arrive there: in stock again, and no store is told of them',
    sku,
    stock: '40/0/40',
    shows: 25,
  });
  const back = await send('Back room', 'Main', 'T-BACK');
  await send('Back room', 'Main', 'T-BACK', { ...back, action: 'receive' });
  await expectNumbers(world, report, {
    requirement: 'R8',
    what: 'they come back and can be sold',
    sku,
    stock: '40/0/40',
    shows: 40,
  });
}
