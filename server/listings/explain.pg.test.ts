// "Why is this number what it is": the sums add up, for bundles too, now and at any past moment.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { ExplainAnswer } from '../../shared/api/explain.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { anOrder, minutesAfterT0 } from '../../test/support/orders.ts';
import { settingsOf } from '../../test/support/settings.ts';
import { openShop, type TestShop } from '../../test/support/shop.ts';
import { explainSku } from './explain.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const NOW = minutesAfterT0(60 * 24 * 30);
async function why(at: TestShop, name: string, moment: Date | null = null): Promise<ExplainAnswer> {
  const answer = await explainSku(database.db, at.sku(name), { at: moment, now: NOW });
  if (answer === null) throw new Error(`Nothing is known of ${name}.`);
  return answer;
}

const total = (answer: ExplainAnswer, of: 'inStock' | 'booked'): number =>
  answer.groups.reduce((sum, group) => sum + group[of], 0);

/** Every move of the SKU at a time of our own choosing, so that there is a past to look into. */
async function append(
  at: TestShop,
  name: string,
  moves: readonly (readonly [minute: number, cause: string, inStock: number, booked: number])[],
): Promise<void> {
  for (const [minute, cause, inStock, booked] of moves) {
    await sql`
      with product as (update products set version = version + 1 where sku = ${at.sku(name)} returning version),
      balance as (
        insert into balances as old (sku, warehouse_id, in_stock, booked, is_set)
        values (${at.sku(name)}, ${at.warehouseIds[0]}, ${inStock}, ${booked}, true)
        on conflict (sku, warehouse_id) do update set in_stock = old.in_stock + ${inStock}, booked = old.booked + ${booked},
          is_set = true returning in_stock, booked)
      insert into moves (sku, warehouse_id, in_stock_change, booked_change, in_stock_after, booked_after, is_set_after,
        version, cause, reference, actor, at)
      select ${at.sku(name)}, ${at.warehouseIds[0]}, ${inStock}, ${booked}, in_stock, booked, true, version, ${cause},
        'r', 'test', ${minutesAfterT0(minute)} from product, balance`.execute(database.db);
  }
}

describe('the sums', () => {
  test('of a life of adjustments and orders add up to the number, group by group', async () => {
    const at = await openShop(database.db);
    const order = anOrder().line('A', { ordered: 6 });
    await at.read(order);
    await at.read(order.line('A', { fulfilled: 4 }));
    await at.read(order.line('A', { fulfilled: 4, restocked: 1 }));
    await at.read(order.line('A', { fulfilled: 4, restocked: 1, writtenOff: 1 }));
    await at.adjust('A', 'subtract', 7);
    const answer = await why(at, 'A');
    expect(answer).toMatchObject({ inStock: 39, booked: 1, available: 38 });
    expect([total(answer, 'inStock'), total(answer, 'booked')]).toEqual([39, 1]);
    expect(answer.groups).toMatchObject([
      {
        group: 'adjusted',
        moves: 2,
        inStock: 43,
        booked: 0,
        incoming: 0,
        lastAt: '2026-01-10T00:05:00.000Z',
      },
      { group: 'sent to customers', moves: 1, inStock: -4, booked: -4, incoming: 0 },
      {
        group: 'written off',
        moves: 1,
        inStock: -1,
        booked: -1,
        incoming: 0,
        lastAt: '2026-01-10T00:14:00.000Z',
      },
      { group: 'returned', moves: 1, inStock: 1, booked: 0, incoming: 0 },
      { group: 'booked by orders', moves: 1, inStock: 0, booked: 6, incoming: 0 },
    ]);
    expect(answer.balances).toMatchObject([{ inStock: 39, booked: 1, available: 38 }]);
    expect(answer.bookings).toMatchObject([{ booked: 1, bundle: null }]);
  });

  test('of a SKU with 100,000 moves are as exact, and only the newest moves are listed', async () => {
    const at = await openShop(database.db, { at50: [] });
    await at.product('BUSY');
    await sql`
      insert into moves (sku, warehouse_id, in_stock_change, booked_change, in_stock_after, booked_after, is_set_after,
        version, cause, reference, actor, at)
      select ${at.sku('BUSY')}, ${at.warehouseIds[0]}, 1, 0, n, 0, true, n, 'adjustment', 'r', 'test',
        ${NOW}::timestamptz - (100000 - n) * interval '1 minute' from generate_series(1, 100000) as n`.execute(
      database.db,
    );
    await sql`insert into balances (sku, warehouse_id, in_stock, booked, is_set)
      values (${at.sku('BUSY')}, ${at.warehouseIds[0]}, 100000, 0, true)`.execute(database.db);
    const answer = await why(at, 'BUSY');
    expect(answer).toMatchObject({ inStock: 100_000, movesLeftOff: 99_800 });
    expect(answer.moves).toHaveLength(200);
    expect(total(answer, 'inStock')).toBe(100_000);
    expect(answer.series).toHaveLength(90);
    expect(answer.series.at(-2)).toMatchObject({ available: 100_000 - 1 });
  });
});

describe('at any past moment', () => {
  test('the numbers are what the moves up to then made', async () => {
    const at = await openShop(database.db, { at50: [] });
    await at.product('P');
    await append(at, 'P', [
      [10, 'opening', 30, 0],
      [20, 'order booked', 0, 4],
      [30, 'fulfilled', -4, -4],
      [40, 'adjustment', 10, 0],
    ]);
    const seen = await Promise.all(
      [5, 10, 25, 30, 45].map(async (minute) => {
        const { inStock, booked, available } = await why(at, 'P', minutesAfterT0(minute));
        return [inStock, booked, available];
      }),
    );
    expect(seen).toEqual([
      [null, 0, null],
      [30, 0, 30],
      [30, 4, 26],
      [26, 0, 26],
      [36, 0, 36],
    ]);
    const then = await why(at, 'P', minutesAfterT0(25));
    expect(then.sentence).toBe('30 in stock − 4 booked by open orders = 26 available.');
    expect([total(then, 'inStock'), total(then, 'booked')]).toEqual([30, 4]);
    expect(then.moves.map(({ cause }) => cause)).toEqual(['order booked', 'opening']);
  });

  test('the line of the last 90 days ends in the number, and each day is what it was at its end', async () => {
    const at = await openShop(database.db, { at50: [] });
    await at.product('P');
    const day = 24 * 60;
    await append(at, 'P', [
      [0, 'opening', 30, 0],
      [day, 'order booked', 0, 4],
      [2 * day, 'fulfilled', -4, -4],
    ]);
    const { series, available } = await why(at, 'P');
    expect(series).toHaveLength(90);
    expect(series.at(-1)).toEqual({ day: '2026-02-09', inStock: 26, booked: 0, available });
    const of = (name: string) => series.find((point) => point.day === name);
    expect(of('2026-01-10')).toMatchObject({ inStock: 30, booked: 0, available: 30 });
    expect(of('2026-01-11')).toMatchObject({ inStock: 30, booked: 4, available: 26 });
    expect(of('2026-01-12')).toMatchObject({ inStock: 26, booked: 0, available: 26 });
    expect(of('2026-01-09')).toMatchObject({ inStock: null, available: null });
    // Where it was still the evening before, all of it happened a day earlier.
    await database.db.updateTable('workspace').set({ time_zone: 'America/New_York' }).execute();
    const behind = await why(at, 'P');
    await database.db.updateTable('workspace').set({ time_zone: 'Etc/UTC' }).execute();
    const booked = behind.series.find((point) => point.booked > 0);
    expect(booked).toMatchObject({ day: '2026-01-10', inStock: 30, booked: 4 });
  });
});

describe('bundles', () => {
  test('the sentence names what each component allows, and the orders of the bundle are in the bookings', async () => {
    const at = await openShop(database.db, { at50: [] });
    for (const [name, units] of [
      ['A', 100],
      ['B', 50],
    ] as const) {
      await at.product(name);
      await at.adjust(name, 'set', units);
    }
    await at.product('KIT');
    await at.list('kit in the shop', 'KIT');
    const settings = settingsOf(database.db, at, at.storeId);
    await settings.bundle('KIT', { A: 2, B: 1 });
    const order = anOrder().line('KIT', { ordered: 3 });
    await at.read(order);
    const [kit, a, b] = [at.sku('KIT'), at.sku('A'), at.sku('B')];
    const answer = await why(at, 'KIT');
    expect(answer.sentence).toBe(
      `smallest of: ${a} 94/2 → 47, ${b} 47/1 → 47 = 47 available, pushed to 1 listing.`,
    );
    expect(answer).toMatchObject({ inStock: null, booked: 0, available: 47 });
    expect(answer.parts).toMatchObject([
      { sku: a, units: 2, available: 94, makes: 47 },
      { sku: b, units: 1, available: 47, makes: 47 },
    ]);
    expect(answer.listings).toMatchObject([{ available: 47, shouldShow: 47, rule: null }]);
    expect(answer.series.at(-1)?.available).toBe(47);
    const component = await why(at, 'A');
    expect(component.partOf).toEqual([{ sku: kit, units: 2 }]);
    expect(component.bookings).toMatchObject([{ booked: 6, bundle: kit, order: order.snapshot(1).number }]);
    expect(component.groups).toMatchObject([{ group: 'adjusted' }, { group: 'booked by orders', booked: 6 }]);
  });

  test('with an uncounted component the sentence says so', async () => {
    const at = await openShop(database.db, { at50: ['A'] });
    await at.product('KIT');
    await settingsOf(database.db, at, at.storeId).bundle('KIT', { A: 1, NEW: 1 });
    expect((await why(at, 'KIT')).sentence).toBe(
      'A component of this bundle has not been counted yet, so nothing is pushed.',
    );
  });
});

test('a rule is explained with the number that comes out of it', async () => {
  const at = await openShop(database.db);
  await at.list('blue', 'A');
  const { rows } = await sql<{ name: string }>`select name from stores where id = ${at.storeId}`.execute(
    database.db,
  );
  const settings = settingsOf(database.db, at, rows[0]?.name ?? '');
  await settings.rule(null, { showAtMost: 9 });
  await settings.rule('A', { keepBack: 10, sharePercent: 50 });
  expect((await why(at, 'A')).listings).toMatchObject([
    { available: 50, rule: 'keeps 10 back, offers 50 % of the rest, rounded down', shouldShow: 20 },
  ]);
});
