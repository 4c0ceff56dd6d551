// What shops do beyond the numbered cases: versions out of order, changed SKUs and locations, contradictions, nonsense.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { anOrder, minutesAfterT0, type TestOrder } from '../../test/support/orders.ts';
import { openShop, type ShopOptions, type TestShop } from '../../test/support/shop.ts';
import { inTransaction } from '../database/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const shop = (options: ShopOptions = {}): Promise<TestShop> => openShop(database.db, options);

async function warningOf(at: TestShop, order: TestOrder): Promise<string | null> {
  const { rows } = await sql<{ warning: string | null }>`select warning from orders
    where store_id = ${at.storeId} and remote_id = ${order.snapshot(1).remoteId}`.execute(database.db);
  return rows[0]?.warning ?? null;
}

async function waitingForLocks(): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(database.db);
  return rows[0]?.count ?? 0;
}

async function openTroubles(at: TestShop): Promise<readonly string[]> {
  const { rows } = await sql<{ message: string }>`select message from activity
    where store_id = ${at.storeId} and resolved_at is null and dedupe_key is not null order by id`.execute(
    database.db,
  );
  return rows.map((row) => row.message);
}

describe('versions', () => {
  test('an older version never undoes a newer one', async () => {
    const at = await shop();
    const order = anOrder().line('A', { ordered: 4 });
    await at.read(order.line('A', { fulfilled: 4 }), { version: 2 });
    await expect(at.read(order, { version: 1, readAtMinute: 900 })).resolves.toEqual({ kind: 'unchanged' });
    expect(await at.stock('A')).toBe('46/0/46');
  });

  test('R20: an equal version changes nothing', async () => {
    const at = await shop();
    const order = anOrder().line('A', { ordered: 4 });
    await at.read(order, { version: 1, readAtMinute: 30 });
    const again = await at.read(order.line('A', { ordered: 9 }), { version: 1, readAtMinute: 30 });
    expect(again).toEqual({ kind: 'unchanged' });
    expect(await at.stock('A')).toBe('50/4/46');
  });

  test('R21: of two readings with one update time the later reading counts, in either order', async () => {
    const order = anOrder().line('A', { ordered: 4 });
    const early = { order, readAtMinute: 30 };
    const late = { order: order.line('A', { fulfilled: 4 }), readAtMinute: 31 };
    for (const readings of [
      [early, late],
      [late, early],
    ]) {
      const at = await shop();
      for (const reading of readings) {
        await at.read(reading.order, { version: 1, readAtMinute: reading.readAtMinute });
      }
      expect(await at.stock('A')).toBe('46/0/46');
    }
  });
});

describe('deletion', () => {
  test('a reading begun before the deletion was found out does not bring the order back, yet its counts are heard', async () => {
    const at = await shop();
    const order = anOrder().line('A', { ordered: 4 });
    await at.read(order, { version: 1, readAtMinute: 20 });
    await at.remove(order, 40);
    await at.read(order.line('A', { fulfilled: 1 }), { version: 2, readAtMinute: 30 });
    expect(await at.stock('A')).toBe('49/0/49');
  });

  test('an order that can be read again after its deletion is booked again', async () => {
    const at = await shop();
    const order = anOrder().line('A', { ordered: 4 });
    await at.read(order, { version: 1, readAtMinute: 20 });
    await at.remove(order, 40);
    await at.remove(order, 60);
    await at.read(order, { version: 1, readAtMinute: 50 });
    expect(await at.stock('A')).toBe('50/0/50');
    await at.read(order, { version: 1, readAtMinute: 70 });
    expect(await at.stock('A')).toBe('50/4/46');
  });

  test('a deletion that meets a newer snapshot takes its counts', async () => {
    for (let round = 0; round < 10; round += 1) {
      const at = await shop();
      const order = anOrder().line('A', { ordered: 4 });
      await at.read(order, { version: 1, readAtMinute: 20 });
      const newer = order.line('A', { ordered: 5, fulfilled: 3 });
      await Promise.all([
        at.read(newer, { version: 2, readAtMinute: 30 }),
        at.remove(order, 40),
        at.read(newer, { version: 2, readAtMinute: 31 }),
      ]);
      expect(await at.stock('A')).toBe('47/0/47');
    }
  });

  test('deleting an order nobody knows does nothing', async () => {
    await expect((await shop()).remove(anOrder())).resolves.toEqual({ kind: 'unchanged' });
  });
});

describe('lines', () => {
  test('a line that changes its SKU gives everything back under the old one', async () => {
    const at = await shop({ at50: ['A', 'B'] });
    const order = anOrder().line('A', { ordered: 4, fulfilled: 1 }, { lineId: 'it' });
    await at.read(order);
    await at.read(order.line('B', {}, { lineId: 'it' }));
    expect(await at.stock('A')).toBe('50/0/50');
    expect(await at.stock('B')).toBe('49/3/46');
  });

  test('a line that loses its SKU goes on under the one it was booked under', async () => {
    const at = await shop();
    const order = anOrder().line('A', { ordered: 4 }, { lineId: 'it' });
    await at.read(order);
    await at.read(order.line(null, { fulfilled: 4 }, { lineId: 'it' }));
    expect(await at.stock('A')).toBe('46/0/46');
  });

  test('booked units move along with a change of location; units that left stay where they left', async () => {
    const at = await shop({ warehouses: 2 });
    await at.adjust('A', 'set', 50, { warehouse: 2 });
    const order = anOrder().line('A', { ordered: 4, fulfilled: 1 }, { locationId: 'location 1' });
    await at.read(order);
    await at.read(order.line('A', {}, { locationId: 'location 2' }));
    expect([await at.stock('A', 1), await at.stock('A', 2)]).toEqual(['49/0/49', '50/3/47']);
    await at.read(order.line('A', { fulfilled: 4 }, { locationId: 'location 2' }));
    expect([await at.stock('A', 1), await at.stock('A', 2)]).toEqual(['49/0/49', '47/0/47']);
  });

  test('a location nobody mapped is served by the first warehouse', async () => {
    const at = await shop({ warehouses: 2 });
    await at.read(anOrder().line('A', { ordered: 4 }, { locationId: 'pop-up' }));
    expect(await at.stock('A', 1)).toBe('50/4/46');
  });

  test('a store that sells from two warehouses takes orders without a location from the first', async () => {
    const at = await shop({ warehouses: 2 });
    await sql`insert into store_warehouses (store_id, location_id, warehouse_id)
      values (${at.storeId}, '', ${at.warehouseIds[1] ?? ''})`.execute(database.db);
    await at.read(anOrder().line('A', { ordered: 4 }));
    expect(await at.stock('A', 1)).toBe('50/4/46');
  });

  test('a line taken off the order has no effect left, whichever snapshots were seen before', async () => {
    const whole = anOrder().line('A', { ordered: 4, fulfilled: 2 }).line('B', { ordered: 1 });
    const rest = whole.without('line of A');
    for (const readings of [[whole, rest], [rest]]) {
      const at = await shop({ at50: ['A', 'B'] });
      for (const reading of readings) await at.read(reading);
      expect([await at.stock('A'), await at.stock('B')]).toEqual(['50/0/50', '50/1/49']);
    }
  });

  test.each([
    ['of the marketplace’s own warehouse', { ignoredBecause: 'sent by the marketplace' }],
    ['of a gift card', { ignoredBecause: 'gift card' }],
  ])('a line %s moves nothing, in any state', async (_name, extras) => {
    const at = await shop();
    const order = anOrder().line('A', { ordered: 4 }, extras);
    for (const step of [order, order.line('A', { fulfilled: 4 }), order.state('cancelled')]) {
      await at.read(step);
    }
    expect(await at.stock('A')).toBe('50/0/50');
  });

  test('a test order moves nothing', async () => {
    const at = await shop();
    await at.read(anOrder({ test: true }).line('A', { ordered: 4 }));
    expect(await at.stock('A')).toBe('50/0/50');
  });

  test('a SKU with blanks around it in the shop is the product without them', async () => {
    const at = await shop();
    const product = at.sku('A');
    const spaced: TestOrder = anOrder().line('A', { ordered: 4 });
    const reading = {
      ...spaced,
      snapshot: (version: number) => spaced.snapshot(version, () => ` ${product} `),
    };
    await at.read(reading);
    expect(await at.stock('A')).toBe('50/4/46');
  });
});

describe('R22: nothing a shop sends holds up its other orders', () => {
  test('contradictory counts: what happened physically is counted, and the order says so', async () => {
    const at = await shop();
    const order = anOrder().line('A', { ordered: 4, fulfilled: 4, released: 2, restocked: 6 });
    await at.read(order);
    expect(await at.stock('A')).toBe('50/0/50');
    expect(await warningOf(at, order)).toContain('6 units sent or given up of 4 ordered');
    await at.read(order.line('A', { released: 0, restocked: 1 }));
    expect(await at.stock('A')).toBe('47/0/47');
    expect(await warningOf(at, order)).toBeNull();
  });

  test('a line id that comes twice is one line, and the order says so', async () => {
    const at = await shop();
    const order = anOrder().line('A', { ordered: 3 });
    const { lines } = order.line('A', { ordered: 4 }).snapshot(1);
    const twice = order.with({ lines: [...order.snapshot(1).lines, ...lines] });
    await at.read(twice);
    expect(await at.stock('A')).toBe('50/4/46');
    expect(await warningOf(at, twice)).toContain('sent the line "line of A" twice');
  });

  test.each([
    ['a negative count', { ordered: -1 }],
    ['a fractional count', { fulfilled: 1.5 }],
    ['a count that is no number', { ordered: Number.NaN }],
    ['an absurd count', { released: 1e15 }],
  ])('%s is refused with the order named, and nothing of it is applied', async (_name, counts) => {
    const at = await shop();
    const order = anOrder().line('A', { ordered: 4 });
    await at.read(order);
    const bad = order.line('A', { ordered: 9 }).line('A', counts);
    const outcome = await at.read(bad);
    expect(outcome).toMatchObject({ kind: 'refused' });
    expect(await at.stock('A')).toBe('50/4/46');
    const [trouble] = await openTroubles(at);
    expect(trouble).toContain(`order ${order.snapshot(1).number} of Shop`);
    await at.read(order.line('A', { fulfilled: 4 }));
    expect(await at.stock('A')).toBe('46/0/46');
    expect(await openTroubles(at)).toEqual([]);
  });

  test('a time that is none is refused with the order named', async () => {
    const at = await shop();
    const order = anOrder({ placedAt: new Date('never') }).line('A', { ordered: 4 });
    await expect(at.read(order)).resolves.toMatchObject({ kind: 'refused' });
  });

  test('text that a database cannot hold, or far too much of it, is shortened and never refused', async () => {
    const at = await shop();
    const order = anOrder({ number: '#1\u0000', channelState: 'open\u0000' })
      .line('A', { ordered: 4 }, { title: `Jeans\u0000${'x'.repeat(10_000_000)}` })
      .line('y'.repeat(10_000), { ordered: 1 })
      .line('\u0000', { ordered: 1 }, { lineId: 'odd' });
    await expect(at.read(order)).resolves.toMatchObject({ kind: 'applied' });
    expect(await at.stock('A')).toBe('50/4/46');
  });

  test('an order of 3,500 lines is applied whole', async () => {
    const at = await shop();
    let order = anOrder();
    const line = order.line('A', { ordered: 1 }).snapshot(1).lines[0];
    if (line === undefined) throw new Error('no line');
    const lines = Array.from({ length: 3_500 }, (_, index) => ({ ...line, lineId: `line ${index}` }));
    order = order.with({ lines });
    await at.read(order);
    expect(await at.stock('A')).toBe('50/3500/-3450');
    await at.read(order.state('cancelled'));
    expect(await at.stock('A')).toBe('50/0/50');
  });
});

describe('waiting lines', () => {
  test('R15: with sync off they go on waiting', async () => {
    const at = await shop();
    await at.read(anOrder().line('NEW', { ordered: 4 }));
    await at.turnOff();
    await at.product('NEW');
    await at.settle('NEW');
    expect(await at.stock('NEW')).toBe('0/0/0');
    await at.turnOn();
    await at.settle('NEW');
    expect(await at.stock('NEW')).toBe('0/4/-4');
  });

  test('start from now: what a waiting line did before the new T0 stays out', async () => {
    const at = await shop();
    await at.read(anOrder().line('NEW', { ordered: 4, fulfilled: 3 }));
    await at.turnOff();
    await at.turnOn(minutesAfterT0(500));
    await at.product('NEW');
    await at.settle('NEW');
    expect(await at.stock('NEW')).toBe('0/1/-1');
  });

  test('a line that waited and is settled by its next snapshot names its true cause', async () => {
    const at = await shop();
    const order = anOrder().line('NEW', { ordered: 4, fulfilled: 4 });
    await at.read(order);
    await at.product('NEW');
    await at.read(order);
    expect((await at.moves('NEW')).map((move) => move.cause)).toEqual(['fulfilled']);
  });

  test('a line is counted once when its snapshots, its SKU and the sweep meet', async () => {
    for (let round = 0; round < 10; round += 1) {
      const at = await shop();
      const order = anOrder().line('A', { ordered: 1 }).line('NEW', { ordered: 4 });
      await at.read(order, { version: 1 });
      await Promise.all([
        at.read(order.line('NEW', { fulfilled: 1 }), { version: 2 }),
        at.product('NEW').then(() => at.settle('NEW')),
        at.settle('NEW'),
        at.read(order.line('NEW', { fulfilled: 2 }), { version: 3 }),
      ]);
      await at.settle('NEW');
      expect(await at.stock('NEW')).toBe('-2/2/-4');
    }
  });
});

describe('what a store is expected to show', () => {
  const expected = async (at: TestShop): Promise<Record<string, number | null>> => {
    const { rows } = await sql<{ remote_id: string; expected: number | null }>`
      select remote_id, expected from listings where store_id = ${at.storeId} order by remote_id`.execute(
      database.db,
    );
    return Object.fromEntries(rows.map((row) => [row.remote_id, row.expected]));
  };

  test('the listing that was sold is lowered, its twin is not; both are owed', async () => {
    const at = await shop();
    await at.list('blue', 'A');
    await at.list('special', 'A');
    await at.pushAll();
    const order = anOrder().line('A', { ordered: 4 }, { listingRemoteId: 'blue' });
    await at.read(order);
    expect(await expected(at)).toEqual({ blue: 46, special: 50 });
    expect(await at.owed()).toEqual(['blue', 'special']);
    await at.read(order.line('A', { fulfilled: 4 }));
    expect(await expected(at)).toEqual({ blue: 46, special: 50 });
  });

  test('when several listings carry the SKU and the shop does not say which, nothing is expected of any', async () => {
    const at = await shop();
    await at.list('blue', 'A');
    await at.list('special', 'A');
    await at.pushAll();
    await at.read(anOrder().line('A', { ordered: 4 }));
    expect(await expected(at)).toEqual({ blue: null, special: null });
  });

  test('a shop that put more back than it had taken off (a refund of more than the line) is believed, and the order counts', async () => {
    const at = await shop();
    await at.list('blue', 'A');
    await at.pushAll();
    const order = anOrder().line('A', { ordered: 1 }, { listingRemoteId: 'blue', taken: 1 });
    await at.read(order);
    const refunded = order.line('A', { released: 2 }, { taken: -1 });
    expect(await at.read(refunded)).toMatchObject({ kind: 'applied' });
    expect(await at.stock('A')).toBe('50/0/50');
    expect(await expected(at)).toEqual({ blue: 51 });
    expect(await warningOf(at, refunded)).toContain('2 units sent or given up of 1 ordered');
  });

  test('a line that turns out to be of another listing gives the first one back', async () => {
    const at = await shop();
    await at.list('blue', 'A');
    await at.list('special', 'A');
    await at.pushAll();
    const order = anOrder().line('A', { ordered: 4 }, { listingRemoteId: 'blue' });
    await at.read(order);
    await at.read(order.line('A', {}, { listingRemoteId: 'special' }));
    expect(await expected(at)).toEqual({ blue: 50, special: 46 });
  });

  test('a sale from before T0 was in the shop’s number already', async () => {
    const at = await shop();
    await at.list('blue', 'A');
    await at.pushAll();
    const order = anOrder({ placedAt: minutesAfterT0(-9) }).line(
      'A',
      { ordered: 4 },
      { listingRemoteId: 'blue' },
    );
    await at.read(order);
    expect(await expected(at)).toEqual({ blue: 50 });
  });
});

describe('stock and its listings', () => {
  test('R56: a fulfilment never changes available, also from a warehouse nobody has counted', async () => {
    const at = await shop({ warehouses: 2 });
    await at.list('blue', 'A');
    const order = anOrder().line('A', { ordered: 4 }, { locationId: 'location 2', listingRemoteId: 'blue' });
    await at.read(order);
    await at.pushAll();
    await at.read(order.line('A', { fulfilled: 4 }));
    expect(await at.owed()).toEqual([]);
    expect(await at.stock('A')).toBe('46/0/46');
    await at.read(anOrder().line('A', { ordered: 47 }));
    expect(await openTroubles(at)).toHaveLength(1);
  });

  test('every oversell is named, also while an earlier one of the SKU stands', async () => {
    const at = await shop();
    const [first, second] = [anOrder().line('A', { ordered: 60 }), anOrder().line('A', { ordered: 3 })];
    await at.read(first);
    await at.read(second);
    const { rows } = await sql<{ message: string }>`select message from activity where sku = ${at.sku('A')}
      order by id`.execute(database.db);
    const said = rows.map((row) => row.message).join('\n');
    expect(said).toContain(`order ${first.snapshot(1).number} of`);
    expect(said).toContain(`order ${second.snapshot(1).number} of`);
    expect(await openTroubles(at)).toHaveLength(1);
  });

  test('an oversell is over when the missing units are found', async () => {
    const at = await shop();
    await at.read(anOrder().line('A', { ordered: 60 }));
    await at.adjust('A', 'add', 5);
    expect(await openTroubles(at)).toHaveLength(1);
    await at.adjust('A', 'add', 5);
    expect(await openTroubles(at)).toEqual([]);
  });

  test('a write-off that is taken back is named so', async () => {
    const at = await shop();
    const order = anOrder().line('A', { ordered: 4, writtenOff: 4 });
    await at.read(order);
    await at.read(order.line('A', { writtenOff: 0 }));
    expect((await at.moves('A')).at(-1)?.cause).toBe('write-off undone');
  });

  test('R15: an order read while sync is being turned off waits for that, and then moves nothing', async () => {
    const at = await shop();
    let settled = false;
    const reading = await inTransaction(database.db, async (tx) => {
      await sql`update stores set sync_on = false where id = ${at.storeId}`.execute(tx);
      const outcome = at.read(anOrder().line('A', { ordered: 1 })).finally(() => {
        settled = true;
      });
      while (!settled && (await waitingForLocks()) === 0);
      return { outcome };
    });
    await expect(reading.outcome).resolves.toEqual({ kind: 'silent' });
    expect(await at.stock('A')).toBe('50/0/50');
  });

  test('orders and changes of their store’s row pass each other, and none is applied after sync was turned off', async () => {
    const at = await shop();
    const orders = Array.from({ length: 40 }, () => anOrder().line('A', { ordered: 1 }));
    const outcomes = await Promise.all(
      orders.map(async (order, index) => {
        if (index % 4 === 0) {
          await sql`update stores set orders_synced_at = now() where id = ${at.storeId}`.execute(database.db);
        }
        if (index === 20) await at.turnOff();
        return at.read(order, { version: 1 });
      }),
    );
    const applied = outcomes.filter((outcome) => outcome.kind === 'applied').length;
    expect(await at.stock('A')).toBe(`50/${applied}/${50 - applied}`);
    await expect(at.read(anOrder().line('A', { ordered: 1 }))).resolves.toEqual({ kind: 'silent' });
  });
});

describe('R49–R62, the numbers of the reference behaviour', () => {
  test('R49, R50, R51, R59: available is in stock less booked; booked units are still on the shelf', async () => {
    const at = await shop();
    await at.read(anOrder().line('A', { ordered: 4 }));
    await at.read(anOrder().line('A', { ordered: 6, fulfilled: 2 }));
    expect(await at.stock('A')).toBe('48/8/40');
  });

  test('R52, R53: 10 adjusted to 15 is owed to the listings in all three stores', async () => {
    const at = await shop();
    const others = [await openShop(database.db, { at50: [] }), await openShop(database.db, { at50: [] })];
    await at.adjust('A', 'set', 10);
    for (const [index, store] of [at, ...others].entries()) {
      await sql`insert into listings (store_id, remote_id, handle, sku, title, state, tracked)
        values (${store.storeId}, ${`listing ${index}`}, '', ${at.sku('A')}, '', 'active', true)`.execute(
        database.db,
      );
    }
    await at.pushAll();
    await at.adjust('A', 'set', 15);
    expect(await at.stock('A')).toBe('15/0/15');
    expect((await Promise.all([at, ...others].map((store) => store.owed()))).flat()).toEqual([
      'listing 0',
      'listing 1',
      'listing 2',
    ]);
  });

  test('R54, R55: an order of 4 is owed to the store; its fulfilment is not', async () => {
    const at = await shop();
    await at.list('apples', 'A');
    await at.pushAll();
    const order = anOrder().line('A', { ordered: 4 }, { listingRemoteId: 'apples' });
    await at.read(order);
    expect([await at.stock('A'), await at.owed()]).toEqual(['50/4/46', ['apples']]);
    await at.pushAll();
    await at.read(order.line('A', { fulfilled: 4 }));
    expect([await at.stock('A'), await at.owed()]).toEqual(['46/0/46', []]);
  });

  test('R57, R58: BLUEJEANSM at 21 is owed to every listing with that SKU', async () => {
    const at = await shop({ at50: ['BLUEJEANSM', 'OTHER'] });
    for (const listing of ['medium', 'medium special edition', 'medium sale']) {
      await at.list(listing, 'BLUEJEANSM');
    }
    await at.list('something else', 'OTHER');
    await at.pushAll();
    await at.adjust('BLUEJEANSM', 'set', 21);
    expect(await at.owed()).toEqual(['medium', 'medium sale', 'medium special edition']);
  });

  test('R42: nothing is owed for a SKU that was never set, whatever is ordered', async () => {
    const at = await shop();
    await at.product('NEW');
    await at.list('new', 'NEW');
    await at.read(anOrder().line('NEW', { ordered: 4 }, { listingRemoteId: 'new' }));
    expect(await at.owed()).toEqual([]);
  });

  test('R60, R61, R62: a cancel frees, a return with restock adds, a refund without restock changes nothing', async () => {
    const at = await shop();
    const order = anOrder().line('A', { ordered: 4 });
    await at.read(order);
    await at.read(order.state('cancelled'));
    expect(await at.stock('A')).toBe('50/0/50');
    const sent = anOrder().line('A', { ordered: 4, fulfilled: 4 });
    await at.read(sent);
    await at.read(sent.line('A', { restocked: 3 }));
    await at.read(sent.line('A', { restocked: 3 }).with({ channelState: 'refunded' }));
    expect(await at.stock('A')).toBe('49/0/49');
  });
});
