// Orders: how far each line is in plain words, the shop's own words beside them, and why a line moves no stock.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { OrderLineState } from '../../shared/tabs/orders.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type LocalSheet, startLocalSheet } from '../../test/support/local-sheet.ts';
import { anOrder, type TestOrder } from '../../test/support/orders.ts';
import { openShop, type TestShop } from '../../test/support/shop.ts';

let database: TestDatabase;
let local: LocalSheet;
let shop: TestShop;
beforeAll(async () => {
  database = await createTestDatabase();
  local = await startLocalSheet(database.db, 'book', { quotas: false });
});
beforeEach(async () => {
  await sql`delete from orders`.execute(database.db);
  shop = await openShop(database.db, { at50: ['A'] });
});
afterAll(async () => {
  await local.close();
  await database.drop();
});

async function rowsOf(order: TestOrder) {
  await shop.read(order);
  await local.flush();
  return local.table('Orders');
}

const four = anOrder({ channelState: 'Not shipped, paid' }).line('A', { ordered: 4 });

const STATES: readonly (readonly [OrderLineState, TestOrder])[] = [
  ['to send', four],
  ['partly sent', four.line('A', { fulfilled: 1 })],
  ['sent', four.line('A', { fulfilled: 4 })],
  ['sent', four.line('A', { fulfilled: 3, released: 1 })],
  ['partly returned', four.line('A', { fulfilled: 4, restocked: 1 })],
  ['returned', four.line('A', { fulfilled: 4, restocked: 4 })],
  ['cancelled', four.line('A', { released: 4 })],
  ['cancelled', four.line('A', { writtenOff: 4 })],
  ['cancelled', four.state('cancelled')],
  ['sent', four.line('A', { fulfilled: 4 }).state('cancelled')],
  ['deleted', four.state('deleted')],
];

test.each(STATES)('%s (%#)', async (state, order) => {
  expect(await rowsOf(order)).toMatchObject([{ State: state, Note: '' }]);
});

test('what the shop says stands beside it, in its own words', async () => {
  expect(await rowsOf(four)).toMatchObject([{ State: 'to send', 'Shop says': 'Not shipped, paid' }]);
});

test('a line that moves no stock says why', async () => {
  await shop.product('KNOWN');
  const order = anOrder()
    .line('A', { ordered: 1 }, { lineId: '1', ignoredBecause: 'waits for payment' })
    .line(null, { ordered: 1 }, { lineId: '2' })
    .line('NOBODY', { ordered: 1 }, { lineId: '3' });
  const rows = await rowsOf(order);
  expect(rows.map((row) => [row['State'], row['Booked'], row['Note']])).toEqual([
    ['not counted', 0, 'Moves no stock: waits for payment.'],
    ['to send', 0, 'Moves no stock: it has no SKU.'],
    ['to send', 0, 'Moves no stock yet: no listing that we know has this SKU.'],
  ]);
});

test('a line of a place that no warehouse of ours serves says so', async () => {
  await sql`delete from store_warehouses where location_id = ''`.execute(database.db);
  const rows = await rowsOf(anOrder().line('A', { ordered: 1 }, { locationId: 'elsewhere' }));
  expect(rows).toMatchObject([{ Booked: 0, Note: expect.stringContaining('no warehouse of ours serves') }]);
});

test('an order whose counts contradict each other says what is odd', async () => {
  const rows = await rowsOf(four.line('A', { fulfilled: 6 }));
  expect(rows).toMatchObject([
    { Note: 'The shop reports 6 units sent or given up of 4 ordered. Check this order in the shop.' },
  ]);
});
