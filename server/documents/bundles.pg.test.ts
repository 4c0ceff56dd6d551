// Bundles: what can be sold of them, what their orders do to their components, and what changing them does.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { findLedgerFaults } from '../../test/support/ledger-faults.ts';
import { anOrder, minutesAfterT0 } from '../../test/support/orders.ts';
import { type Settings, settingsOf } from '../../test/support/settings.ts';
import { openShop, type ShopOptions, type TestShop } from '../../test/support/shop.ts';
import { readOwed } from '../listings/owed.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

type World = Settings & {
  readonly at: TestShop;
  /** What the store may be told of a listing of this SKU: null while nobody has counted it. */
  readonly sellable: (name: string) => Promise<number | null>;
  readonly faults: () => Promise<readonly string[]>;
};

/** A shop with the products named, counted as told, each with one listing; KIT is listed and not counted. */
async function open(stock: Readonly<Record<string, number>>, options: ShopOptions = {}): Promise<World> {
  const at = await openShop(database.db, { at50: [], ...options });
  const { rows } = await sql<{ name: string }>`select name from stores where id = ${at.storeId}`.execute(
    database.db,
  );
  for (const name of ['KIT', ...Object.keys(stock)]) {
    await at.product(name);
    const count = stock[name];
    if (count !== undefined) await at.adjust(name, 'set', count);
    await at.list(`listing of ${name}`, name);
  }
  return {
    ...settingsOf(database.db, at, rows[0]?.name ?? ''),
    at,
    sellable: async (name) => {
      await sql`update listings set reassert = true where store_id = ${at.storeId}`.execute(database.db);
      const owed = await readOwed(database.db, at.storeId, {
        after: 0,
        limit: 100,
        now: minutesAfterT0(9_999),
      });
      await sql`update listings set reassert = false where store_id = ${at.storeId}`.execute(database.db);
      return owed.find(({ sku }) => sku === at.sku(name))?.available ?? null;
    },
    faults: () => findLedgerFaults(database.db, at.sku('%')),
  };
}

describe('how many bundles there are', () => {
  test.each<[string, Record<string, number>, Record<string, number>, number]>([
    ['F13: 100 of a component, 6 in each: 16', { A: 100 }, { A: 6 }, 16],
    ['F13: 50 by 3 and 60 by 2: 16', { A: 50, B: 60 }, { A: 3, B: 2 }, 16],
    ['a component that is used up: 0', { A: 50, B: 0 }, { A: 1, B: 1 }, 0],
    ['fewer than one bundle needs: 0', { A: 5 }, { A: 6 }, 0],
  ])('%s', async (_name, stock, parts, expected) => {
    const { bundle, sellable } = await open(stock);
    const answers = await bundle('KIT', parts);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 'applied'));
    expect(await sellable('KIT')).toBe(expected);
  });

  test('a component that nobody has counted leaves the bundle uncounted: nothing is told', async () => {
    const { at, bundle, sellable } = await open({ A: 50 });
    const [, answer] = await bundle('KIT', { A: 1, BOX: 1 });
    expect(answer?.message).toContain(`Nobody has counted ${at.sku('BOX')} yet`);
    expect(await sellable('KIT')).toBeNull();
    await at.pushAll();
    // The component that no store sells by itself can be counted, and makes the bundle known.
    expect((await at.adjust('BOX', 'set', 7)).status).toBe('applied');
    expect(await sellable('KIT')).toBe(7);
    expect(await at.owed()).toEqual(['listing of KIT']);
  });

  test('a component below 0 leaves no bundle', async () => {
    const { at, bundle, sellable } = await open({ A: 2, B: 50 });
    await bundle('KIT', { A: 2, B: 1 });
    await at.read(anOrder().line('A', { ordered: 5 }));
    expect(await sellable('KIT')).toBeLessThanOrEqual(0);
  });

  test('each warehouse makes its own bundles: parts in two places are no bundle', async () => {
    const { at, bundle } = await open({}, { warehouses: 2 });
    for (const [name, warehouse] of [
      ['A', 1],
      ['B', 2],
    ] as const) {
      await at.product(name);
      await at.adjust(name, 'set', 10, { warehouse });
    }
    await bundle('KIT', { A: 1, B: 1 });
    const inBoth = async (): Promise<unknown> => {
      const { rows } = await sql<{ units: number }>`
        select available_of(${at.sku('KIT')}, ${at.warehouseIds}::text[]) as units`.execute(database.db);
      return rows[0]?.units;
    };
    expect(await inBoth()).toBe(0);
    await at.adjust('B', 'set', 4, { warehouse: 1 });
    expect(await inBoth()).toBe(4);
  });
});

describe('an order for a bundle', () => {
  test('case 22: 3 bundles of 2 A and 1 B book 6 A and 3 B, and the bundle follows', async () => {
    const { at, bundle, sellable, faults } = await open({ A: 100, B: 50 });
    await bundle('KIT', { A: 2, B: 1 });
    const order = anOrder().line('KIT', { ordered: 3 });
    await at.read(order);
    expect([await at.stock('A'), await at.stock('B')]).toEqual(['100/6/94', '50/3/47']);
    expect(await at.stock('KIT')).toBe('0/0/0');
    expect(await sellable('KIT')).toBe(47);
    expect(await faults()).toEqual([]);
  });

  test('R56: sending a bundle changes what is available of nothing, and pushes nothing', async () => {
    const { at, bundle, sellable } = await open({ A: 100, B: 50 });
    await bundle('KIT', { A: 2, B: 1 });
    const order = anOrder().line('KIT', { ordered: 3 });
    await at.read(order);
    await at.pushAll();
    await at.read(order.line('KIT', { fulfilled: 3 }));
    expect([await at.stock('A'), await at.stock('B')]).toEqual(['94/0/94', '47/0/47']);
    expect(await sellable('KIT')).toBe(47);
    expect(await at.owed()).toEqual([]);
  });

  test('F13: an order of 3 A and one kit of A and B takes 4 A and 1 B', async () => {
    const { at, bundle } = await open({ A: 50, B: 50 });
    await bundle('KIT', { A: 1, B: 1 });
    const order = anOrder().line('A', { ordered: 3 }).line('KIT', { ordered: 1 });
    await at.read(order);
    expect([await at.stock('A'), await at.stock('B')]).toEqual(['50/4/46', '50/1/49']);
    await at.read(order.line('A', { fulfilled: 3 }).line('KIT', { fulfilled: 1 }));
    expect([await at.stock('A'), await at.stock('B')]).toEqual(['46/0/46', '49/0/49']);
  });

  test('every listing that shares a component is owed, and no other', async () => {
    const { at, bundle } = await open({ A: 50, B: 50, C: 50, KIT2: 0 });
    await bundle('KIT', { A: 1, B: 1 });
    await at.product('SET');
    await at.list('listing of SET', 'SET');
    await bundle('SET', { B: 2 });
    await at.pushAll();
    await at.read(anOrder().line('SET', { ordered: 1 }));
    expect(await at.owed()).toEqual(['listing of B', 'listing of KIT', 'listing of SET']);
    await at.pushAll();
    await at.adjust('A', 'add', 1);
    expect(await at.owed()).toEqual(['listing of A', 'listing of KIT']);
  });

  test('an order of more bundles than there are names the component that is short', async () => {
    const { at, bundle } = await open({ A: 3 });
    await bundle('KIT', { A: 2 });
    await at.read(anOrder().line('KIT', { ordered: 2 }));
    const { rows } = await sql<{ message: string }>`
      select message from activity where sku = ${at.sku('A')} and dedupe_key is not null`.execute(
      database.db,
    );
    expect(rows.map(({ message }) => message)).toEqual([expect.stringContaining('Oversold')]);
  });
});

describe('a bundle has no stock of its own', () => {
  test('adjusting it is refused with a sentence that names its components', async () => {
    const { at, bundle } = await open({ A: 50, B: 50 });
    await bundle('KIT', { A: 2, B: 1 });
    const answer = await at.adjust('KIT', 'set', 5);
    expect(answer).toMatchObject({ status: 'error', field: 'sku' });
    expect(answer.message).toContain(`is a bundle of 2 × ${at.sku('A')} and 1 × ${at.sku('B')}`);
    expect(await at.stock('KIT')).toBe('0/0/0');
  });

  test('a product with stock of its own becomes a bundle only when that is set to 0', async () => {
    const { at, bundle, sellable } = await open({ A: 50, SET: 5 });
    const [refused] = await bundle('SET', { A: 1 });
    expect(refused).toMatchObject({ status: 'error', field: 'bundle' });
    expect(refused?.message).toContain('has 5 in stock of its own');
    expect(await sellable('SET')).toBe(5);
    await at.adjust('SET', 'set', 0);
    expect((await bundle('SET', { A: 1 }))[0]?.status).toBe('applied');
    expect(await sellable('SET')).toBe(50);
  });

  test('what is on its way keeps a product from becoming a bundle', async () => {
    const { at, bundle, submit } = await open({ A: 50 });
    const line = {
      rowId: `on its way ${at.storeId}`,
      sku: at.sku('KIT'),
      warehouse: at.warehouseIds[0] ?? '',
    };
    await submit('purchase-orders', [{ ...line, ordered: 12, action: 'order' }]);
    const [refused] = await bundle('KIT', { A: 1 });
    expect(refused).toMatchObject({ status: 'error', field: 'bundle' });
    expect(refused?.message).toBe(
      `12 of ${at.sku('KIT')} are on their way, in purchase orders or transfers. Receive or cancel them first.`,
    );
    await submit('purchase-orders', [{ ...line, step: '1', action: 'cancel' }]);
    expect((await bundle('KIT', { A: 1 }))[0]?.status).toBe('applied');
  });

  test('what was written of it before it was one is neither ordered, received nor taken back any more', async () => {
    const { at, bundle, submit } = await open({ A: 50, SET: 5 });
    const warehouse = at.warehouseIds[0] ?? '';
    const line = { rowId: `draft ${at.storeId}`, sku: at.sku('SET'), warehouse, ordered: 12 };
    await submit('purchase-orders', [{ ...line, action: 'save draft' }]);
    const taken = { rowId: `taken ${at.storeId}`, sku: at.sku('SET'), warehouse };
    await submit('adjustments', [{ ...taken, action: 'subtract', quantity: 5 }]);
    await bundle('SET', { A: 1 });
    const answers = [
      ...(await submit('purchase-orders', [{ ...line, step: '1', action: 'order' }])),
      ...(await submit('purchase-orders', [{ ...line, step: '1', action: 'receive' }])),
      ...(await submit('adjustments', [{ ...taken, action: 'reverse' }])),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 'error' });
      expect(answer.message).toContain(`is a bundle of 1 × ${at.sku('A')} and has no stock of its own`);
    }
    expect(await at.stock('SET')).toBe('0/0/0');
    expect((await submit('purchase-orders', [{ ...line, step: '1', action: 'cancel' }]))[0]?.status).toBe(
      'applied',
    );
  });

  test('bundles of bundles are refused from both sides, so there are no circles', async () => {
    const { at, bundle } = await open({ A: 50, B: 50 });
    await bundle('KIT', { A: 1 });
    const [outer] = await bundle('B', { KIT: 1 });
    expect(outer).toMatchObject({ status: 'error', field: 'component' });
    expect(outer?.message).toContain(`${at.sku('KIT')} is a bundle itself`);
    const [inner] = await bundle('A', { B: 1 });
    expect(inner).toMatchObject({ status: 'error', field: 'bundle' });
    expect(inner?.message).toContain(`is part of the bundle ${at.sku('KIT')}`);
    const [self] = await bundle('KIT', { KIT: 1 });
    expect(self).toMatchObject({ status: 'error', field: 'component' });
  });

  test.each<[string, Record<string, string | number>, string]>([
    ['no units', { units: '' }, 'units'],
    ['0 units', { units: 0 }, 'units'],
    ['half a unit', { units: 0.5 }, 'units'],
    ['no component', { component: '' }, 'component'],
    ['a bundle that no store sells', { bundle: 'NOBODY' }, 'bundle'],
    ['a word that is no action', { action: 'destroy' }, 'action'],
  ])('%s is refused with the cell named', async (_name, cells, field) => {
    const { at, submit } = await open({ A: 50 });
    const good = { bundle: at.sku('KIT'), component: at.sku('A'), units: 1 };
    const [answer] = await submit('bundles', [{ ...good, ...cells }]);
    expect(answer).toMatchObject({ status: 'error', field });
  });
});

test('a refused row leaves no component behind as a product', async () => {
  const { at, submit } = await open({ A: 50 });
  const [typo, part] = [at.sku('TYPO'), at.sku('PART')];
  const answers = await submit('bundles', [
    { bundle: at.sku('A'), component: typo, units: 1 },
    { bundle: at.sku('KIT'), component: part, units: 1 },
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['error', 'applied']);
  const { rows } = await sql`select sku from products where sku in (${typo}, ${part})`.execute(database.db);
  expect(rows).toEqual([{ sku: part }]);
});

test.each([
  ['rules', { sharePercent: '50%' }, '"50%" is not a whole number from 0 to 100.'],
  ['rules', { sharePercent: 101 }, '"101" is not a whole number from 0 to 100.'],
  ['rules', { keepBack: 1.5 }, '"1.5" is not a whole number from 0 to 1000000000.'],
  ['bundles', { units: 'two' }, '"two" is not a whole number from 1 to 100000.'],
  ['stock-levels', { leadDays: 9_999 }, '"9999" is not a whole number from 0 to 730.'],
])('a number of %s that cannot be is answered with what can', async (tab, cells, sentence) => {
  const { at, submit } = await open({ A: 50 });
  const { rows } = await sql<{ name: string }>`select name from stores where id = ${at.storeId}`.execute(
    database.db,
  );
  const good = {
    rules: { store: rows[0]?.name ?? '', sku: at.sku('A'), keepBack: 1 },
    bundles: { bundle: at.sku('KIT'), component: at.sku('A'), units: 1 },
    'stock-levels': { sku: at.sku('A'), warehouse: at.warehouseIds[0] ?? '', alertAt: 5 },
  }[tab];
  const [answer] = await submit(tab, [{ ...good, ...cells }]);
  expect(answer).toMatchObject({ status: 'error', field: Object.keys(cells)[0], message: sentence });
});

describe('changing a composition', () => {
  test('owes the bundle, says so, and leaves open orders with what they booked', async () => {
    const { at, bundle, sellable, faults } = await open({ A: 50, B: 50 });
    await bundle('KIT', { A: 2 });
    const order = anOrder().line('KIT', { ordered: 3 });
    await at.read(order);
    await at.pushAll();
    const [answer] = await bundle('KIT', { A: 4 });
    expect(answer?.message).toBe(`${at.sku('KIT')} is made of 4 × ${at.sku('A')}. 11 are available.`);
    expect(await at.owed()).toEqual(['listing of KIT']);
    expect(await sellable('KIT')).toBe(11);
    await at.read(order.line('KIT', { fulfilled: 3 }));
    expect(await at.stock('A')).toBe('44/0/44');
    await at.read(order.line('KIT', { fulfilled: 3, restocked: 1 }));
    expect(await at.stock('A')).toBe('46/0/46');
    // A new order books the new composition.
    await at.read(anOrder().line('KIT', { ordered: 1 }));
    expect(await at.stock('A')).toBe('46/4/42');
    expect(await faults()).toEqual([]);
    const { rows } = await sql<{ message: string }>`
      select message from activity where sku = ${at.sku('KIT')} order by id desc limit 1`.execute(
      database.db,
    );
    expect(rows[0]?.message).toContain('Open orders keep what they have booked.');
  });

  test('open orders of a product that becomes a bundle book its components from then on', async () => {
    const { at, bundle, faults } = await open({ A: 50, B: 50 });
    const order = anOrder().line('KIT', { ordered: 3 });
    await at.read(order);
    expect(await at.stock('KIT')).toBe('0/3/-3');
    await bundle('KIT', { A: 2, B: 1 });
    expect([await at.stock('KIT'), await at.stock('A'), await at.stock('B')]).toEqual([
      '0/0/0',
      '50/6/44',
      '50/3/47',
    ]);
    await at.read(order.line('KIT', { fulfilled: 3 }));
    expect([await at.stock('KIT'), await at.stock('A'), await at.stock('B')]).toEqual([
      '0/0/0',
      '44/0/44',
      '47/0/47',
    ]);
    expect(await faults()).toEqual([]);
  });

  test('an order cancelled before its product became a bundle books the components when the shop opens it again', async () => {
    const { at, bundle, faults } = await open({ A: 50 });
    const order = anOrder().line('KIT', { ordered: 3 });
    await at.read(order);
    await at.read(order.state('cancelled'));
    await bundle('KIT', { A: 2 });
    await at.read(order);
    expect([await at.stock('KIT'), await at.stock('A')]).toEqual(['0/0/0', '50/6/44']);
    expect(await faults()).toEqual([]);
  });

  test('a bundle whose last component is taken out is an uncounted product again; its open orders stay', async () => {
    const { at, bundle, unbundle, sellable, faults } = await open({ A: 50 });
    await bundle('KIT', { A: 2 });
    const order = anOrder().line('KIT', { ordered: 3 });
    await at.read(order);
    await unbundle('KIT', ['A']);
    expect(await sellable('KIT')).toBeNull();
    await at.read(order.state('cancelled'));
    expect(await at.stock('A')).toBe('50/0/50');
    expect(await faults()).toEqual([]);
  });

  test('a line that is edited from a bundle to another SKU gives the components back', async () => {
    const { at, bundle, faults } = await open({ A: 50, B: 50 });
    await bundle('KIT', { A: 2 });
    const order = anOrder().line('KIT', { ordered: 3 }, { lineId: '1' });
    await at.read(order);
    await at.read(order.line('B', { ordered: 3 }, { lineId: '1' }));
    expect([await at.stock('A'), await at.stock('B')]).toEqual(['50/0/50', '50/3/47']);
    await at.read(order);
    expect([await at.stock('A'), await at.stock('B')]).toEqual(['50/6/44', '50/0/50']);
    expect(await faults()).toEqual([]);
  });

  test('a disconnected store gives back what its orders for bundles had booked', async () => {
    const { at, bundle } = await open({ A: 50 });
    await bundle('KIT', { A: 2 });
    await at.read(anOrder().line('KIT', { ordered: 3 }));
    const { releaseBookings } = await import('../orders/release-store.ts');
    await database.db
      .transaction()
      .execute((tx) => releaseBookings(tx, at.storeId, { actor: 'test', at: minutesAfterT0(50) }));
    expect(await at.stock('A')).toBe('50/0/50');
  });
});

describe('submitting rows of Bundles', () => {
  test('a row sent twice is answered the same and done once; changed and sent on, it is saved again', async () => {
    const { at, submit, sellable } = await open({ A: 50 });
    const row = { rowId: 'r', step: 0, bundle: at.sku('KIT'), component: at.sku('A'), units: 2 };
    const [first] = await submit('bundles', [row]);
    expect(first).toMatchObject({ status: 'applied', writes: { step: 1 } });
    await at.pushAll();
    expect(await submit('bundles', [row])).toEqual([first]);
    expect(await at.owed()).toEqual([]);
    const [changed] = await submit('bundles', [{ ...row, step: 1, units: 5 }]);
    expect(changed).toMatchObject({ status: 'applied', writes: { step: 2 } });
    expect(await sellable('KIT')).toBe(10);
    // Somebody else's stale copy of the row.
    const [stale] = await submit('bundles', [{ ...row, step: 0, units: 3 }]);
    expect(stale).toMatchObject({ status: 'conflict', writes: { step: 2 } });
    expect(await sellable('KIT')).toBe(10);
  });
});
