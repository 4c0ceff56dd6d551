// The sheet's bad days, through the real Google client against the local workbook: while one lasts a sentence says what to do,
// and once it is over the sheet is right again, with every row once.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { type LocalSheet, labelOf, OWNER, SERVICE, startLocalSheet } from '../test/support/local-sheet.ts';
import { readProblems } from './http/read-problems.ts';
import { writeSheet } from './sheet-job.ts';
import type { WorkbookEdit } from './workbook/session.ts';

const PRODUCTS = 6;
let database: TestDatabase;
let sheet: LocalSheet;
let count = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  await sql`insert into warehouses (id, name) values ('main', 'Main')`.execute(database.db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  count += 1;
  await sql`truncate products, activity, balances, sheet_rows, sheet_tabs, sheet_watermarks cascade`.execute(
    database.db,
  );
  sheet = await startLocalSheet(database.db, `book${count}`, { timeoutMs: 500 });
  await sql`insert into products (sku, title) select 'SKU-' || n, 'Old' from generate_series(1, ${PRODUCTS}::integer) n`.execute(
    database.db,
  );
  await write();
  await sql`update products set title = 'New'`.execute(database.db);
});
afterEach(() => sheet.close());

const write = (): Promise<void> =>
  writeSheet({
    db: database.db,
    gateway: sheet.gateway,
    holder: 'test',
    now: () => new Date(sheet.clock.nowMs()),
    sharedWith: SERVICE.email,
    channelLabel: labelOf,
  });

/** Level and sentence of what is open, as the sidebar shows it. */
const problems = async (): Promise<readonly string[]> =>
  (await readProblems(database.db)).problems.map(({ level, message }) => `${level}: ${message}`);

async function expectRight(): Promise<void> {
  const rows = await sheet.table('Inventory');
  expect(rows.map((row) => row['Title'])).toEqual(Array.from({ length: PRODUCTS }, () => 'New'));
  expect(new Set(rows.map((row) => row['SKU'])).size).toBe(PRODUCTS);
  expect(await problems()).toEqual([]);
}

const asOwner = (tab: string, work: (edit: WorkbookEdit, sheetId: number) => unknown) =>
  sheet.workbook.change(OWNER, async (edit) => work(edit, edit.sheetNamed(tab)?.sheetId ?? -1));

describe('what passes within a few tries is no news', () => {
  test.each(['throttled', 'unavailable', 'broken', 'lostAnswer', 'silent'] as const)('%s', async (fault) => {
    sheet.faults.add(fault, 2);
    await write();
    await expectRight();
  });

  test('throttled, with the time to wait: it is waited for', async () => {
    sheet.faults.add('throttledForAWhile', 1);
    const before = sheet.clock.nowMs();
    await write();
    expect(sheet.clock.nowMs() - before).toBeGreaterThanOrEqual(40_000);
    await expectRight();
  });

  test('an answer that is lost again and again: what was written is not written twice below', async () => {
    sheet.faults.add('lostAnswer', 6);
    await expect(write()).rejects.toThrow();
    await write();
    await expectRight();
  });
});

describe('what lasts is told, and ends by itself when it is over', () => {
  test.each([
    ['unshared', 'needs-person', /not shared with service@local as an editor.*press Share/],
    ['viewer', 'needs-person', /not shared with service@local as an editor.*press Share/],
    ['gone', 'needs-person', /no spreadsheet with the id book.*bin in Google Drive/],
    ['apiDisabled', 'needs-person', /Sheets API is not enabled.*press Enable/],
    ['scopeMissing', 'needs-person', /the scope .* is missing/],
    ['expired', 'needs-person', /does not accept how service@local signs in/],
  ] as const)('%s', async (state, level, sentence) => {
    sheet.faults.put(state);
    await expect(write()).rejects.toThrow();
    await expect(write()).rejects.toThrow();
    const [problem, ...others] = await problems();
    expect(others).toEqual([]);
    expect(problem).toMatch(new RegExp(`^${level}: The sheet cannot be written: `));
    expect(problem).toMatch(sentence);
    sheet.faults.put(null);
    await write();
    await expectRight();
    const told = (await sheet.table('Activity')).filter((row) =>
      String(row['What happened'] ?? row['Message']).includes('cannot be written'),
    );
    expect(told).toHaveLength(1);
    expect(told[0]?.['Resolved']).not.toBe('');
  });

  test.each([
    ['throttled', /no more requests from the service account this minute/],
    ['unavailable', /has trouble of its own \(503\)/],
    ['broken', /has trouble of its own \(500\)/],
    ['silent', /took too long to answer/],
  ] as const)('%s for a long time', async (fault, sentence) => {
    sheet.faults.add(fault, 6);
    await expect(write()).rejects.toThrow();
    const [problem] = await problems();
    expect(problem).toMatch(/^warning: /);
    expect(problem).toMatch(sentence);
    await write();
    await expectRight();
  });

  test('no way to Google', async () => {
    await sheet.close();
    await expect(write()).rejects.toThrow();
    expect((await problems())[0]).toMatch(/^warning: .*cannot be reached from this server/);
    sheet = await startLocalSheet(database.db, `book${count}`);
    await write();
    await expectRight();
  });
});

test('a range that somebody protected in one tab: the others are written, and the sentence says where to click', async () => {
  await asOwner('Inventory', (edit, id) =>
    edit.reshape(id, (shape) => ({
      ...shape,
      protections: [
        ...shape.protections,
        {
          id: edit.nextId(),
          area: { startRow: 0, endRow: null, startColumn: 1, endColumn: 2 },
          unprotected: [],
          editors: [OWNER.email],
          warningOnly: false,
          description: '',
        },
      ],
    })),
  );
  await sql`insert into activity (at, level, message) values (now(), 'info', 'Something else')`.execute(
    database.db,
  );
  await expect(write()).rejects.toThrow();
  expect((await problems())[0]).toMatch(
    /^needs-person: .*protection in the sheet keeps service@local.*Protect sheets and ranges/,
  );
  expect(JSON.stringify(await sheet.table('Activity'))).toContain('Something else');
  await asOwner('Inventory', (edit, id) =>
    edit.reshape(id, (shape) => ({ ...shape, protections: shape.protections.slice(0, 1) })),
  );
  await write();
  await expectRight();
});

test('a spreadsheet that is full: what has room is written, and the sentence says what to delete', async () => {
  await sheet.workbook.change(OWNER, async (edit) => {
    const cells = edit.sheets().reduce((sum, { shape }) => sum + shape.rowCount * shape.columns.length, 0);
    edit.addSheet({ title: 'Big', rowCount: Math.floor((10_000_000 - cells) / 10), columnCount: 10 });
  });
  await sql`insert into products (sku, title) select 'MORE-' || n, 'New' from generate_series(1, 400) n`.execute(
    database.db,
  );
  await sql`insert into activity (at, level, message) values (now(), 'info', 'Something else')`.execute(
    database.db,
  );
  await expect(write()).rejects.toThrow();
  expect((await problems())[0]).toMatch(
    /^needs-person: .*spreadsheet is full: Google allows 10 million cells/,
  );
  expect(JSON.stringify(await sheet.table('Activity'))).toContain('Something else');
  await asOwner('Big', (edit, id) => edit.deleteSheet(id));
  await write();
  expect(await sheet.table('Inventory')).toHaveLength(PRODUCTS + 400);
  expect(await problems()).toEqual([]);
});

test('a tab as large as Google allows is read and written in requests of the advised size', async () => {
  await asOwner('Inventory', (edit, id) => {
    const { shape } = edit.sheet(id);
    const others = edit.sheets().reduce((sum, one) => sum + one.shape.rowCount * one.shape.columns.length, 0);
    const room = Math.floor((10_000_000 - others) / shape.columns.length);
    edit.reshape(id, (all) => ({
      ...all,
      protections: all.protections.map((one) => ({ ...one, editors: [...one.editors, OWNER.email] })),
    }));
    edit.insert(id, 'rows', shape.rowCount, room);
  });
  await sql`update sheet_tabs set doubtful = true`.execute(database.db);
  await write();
  await expectRight();
});
