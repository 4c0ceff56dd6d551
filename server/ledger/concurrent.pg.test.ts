// Many clients on a few hot SKUs at once: nothing lost, nothing twice, no deadlock that a caller sees. And a canary: the
// same checks find a ledger that was written by read-modify-write.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { RowAnswer } from '../../shared/api/rows.ts';
import { type AdjustmentRow, submitAdjustments } from '../../test/support/adjustments.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { findLedgerFaults } from '../../test/support/ledger-faults.ts';
import { anOrder, type TestOrder } from '../../test/support/orders.ts';
import { openShop, stampAt, type TestShop } from '../../test/support/shop.ts';

const CLIENTS = 12;
const SUBMISSIONS = 800;
const ROWS = 25;
const ORDERS = 60;
const VERSIONS = 6;
const LINES = 12;
const SKUS = ['A', 'B', 'C', 'D'] as const;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ poolMax: CLIENTS });
});
afterAll(() => database.drop());

type Task = () => Promise<void>;
const skuOf = (number: number): string => SKUS[number % SKUS.length] ?? 'A';

function rowsOf(at: TestShop, submission: number): readonly AdjustmentRow[] {
  return Array.from({ length: ROWS }, (_, index) => ({
    rowId: `row ${submission} ${index}`,
    sku: at.sku(skuOf(submission * 7 + index)),
    warehouse: at.warehouseIds[(submission + index) % 2] ?? '',
    action: submission % 3 === 0 ? 'subtract' : 'add',
    quantity: 1 + (index % 5),
    seen: null,
    reason: '',
    note: '',
  }));
}

/** Version by version: booked, partly sent, sent, partly back; every fifth order is cancelled in the end. */
function snapshotOf(number: number, version: number): TestOrder {
  let order = anOrder({ remoteId: `order ${number}`, number: `${number}` });
  for (let line = 0; line < LINES; line += 1) {
    const counts = {
      ordered: 4,
      fulfilled: Math.max(0, Math.min(4, version - 2 + (line % 2))),
      released: version >= 5 && line % 4 === 0 ? 1 : 0,
      restocked: version === VERSIONS ? line % 3 : 0,
    };
    // Lines name their SKUs in another order than other orders do.
    const name = skuOf(number % 2 === 0 ? line : LINES - line);
    order = order.line(name, counts, { lineId: `${line}`, locationId: `location ${1 + (line % 2)}` });
  }
  return order.state(version === VERSIONS && number % 5 === 0 ? 'cancelled' : 'open');
}

/** The same order whatever runs first: a fixed shuffle. */
function shuffle<Item>(items: readonly Item[]): readonly Item[] {
  let state = 12_345;
  const ranked = items.map((item) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return { item, rank: state };
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
}

async function inLanes(tasks: readonly Task[]): Promise<void> {
  const waiting = [...tasks];
  const lane = async (): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await task();
  };
  await Promise.all(Array.from({ length: CLIENTS }, lane));
}

/** In stock that the answers and the orders' last versions add up to. */
function expectedInStock(at: TestShop, name: string, given: ReadonlyMap<AdjustmentRow, RowAnswer>): number {
  let units = 2 * 5_000;
  for (const [row, answer] of given) {
    if (row.sku !== at.sku(name) || answer.status !== 'applied') continue;
    units += row.action === 'add' ? Number(row.quantity) : -Number(row.quantity);
  }
  for (let number = 0; number < ORDERS; number += 1) {
    for (const { sku, counts } of snapshotOf(number, VERSIONS).snapshot(VERSIONS).lines) {
      if (sku === name) units += Math.min(counts.restocked, counts.fulfilled) - counts.fulfilled;
    }
  }
  return units;
}

describe('many clients at once', () => {
  test('every posting counts exactly once, and no caller sees a deadlock', async () => {
    const at = await openShop(database.db, { at50: [], warehouses: 2 });
    for (const name of SKUS) {
      await at.product(name);
      await at.list(`listing of ${name}`, name);
      for (const warehouse of [1, 2]) await at.adjust(name, 'set', 5_000, { warehouse });
    }
    const given = new Map<AdjustmentRow, RowAnswer>();
    const submissions = Array.from({ length: SUBMISSIONS }, (_, submission): Task => {
      const rows = rowsOf(at, submission);
      // Every fourth one is sent twice at once, as an impatient person or a retry does.
      const times = submission % 4 === 0 ? 2 : 1;
      return async () => {
        const outcomes = await Promise.all(
          Array.from({ length: times }, () => submitAdjustments(database.db, rows, stampAt(9))),
        );
        for (const { answers } of outcomes) expect(answers).toEqual(outcomes[0]?.answers);
        rows.forEach((row, index) => {
          given.set(row, outcomes[0]?.answers[index] as RowAnswer);
        });
      };
    });
    const readings = Array.from({ length: ORDERS * VERSIONS * 2 }, (_, index): Task => {
      const number = index % ORDERS;
      const version = 1 + (Math.floor(index / ORDERS) % VERSIONS);
      return async () => {
        await at.read(snapshotOf(number, version), { version });
      };
    });
    await inLanes(shuffle([...submissions, ...readings]));

    expect(await findLedgerFaults(database.db)).toEqual([]);
    for (const name of SKUS) {
      expect((await at.stock(name)).split('/')[0]).toBe(`${expectedInStock(at, name, given)}`);
    }
    const { rows } = await sql<{ moves: number }>`select count(*) as moves from moves`.execute(database.db);
    expect(rows[0]?.moves).toBeGreaterThan(20_000);
  }, 120_000);
});

describe('the canary', () => {
  test('a ledger written by read-modify-write is caught by the same checks', async () => {
    const at = await openShop(database.db);
    const sku = at.sku('A');
    let arrived = 0;
    let open: () => void = () => undefined;
    const everybodyHasRead = new Promise<void>((resolve) => {
      open = resolve;
    });
    const naive = async (): Promise<void> => {
      const { in_stock: seen } = await database.db
        .selectFrom('balances')
        .select('in_stock')
        .where('sku', '=', sku)
        .executeTakeFirstOrThrow();
      arrived += 1;
      if (arrived === 4) open();
      await everybodyHasRead;
      await sql`update balances set in_stock = ${seen + 1} where sku = ${sku}`.execute(database.db);
      await sql`
        with next as (update products set version = version + 1 where sku = ${sku} returning version)
        insert into moves (sku, warehouse_id, in_stock_change, booked_change, in_stock_after, booked_after,
          is_set_after, version, cause, reference, actor, at)
        select ${sku}, ${at.warehouseIds[0] ?? ''}, 1, 0, ${seen + 1}, 0, true, version, 'adjustment', 'r', 'canary',
          now() from next`.execute(database.db);
    };
    expect(await findLedgerFaults(database.db, sku)).toEqual([]);
    await Promise.all([naive(), naive(), naive(), naive()]);
    const faults = (await findLedgerFaults(database.db, sku)).join('\n');
    expect(faults).toContain(`conservation: ${sku} holds 51/0, its moves make 54/0`);
    expect(faults).toContain('tells a wrong balance');
  });
});
