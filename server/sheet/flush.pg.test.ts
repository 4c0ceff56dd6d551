// The flush against the local workbook through the real googleapis client: it shows what the database says, writes only
// differences, and survives what people and Google do to it.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { PEOPLE_TABS } from '../../shared/tabs/people-tabs.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type LocalSheet, OWNER, startLocalSheet } from '../../test/support/local-sheet.ts';
import { shownValue } from '../workbook/row-store.ts';
import type { WorkbookEdit } from '../workbook/session.ts';
import { TAB_SOURCES } from './sources.ts';

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
  await sql`truncate products, listings, stores, orders, order_lines, activity, balances, sheet_rows, sheet_tabs,
    sheet_watermarks cascade`.execute(database.db);
  local = await startLocalSheet(database.db, `book${count}`);
});
afterEach(() => local.close());

const flush = (options: { verifyEveryMs?: number } = {}) => local.flush(options);

const addProducts = (from: number, to: number) =>
  sql`insert into products (sku, title) select 'SKU-' || lpad(n::text, 6, '0'), 'Title ' || n
    from generate_series(${from}::integer, ${to}::integer) n`.execute(database.db);

const retitle = (limit: number, title: string) =>
  sql`update products set title = ${title} where sku in
    (select sku from products order by md5(sku) limit ${limit})`.execute(database.db);

const addMoves = (howMany: number) =>
  sql`insert into moves (sku, warehouse_id, in_stock_change, booked_change, in_stock_after, booked_after,
    is_set_after, version, cause, reference, actor, at)
    select 'L', 'main', 1, 0, n, 0, true, coalesce((select max(version) from moves), 0) + n, 'adjustment', '=1+1', 'me', now()
    from generate_series(1, ${howMany}::integer) n`.execute(database.db);

const addActivity = (howMany: number) =>
  sql`insert into activity (at, level, message)
    select now(), 'info', 'Something' from generate_series(1, ${howMany}::integer)`.execute(database.db);

async function titles(): Promise<unknown[]> {
  return (await local.table('Inventory')).map((row) => row['Title']);
}

/** The owner of a real file may edit what is protected. */
const asOwner = (tab: string, work: (edit: WorkbookEdit, sheetId: number) => unknown) =>
  local.workbook.change(OWNER, async (edit) => {
    const sheetId = edit.sheetNamed(tab)?.sheetId ?? -1;
    edit.reshape(sheetId, (shape) => ({
      ...shape,
      protections: shape.protections.map((one) => ({ ...one, editors: [...one.editors, OWNER.email] })),
    }));
    await work(edit, sheetId);
  });

test('the first flush makes every tab with frozen, tagged and protected headers', async () => {
  await flush();
  const sheets = await local.workbook.look(async (view) => view.sheets());
  const none = { timeZone: 'Etc/UTC', warehouses: [], mapping: [], archived: [], plans: [] };
  const nothing = { ...none, stores: new Map(), places: new Map() };
  const names = [
    ...TAB_SOURCES.map((source) => source.definition(nothing).name),
    ...PEOPLE_TABS.map(({ definition }) => definition.name),
  ];
  // The empty tab of a new spreadsheet is gone.
  expect(sheets.map(({ shape }) => shape.title)).toEqual(names);
  const inventory = sheets.find(({ shape }) => shape.title === 'Inventory')?.shape;
  expect(inventory?.frozenRows).toBe(1);
  expect(inventory?.protections).toHaveLength(1);
  expect(inventory?.tags.map(({ key }) => key)).toContain('col.inStock');
  const adjustments = sheets.find(({ shape }) => shape.title === 'Adjustments')?.shape;
  expect(adjustments?.protections).toEqual([]);
  expect(adjustments?.rules.map(({ rule }) => rule.kind)).toEqual(['tick', 'choice', 'choice']);
});

test('a tab in which people wrote something stays, also when it is the only one', async () => {
  const sheetId = (await local.workbook.look(async (view) => view.sheetNamed('Sheet1')?.sheetId)) ?? -1;
  await local.workbook.change(OWNER, async (edit) => edit.writeCells(sheetId, 3, 3, [['mine']], 'raw'));
  await flush();
  expect(await local.workbook.look(async (view) => view.sheetNamed('Sheet1'))).not.toBeNull();
});

test('nothing changed: nothing is sent', async () => {
  await addProducts(1, 3);
  await flush();
  local.takeRequests();
  expect(await flush()).toEqual({ rowsWritten: 0, rangesWritten: 0, verified: false });
  expect(local.takeRequests()).toEqual({});
});

test.each([1, 100, 10_000])('%i changed rows are one request, and only they are written', async (changed) => {
  await addProducts(1, 10_500);
  await flush();
  local.takeRequests();
  await retitle(changed, 'New');
  const result = await flush();
  expect(result.rowsWritten).toBe(changed);
  expect(local.takeRequests()).toEqual({ 'values.batchUpdateByDataFilter': 1 });
  expect((await titles()).filter((title) => title === 'New')).toHaveLength(changed);
});

test('neighbouring rows share one range', async () => {
  await addProducts(1, 50);
  await flush();
  await sql`update products set title = 'x' where sku between 'SKU-000010' and 'SKU-000019'`.execute(
    database.db,
  );
  // The rows, and the header that says when.
  expect((await flush()).rangesWritten).toBe(2);
});

test('new SKUs are added below and the grid grows before they are written', async () => {
  await addProducts(1, 150);
  await flush();
  await addProducts(151, 900);
  local.takeRequests();
  await flush();
  expect(local.takeRequests()).toEqual({
    'spreadsheets.batchUpdate': 1,
    'values.batchUpdateByDataFilter': 1,
  });
  expect(await titles()).toHaveLength(900);
});

test('with a second warehouse, Inventory gets its columns and every row its numbers', async () => {
  await sql`insert into products (sku) values ('two')`.execute(database.db);
  await sql`insert into balances (sku, warehouse_id, in_stock, booked, is_set)
    values ('two', 'main', 5, 1, true)`.execute(database.db);
  await flush();
  await sql`insert into warehouses (id, name) values ('annex', '=Annex')`.execute(database.db);
  await flush();
  const [row] = await local.table('Inventory');
  expect(row).toMatchObject({ 'In stock: Main': 5, 'Available: Main': 4, 'In stock: =Annex': '' });
  await sql`delete from warehouses where id = 'annex'`.execute(database.db);
});

test('unset is empty, negative and owed are named, and the numbers add up', async () => {
  await sql`insert into products (sku) values ('unset'), ('short'), ('fine')`.execute(database.db);
  await sql`insert into balances (sku, warehouse_id, in_stock, booked, is_set) values
    ('unset', 'main', 0, 2, false), ('short', 'main', 1, 3, true), ('fine', 'main', 50, 4, true)`.execute(
    database.db,
  );
  await flush();
  const rows = await local.table('Inventory');
  const shown = rows.map((row) => [
    row['SKU'],
    row['In stock'],
    row['Booked'],
    row['Available'],
    row['Status'],
  ]);
  expect(shown.sort()).toEqual([
    ['fine', 50, 4, 46, 'ok'],
    ['short', 1, 3, -2, 'negative'],
    ['unset', '', 2, '', 'unset'],
  ]);
});

test('times are those of the spreadsheet’s own clock; another clock has them written anew', async () => {
  await sql`insert into activity (at, level, message) values ('2026-11-23T23:30:09Z', 'info', 'Hello.')`.execute(
    database.db,
  );
  await flush();
  const shown = async () => (await local.table('Activity')).map((row) => row['When']);
  expect(await shown()).toEqual(['2026-11-23 23:30:09']);
  await local.close();
  local = await startLocalSheet(database.db, `book${count}`, { timeZone: 'Asia/Tokyo' });
  await flush({ verifyEveryMs: 0 });
  expect(await shown()).toEqual(['2026-11-24 08:30:09']);
  const zone = await database.db.selectFrom('workspace').select('time_zone').executeTakeFirst();
  expect(zone).toEqual({ time_zone: 'Asia/Tokyo' });
  await database.db.updateTable('workspace').set({ time_zone: 'Etc/UTC' }).execute();
});

test('the Ledger shows the newest 1,000 moves, newest first, and forgets older ones', async () => {
  await addMoves(1_200);
  await flush();
  await addMoves(3);
  local.takeRequests();
  await flush();
  expect(local.takeRequests()).toEqual({ 'values.batchUpdateByDataFilter': 1 });
  const numbers = (await local.table('Ledger')).map((row) => Number(row['Move']));
  expect(numbers).toHaveLength(1_000);
  expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
  const { rows } = await sql<{ max: number }>`select max(seq) from moves`.execute(database.db);
  expect(numbers[0]).toBe(rows[0]?.max);
  expect((await local.table('Ledger'))[0]?.['Reference']).toBe('=1+1');
});

test.each(['throttled', 'unavailable', 'lostAnswer'] as const)(
  'a write that is %s is repeated',
  async (fault) => {
    await addProducts(1, 5);
    await flush();
    await addProducts(6, 8);
    await retitle(2, 'New');
    local.faults.add(fault, 2);
    local.takeRequests();
    await flush();
    expect(local.takeRequests()['values.batchUpdateByDataFilter']).toBe(3);
    expect((await titles()).filter((title) => title !== '')).toHaveLength(8);
    expect((await titles()).filter((title) => title === 'New')).toHaveLength(2);
  },
);

test('a first flush whose answers are lost makes each tab once', async () => {
  await addProducts(1, 5);
  local.faults.add('lostAnswer', 1);
  await flush().catch(() => undefined);
  await flush();
  const sheets = await local.workbook.look(async (view) => view.sheets());
  expect(sheets.filter(({ shape }) => shape.title.startsWith('Inventory'))).toHaveLength(1);
  expect(await titles()).toHaveLength(5);
});

test('a flush that gives up half-way is completed by the next one', async () => {
  await addProducts(1, 5);
  await flush();
  await retitle(5, 'New');
  local.faults.add('unavailable', 6);
  await expect(flush()).rejects.toMatchObject({ status: 503 });
  await flush();
  expect(await titles()).toEqual(Array.from({ length: 5 }, () => 'New'));
});

test('ninety flushes in a row stay within Google’s quota of writes', async () => {
  await addProducts(1, 5);
  for (let turn = 0; turn < 90; turn += 1) {
    await retitle(1, `Turn ${turn}`);
    await flush();
  }
  const writes = local.takeRequests();
  // One more than the flushes: the structure of the first. None was repeated.
  expect(writes['values.batchUpdateByDataFilter']).toBe(90);
});

type Damage = readonly [what: string, damage: (edit: WorkbookEdit, sheetId: number) => unknown];
const MIDDLE = { startRow: 2, endRow: 5, startColumn: 1, endColumn: 4 };
const DAMAGES: readonly Damage[] = [
  ['deletes rows', (edit, id) => edit.remove(id, 'rows', 2, 4)],
  ['inserts a row', (edit, id) => edit.insert(id, 'rows', 3, 1)],
  ['edits a cell', (edit, id) => edit.writeCells(id, 2, 1, [['mine']], 'raw')],
  ['renames a header', (edit, id) => edit.writeCells(id, 0, 1, [['Name']], 'raw')],
  ['renames the tab', (edit, id) => edit.renameSheet(id, 'Mine')],
  ['moves columns', (edit, id) => edit.moveColumns(id, 0, 1, 4)],
  ['inserts a column', (edit, id) => edit.insert(id, 'columns', 1, 1)],
  ['deletes a column', (edit, id) => edit.remove(id, 'columns', 1, 2)],
  ['deletes the column of the row key', (edit, id) => edit.remove(id, 'columns', 0, 1)],
  ['merges cells', (edit, id) => edit.merge(id, MIDDLE, 'all')],
  ['merges cells of each row', (edit, id) => edit.merge(id, MIDDLE, 'across')],
  [
    'merges the header with a row',
    async (edit, id) => {
      edit.reshape(id, (shape) => ({ ...shape, frozenRows: 0 }));
      await edit.merge(id, { startRow: 0, endRow: 2, startColumn: 0, endColumn: 2 }, 'all');
    },
  ],
  ['sorts the rows', async (edit, id) => copyRows(edit, id, [1, 7], 1, true)],
  ['copies rows below', async (edit, id) => copyRows(edit, id, [1, 3], 12, false)],
];

async function copyRows(
  edit: WorkbookEdit,
  sheetId: number,
  [startRow, endRow]: readonly [number, number],
  to: number,
  reversed: boolean,
): Promise<void> {
  const rows = await edit.readCells(sheetId, { startRow, endRow, startColumn: 0, endColumn: 9 });
  const plain = rows.map((line) => line.map(shownValue));
  edit.writeCells(sheetId, to, 0, reversed ? plain.reverse() : plain, 'raw');
}

test.each(DAMAGES)('when somebody %s, the next look at the whole sheet puts it right', async (_, damage) => {
  await addProducts(1, 6);
  await flush();
  const before = sorted(await local.table('Inventory'));
  await asOwner('Inventory', damage);
  expect((await flush({ verifyEveryMs: 0 })).verified).toBe(true);
  expect(sorted(await local.table('Inventory'))).toEqual(before);
});

test('a number that changed behind merged cells is right as soon as they are unmerged', async () => {
  await addProducts(1, 6);
  await flush();
  await asOwner('Inventory', (edit, id) => edit.merge(id, MIDDLE, 'vertically'));
  await retitle(6, 'New');
  await flush();
  expect((await titles()).filter((title) => title === 'New').length).toBeLessThan(6);
  await flush({ verifyEveryMs: 0 });
  expect(await titles()).toEqual(Array.from({ length: 6 }, () => 'New'));
  const { shape } = (await local.workbook.look(async (view) => view.sheetNamed('Inventory'))) ?? {};
  expect(shape?.merges).toEqual([]);
});

test('what people merge below the header of their own tab is theirs; in the header it would hide one', async () => {
  await flush();
  const below = { startRow: 3, endRow: 5, startColumn: 1, endColumn: 2 };
  await asOwner('Adjustments', async (edit, id) => {
    await edit.merge(id, below, 'all');
    await edit.merge(id, { startRow: 0, endRow: 1, startColumn: 1, endColumn: 3 }, 'all');
  });
  await flush({ verifyEveryMs: 0 });
  const sheet = await local.workbook.look(async (view) => view.sheetNamed('Adjustments'));
  expect(sheet?.shape.merges).toEqual([below]);
  const [head = []] = await local.gateway.readHeads(['Adjustments']);
  expect(head.slice(1, 3)).toEqual(['SKU', 'Warehouse']);
});

/** Without the header that tells when; in the order of SKUs. */
const sorted = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  rows
    .map((row) => Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== '')))
    .sort((a, b) => (String(a['SKU']) < String(b['SKU']) ? -1 : 1));

test('a tab that is gone is found out by the refusal, and made again', async () => {
  await addProducts(1, 6);
  await flush();
  await asOwner('Inventory', (edit, id) => edit.deleteSheet(id));
  await retitle(1, 'New');
  await flush();
  expect(await titles()).toHaveLength(6);
});

test('while one tab is refused, each flush looks at that tab only, writes the others, and all of it when it may again', async () => {
  await addProducts(1, 6);
  await addActivity(3);
  await flush();
  const lock = (isLocked: boolean) =>
    asOwner('Inventory', (edit, id) =>
      edit.reshape(id, (shape) => {
        const editors = [OWNER.email];
        const area = { startRow: 0, endRow: null, startColumn: 1, endColumn: 2 };
        const ours = { id: 900, area, unprotected: [], editors, warningOnly: false, description: 'mine' };
        const others = shape.protections.filter(({ id: each }) => each !== 900);
        return { ...shape, protections: isLocked ? [...others, ours] : others };
      }),
    );
  await lock(true);
  await retitle(6, 'New');
  await expect(flush()).rejects.toMatchObject({ status: 400 });
  for (let turn = 0; turn < 2; turn += 1) {
    await addActivity(2);
    local.takeRequests();
    await expect(flush()).rejects.toMatchObject({ status: 400 });
    // Its rows are read, what happened is written, the tab itself is refused.
    expect(local.takeRequests()).toEqual({
      'spreadsheets.get': 1,
      'developerMetadata.search': 1,
      'values.batchGet': 1,
      'values.get': 1,
      'values.batchUpdateByDataFilter': 2,
    });
  }
  expect(await local.table('Activity')).toHaveLength(7);
  expect(await titles()).not.toContain('New');
  await lock(false);
  await flush();
  expect(await titles()).toEqual(Array.from({ length: 6 }, () => 'New'));
  local.takeRequests();
  expect(await flush()).toEqual({ rowsWritten: 0, rangesWritten: 0, verified: false });
  expect(local.takeRequests()).toEqual({});
});

test('a look at one tab also finds a row that people put into another one', async () => {
  await addProducts(1, 6);
  await addActivity(3);
  await flush();
  await asOwner('Activity', (edit, id) => edit.insert(id, 'rows', 2, 1));
  await sql`update sheet_tabs set doubtful = true where tab = 'Inventory'`.execute(database.db);
  await flush();
  expect(await local.gateway.readRows('Activity', 1, 10)).toHaveLength(3);
});

test('a store that is removed takes its listings out of the sheet at the next look', async () => {
  await sql`insert into stores (id, channel, name, credentials, webhook_secret, settings) values
    ('a', 'c', 'A', '', '', '{"drafts":false}'), ('b', 'c', 'B', '', '', '{"drafts":false}')`.execute(
    database.db,
  );
  await addProducts(1, 6);
  await sql`insert into listings (store_id, remote_id, handle, sku, title, state, tracked)
    select s.id, sku, '', sku, title, 'active', true from products, stores s`.execute(database.db);
  await flush();
  expect(await local.table('Online Listings')).toHaveLength(12);
  await sql`delete from stores where id = 'a'`.execute(database.db);
  await flush();
  const left = await local.table('Online Listings');
  expect(left.map((row) => row['Store'])).toEqual(Array.from({ length: 6 }, () => 'B'));
  expect(await local.table('Stores')).toHaveLength(1);
});
