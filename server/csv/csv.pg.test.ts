// CSV out and in, on a real database: formula text stays text, bad lines are told by number, and the same file counts once.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import type { ExportKind, ImportKind } from '../../shared/api/csv.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { findLedgerFaults } from '../../test/support/ledger-faults.ts';
import { anOrder } from '../../test/support/orders.ts';
import { openShop, stampAt, type TestShop } from '../../test/support/shop.ts';
import { createExportLink, readExportLink } from './export-links.ts';
import { exportCsv } from './exports.ts';
import { guard, unguard } from './guard.ts';
import { type ImportOutcome, importCsv } from './import-csv.ts';

let database: TestDatabase;
let at: TestShop;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  at = await openShop(database.db, { at50: ['A', 'B'] });
});
afterAll(async () => {
  expect(await findLedgerFaults(database.db)).toEqual([]);
  await database.drop();
});

async function exported(kind: ExportKind, pageRows?: number): Promise<string> {
  let text = '';
  for await (const piece of exportCsv(database.db, kind, pageRows)) text += piece;
  return text;
}

async function* inPieces(file: string | Buffer, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(file);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

const imported = (kind: ImportKind, file: string | Buffer, pieceBytes = 7): Promise<ImportOutcome> =>
  importCsv(database.db, kind, inPieces(file, pieceBytes), () => stampAt(100));

describe('formula text', () => {
  test('whatever the text, the guarded one cannot run and comes back as it was', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', "'", 'a', '"', ',', '\n', ' '),
    });
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string()), (text) => {
        expect(guard(text)).not.toMatch(/^[=+\-@\t\r]/);
        expect(unguard(guard(text))).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a SKU and a title that look like formulas go out as text and come in again as they were', async () => {
    const sku = `=HYPERLINK("x";"${at.storeId}")`;
    const title = '+1,5 "quoted"\nand a second line';
    await sql`insert into products (sku, title) values (${sku}, ${title})`.execute(database.db);
    const file = await exported('products');
    expect(file).toContain(`"'=HYPERLINK(""x"";""${at.storeId}"")"`);
    await sql`update products set title = 'changed' where sku = ${sku}`.execute(database.db);
    expect(await imported('products', file)).toMatchObject({ refused: 0 });
    const { rows } = await sql<{ title: string }>`select title from products where sku = ${sku}`.execute(
      database.db,
    );
    expect(rows).toEqual([{ title }]);
  });
});

describe('out', () => {
  test('every row once, however small the pages', async () => {
    for (const kind of ['products', 'stock', 'ledger'] as const) {
      expect(await exported(kind, 1)).toBe(await exported(kind));
    }
    const stock = await exported('stock');
    expect(stock.startsWith('\uFEFFSKU,Title,Warehouse,In stock,')).toBe(true);
    expect(stock.match(new RegExp(`^${at.sku('A')},,.*,50,0,50,0,2026`, 'gm'))).toHaveLength(1);
  });

  test('a link works for a quarter of an hour, and a wrong one never', async () => {
    const now = new Date('2026-11-23T12:00:00Z');
    const { path } = await createExportLink(database.db, 'ledger', now);
    const token = path.replace('/exports/', '');
    const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
    expect(await readExportLink(database.db, token, later(15))).toBe('ledger');
    expect(await readExportLink(database.db, token, later(16))).toBeNull();
    expect(await readExportLink(database.db, `${token}x`, now)).toBeNull();
  });
});

describe('in', () => {
  test('an exported stock file with changed numbers sets them, and keeps what was sold since the export', async () => {
    const file = await exported('stock');
    await at.read(anOrder().line('A', { ordered: 3, fulfilled: 3 }), { readAtMinute: 50 });
    const changed = file.replace(new RegExp(`^(${at.sku('A')},,.*?),50,`, 'm'), '$1,60,');
    const outcome = await imported('stock', changed);
    expect(outcome).toMatchObject({ refused: 0 });
    expect(outcome.touched.has(at.sku('A'))).toBe(true);
    expect([await at.stock('A'), await at.stock('B')]).toEqual(['57/0/57', '50/0/50']);
    await imported('stock', changed);
    expect(await at.stock('A')).toBe('57/0/57');
  });

  test('bad lines are told by their number, and all others are imported', async () => {
    const place = at.warehouseIds[0];
    const file = [
      'In stock,SKU,Warehouse,Something else',
      `41,${at.sku('A')},${place},x`,
      `,${at.sku('B')},${place},empty says nothing`,
      `12,never heard of,${place},`,
      `-1,${at.sku('B')},${place},`,
      `7,"broken" quotes,${place},`,
      `42,${at.sku('B')},${place}`,
      `43,"${at.sku('A')},${place}`,
      `44,${at.sku('A')},${place}`,
    ].join('\r\n');
    const outcome = await imported('stock', file);
    expect([outcome.applied, outcome.refused]).toEqual([2, 4]);
    expect(outcome.problems.map(({ line }) => line).sort()).toEqual([4, 5, 6, 8]);
    expect([await at.stock('A'), await at.stock('B')]).toEqual(['41/0/41', '42/0/42']);
  });

  test.each([
    ['', 'The file is empty.'],
    ['Name,Number\n1,2\n', '"SKU" and "In stock" is missing'],
    ['"SKU', 'a quotation mark opens there'],
  ])('the file %j is refused as a whole', async (file, sentence) => {
    const outcome = await imported('stock', file);
    expect([outcome.applied, outcome.problems[0]?.message]).toEqual([0, expect.stringContaining(sentence)]);
  });

  test('purchase orders go in as drafts, once, and come out with their costs', async () => {
    const place = at.warehouseIds[0];
    const file = [
      '\uFEFFPO number,Supplier,SKU,Warehouse,Ordered,Unit cost,Currency',
      `IN-${at.storeId},Acme,${at.sku('A')},${place},10,0.0125,EUR`,
      `IN-${at.storeId},Acme,${at.sku('B')},${place},20,"1,5",EUR`,
    ].join('\n');
    expect(await imported('purchase-orders', file)).toMatchObject({
      applied: 1,
      refused: 1,
      problems: [{ line: 3 }],
    });
    expect(await imported('purchase-orders', file)).toMatchObject({ applied: 1, refused: 1 });
    const out = await exported('purchase-orders');
    expect(out).toContain(`IN-${at.storeId},draft,Acme,${at.sku('A')},${place},10,0,0,0.0125,EUR,`);
  });

  test('6,000 lines of stock', async () => {
    const skus = Array.from({ length: 6_000 }, (_, index) => `${at.sku('big')} ${index}`);
    expect(await imported('products', ['SKU', ...skus].join('\n'), 65_536)).toMatchObject({
      applied: 6_000,
    });
    const lines = skus.map((sku, index) => `${sku},${index},${at.warehouseIds[0]}`);
    const file = ['SKU,In stock,Warehouse', ...lines].join('\n');
    expect(await imported('stock', file, 65_536)).toMatchObject({ applied: 6_000, refused: 0 });
  }, 60_000);
});

describe('times', () => {
  beforeEach(async () => {
    await sql`update workspace set time_zone = 'America/New_York'`.execute(database.db);
  });
  afterAll(async () => {
    await sql`update workspace set time_zone = 'Etc/UTC'`.execute(database.db);
  });

  test('go by the clock of the sheet, which the header names, with their distance from UTC', async () => {
    const [stock, ledger] = [await exported('stock'), await exported('ledger')];
    expect(stock).toContain('Counted at (America/New_York)');
    expect(ledger).toContain('Move,When (America/New_York),');
    expect(stock).toMatch(new RegExp(`^${at.sku('A')},,.*,50,0,50,0,2026-01-09 19:05:00.000 -05:00$`, 'm'));
  });

  test('an exported file sets the number of that moment, also when the sheet goes by another clock by then', async () => {
    const [header = '', ...lines] = (await exported('stock')).split('\n');
    await sql`update workspace set time_zone = 'Asia/Tokyo'`.execute(database.db);
    await at.read(anOrder().line('A', { ordered: 3, fulfilled: 3 }), { readAtMinute: 50 });
    const own = lines.filter((line) => line.startsWith(`${at.sku('A')},`));
    const changed = [header, ...own].join('\n').replace(',50,', ',60,');
    expect(await imported('stock', changed)).toMatchObject({ refused: 0 });
    expect(await at.stock('A')).toBe('57/0/57');
  });

  test.each([
    ['Counted at', '2026-01-09 20:00'],
    ['Counted at (Etc/UTC)', '2026-01-10 01:00'],
    ['Counted at (UTC)', '2026-01-10 01:00:00.000Z'],
    ['Counted at (Asia/Tokyo)', '2026-01-10 10:00'],
    ['Counted at (Asia/Tokyo)', '2026-01-10 02:00:00 +01:00'],
  ])('%s %s is the moment that it says', async (header, time) => {
    await at.read(anOrder().line('A', { ordered: 5, fulfilled: 5 }), { readAtMinute: 59 });
    await at.read(anOrder().line('A', { ordered: 3, fulfilled: 3 }), { readAtMinute: 61 });
    const file = `SKU,In stock,Warehouse,${header}\n${at.sku('A')},40,${at.warehouseIds[0]},${time}`;
    expect(await imported('stock', file)).toMatchObject({ applied: 1, refused: 0 });
    expect(await at.stock('A')).toBe('37/0/37');
  });
});

describe('the same line another day', () => {
  const importedOn = (day: string, kind: ImportKind, file: string): Promise<ImportOutcome> =>
    importCsv(database.db, kind, inPieces(file, 7), () => ({ actor: 'Mia', at: new Date(day) }));

  test('a count that says the same number as last month is a count; on the same day it is a repeat', async () => {
    const file = `SKU,Warehouse,In stock\n${at.sku('A')},${at.warehouseIds[0]},10\n`;
    await importedOn('2026-03-01T10:00:00Z', 'stock', file);
    await at.adjust('A', 'subtract', 3);
    await importedOn('2026-03-01T11:00:00Z', 'stock', file);
    expect(await at.stock('A')).toBe('7/0/7');
    expect(await importedOn('2026-04-01T10:00:00Z', 'stock', file)).toMatchObject({ applied: 1, refused: 0 });
    expect(await at.stock('A')).toBe('10/0/10');
  });

  test('a purchase order without a number is another one; with a number it is the same', async () => {
    const line = `${at.sku('A')},${at.warehouseIds[0]},100`;
    const ordered = async (file: string): Promise<number> => {
      for (const day of ['2026-03-01T10:00:00Z', '2026-04-01T10:00:00Z'])
        await importedOn(day, 'purchase-orders', file);
      const { rows } = await sql`select 1 from delivery_lines where sku = ${at.sku('A')}`.execute(
        database.db,
      );
      return rows.length;
    };
    expect(await ordered(`SKU,Warehouse,Ordered\n${line}\n`)).toBe(2);
    expect(await ordered(`PO number,SKU,Warehouse,Ordered\nPO-${at.storeId},${line}\n`)).toBe(3);
  });
});
