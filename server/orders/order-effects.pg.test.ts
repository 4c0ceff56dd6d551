// The numbered cases of the order rules, each driven by snapshots on a real database: in stock / booked / available.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type LineCounts, NO_COUNTS, type OrderState } from '../../shared/model/order.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { anOrder, minutesAfterT0, type TestOrder } from '../../test/support/orders.ts';
import { settingsOf } from '../../test/support/settings.ts';
import { openShop, type TestShop } from '../../test/support/shop.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const SOLD_AS = ['itself', 'a bundle of 1 A and 2 B'] as const;
let soldAs: (typeof SOLD_AS)[number] = 'itself';

/** A shop with 50 of A. Where A is sold as a bundle, orders and listings name the bundle instead of it. */
async function shop(): Promise<TestShop> {
  const at = await openShop(database.db);
  if (soldAs === 'itself') return at;
  for (const name of ['KIT', 'B']) await at.product(name);
  await at.adjust('B', 'set', 1_000);
  await settingsOf(database.db, at, at.storeId).bundle('KIT', { A: 1, B: 2 });
  const nameOf = (name: string): string => (name === 'A' ? 'KIT' : name);
  return {
    ...at,
    read: (order, reading) =>
      at.read(
        {
          ...order,
          snapshot: (version, skuOf = String) => order.snapshot(version, (name) => skuOf(nameOf(name))),
        },
        reading,
      ),
    list: (remoteId, name) => at.list(remoteId, nameOf(name)),
  };
}

type Step = readonly [counts: Partial<LineCounts>, stock: string];

/** One order of one line of A: reads it after each change of its counts and compares the stock. */
async function live(steps: readonly Step[]): Promise<void> {
  const at = await shop();
  let order = anOrder();
  for (const [counts, stock] of steps) {
    order = order.line('A', counts);
    await at.read(order);
    expect(await at.stock('A')).toBe(stock);
    if (soldAs !== 'itself') expect(await at.stock('B')).toBe(twice(stock));
  }
}

/** What B holds where A holds this: it began with 1,000, and goes twice as fast. */
function twice(stock: string): string {
  const [inStock = 0, booked = 0] = stock.split('/').map(Number);
  const held = 1_000 + 2 * (inStock - 50);
  return `${held}/${2 * booked}/${held - 2 * booked}`;
}

/** All orders of the items. */
function permutations<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

/** What may happen to an order of 4 of which 1 was sent. */
const EVENTS: readonly {
  readonly name: string;
  readonly counts?: (now: LineCounts) => Partial<LineCounts>;
  readonly state?: OrderState;
}[] = [
  { name: 'one is refunded with restock after it was sent', counts: () => ({ restocked: 1 }) },
  { name: 'one is refunded with restock before', counts: ({ released }) => ({ released: released + 1 }) },
  { name: 'one is refunded without restock before', counts: () => ({ writtenOff: 1 }) },
  { name: 'one is taken off by an edit', counts: ({ ordered }) => ({ ordered: ordered - 1 }) },
  { name: 'cancelled', state: 'cancelled' },
];

describe.each(SOLD_AS)('the cases of the order rules, for a line that sells %s', (sold) => {
  beforeAll(() => {
    soldAs = sold;
  });

  test('case 1 (R54, R55): order of 4, then fulfilled', () =>
    live([
      [{ ordered: 4 }, '50/4/46'],
      [{ fulfilled: 4 }, '46/0/46'],
    ]));

  test('case 2 (R56): part fulfilled, then the rest', () =>
    live([
      [{ ordered: 4 }, '50/4/46'],
      [{ fulfilled: 1 }, '49/3/46'],
      [{ fulfilled: 4 }, '46/0/46'],
    ]));

  test.each(['by state', 'by counts'])('case 3 (R60): cancelled before fulfilment, told %s', async (how) => {
    const at = await shop();
    const order = anOrder().line('A', { ordered: 4 });
    await at.read(order);
    expect(await at.stock('A')).toBe('50/4/46');
    await at.read(how === 'by state' ? order.state('cancelled') : order.line('A', { released: 4 }));
    expect(await at.stock('A')).toBe('50/0/50');
  });

  test('case 4: one fulfilled, the rest cancelled', async () => {
    const at = await shop();
    const order = anOrder().line('A', { ordered: 4, fulfilled: 1 });
    await at.read(order);
    await at.read(order.state('cancelled'));
    expect(await at.stock('A')).toBe('49/0/49');
  });

  test('case 5: one refunded with restock before fulfilment', () =>
    live([
      [{ ordered: 4 }, '50/4/46'],
      [{ released: 1 }, '50/3/47'],
      [{ fulfilled: 3 }, '47/0/47'],
    ]));

  test('case 6: one refunded without restock before fulfilment', () =>
    live([
      [{ ordered: 4 }, '50/4/46'],
      [{ writtenOff: 1 }, '49/3/46'],
      [{ fulfilled: 3 }, '46/0/46'],
    ]));

  test('case 7 (R61, R62): refunded with restock after fulfilment, one more without', () =>
    live([
      [{ ordered: 4, fulfilled: 4 }, '46/0/46'],
      [{ restocked: 1 }, '47/0/47'],
      [{}, '47/0/47'],
    ]));

  test('case 8 (F9): refunded with restock, then cancelled: never 101', async () => {
    const at = await shop();
    await at.adjust('A', 'set', 100);
    const order = anOrder().line('A', { ordered: 1 });
    const refunded = order.line('A', { released: 1 });
    for (const step of [order, refunded, refunded.state('cancelled'), refunded.state('cancelled')]) {
      await at.read(step);
    }
    expect(await at.stock('A')).toBe('100/0/100');
  });

  test('case 9 (F9): fulfilled, refunded with restock, then cancelled: never 101', async () => {
    const at = await shop();
    await at.adjust('A', 'set', 100);
    const order = anOrder().line('A', { ordered: 1 });
    const sent = order.line('A', { fulfilled: 1 });
    const back = sent.line('A', { restocked: 1 });
    for (const step of [order, sent, back, back.state('cancelled'), back.state('cancelled')]) {
      await at.read(step);
    }
    expect(await at.stock('A')).toBe('100/0/100');
  });

  test('F9: refunds with and without restock, a cancel, an edit, a deletion, opened again, in every order: never a unit too many', async () => {
    const at = await shop();
    await at.adjust('A', 'set', 100);
    for (const [nth, lives] of permutations(EVENTS).entries()) {
      let counts: LineCounts = { ...NO_COUNTS, ordered: 4, fulfilled: 1 };
      let order = anOrder().line('A', counts);
      await at.read(order);
      for (const event of lives) {
        counts = { ...counts, ...event.counts?.(counts) };
        order = order.line('A', counts).state(event.state ?? 'open');
        await at.read(order);
        const { fulfilled, writtenOff, restocked, released, ordered } = counts;
        const open = event.state === undefined ? Math.max(0, ordered - fulfilled - released - writtenOff) : 0;
        const inStock = 100 - fulfilled - writtenOff + Math.min(restocked, fulfilled);
        expect([event.name, await at.stock('A')]).toEqual([
          event.name,
          `${inStock}/${open}/${inStock - open}`,
        ]);
        expect(inStock).toBeLessThanOrEqual(100);
      }
      // All of it comes back, or was never sent: the shelf is as full as before, also when the shop says so twice.
      const over = order
        .line('A', { ...counts, restocked: 1, writtenOff: 0 })
        .state(nth % 2 === 0 ? 'cancelled' : 'deleted');
      await at.read(over);
      await at.read(over);
      expect(await at.stock('A')).toBe('100/0/100');
    }
  });

  test('case 10: edited to 5, edited to 1, line removed', async () => {
    const at = await shop();
    const order = anOrder().line('A', { ordered: 2 });
    const expected: readonly (readonly [TestOrder, string])[] = [
      [order, '50/2/48'],
      [order.line('A', { ordered: 5 }), '50/5/45'],
      [order.line('A', { ordered: 1 }), '50/1/49'],
      [order.without('line of A'), '50/0/50'],
    ];
    for (const [step, stock] of expected) {
      await at.read(step);
      expect(await at.stock('A')).toBe(stock);
    }
  });

  test('case 11: the fulfilment cancelled, and fulfilled again', () =>
    live([
      [{ ordered: 4, fulfilled: 4 }, '46/0/46'],
      [{ fulfilled: 0 }, '50/4/46'],
      [{ fulfilled: 4 }, '46/0/46'],
    ]));

  test('case 12: cancelled, then re-opened by the shop', async () => {
    const at = await shop();
    const order = anOrder().line('A', { ordered: 4 });
    await at.read(order.state('cancelled'));
    expect(await at.stock('A')).toBe('50/0/50');
    await at.read(order);
    expect(await at.stock('A')).toBe('50/4/46');
  });

  test('case 13: deleted in the shop while open, and after fulfilment', async () => {
    const at = await shop();
    const open = anOrder().line('A', { ordered: 4 });
    await at.read(open);
    await expect(at.remove(open)).resolves.toMatchObject({ kind: 'applied' });
    expect(await at.stock('A')).toBe('50/0/50');
    const sent = anOrder().line('A', { ordered: 4, fulfilled: 4 });
    await at.read(sent);
    await at.remove(sent);
    await at.remove(sent);
    expect(await at.stock('A')).toBe('46/0/46');
  });

  test('case 14: two lines of one SKU', async () => {
    const at = await shop();
    const order = anOrder()
      .line('A', { ordered: 3 }, { lineId: 'first' })
      .line('A', { ordered: 2 }, { lineId: 'second' });
    await at.read(order);
    expect(await at.stock('A')).toBe('50/5/45');
    await at.read(order.line('A', { fulfilled: 3 }, { lineId: 'first' }));
    expect(await at.stock('A')).toBe('47/2/45');
  });

  test('case 15 (R22): an unknown SKU does not hold up the other line, and is booked once when it appears', async () => {
    const at = await shop();
    const order = anOrder().line('A', { ordered: 4 }).line('NEW', { ordered: 2 }).line(null, { ordered: 1 });
    await at.read(order);
    expect(await at.stock('A')).toBe('50/4/46');
    await at.product('NEW');
    for (const _ of [1, 2]) {
      await at.settle('NEW');
    }
    await at.read(order);
    expect(await at.stock('NEW')).toBe('0/2/-2');
    expect((await at.moves('NEW')).map((move) => move.cause)).toEqual(['order booked']);
  });

  test('case 16: the snapshots of case 7 in all orders, each one to five times, by webhook and poll', async () => {
    const start = anOrder().line('A', { ordered: 4 });
    const life = [
      start,
      start.line('A', { fulfilled: 4 }),
      start.line('A', { fulfilled: 4, restocked: 1 }),
      start.line('A', { fulfilled: 4, restocked: 1 }).with({ channelState: 'refunded' }),
    ].map((order, index) => ({ order, version: index + 1 }));
    for (const [round, shuffled] of permutations(life).entries()) {
      const at = await shop();
      for (const [index, { order, version }] of shuffled.entries()) {
        const repeats = 1 + ((round + index * 2) % 5);
        // Every other delivery overlaps with the next one, as a webhook does with a poll.
        const deliveries = Array.from({ length: repeats }, (_, n) =>
          at.read(order, { version, readAtMinute: 500 + n }),
        );
        await Promise.all(deliveries);
      }
      expect(await at.stock('A')).toBe('47/0/47');
    }
  });

  test('case 17: seen for the first time when already fulfilled', () =>
    live([[{ ordered: 4, fulfilled: 4 }, '46/0/46']]));

  test('case 18: placed and fulfilled before T0, refunded with restock after it: +1, once', async () => {
    const at = await shop();
    const order = anOrder({ placedAt: minutesAfterT0(-100) }).line(
      'A',
      { ordered: 4, fulfilled: 4, restocked: 1 },
      {
        dated: [
          { count: 'fulfilled', quantity: 4, at: minutesAfterT0(-50) },
          { count: 'restocked', quantity: 1, at: minutesAfterT0(20) },
        ],
      },
    );
    await at.read(order);
    await at.read(order);
    expect(await at.stock('A')).toBe('51/0/51');
  });

  test('case 19 (R64): more is sold than there is: −10 inside, and the oversell is named', async () => {
    const at = await shop();
    await at.list('blue', 'A');
    const order = anOrder().line('A', { ordered: 60 });
    await at.read(order);
    expect(await at.stock('A')).toBe('50/60/-10');
    const { number } = order.snapshot(1);
    const [trouble] = await oversells(at);
    expect(trouble).toMatchObject({ level: 'warning', resolved_at: null });
    expect(trouble?.message).toContain(`order ${number} of`);
    expect(trouble?.message).toContain('10 of them are not there (available is -10)');
    await at.read(order.line('A', { released: 20 }));
    expect((await oversells(at))[0]?.resolved_at).not.toBeNull();
  });

  test.each([
    ['money-only refund', (order: TestOrder) => order],
    ['address change, note or tag', (order: TestOrder) => order],
    ['payment captured', (order: TestOrder) => order.with({ channelState: 'paid' })],
  ])('case 20: %s moves nothing and nothing is owed', async (_name, change) => {
    const at = await shop();
    await at.list('blue', 'A');
    const order = anOrder().line('A', { ordered: 4 }, { listingRemoteId: 'blue' });
    await at.read(order);
    await at.pushAll();
    const moves = await at.moves('A');
    await expect(at.read(change(order))).resolves.toEqual({ kind: 'applied', touched: [] });
    expect(await at.stock('A')).toBe('50/4/46');
    expect(await at.moves('A')).toEqual(moves);
    expect(await at.owed()).toEqual([]);
  });

  test('case 21 (R12, R15): off, an order placed and fulfilled, on with catch up', async () => {
    const at = await shop();
    const order = anOrder({ placedAt: minutesAfterT0(20) }).line('A', { ordered: 4, fulfilled: 4 });
    await at.turnOff();
    await expect(at.read(order)).resolves.toEqual({ kind: 'silent' });
    expect(await at.stock('A')).toBe('50/0/50');
    await at.turnOn();
    await at.read(order);
    expect(await at.stock('A')).toBe('46/0/46');
  });

  test('case 21: off, an order placed and fulfilled, on with start from now', async () => {
    const at = await shop();
    const order = anOrder({ placedAt: minutesAfterT0(20) }).line('A', { ordered: 4, fulfilled: 4 });
    await at.turnOff();
    await at.turnOn(minutesAfterT0(40));
    await at.read(order);
    expect(await at.stock('A')).toBe('50/0/50');
    await at.read(order.line('A', { restocked: 1 }));
    expect(await at.stock('A')).toBe('51/0/51');
  });
});

type Trouble = { readonly level: string; readonly message: string; readonly resolved_at: Date | null };
async function oversells(at: TestShop): Promise<readonly Trouble[]> {
  const { rows } = await sql<Trouble>`select level, message, resolved_at from activity
    where dedupe_key = ${`oversold:${at.sku('A')}`}`.execute(database.db);
  return rows;
}
