// The ledger against a model of a few lines: random lives of adjustments and orders, one command at a time on a real
// database, each compared with what the model says and with what must be owed to listings.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LineCounts } from '../../shared/model/order.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { findLedgerFaults } from '../../test/support/ledger-faults.ts';
import { anOrder, type TestOrder } from '../../test/support/orders.ts';
import { openShop, type TestShop } from '../../test/support/shop.ts';

const RUNS = 60;
const COMMANDS_MAX = 25;
const SKUS = ['A', 'B', 'C'] as const;
const WAREHOUSES = [1, 2] as const;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

type Place = { inStock: number; isSet: boolean };
type ModelOrder = {
  version: number;
  sku: string;
  warehouse: number;
  booked: number;
  effect: number;
  counts: LineCounts;
};
type Model = { readonly places: Map<string, Place>; readonly orders: Map<number, ModelOrder> };
type Real = { readonly at: TestShop };
type Command = fc.AsyncCommand<Model, Real>;

const startingModel = (): Model => ({
  places: new Map(['A1', 'B1'].map((name) => [name, { inStock: 20, isSet: true }])),
  orders: new Map(),
});

const place = (model: Model, sku: string, warehouse: number): Place =>
  model.places.get(`${sku}${warehouse}`) ?? { inStock: 0, isSet: false };

function booked(model: Model, sku: string, warehouse: number): number {
  const mine = [...model.orders.values()].filter(
    (order) => order.sku === sku && order.warehouse === warehouse,
  );
  return mine.reduce((sum, order) => sum + order.booked, 0);
}

/** What the listings of a SKU may be told, warehouse by warehouse; null while no warehouse is set. */
function told(model: Model, sku: string): string | null {
  const places = WAREHOUSES.map((warehouse) => place(model, sku, warehouse));
  if (!places.some(({ isSet }) => isSet)) return null;
  return places.map((it, index) => `${it.inStock - booked(model, sku, index + 1)} ${it.isSet}`).join();
}

/** Runs one command on both sides and compares stock and listings. `act` answers the SKU whose listing must be looked at. */
async function compare(model: Model, { at }: Real, act: () => Promise<string | null>): Promise<void> {
  commandsRun += 1;
  await at.pushAll();
  const before = new Map(SKUS.map((sku) => [sku, told(model, sku)]));
  const lookedAt = await act();
  const places = SKUS.flatMap((sku) => WAREHOUSES.map((warehouse) => [sku, warehouse] as const));
  const held = await Promise.all(places.map(([sku, warehouse]) => at.stock(sku, warehouse)));
  const modelled = places.map(([sku, warehouse]) => {
    const { inStock } = place(model, sku, warehouse);
    const units = booked(model, sku, warehouse);
    return `${inStock}/${units}/${inStock - units}`;
  });
  expect(held).toEqual(modelled);
  const owed = SKUS.filter(
    (sku) => told(model, sku) !== null && (told(model, sku) !== before.get(sku) || sku === lookedAt),
  );
  expect(await at.owed()).toEqual(owed.map((sku) => `listing of ${sku}`));
}

let commandsRun = 0;

type Adjusting = {
  readonly sku: string;
  readonly warehouse: number;
  readonly action: 'add' | 'subtract' | 'set';
  readonly quantity: number;
  readonly seen: number | null;
};

/** The units an adjustment changes; null: it is refused. */
function unitsOf(model: Model, { sku, warehouse, action, quantity, seen }: Adjusting): number | null {
  const { inStock, isSet } = place(model, sku, warehouse);
  if (action !== 'set' && quantity === 0) return null;
  if (!isSet) return action === 'subtract' ? null : quantity - inStock;
  if (action === 'add') return quantity;
  if (action === 'subtract') return quantity > inStock ? null : -quantity;
  const units = quantity - (seen ?? inStock);
  const differs = seen !== null && seen !== inStock;
  return differs && inStock + units < 0 ? null : units;
}

const adjusting = (adjustment: Adjusting): Command => ({
  check: () => true,
  run: (model, real) =>
    compare(model, real, async () => {
      const { sku, warehouse, action, quantity, seen } = adjustment;
      const units = unitsOf(model, adjustment);
      const more = seen === null ? { warehouse } : { warehouse, seen };
      const answer = await real.at.adjust(sku, action, quantity, more);
      expect(answer.status).toBe(units === null ? 'error' : 'applied');
      if (units === null) return null;
      const { inStock } = place(model, sku, warehouse);
      model.places.set(`${sku}${warehouse}`, { inStock: inStock + units, isSet: true });
      // The same row again: the same answer, no effect.
      expect(await real.at.repeatLast()).toEqual(answer);
      return null;
    }),
  toString: () => `adjust ${JSON.stringify(adjustment)}`,
});

function orderOf(at: TestShop, id: number, counts: LineCounts, cancelled: boolean): TestOrder {
  const { sku, warehouse } = orderPlace(id);
  return anOrder({ remoteId: `${at.storeId} ${id}` })
    .line(sku, counts, { locationId: `location ${warehouse}` })
    .state(cancelled ? 'cancelled' : 'open');
}

const orderPlace = (id: number): { readonly sku: string; readonly warehouse: number } => ({
  sku: SKUS[id % SKUS.length] ?? 'A',
  warehouse: 1 + (id % 2),
});

const reading = (id: number, counts: LineCounts, cancelled: boolean, lag: number): Command => ({
  check: () => true,
  run: (model, real) =>
    compare(model, real, async () => {
      const old = model.orders.get(id);
      const version = Math.max(1, (old?.version ?? 0) + 1 - lag);
      const outcome = await real.at.read(orderOf(real.at, id, counts, cancelled), { version });
      const isNewer = version > (old?.version ?? 0);
      expect(outcome.kind).toBe(isNewer ? 'applied' : 'unchanged');
      if (!isNewer) return null;
      const { ordered, fulfilled, released, writtenOff, restocked } = counts;
      const open = cancelled ? 0 : Math.max(0, ordered - fulfilled - released - writtenOff);
      const effect = Math.min(restocked, fulfilled) - fulfilled - writtenOff;
      const { sku, warehouse } = orderPlace(id);
      const now = place(model, sku, warehouse);
      const inStock = now.inStock + effect - (old?.effect ?? 0);
      model.places.set(`${sku}${warehouse}`, { ...now, inStock });
      model.orders.set(id, { version, sku, warehouse, booked: open, effect, counts });
      // Taken and given back before we ever saw it: one of our numbers may have come in between.
      const stillTaken = open - effect;
      const givenBack = cancelled ? ordered : released + restocked;
      return old === undefined && Math.min(givenBack, ordered - stillTaken) > 0 ? sku : null;
    }),
  toString: () => `read order ${id} ${JSON.stringify(counts)} ${cancelled ? 'cancelled' : ''} lag ${lag}`,
});

// All that is open is sent: in stock and booked fall together, so nothing may become owed (R56).
const sending = (nth: number): Command => ({
  check: (model) => openOrders(model).length > 0,
  run: async (model, real) => {
    const open = openOrders(model);
    const [id, order] = open[nth % open.length] ?? open[0] ?? [];
    if (id === undefined || order === undefined) return;
    const { counts } = order;
    const restocked = Math.min(counts.restocked, counts.fulfilled);
    await reading(id, { ...counts, fulfilled: counts.fulfilled + order.booked, restocked }, false, 0).run(
      model,
      real,
    );
    expect(await real.at.owed()).toEqual([]);
  },
  toString: () => `send open order ${nth}`,
});

const openOrders = (model: Model): readonly (readonly [number, ModelOrder])[] =>
  [...model.orders].filter(([, order]) => order.booked > 0);

const units = fc.integer({ min: 0, max: 3 });
const sendingAny = fc.integer({ min: 0, max: 5 }).map(sending);
const commands = fc.commands(
  [
    fc
      .record({
        sku: fc.constantFrom(...SKUS),
        warehouse: fc.constantFrom(...WAREHOUSES),
        action: fc.constantFrom('add' as const, 'subtract' as const, 'set' as const),
        quantity: fc.integer({ min: 0, max: 60 }),
        seen: fc.option(fc.integer({ min: 0, max: 60 })),
      })
      .map(adjusting),
    sendingAny,
    sendingAny,
    fc
      .tuple(
        fc.integer({ min: 0, max: 5 }),
        fc.record({
          ordered: fc.integer({ min: 3, max: 9 }),
          fulfilled: units,
          released: units,
          writtenOff: units,
          restocked: units,
        }),
        fc.boolean(),
        // Mostly the newest version, sometimes one that was overtaken or seen before.
        fc.constantFrom(0, 0, 0, 1, 2),
      )
      .map(([id, counts, cancelled, lag]) => reading(id, counts, cancelled, lag)),
  ],
  { maxCommands: COMMANDS_MAX, size: 'max' },
);

test('stock, bookings, answers and owed listings are what a model of a few lines says, command by command', async () => {
  const property = fc.asyncProperty(commands, async (life) => {
    const at = await openShop(database.db, { at50: [], warehouses: 2 });
    for (const sku of SKUS) {
      await at.product(sku);
      // C starts unset.
      if (sku !== 'C') await at.adjust(sku, 'set', 20, { warehouse: 1 });
      await at.list(`listing of ${sku}`, sku);
    }
    await fc.asyncModelRun(() => ({ model: startingModel(), real: { at } }), life);
    expect(await findLedgerFaults(database.db, at.sku('%'))).toEqual([]);
  });
  await fc.assert(property, { numRuns: RUNS });
  expect(commandsRun).toBeGreaterThan(5 * RUNS);
}, 120_000);
