// Submitted adjustment rows on a real database: every bad input with its sentence, nothing half-applied, nothing twice.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Cell, RowAnswer } from '../../shared/api/rows.ts';
import { toWarehouseId } from '../../shared/model/ids.ts';
import { type AdjustmentRow, submitAdjustments } from '../../test/support/adjustments.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { anOrder } from '../../test/support/orders.ts';
import { openShop, stampAt } from '../../test/support/shop.ts';
import type { SubmitOutcome } from './row-outcome.ts';
import { documentOf } from './submit-rows.ts';
import { createWarehouse } from './warehouses.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await createWarehouse(database.db, { id: toWarehouseId('main'), name: 'Main' });
});
afterAll(() => database.drop());

let numbers = 0;
const fresh = (word: string): string => {
  numbers += 1;
  return `${word} ${numbers}`;
};

async function product(sku = fresh('SKU')): Promise<string> {
  await sql`insert into products (sku) values (${sku}) on conflict do nothing`.execute(database.db);
  return sku;
}

function row(values: Partial<AdjustmentRow>): AdjustmentRow {
  const blank = {
    warehouse: 'Main',
    action: 'set',
    quantity: 50,
    seen: null,
    reason: 'stock take',
    note: '',
  };
  return { rowId: fresh('row'), sku: 'A', ...blank, ...values };
}

const submit = (...rows: readonly AdjustmentRow[]): Promise<SubmitOutcome> =>
  submitAdjustments(database.db, rows, stampAt(1));

async function answerTo(values: Partial<AdjustmentRow>): Promise<RowAnswer> {
  const { answers } = await submit(row(values));
  return answers[0] as RowAnswer;
}

async function inStock(sku: string): Promise<number | null> {
  const { rows } = await sql<{ in_stock: number }>`
    select in_stock from balances where sku = ${sku} and is_set`.execute(database.db);
  return rows[0]?.in_stock ?? null;
}

async function moves(sku: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from moves where sku = ${sku}`.execute(
    database.db,
  );
  return rows[0]?.count ?? 0;
}

describe('bad input gets a sentence, and nothing is applied', () => {
  test.each<[string, Partial<AdjustmentRow>, RowAnswer['field'], string]>([
    ['an unknown SKU', { sku: 'NOBODY' }, 'sku', 'No product has the SKU "NOBODY". Check the spelling.'],
    ['a SKU with a blank before it', { sku: ' A' }, 'sku', 'begins or ends with a blank. Remove the blank.'],
    ['a SKU with a blank after it', { sku: 'A ' }, 'sku', 'begins or ends with a blank. Remove the blank.'],
    ['no SKU', { sku: '' }, 'sku', 'Fill in the SKU.'],
    ['a SKU of blanks', { sku: '   ' }, 'sku', 'Fill in the SKU.'],
    [
      '00123 that became a number',
      { sku: 123 },
      'sku',
      'leading zeros may be lost. Format the cell as plain text',
    ],
    ['a tick box as SKU', { sku: true }, 'sku', 'Fill in the SKU.'],
    ['=1+1 as an unknown SKU', { sku: '=1+1' }, 'sku', 'has the SKU "=1+1"'],
    ['__proto__ as an unknown SKU', { sku: '__proto__' }, 'sku', 'has the SKU "__proto__"'],
    ['a SKU of 10 MB', { sku: 'x'.repeat(10_000_000) }, 'sku', 'at most 255 are possible'],
    ['a SKU with a character that cannot be seen', { sku: 'A\u200bB' }, 'sku', 'cannot be seen'],
    ['a SKU with half a character', { sku: 'A\ud800' }, 'sku', 'cannot be seen'],
    ['a SKU with a NUL', { sku: 'A\u0000' }, 'sku', 'cannot be seen'],
    ['quantity abc', { quantity: 'abc' }, 'quantity', '"abc" is not a whole number.'],
    ['quantity 1.5', { quantity: 1.5 }, 'quantity', '"1.5" is not a whole number.'],
    ['quantity 1e21', { quantity: 1e21 }, 'quantity', '"1e+21" is not a whole number.'],
    ['quantity 1e21 as text', { quantity: '1e21' }, 'quantity', '"1e21" is not a whole number.'],
    [
      'an enormous quantity',
      { quantity: 1e12 },
      'quantity',
      'is more than 1000000000 units. Check the quantity.',
    ],
    ['an empty quantity', { quantity: '' }, 'quantity', 'Fill in the quantity.'],
    ['no quantity', { quantity: null }, 'quantity', 'Fill in the quantity.'],
    ['a tick box as quantity', { quantity: true }, 'quantity', 'must be a whole number'],
    ['add -0', { action: 'add', quantity: -0 }, 'quantity', 'To add 0 changes nothing.'],
    ['add -0 as text', { action: 'add', quantity: '-0' }, 'quantity', 'To add 0 changes nothing.'],
    ['add -3', { action: 'add', quantity: -3 }, 'quantity', 'choose subtract and type 3.'],
    ['subtract -3', { action: 'subtract', quantity: -3 }, 'quantity', 'without a minus sign.'],
    ['set -1', { quantity: -1 }, 'quantity', 'In stock cannot be set below 0.'],
    ['an unknown action', { action: 'multiply' }, 'action', 'Choose add, subtract or set as the action.'],
    ['no action', { action: null }, 'action', 'Choose add, subtract or set as the action.'],
    [
      'an unknown warehouse',
      { warehouse: 'Moon' },
      'warehouse',
      'There is no warehouse "Moon". Choose one of: ',
    ],
    ['nonsense as the number seen', { seen: 'many' }, 'seen', 'clear that cell'],
    ['a damaged row id', { rowId: 'row\u0000' }, 'rowId', 'Copy what you typed into a new row'],
  ])('%s', async (_name, values, field, sentence) => {
    const before = await sql<{ count: number }>`select count(*) from moves`.execute(database.db);
    const good = await product();
    const goodRow = row({ sku: good });
    const { answers } = await submit(row(values), goodRow);
    expect(answers[0]).toMatchObject({ status: 'error', field });
    expect(answers[0]?.message).toContain(sentence);
    // The other row of the same submission is not held up.
    expect(answers[1]).toMatchObject({ status: 'applied' });
    const after = await sql<{ count: number }>`select count(*) from moves`.execute(database.db);
    expect((after.rows[0]?.count ?? 0) - (before.rows[0]?.count ?? 0)).toBe(1);
  });

  test('a SKU in other letters than the product has: that one is named, in every tab', async () => {
    const sku = await product(fresh('Shirt'));
    const typed = sku.toLowerCase();
    await expect(answerTo({ sku: typed })).resolves.toMatchObject({
      status: 'error',
      message: `No product has the SKU "${typed}". Did you mean "${sku}"?`,
    });
    const rows: readonly (readonly [string, Record<string, Cell>])[] = [
      ['stock-take', { sku: typed, warehouse: 'Main', counted: 1 }],
      ['bundles', { bundle: typed, component: 'PART', units: 1 }],
      ['stock-levels', { sku: typed, warehouse: 'Main', alertAt: 1 }],
      ['purchase-orders', { sku: typed, warehouse: 'Main', ordered: 1, action: 'order' }],
    ];
    for (const [tab, cells] of rows) {
      const outcome = await documentOf(tab)?.(database.db, [{ rowId: `${tab} ${typed}`, cells }], stampAt(9));
      expect([tab, outcome?.answers[0]?.message]).toEqual([
        tab,
        expect.stringContaining(`Did you mean "${sku}"?`),
      ]);
    }
  });

  test.each(['00123', '=1+1', '__proto__', 'constructor', "Robert'); drop table moves;--", 'ÄÖ 中 😀'])(
    'the SKU %s is text like any other',
    async (sku) => {
      await product(sku);
      await expect(answerTo({ sku })).resolves.toMatchObject({ status: 'applied' });
      expect(await inStock(sku)).toBe(50);
    },
  );

  test('10 MB of text, NUL and halves of characters in the note are cut to what can be kept', async () => {
    const sku = await product();
    const note = `x\u0000\ud800${'😀'.repeat(2_500_000)}`;
    await expect(answerTo({ sku, note, reason: '\u0000', warehouse: 'Main\u0000' })).resolves.toMatchObject({
      status: 'applied',
    });
    const { rows } = await sql<{ note: string }>`select note from moves where sku = ${sku}`.execute(
      database.db,
    );
    expect(rows[0]?.note.length).toBeLessThanOrEqual(600);
  });

  test('set -0 is set 0', async () => {
    const sku = await product();
    await expect(answerTo({ sku, quantity: -0 })).resolves.toMatchObject({ status: 'applied' });
    expect(await inStock(sku)).toBe(0);
  });

  test('digits typed as text are a quantity', async () => {
    const sku = await product();
    await answerTo({ sku, quantity: ' 12 ' });
    expect(await inStock(sku)).toBe(12);
  });
});

describe('exactly once', () => {
  test('the same row sent at once by many has one effect and identical answers', async () => {
    const sku = await product();
    await answerTo({ sku, quantity: 10 });
    const same = row({ sku, action: 'add', quantity: 5 });
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => submit(same)));
    const late = await submit(same);
    expect(await inStock(sku)).toBe(15);
    expect(await moves(sku)).toBe(2);
    for (const outcome of outcomes) expect(outcome.answers).toEqual(late.answers);
    expect([...outcomes, late].flatMap(({ touched }) => touched)).toEqual([sku]);
  });

  test('many submissions of the same rows in opposite orders all end, each row applied once', async () => {
    const skus = await Promise.all(Array.from({ length: 20 }, () => product()));
    const rows = skus.map((sku) => row({ sku, quantity: 7 }));
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => submit(...(index % 2 === 0 ? rows : [...rows].reverse()))),
    );
    for (const sku of skus) expect([await inStock(sku), await moves(sku)]).toEqual([7, 1]);
  });

  test('the same row twice in one submission is applied once and answered twice', async () => {
    const sku = await product();
    const same = row({ sku, action: 'add', quantity: 5 });
    const { answers } = await submit(same, { ...same });
    expect(answers[0]).toEqual(answers[1]);
    expect(await inStock(sku)).toBe(5);
  });

  test('one key with two contents in one submission: the first is applied, the second is a conflict', async () => {
    const sku = await product();
    const first = row({ sku, action: 'add', quantity: 5 });
    const { answers } = await submit(first, { ...first, quantity: 6 });
    expect(answers.map((answer) => answer.status)).toEqual(['applied', 'conflict']);
    expect(await inStock(sku)).toBe(5);
    await expect(submit(first)).resolves.toMatchObject({ answers: [answers[0]] });
  });

  test('a key reused later with another content is a conflict and changes nothing', async () => {
    const sku = await product();
    const first = row({ sku, quantity: 5 });
    await submit(first);
    const { answers, touched } = await submit({ ...first, quantity: 6 });
    expect(answers[0]).toMatchObject({
      status: 'conflict',
      message: expect.stringContaining('Make a new row'),
    });
    expect(touched).toEqual([]);
    expect(await inStock(sku)).toBe(5);
  });

  test('a key reused with another content after a mistake in it is a conflict too', async () => {
    const sku = await product();
    const first = row({ sku, quantity: 5 });
    await submit(first);
    const { answers } = await submit({ ...first, quantity: 'abc' });
    expect(answers[0]).toMatchObject({ status: 'conflict' });
  });

  test('a key reused at once with two contents applies exactly one of them', async () => {
    const sku = await product();
    const first = row({ sku, action: 'add', quantity: 5 });
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) => submit({ ...first, quantity: index % 2 === 0 ? 5 : 6 })),
    );
    const statuses = outcomes.map(({ answers }) => answers[0]?.status);
    expect(statuses.filter((status) => status === 'applied')).toHaveLength(5);
    expect(statuses.filter((status) => status === 'conflict')).toHaveLength(5);
    expect(await moves(sku)).toBe(1);
  });

  test('a refused row can be mended and sent again under its id', async () => {
    const sku = fresh('LATER');
    const first = row({ sku, quantity: 5 });
    await expect(submit(first)).resolves.toMatchObject({ answers: [{ status: 'error' }], touched: [] });
    await product(sku);
    await expect(submit(first)).resolves.toMatchObject({ answers: [{ status: 'applied' }] });
    const second = row({ sku, action: 'subtract', quantity: 9 });
    await expect(submit(second)).resolves.toMatchObject({
      answers: [{ status: 'error', field: 'quantity' }],
    });
    await submit({ ...second, quantity: 3 });
    expect(await inStock(sku)).toBe(2);
  });

  test('5,000 rows at once, each with its answer', async () => {
    const skus = Array.from({ length: 2_500 }, (_, index) => `BULK ${index}`);
    await sql`insert into products (sku) select unnest(${skus}::text[])`.execute(database.db);
    const rows = [...skus, ...skus].map((sku, index) =>
      row({ sku, action: index < 2_500 ? 'set' : 'add', quantity: index < 2_500 ? 10 : 1 }),
    );
    const { answers, touched } = await submit(...rows);
    expect(answers.map((answer) => answer.rowId)).toEqual(rows.map((item) => item.rowId));
    expect(answers.every((answer) => answer.status === 'applied')).toBe(true);
    expect(touched).toHaveLength(2_500);
    expect([await inStock('BULK 0'), await inStock('BULK 2499')]).toEqual([11, 11]);
  });
});

describe('what add, subtract and set mean', () => {
  test('R52: several rows of one SKU in one submission build on each other', async () => {
    const sku = await product();
    const { answers } = await submit(
      row({ sku, quantity: 10 }),
      row({ sku, action: 'add', quantity: 5 }),
      row({ sku, action: 'subtract', quantity: 16 }),
      row({ sku, action: 'Subtract ', quantity: 15 }),
    );
    expect(answers.map((answer) => answer.status)).toEqual(['applied', 'applied', 'error', 'applied']);
    expect(answers[2]?.message).toContain('Only 15 are in stock');
    expect(await inStock(sku)).toBe(0);
  });

  test('F4: "set" carries what the person saw: 50 → 100 typed, 3 fulfilled meanwhile → 97', async () => {
    const at = await openShop(database.db);
    await at.read(anOrder().line('A', { ordered: 3, fulfilled: 3 }));
    const answer = await at.adjust('A', 'set', 100, { seen: 50 });
    expect(answer).toMatchObject({ status: 'applied' });
    expect(answer.message).toContain(
      'moved from 50 to 47 since you looked, so the difference +50 was applied',
    );
    expect(await at.stock('A')).toBe('97/0/97');
  });

  test('"set" to the number that was seen changes nothing, although it is another one by now, and says so', async () => {
    const at = await openShop(database.db);
    await at.adjust('A', 'subtract', 20);
    const answer = await at.adjust('A', 'set', 50, { seen: 50 });
    expect(answer).toMatchObject({ status: 'applied' });
    expect(answer.message).toContain('You typed the number that you saw, so nothing was changed.');
    expect(await at.stock('A')).toBe('30/0/30');
  });

  test('"set" that would leave less than 0 after a sale in between is refused', async () => {
    const at = await openShop(database.db);
    await at.read(anOrder().line('A', { ordered: 30, fulfilled: 30 }));
    await expect(at.adjust('A', 'set', 10, { seen: 50 })).resolves.toMatchObject({
      status: 'error',
      message: expect.stringContaining('Count again.'),
    });
    expect(await at.stock('A')).toBe('20/0/20');
  });

  test('unset is not 0: nothing can be subtracted, and the first count includes what orders took', async () => {
    const at = await openShop(database.db, { at50: [] });
    await at.product('A');
    const order = anOrder().line('A', { ordered: 5, fulfilled: 3 });
    await at.read(order);
    await expect(at.adjust('A', 'subtract', 1)).resolves.toMatchObject({
      status: 'error',
      field: 'action',
      message: expect.stringContaining('has no count yet'),
    });
    const answer = await at.adjust('A', 'set', 20, { seen: 99 });
    expect(answer.message).toContain('First count.');
    expect(await at.stock('A')).toBe('20/2/18');
  });

  test('setting 0 where nothing was set makes it 0 and owed', async () => {
    const at = await openShop(database.db, { at50: [] });
    await at.product('A');
    await at.list('blue', 'A');
    expect(await at.owed()).toEqual([]);
    await at.adjust('A', 'set', 0);
    expect(await at.owed()).toEqual(['blue']);
  });

  test('setting the number it already has owes nothing', async () => {
    const at = await openShop(database.db);
    await at.list('blue', 'A');
    await at.pushAll();
    await at.adjust('A', 'set', 50);
    expect(await at.owed()).toEqual([]);
  });
});

describe('warehouses', () => {
  test('with several warehouses the row must name one; names are found whatever their case', async () => {
    await createWarehouse(database.db, { id: toWarehouseId('second'), name: 'Second' });
    const sku = await product();
    await expect(answerTo({ sku, warehouse: '' })).resolves.toMatchObject({
      status: 'error',
      field: 'warehouse',
      message: expect.stringMatching(/^Choose the warehouse: Main, .*Second/),
    });
    await expect(answerTo({ sku, warehouse: ' sEcOnD ' })).resolves.toMatchObject({
      status: 'applied',
      message: expect.stringContaining('In stock in Second: 50'),
    });
  });

  test('with one warehouse the cell may be empty; with none the sentence says what to do', async () => {
    const own = await createTestDatabase();
    try {
      await sql`insert into products (sku) values ('A')`.execute(own.db);
      const first = row({ warehouse: null });
      const { answers } = await submitAdjustments(own.db, [first], stampAt(1));
      expect(answers[0]?.message).toContain('There is no warehouse yet.');
      await createWarehouse(own.db, { id: toWarehouseId('only'), name: 'Only' });
      const later = await submitAdjustments(own.db, [first], stampAt(1));
      expect(later.answers[0]).toMatchObject({ status: 'applied' });
    } finally {
      await own.drop();
    }
  });
});
