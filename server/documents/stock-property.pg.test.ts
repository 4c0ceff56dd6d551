// Orders, bundles, rules and counts mixed at random, command by command on a real database, against a model of a few lines.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { NO_RULE, toldQuantity } from '../../shared/model/rule.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { findLedgerFaults } from '../../test/support/ledger-faults.ts';
import { anOrder, minutesAfterT0 } from '../../test/support/orders.ts';
import { type Settings, settingsOf } from '../../test/support/settings.ts';
import { openShop, type TestShop } from '../../test/support/shop.ts';
import * as stock from '../../test/support/stock-model.ts';
import { readOwed } from '../listings/owed.ts';

const RUNS = 40;
const COMMANDS = 50;
const UNITS_MAX = 1_000_000;
const PLAIN = ['A', 'B', 'C'] as const;
const BUNDLES = ['K', 'L'] as const;
const SKUS = [...PLAIN, ...BUNDLES];
const WAREHOUSES = [1, 2] as const;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const upTo = (max: number) => fc.integer({ min: 0, max });
const command = fc.oneof(
  fc.record({
    kind: fc.constant('count' as const),
    sku: fc.constantFrom(...PLAIN, 'K'),
    warehouse: fc.constantFrom(...WAREHOUSES),
    quantity: upTo(60),
  }),
  fc.record({
    kind: fc.constant('order' as const),
    id: upTo(9),
    counts: fc.record({
      ordered: upTo(6),
      fulfilled: upTo(4),
      released: upTo(2),
      writtenOff: upTo(2),
      restocked: upTo(4),
    }),
    cancelled: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('compose' as const),
    bundle: fc.constantFrom(...BUNDLES, 'A'),
    component: fc.constantFrom(...SKUS),
    units: fc.option(fc.integer({ min: 1, max: 4 })),
  }),
  fc.record({
    kind: fc.constant('rule' as const),
    sku: fc.constantFrom(...SKUS),
    keepBack: upTo(5),
    sharePercent: upTo(100),
    showAtMost: fc.option(upTo(20)),
  }),
);
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

type Real = { readonly at: TestShop; readonly settings: Settings };

// Whether a count or a composition of a product with stock of its own is refused is the product's to say; both must agree.
async function run(model: stock.StockModel, { at, settings }: Real, step: Command): Promise<void> {
  if (step.kind === 'count') {
    const answer = await at.adjust(step.sku, 'set', step.quantity, { warehouse: step.warehouse });
    const done = stock.setCount(model, step.sku, step.warehouse, step.quantity);
    expect(answer.status).toBe(done ? 'applied' : 'error');
  } else if (step.kind === 'order') {
    const sku = SKUS[step.id % SKUS.length] ?? 'A';
    const warehouse = 1 + (step.id % 2);
    const order = anOrder({ remoteId: `${at.storeId} ${step.id}` })
      .line(sku, step.counts, { locationId: `location ${warehouse}` })
      .state(step.cancelled ? 'cancelled' : 'open');
    await at.read(order);
    stock.readOrder(model, { ...step, sku, warehouse });
  } else if (step.kind === 'compose') {
    const ownStock = WAREHOUSES.map((warehouse) => stock.place(model, step.bundle, warehouse));
    const isNew = (model.bundles.get(step.bundle)?.get(step.component) ?? null) !== step.units;
    const hasStock = isNew && step.units !== null && ownStock.some((own) => own.isSet && own.inStock !== 0);
    const [answer] =
      step.units === null
        ? await settings.unbundle(step.bundle, [step.component])
        : await settings.bundle(step.bundle, { [step.component]: step.units });
    const done = !hasStock && stock.compose(model, step.bundle, step.component, step.units);
    expect(answer?.status).toBe(done ? 'applied' : 'error');
  } else {
    const { sku, keepBack, sharePercent, showAtMost } = step;
    const answer = await settings.rule(sku, { keepBack, sharePercent, showAtMost });
    expect(answer.status).toBe('applied');
    model.rules.set(sku, { keepBack, sharePercent, showAtMost, doNotSell: false });
  }
}

async function told(at: TestShop): Promise<ReadonlyMap<string, number | null>> {
  await sql`update listings set reassert = true where store_id = ${at.storeId}`.execute(database.db);
  const owed = await readOwed(database.db, at.storeId, { after: 0, limit: 99, now: minutesAfterT0(9_999) });
  await sql`update listings set reassert = false where store_id = ${at.storeId}`.execute(database.db);
  return new Map(
    owed.map(({ sku, available, rule }) => [
      sku,
      available === null ? null : toldQuantity(available, rule ?? NO_RULE, UNITS_MAX),
    ]),
  );
}

test('stock, what stores are told and who is owed are what a model of a few lines says, command by command', async () => {
  let commands = 0;
  const life = fc.array(command, { minLength: COMMANDS, maxLength: COMMANDS });
  const property = fc.asyncProperty(life, async (steps) => {
    const at = await openShop(database.db, { at50: [], warehouses: 2 });
    const { rows } = await sql<{ name: string }>`select name from stores where id = ${at.storeId}`.execute(
      database.db,
    );
    for (const sku of SKUS) {
      await at.product(sku);
      await at.list(`listing of ${sku}`, sku);
    }
    const real = { at, settings: settingsOf(database.db, at, rows[0]?.name ?? '') };
    const model = stock.emptyModel();
    for (const step of steps) {
      commands += 1;
      const before = new Map(SKUS.map((sku) => [sku, stock.sellable(model, sku, 1)]));
      await at.pushAll();
      await run(model, real, step);
      for (const sku of SKUS) {
        for (const warehouse of WAREHOUSES) {
          expect([sku, warehouse, await at.stock(sku, warehouse)]).toEqual([
            sku,
            warehouse,
            stock.shown(model, sku, warehouse),
          ]);
        }
      }
      // Whoever's number changed is owed it. Others may be: then the push finds that nothing is to be sent.
      const owed = await at.owed();
      for (const sku of SKUS) {
        const now = stock.sellable(model, sku, 1);
        if (now !== null && now !== before.get(sku)) expect(owed).toContain(`listing of ${sku}`);
      }
      const numbers = await told(at);
      for (const sku of SKUS) {
        expect([sku, numbers.get(at.sku(sku))]).toEqual([sku, stock.sellable(model, sku, 1)]);
      }
    }
    expect(await findLedgerFaults(database.db, at.sku('%'))).toEqual([]);
  });
  await fc.assert(property, { numRuns: RUNS });
  expect(commands).toBeGreaterThanOrEqual(RUNS * COMMANDS);
}, 300_000);
