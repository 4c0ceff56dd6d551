// Nothing that came from outside may become a formula, a number or a date: any text comes back from the sheet as it is.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { CELL_LENGTH_MAX } from '../../shared/tabs/tab.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type LocalSheet, startLocalSheet } from '../../test/support/local-sheet.ts';

let database: TestDatabase;
let local: LocalSheet;
beforeAll(async () => {
  database = await createTestDatabase();
  local = await startLocalSheet(database.db, 'book', { quotas: false });
});
afterAll(async () => {
  await local.close();
  await database.drop();
});

async function shownTitles(): Promise<readonly unknown[]> {
  const rows = await local.gateway.readRows('Inventory', 1, 200);
  return rows.map((row) => row[1] ?? '');
}

const awkward = fc.constantFrom(
  '=1+1',
  '=IMPORTXML("http://x","//a")',
  "'=1+1",
  '+1',
  '-1',
  '@SUM(A1)',
  '00123',
  '1E5',
  '2026-11-23',
  'TRUE',
  '50%',
  '__proto__',
  ' x ',
  '\t=1',
  '=',
  'a\nb',
  '\u2028',
  '🦆',
);
// A PostgreSQL text cannot hold the character 0, so none ever reaches the sheet.
const text = fc
  .oneof(
    awkward,
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 40 }),
  )
  .map((one) => one.replaceAll('\u0000', '').toWellFormed());

test('any title is read back from the sheet exactly as it is, through the real client', async () => {
  await sql`insert into products (sku) select 'S' || lpad(n::text, 3, '0') from generate_series(1, 20) n`.execute(
    database.db,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 20, maxLength: 20 }), async (titles) => {
      await sql`update products set title = new.title
        from unnest(${titles}::text[]) with ordinality as new (title, n)
        where sku = 'S' || lpad(n::text, 3, '0')`.execute(database.db);
      await local.flush();
      expect(await shownTitles()).toEqual(titles);
    }),
    { numRuns: 40 },
  );
});

test('a title of 10 MB is cut to what a cell holds, and one can see that it is', async () => {
  await sql`update products set title = repeat('x', 10000000) where sku = 'S001'`.execute(database.db);
  await local.flush();
  const [title] = await shownTitles();
  expect(String(title)).toHaveLength(CELL_LENGTH_MAX);
  expect(String(title)).toMatch(/x… \(cut\)$/);
});
