// The sweep finds order lines that were forgotten, whatever else waits for other things for good.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { toWarehouseId } from '../../shared/model/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { anOrder } from '../../test/support/orders.ts';
import {
  aListing,
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { syncSteps } from '../../test/support/sync-steps.ts';
import { addWarehouse } from '../documents/warehouses.ts';
import { mapPlaces } from './map-places.ts';
import { pullListings } from './pull-listings.ts';
import { pullOrders } from './pull-orders.ts';
import { sweep } from './sweep.ts';

let database: TestDatabase;
let world: ScriptedWorld;
beforeAll(async () => {
  database = await createTestDatabase();
  world = createScriptedWorld(database.db, new Date('2026-03-01T10:00:00Z'));
});
afterAll(() => database.drop());

/** North is served by a warehouse of ours; South is another company's. */
async function storeOfTwoPlaces(skus: readonly string[]): Promise<ScriptedStore> {
  const locations = [
    { id: 'north', name: 'North' },
    { id: 'south', name: 'South' },
  ];
  const store = await world.addStore('chain', { locations });
  for (const sku of skus) store.listings.set(sku, aListing(sku, sku));
  await pullListings(world.context, store.id);
  const warehouse = { id: toWarehouseId('north'), name: 'North' };
  await addWarehouse(database.db, warehouse, { actor: 'test', at: world.now() });
  const mapping = [
    { id: 'north', warehouseId: warehouse.id, ours: true },
    { id: 'south', warehouseId: null, ours: false },
  ];
  expect(await mapPlaces(world.context, store.id, { locations: mapping }, 'test')).toMatchObject({
    accepted: true,
  });
  return store;
}

function sellAt(store: ScriptedStore, sku: string, locationId: string): void {
  const at = world.now();
  const order = anOrder({ placedAt: at }).line(sku, { ordered: 1 }, { taken: 1, locationId });
  const snapshot = { ...order.snapshot(1), updatedAt: at };
  store.orders.set(snapshot.remoteId, snapshot);
}

test('case 15: a forgotten line is counted, also where more was sold at places not ours than a sweep looks at', async () => {
  const elsewhere = Array.from({ length: 150 }, (_, index) => `ELSEWHERE-${index}`);
  const store = await storeOfTwoPlaces(elsewhere);
  for (const sku of elsewhere) sellAt(store, sku, 'south');
  sellAt(store, 'FORGOTTEN', 'north');
  await pullOrders(world.context, store.id);
  // By a transaction that did not see the line.
  await sql`insert into products (sku) values ('FORGOTTEN')`.execute(database.db);
  await sweep(world.context);
  expect(await syncSteps(database.db, () => world).stock('FORGOTTEN')).toBe('unset, 1 booked');
  const changed = async () =>
    (await sql`select max(changed_tx::text::bigint) as newest from order_lines`.execute(database.db)).rows;
  const before = await changed();
  await sweep(world.context);
  expect(await changed()).toEqual(before);
});
