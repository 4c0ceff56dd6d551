// Which tab is whose: nothing of a tab of the shop is lost, whatever it is called, and whatever people call our tabs, the flush goes on.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type LocalSheet, OWNER, startLocalSheet } from '../../test/support/local-sheet.ts';
import type { WorkbookEdit } from '../workbook/session.ts';
import type { CellInput } from '../workbook/session-cells.ts';

let database: TestDatabase;
let local: LocalSheet;
let count = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  await sql`insert into warehouses (id, name) values ('main', 'Main')`.execute(database.db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  count += 1;
  await sql`truncate products, activity, sheet_rows, sheet_tabs, sheet_watermarks cascade`.execute(
    database.db,
  );
  local = await startLocalSheet(database.db, `book${count}`);
  await sql`insert into products (sku, title) values ('SHIRT', 'Shirt'), ('CAP', 'Cap')`.execute(database.db);
});
afterEach(() => local.close());

/** A flush that looks at the whole sheet. */
const look = () => local.flush({ verifyEveryMs: 0 });

const change = (work: (edit: WorkbookEdit) => unknown) =>
  local.workbook.change(OWNER, async (edit) => {
    await work(edit);
  });
const idOf = (edit: WorkbookEdit, title: string): number => edit.sheetNamed(title)?.sheetId ?? -1;
const rename = (from: string, to: string) => change((edit) => edit.renameSheet(idOf(edit, from), to));
const addOwn = (title: string, cells: readonly (readonly CellInput[])[]) =>
  change((edit) => {
    const { sheetId } = edit.addSheet({ title, rowCount: 50, columnCount: 6 });
    edit.writeCells(sheetId, 0, 0, cells, 'typed');
  });

const titles = () =>
  local.workbook.look(async (view) => view.sheets().map(({ shape }) => shape.title.toLowerCase()));
const shapeOf = (title: string) => local.workbook.look(async (view) => view.sheetNamed(title)?.shape ?? null);
/** Every cell, as it was typed, without the empty ends. */
const cellsOf = (title: string) => local.gateway.readTyped(title);
const told = async () => (await local.table('Activity')).map((row) => String(row['Message']));
const skus = async () => (await local.table('Inventory')).map((row) => String(row['SKU'])).sort();

const PRICES = [
  ['Item', 'Supplier price', 'Shelf', 'Reorder link'],
  ['Shirt', 7.5, 'A3', 'https://supplier.example/1'],
  ['', '', '', ''],
  ['Cap', 2, 'B1', ''],
];
const PRICES_READ = [PRICES[0], PRICES[1], [], ['Cap', 2, 'B1']];

describe('a tab of the shop under a name of ours', () => {
  test('is kept as it is under another name, ours is made, and Activity says so once', async () => {
    await addOwn('Inventory', PRICES);
    const before = await shapeOf('Inventory');
    await local.flush();
    expect(await cellsOf('Inventory (yours)')).toEqual(PRICES_READ);
    expect({ ...(await shapeOf('Inventory (yours)')), title: '', tags: [] }).toEqual({
      ...before,
      title: '',
    });
    expect(await skus()).toEqual(['CAP', 'SHIRT']);
    await look();
    await look();
    expect(await told()).toEqual([
      'Your tab "Inventory" is called "Inventory (yours)" now, because Stocksheet writes a tab of that name. Nothing in it was changed.',
    ]);
    expect((await local.table('Activity'))[0]?.['Times']).toBe(1);
    expect(await cellsOf('Inventory (yours)')).toEqual(PRICES_READ);
  });

  test('is numbered where its new name is taken, and upper and lower case make no other name', async () => {
    await addOwn('inventory', PRICES);
    await addOwn('INVENTORY (YOURS)', [['mine']]);
    await local.flush();
    expect(await cellsOf('inventory (yours 2)')).toEqual(PRICES_READ);
    expect(await cellsOf('INVENTORY (YOURS)')).toEqual([['mine']]);
    expect(await skus()).toEqual(['CAP', 'SHIRT']);
  });

  test.each(['Orders', 'Activity', 'Adjustments', 'Transfers', 'Stock take'])('called %s', async (title) => {
    await addOwn(title, PRICES);
    await local.flush();
    expect(await cellsOf(`${title} (yours)`)).toEqual(PRICES_READ);
    expect((await shapeOf(title))?.tags.length).toBeGreaterThan(1);
    expect(await told()).toHaveLength(1);
  });

  test('that has headers of ours among its own is theirs', async () => {
    const cells = [
      ['SKU', 'Title', 'In stock', 'Supplier'],
      ['A', 'B', 7, 'C'],
    ];
    await addOwn('Inventory', cells);
    await local.flush();
    expect(await cellsOf('Inventory (yours)')).toEqual(cells);
  });

  test.each([
    ['a formula that shows nothing', 2, '=""'],
    ['one cell far below', 40, 'mine'],
  ])('with %s is not empty', async (_what, row, cell) => {
    await addOwn('Inventory', []);
    await change((edit) => edit.writeCells(idOf(edit, 'Inventory'), row, 1, [[cell]], 'typed'));
    await local.flush();
    expect((await cellsOf('Inventory (yours)'))[row]?.[1]).toBe(cell);
  });

  test('with nothing in it becomes ours', async () => {
    await addOwn('Inventory', []);
    await local.flush();
    expect(await titles()).not.toContain('inventory (yours)');
    expect(await skus()).toEqual(['CAP', 'SHIRT']);
    expect(await told()).toEqual([]);
  });

  test('that was made after ours was deleted is kept too', async () => {
    await local.flush();
    await change((edit) => {
      edit.reshape(idOf(edit, 'Inventory'), (shape) => ({ ...shape, protections: [] }));
      edit.deleteSheet(idOf(edit, 'Inventory'));
    });
    await addOwn('Inventory', PRICES);
    await sql`update products set title = 'New'`.execute(database.db);
    await local.flush();
    await look();
    expect(await cellsOf('Inventory (yours)')).toEqual(PRICES_READ);
    expect(await skus()).toEqual(['CAP', 'SHIRT']);
  });
});

describe('a tab of ours that lost its tags', () => {
  test.each([
    ['the tag of the tab', (tag: { columnId: number | null }) => tag.columnId !== null],
    ['every tag', () => false],
  ])('%s: is ours again, with every row once', async (_what, isKept) => {
    await local.flush();
    const lose = (title: string) =>
      change((edit) =>
        edit.reshape(idOf(edit, title), (shape) => ({ ...shape, tags: shape.tags.filter(isKept) })),
      );
    await lose('Inventory');
    await lose('Transfers');
    await change((edit) => edit.writeCells(idOf(edit, 'Transfers'), 4, 4, [['CAP']], 'raw'));
    const before = await titles();
    const transfers = await shapeOf('Transfers');
    await look();
    expect(await titles()).toEqual(before);
    expect(await skus()).toEqual(['CAP', 'SHIRT']);
    expect((await cellsOf('Transfers'))[4]?.[4]).toBe('CAP');
    expect((await shapeOf('Transfers'))?.columns).toEqual(transfers?.columns);
    expect(await told()).toEqual([]);
  });
});

describe('tabs of ours that people rename', () => {
  test('a tab that people write in keeps the name they gave it', async () => {
    await local.flush();
    await rename('Adjustments', 'Stock changes');
    await look();
    expect(await titles()).toContain('stock changes');
    expect(await titles()).not.toContain('adjustments');
    await change((edit) => edit.writeCells(idOf(edit, 'Stock changes'), 0, 1, [['']], 'raw'));
    await look();
    expect((await cellsOf('Stock changes'))[0]?.[1]).toBe('SKU');
  });

  test('a second tab of theirs that looks the same stops nothing, and Activity says which one counts', async () => {
    await local.flush();
    await rename('Adjustments', 'Stock changes');
    await change((edit) => {
      const { sheetId } = edit.addSheet({ title: 'Adjustments', rowCount: 50, columnCount: 6 });
      edit.writeCells(sheetId, 0, 0, [['Submit', 'SKU']], 'raw');
      edit.reshape(sheetId, (shape) => ({
        ...shape,
        tags: [tagOf(1, 'col.submit', shape.columns[0]?.id), tagOf(2, 'col.sku', shape.columns[1]?.id)],
      }));
    });
    await look();
    await sql`insert into products (sku) values ('BELT')`.execute(database.db);
    await look();
    expect(await skus()).toEqual(['BELT', 'CAP', 'SHIRT']);
    expect(await told()).toEqual([
      'The tabs "Stock changes" and "Adjustments" look the same. Only the rows of "Stock changes" are submitted: move what you need over there, and delete "Adjustments".',
    ]);
    await change((edit) => edit.deleteSheet(idOf(edit, 'Adjustments')));
    await look();
    expect((await local.table('Activity'))[0]?.['Resolved']).not.toBe('');
  });

  test('a tab of the server gets its name back, and a new one of the shop under its name loses nothing meanwhile', async () => {
    await local.flush();
    await change((edit) => edit.reshape(idOf(edit, 'Inventory'), (shape) => ({ ...shape, protections: [] })));
    await rename('Inventory', 'Old');
    await addOwn('Inventory', PRICES);
    await sql`update products set title = 'New'`.execute(database.db);
    await local.flush();
    expect(await cellsOf('Inventory')).toEqual(PRICES_READ);
    await look();
    expect(await cellsOf('Inventory (yours)')).toEqual(PRICES_READ);
    expect(await titles()).not.toContain('old');
    expect((await local.table('Inventory')).map((row) => row['Title'])).toEqual(['New', 'New']);
    expect(await told()).toHaveLength(1);
  });

  test('two that took each other’s names get their own back', async () => {
    await local.flush();
    await rename('Inventory', 'x');
    await rename('Orders', 'Inventory');
    await rename('x', 'Orders');
    await look();
    expect(await skus()).toEqual(['CAP', 'SHIRT']);
    expect((await titles()).filter((title) => title.includes('yours'))).toEqual([]);
    expect(await told()).toEqual([]);
  });

  test('a copy of a tab is no reason to take it for the tab', async () => {
    await local.flush();
    const inventory = await shapeOf('Inventory');
    await change((edit) => {
      const { sheetId } = edit.addSheet({ title: 'Copy of Inventory', rowCount: 50, columnCount: 20 });
      edit.reshape(sheetId, (shape) => ({
        ...shape,
        tags: (inventory?.tags ?? []).filter(({ columnId }) => columnId === null),
      }));
      edit.moveSheet(sheetId, 0);
    });
    await look();
    expect(await titles()).toContain('copy of inventory');
    expect(await skus()).toEqual(['CAP', 'SHIRT']);
    expect(await cellsOf('Copy of Inventory')).toEqual([]);
  });
});

test('a tab whose structure Google refuses does not keep the others back', async () => {
  let refuse = true;
  const gateway = {
    ...local.gateway,
    changeStructure: async (requests: Parameters<typeof local.gateway.changeStructure>[0]) => {
      if (refuse && requests.some(({ addSheet }) => addSheet?.properties?.title === 'Orders'))
        throw Object.assign(new Error('Nobody may add this one.'), { status: 400 });
      await local.gateway.changeStructure(requests);
    },
  };
  for (let turn = 0; turn < 2; turn += 1) {
    await expect(local.flush({ gateway })).rejects.toMatchObject({ status: 400 });
    await sql`insert into products (sku) values (${`NEW-${turn}`})`.execute(database.db);
  }
  expect(await skus()).toEqual(['CAP', 'NEW-0', 'SHIRT']);
  expect(await titles()).not.toContain('orders');
  refuse = false;
  await local.flush({ gateway });
  expect(await titles()).toContain('orders');
  expect(await skus()).toEqual(['CAP', 'NEW-0', 'NEW-1', 'SHIRT']);
});

const tagOf = (id: number, key: string, columnId: number | undefined) => ({
  id,
  key,
  value: '',
  visibility: 'DOCUMENT' as const,
  columnId: columnId ?? null,
});
