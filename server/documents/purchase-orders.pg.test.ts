// Purchase orders as rows of the sheet, on a real database: every step, every refusal with its sentence, nothing twice.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Cell } from '../../shared/api/rows.ts';
import { parseMoney } from '../../shared/model/money.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { findLedgerFaults } from '../../test/support/ledger-faults.ts';
import { anOrder } from '../../test/support/orders.ts';
import { openSheet, type RowSheet, type SheetRow } from '../../test/support/sheet-rows.ts';
import { openShop, stampAt, type TestShop } from '../../test/support/shop.ts';
import { readDeliveries } from '../sheet/read-deliveries.ts';
import { submitPurchaseOrders } from './deliveries.ts';

let database: TestDatabase;
let at: TestShop;
let sheet: RowSheet;
let numbers = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  at = await openShop(database.db, { at50: ['A', 'B'], warehouses: 2 });
  await at.list('listing of A', 'A');
  await at.pushAll();
  sheet = openSheet(database.db, submitPurchaseOrders, () => stampAt(10));
});
afterAll(async () => {
  expect(await findLedgerFaults(database.db)).toEqual([]);
  await database.drop();
});

const CONTEXT = {
  timeZone: 'Etc/UTC',
  warehouses: [],
  stores: new Map(),
  places: new Map(),
  mapping: [],
  archived: [],
  plans: [],
};

const main = (): Cell => at.warehouseIds[0] ?? '';
const second = (): Cell => at.warehouseIds[1] ?? '';

function line(cells: Record<string, Cell> = {}): SheetRow {
  numbers += 1;
  const number = `NO-${numbers}`;
  return sheet.row({ number, sku: at.sku('A'), warehouse: main(), action: 'order', ordered: 10, ...cells });
}

async function incoming(name: string, warehouse: 1 | 2 = 1): Promise<number> {
  const { rows } = await sql<{ incoming: number }>`select incoming from balances
    where sku = ${at.sku(name)} and warehouse_id = ${at.warehouseIds[warehouse - 1]}`.execute(database.db);
  return rows[0]?.incoming ?? 0;
}

describe('from draft to received', () => {
  test('R7: a draft moves nothing; ordered it is incoming and no store is owed anything; received it is in stock and owed', async () => {
    const row = line({ action: 'save draft' });
    expect(await sheet.send(row)).toMatchObject({
      status: 'applied',
      writes: { state: 'draft', incoming: 0, step: '1' },
    });
    expect(await incoming('A')).toBe(0);
    expect(await sheet.send(row, { action: 'order' })).toMatchObject({
      writes: { state: 'ordered', incoming: 10 },
    });
    expect([await incoming('A'), await at.stock('A'), await at.owed()]).toEqual([10, '50/0/50', []]);
    const answer = await sheet.send(row, { action: 'receive' });
    expect(answer).toMatchObject({
      status: 'applied',
      writes: { state: 'received', received: 10, incoming: 0, action: '' },
    });
    expect(answer.message).toMatch(/Received 10: everything has arrived. In stock in .*: 60\.$/);
    expect([await incoming('A'), await at.stock('A')]).toEqual([0, '60/0/60']);
    expect([sheet.touched(), await at.owed()]).toEqual([[at.sku('A')], ['listing of A']]);
  });

  test('received in parts, then more than ordered: each time it is said', async () => {
    const row = line();
    await sheet.send(row);
    const first = await sheet.send(row, { action: 'receive', receiveNow: 4 });
    expect(first.message).toContain('Received 4: 6 are still on their way.');
    expect(first.writes).toMatchObject({
      state: 'partly received',
      received: 4,
      incoming: 6,
      receiveNow: '',
    });
    const second = await sheet.send(row, { action: 'receive', receiveNow: 8 });
    expect(second.message).toContain('12 in all, 2 more than ordered');
    expect(second.writes).toMatchObject({ state: 'received', incoming: 0 });
    expect(await at.stock('A')).toBe('62/0/62');
  });

  test('less than ordered: closing gives up the rest and says how much', async () => {
    const row = line();
    await sheet.send(row);
    await sheet.send(row, { action: 'receive', receiveNow: 3 });
    const answer = await sheet.send(row, { action: 'close' });
    expect(answer.message).toContain('3 of 10 arrived, 7 will not come.');
    expect([answer.writes['state'], await incoming('A'), await at.stock('A')]).toEqual([
      'received',
      0,
      '53/0/53',
    ]);
  });

  test('an order line that is changed after ordering changes what is incoming', async () => {
    const row = line();
    await sheet.send(row);
    await sheet.send(row, { action: 'order', ordered: 15, unitCost: '2.5000' });
    expect([await incoming('A'), row.cells['unitCost']]).toEqual([15, '2.50']);
    await sheet.send(row, { action: 'cancel' });
    expect([await incoming('A'), row.cells['state']]).toEqual([0, 'cancelled']);
  });

  test('incoming is kept per warehouse', async () => {
    await sheet.sendAll([line(), line({ warehouse: second(), ordered: 7 })]);
    expect([await incoming('A', 1), await incoming('A', 2)]).toEqual([10, 7]);
  });
});

describe('numbers', () => {
  test('rows of one supplier that are submitted together get one number; another supplier gets another', async () => {
    const rows = [
      line({ number: '', supplier: 'Acme' }),
      line({ number: '', supplier: 'acme', sku: at.sku('B') }),
      line({ number: '', supplier: 'Beta' }),
    ];
    await sheet.sendAll(rows);
    const [first, same, other] = rows.map(({ cells }) => cells['number']);
    expect(first).toMatch(/^PO-\d+$/);
    expect(same).toBe(first);
    expect(other).not.toBe(first);
  });

  test('a number that was typed by hand is never made again', async () => {
    const { rows } = await sql<{ next: number }>`select last_value + 1 as next from purchase_numbers`.execute(
      database.db,
    );
    const taken = `po-${rows[0]?.next}`;
    await sheet.send(line({ number: taken }));
    const row = line({ number: '' });
    await sheet.send(row);
    expect(String(row.cells['number']).toLowerCase()).not.toBe(taken);
  });

  test('one supplier and one currency for each number; one line for each SKU and warehouse', async () => {
    const row = line({ supplier: 'Acme', currency: 'EUR' });
    await sheet.send(row);
    const { number = '' } = row.cells;
    const answers = await sheet.sendAll([
      line({ number, sku: at.sku('B'), supplier: 'Beta' }),
      line({ number, sku: at.sku('B'), currency: 'USD' }),
      line({ number }),
    ]);
    expect(answers.map(({ status, field }) => [status, field])).toEqual([
      ['error', 'supplier'],
      ['error', 'currency'],
      ['error', 'sku'],
    ]);
  });
});

describe('money', () => {
  test('an order in two currencies is refused with a sentence that says what to do', async () => {
    const row = line({ currency: 'EUR', unitCost: 2 });
    await sheet.send(row);
    const number = String(row.cells['number']);
    const answer = await sheet.send(line({ number, sku: at.sku('B'), currency: 'USD', unitCost: 3 }));
    expect([answer.field, answer.message]).toEqual([
      'currency',
      `${number} is in EUR. Use another number for USD.`,
    ]);
  });

  test('rows of one supplier in two currencies get a number each; a row that names none goes with the first', async () => {
    const supplier = `Acme ${at.storeId}`;
    const rows = ['', 'EUR', 'USD', 'EUR'].map((currency, index) =>
      line({ number: '', supplier, currency, sku: `${at.sku('M')} ${index}` }),
    );
    const answers = await sheet.sendAll(rows);
    expect(answers.map(({ status }) => status)).toEqual(['applied', 'applied', 'applied', 'applied']);
    const [none, euro, dollar, more] = rows.map(({ cells }) => cells['number']);
    expect([none, more]).toEqual([euro, euro]);
    expect(dollar).not.toBe(euro);
  });

  test.each([
    [
      'JPY',
      '1200',
      '1200.50',
      'Amounts in JPY have no decimals, so 1200.50 of freight and fees cannot be paid.',
    ],
    ['KRW', 1200, 0.5, 'Amounts in KRW have no decimals, so 0.50 of freight and fees cannot be paid.'],
    [
      'KWD',
      '1.005',
      '1.0005',
      'Amounts in KWD have at most 3 decimals, so 1.0005 of freight and fees cannot be paid.',
    ],
    [
      'EUR',
      '1.05',
      '1.005',
      'Amounts in EUR have at most 2 decimals, so 1.005 of freight and fees cannot be paid.',
    ],
  ])('freight and fees in %s: %s is taken, %s is not', async (currency, good, bad, sentence) => {
    const refused = await sheet.send(line({ currency, charges: bad }));
    expect([refused.field, refused.message]).toEqual(['charges', sentence]);
    expect(await incoming('A')).toBe(0);
    expect((await sheet.send(line({ currency, charges: good }))).status).toBe('applied');
  });

  test('a currency without decimals that is named last is refused while a line has cents of freight', async () => {
    const row = line({ charges: '1.50' });
    await sheet.send(row);
    const number = String(row.cells['number']);
    const answer = await sheet.send(line({ number, sku: at.sku('B'), currency: 'JPY' }));
    expect([answer.field, answer.message]).toEqual([
      'currency',
      `Amounts in JPY have no decimals, but the line of ${at.sku('A')} has 1.50 of freight and fees.`,
    ]);
  });

  test.each([
    ['JPY', '1000', '100', ['434', '433', '433'], '1300'],
    ['KWD', '1.000', '0.1', ['0.434', '0.433', '0.433'], '1.300'],
  ])(
    'landed costs in %s are whole coins and add up to goods, freight and fees',
    async (currency, charges, unitCost, landed, whole) => {
      const number = `LAND-${currency}`;
      const rows = ['1', '2', '3'].map((name) =>
        line({
          number,
          sku: `${at.sku('L')} ${name}`,
          ordered: 1,
          currency,
          unitCost,
          ...(name === '1' ? { charges } : {}),
        }),
      );
      await sheet.sendAll(rows);
      const shown = (await readDeliveries(database.db, CONTEXT, null)).filter(
        ({ cells }) => cells['number'] === number,
      );
      expect(shown.map(({ cells }) => cells['landedCost'])).toEqual(landed);
      const sum = landed.reduce((total, cost) => total + parseMoney(cost), 0n);
      expect(sum).toBe(parseMoney(whole));
    },
  );
});

describe('rows are sheets, and sheets are messy', () => {
  test('F10: the same row at once from many editors is ordered and received once', async () => {
    const row = line();
    const send = () => submitPurchaseOrders(database.db, [structuredClone(row)], stampAt(1));
    const ordered = await Promise.all(Array.from({ length: 6 }, send));
    for (const { answers } of ordered) expect(answers).toEqual(ordered[0]?.answers);
    row.cells = { ...row.cells, ...ordered[0]?.answers[0]?.writes, action: 'receive', receiveNow: 4 };
    await Promise.all(Array.from({ length: 6 }, send));
    expect([await incoming('A'), await at.stock('A')]).toEqual([6, '54/0/54']);
  });

  test('a lost answer: the same row again gets it, and nothing is done twice', async () => {
    const row = line();
    await sheet.sendLosingAnswer(row);
    expect(await sheet.send(row)).toMatchObject({
      status: 'applied',
      writes: { state: 'ordered', step: '1' },
    });
    await sheet.sendLosingAnswer(row, { action: 'receive', receiveNow: 4 });
    expect(await sheet.send(row)).toMatchObject({ status: 'applied', writes: { received: 4, step: '2' } });
    expect(await at.stock('A')).toBe('54/0/54');
  });

  test('two editors: who has not seen the newest step is told, and the row is brought up to date', async () => {
    const row = line();
    await sheet.send(row);
    const mine = { ...row, cells: { ...row.cells } };
    await sheet.send(row, { action: 'receive', receiveNow: 4 });
    const answer = await sheet.send(mine, { action: 'receive', receiveNow: 6 });
    expect(answer).toMatchObject({
      status: 'conflict',
      writes: { state: 'partly received', received: 4, step: '2' },
    });
    expect(answer.message).toContain('4 of 10 received');
    expect(await at.stock('A')).toBe('54/0/54');
    expect(await sheet.send(mine)).toMatchObject({ status: 'applied', writes: { state: 'received' } });
  });

  test('a deleted row: number and SKU in a new row go on with the line', async () => {
    const row = line();
    await sheet.send(row);
    const again = sheet.row({
      number: row.cells['number'] ?? '',
      sku: at.sku('A'),
      action: 'receive',
      receiveNow: 4,
    });
    expect(await sheet.send(again)).toMatchObject({
      status: 'applied',
      writes: { ordered: 10, received: 4 },
    });
  });

  test('a number without a SKU means all its lines; those for which it is not possible are named', async () => {
    const row = line();
    const other = line({ number: row.cells['number'] ?? '', sku: at.sku('B') });
    await sheet.sendAll([row, other]);
    await sheet.send(other, { action: 'cancel' });
    const whole = sheet.row({ number: row.cells['number'] ?? '', action: 'receive' });
    const answer = await sheet.send(whole);
    expect(answer.message).toContain('done for 1 of 2 lines. Left as they are:');
    expect([await at.stock('A'), await at.stock('B')]).toEqual(['60/0/60', '50/0/50']);
    await sheet.send(whole);
    expect(await at.stock('A')).toBe('60/0/60');
  });

  test('a copied row that carries the step of another line becomes a line only when it is sent again', async () => {
    const row = line();
    await sheet.send(row);
    const copy = sheet.row({ ...row.cells, number: `${row.cells['number']}b`, action: 'order' });
    expect(await sheet.send(copy)).toMatchObject({ status: 'conflict', writes: { step: '0', state: '' } });
    expect(await incoming('A')).toBe(10);
    expect((await sheet.send(copy)).status).toBe('applied');
    expect(await incoming('A')).toBe(20);
  });

  test('2,000 lines at once, each with its answer', async () => {
    const { number = '' } = line().cells;
    const rows = Array.from({ length: 2_000 }, (_, index) =>
      line({ number, sku: `${at.sku('N')} ${index}` }),
    );
    const answers = await sheet.sendAll(rows);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['applied']));
  });
});

describe('what cannot be is refused with the cell to mend', () => {
  test.each<[string, Record<string, Cell>, string]>([
    ['no action', { action: '' }, 'action'],
    ['an action of another tab', { action: 'send' }, 'action'],
    ['no units', { ordered: '' }, 'ordered'],
    ['no whole units', { ordered: '1.5' }, 'ordered'],
    ['no units at all', { ordered: 0 }, 'ordered'],
    ['a warehouse that is not there', { warehouse: 'Moon' }, 'warehouse'],
    ['several warehouses and none named', { warehouse: '' }, 'warehouse'],
    ['a cost with a comma', { unitCost: '12,50' }, 'unitCost'],
    ['a cost of five decimals', { unitCost: '0.00001' }, 'unitCost'],
    ['a cost that is a formula', { unitCost: '=1+1' }, 'unitCost'],
    ['freight of three decimals', { charges: '1.005' }, 'charges'],
    ['a currency that is none', { currency: 'ABCD' }, 'currency'],
    ['a day that is none', { expected: '2026-02-30' }, 'expected'],
    ['a SKU that a sheet made a number', { sku: 123 }, 'sku'],
    ['a line to receive that is not there', { action: 'close' }, 'number'],
  ])('%s', async (_name, cells, field) => {
    const answer = await sheet.send(line(cells));
    expect([answer.status, answer.field]).toEqual(['error', field]);
    expect(answer.message).toMatch(/^[A-Z"].{10,3000}[.:]$/s);
    expect([await incoming('A'), await at.stock('A')]).toEqual([0, '50/0/50']);
  });

  test.each(['receive', 'close', 'cancel', 'reverse'])(
    'to %s without a number: the number is asked for, none is made up',
    async (action) => {
      const row = line({ number: '', action, ordered: '' });
      const answer = await sheet.send(row, action === 'receive' ? { sku: '' } : {});
      expect(answer.status).toBe('error');
      expect(answer.message).not.toMatch(/PO-\d/);
      if (action !== 'receive') {
        expect([answer.field, answer.message]).toEqual([
          'number',
          'Fill in the number of the purchase order that is meant; the Deliveries tab has it.',
        ]);
      }
    },
  );

  test('a row that comes to nothing leaves no product behind, whatever its SKU', async () => {
    const [typo, good] = [at.sku('TYPO'), at.sku('GOOD')];
    const answers = await sheet.sendAll([line({ sku: typo, ordered: '' }), line({ sku: good })]);
    expect(answers.map(({ status }) => status)).toEqual(['error', 'applied']);
    const { rows } = await sql`select sku from products where sku in (${typo}, ${good})`.execute(database.db);
    expect(rows).toEqual([{ sku: good }]);
  });

  test('received twice: the second time it is asked how many more arrived', async () => {
    const row = line({ action: 'receive' });
    await sheet.send(row);
    const again = await sheet.send(row, { action: 'receive' });
    expect([again.field, again.message]).toEqual([
      'receiveNow',
      'Everything has arrived already. Type how many more arrived.',
    ]);
    expect(await at.stock('A')).toBe('60/0/60');
  });

  test('F14: what arrives of a listed SKU that nobody has counted is never told to a store', async () => {
    await at.product('U');
    await at.list('listing of U', 'U');
    const row = line({ sku: at.sku('U'), action: 'receive', ordered: 5 });
    const answer = await sheet.send(row);
    expect(answer.message).toContain('Nobody has counted');
    expect(await at.owed()).toEqual([]);
    await at.adjust('U', 'set', 30);
    expect([await at.stock('U'), await at.owed()]).toEqual(['30/0/30', ['listing of U']]);
  });

  test('a SKU that nobody knows becomes a product without a listing, and what arrives is its first count', async () => {
    const row = line({ sku: at.sku('NEW') });
    expect((await sheet.send(row)).message).toContain('was not known');
    await sheet.send(row, { action: 'receive' });
    expect(await at.stock('NEW')).toBe('10/0/10');
    await at.list('new listing', 'NEW');
    expect(await at.owed()).toEqual(['new listing']);
  });
});

describe('reverse', () => {
  test('the newest step is taken back, then the one before, each linked both ways', async () => {
    const row = line();
    await sheet.send(row);
    await sheet.send(row, { action: 'receive', receiveNow: 4 });
    await sheet.send(row, { action: 'receive', receiveNow: 6 });
    const answer = await sheet.send(row, { action: 'reverse' });
    expect(answer.message).toContain('Took back "receive"');
    expect(answer.writes).toMatchObject({ state: 'partly received', received: 4, incoming: 6 });
    await sheet.send(row, { action: 'reverse' });
    await sheet.send(row, { action: 'reverse' });
    expect([row.cells['state'], await incoming('A'), await at.stock('A')]).toEqual(['draft', 0, '50/0/50']);
    expect(await sheet.send(row, { action: 'reverse' })).toMatchObject({ status: 'error', field: 'action' });
    const { rows } = await sql<{ note: string; cause: string }>`select undo.note, done.cause from reversals
      join moves as done on done.reference = reversals.reference join moves as undo on undo.reference = reversed_by
      where done.sku = ${at.sku('A')} order by undo.seq`.execute(database.db);
    expect(rows.map(({ cause }) => cause)).toEqual([
      'purchase received',
      'purchase received',
      'purchase ordered',
    ]);
    expect(rows[0]?.note).toMatch(/^reverses NO-/);
  });

  test('a receipt of which too few are left is not taken back', async () => {
    const row = line();
    await sheet.send(row, { action: 'receive' });
    await at.adjust('A', 'subtract', 55);
    const answer = await sheet.send(row, { action: 'reverse' });
    expect([answer.status, await at.stock('A')]).toEqual(['error', '5/0/5']);
    expect(answer.message).toContain('Only 5 of');
  });

  test('a sale after the receipt stays when the receipt is taken back', async () => {
    const row = line({ action: 'receive' });
    await sheet.send(row);
    await at.read(anOrder().line('A', { ordered: 4, fulfilled: 4 }));
    await sheet.send(row, { action: 'reverse' });
    expect(await at.stock('A')).toBe('46/0/46');
  });
});
