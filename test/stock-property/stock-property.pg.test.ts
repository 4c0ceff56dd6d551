// Everything that moves stock mixed at random on a real database: all documents, orders of two stores, bundles, rules, mappings,
// switches, repeated and lost rows, several clients at once. Every step is compared with a model of a few lines.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { explainSku } from '../../server/listings/explain.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { findLedgerFaults } from '../support/ledger-faults.ts';
import { step } from './commands.ts';
import { type Step, type StockLife, startLife } from './life.ts';
import { availableIn, type Place } from './model.ts';
import { shortestFailing } from './shortest-failing.ts';
import { perform } from './steps.ts';
import { differences, fingerprint, openStockWorld, SKUS, WAREHOUSES } from './world.ts';

const COMMANDS = 50_000;
/** Of one life. */
const STEPS = 120;
/** Worlds that share the database at the same time. */
const LANES = 4;
/** One in so many moments is looked back to. */
const LOOK_BACK_EVERY = 40;
/** Set it to live the same lives again. */
const SEED = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 1_000_000_000);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Returns how many commands it was. */
async function live(steps: readonly Step[]): Promise<number> {
  const life = startLife(await openStockWorld(database.db));
  const { world } = life;
  for (const next of steps) {
    const before = await fingerprint(world);
    const isTaken = await perform(life, next);
    expect({ next, differences: await differences(world) }).toEqual({ next, differences: [] });
    // What is refused, or comes again, changes nothing at all.
    if (!isTaken) expect({ next, print: await fingerprint(world) }).toEqual({ next, print: before });
    const places = [...world.model.places].map(([key, held]) => [key, { ...held }] as const);
    life.past.push({ at: world.play.now(), places: new Map(places) });
  }
  // A store that is off, or a place that is not ours, promises nothing about its orders.
  await perform(life, { kind: 'map', store: 1, warehouses: WAREHOUSES });
  for (const [store, { isOn }] of world.model.stores.entries()) {
    if (!isOn) await perform(life, { kind: 'switch', store, fromNow: false });
  }
  expect(await differences(world)).toEqual([]);
  expect(await findLedgerFaults(database.db, world.sku('%'))).toEqual([]);
  await lookBack(life);
  return life.counter.commands;
}

/** "Why" at past moments says what was recorded then, and its parts add up to it. */
async function lookBack({ world, past }: StockLife): Promise<void> {
  const sum = (rows: readonly Omit<Place, 'isSet'>[]) =>
    rows.reduce(
      (total, { inStock, booked, incoming }) => ({
        inStock: total.inStock + inStock,
        booked: total.booked + booked,
        incoming: total.incoming + incoming,
      }),
      { inStock: 0, booked: 0, incoming: 0 },
    );
  for (const { at, places } of past.filter((_, index) => index % LOOK_BACK_EVERY === 17)) {
    const then = { ...world.model, places: new Map(places) };
    for (const sku of SKUS) {
      const held = sum(WAREHOUSES.flatMap((warehouse) => places.get(`${sku}@${warehouse}`) ?? []));
      const answer = await explainSku(world.db, world.sku(sku), { at });
      const said = { available: answer?.available, inGroups: sum(answer?.groups ?? []) };
      const recorded = { available: availableIn(then, sku, WAREHOUSES), inGroups: held };
      expect({ sku, at, said }).toEqual({ sku, at, said: recorded });
      expect([answer?.booked, answer?.incoming]).toEqual([held.booked, held.incoming]);
    }
  }
}

async function failureOf(steps: readonly Step[]): Promise<Error | null> {
  try {
    await live(steps);
    return null;
  } catch (error) {
    return error as Error;
  }
}

test('50,000 commands of every kind, in any order and any repetition, end in what a model of a few lines says', async () => {
  const life = fc.array(step, { minLength: STEPS, maxLength: STEPS });
  let commands = 0;
  for (let seed = SEED; commands < COMMANDS; seed += 1) {
    const lives = fc.sample(life, { numRuns: LANES, seed });
    const ends = await Promise.allSettled(lives.map(live));
    for (const [index, end] of ends.entries()) {
      if (end.status === 'fulfilled') {
        commands += end.value;
        continue;
      }
      const found = await shortestFailing(lives[index] ?? [], failureOf);
      const steps = found?.steps.map((each) => JSON.stringify(each)).join('\n') ?? '(only beside the others)';
      throw new Error(`Life ${index} of PROPERTY_SEED=${seed} goes wrong. Its shortest steps:\n${steps}`, {
        cause: found?.error ?? end.reason,
      });
    }
  }
  expect(commands).toBeGreaterThanOrEqual(COMMANDS);
}, 600_000);
