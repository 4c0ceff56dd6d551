// How many requests to the Sheets API a flush takes for 1, 100 and 10,000 changed rows, against the fewest that its data fits
// into at the 2 MB that Google advises.

import { type Database, openDatabase } from '../../server/database/database.ts';
import { submitAdjustments } from '../support/adjustments.ts';
import type { Bench } from './bench-database.ts';
import { fillProducts, fillStores } from './bulk-catalogue.ts';
import { type LocalSheet, openLocalSheet } from './local-sheet.ts';
import type { Measurement } from './row.ts';
import { createSyncWorld } from './sync-world.ts';

const PRODUCTS = 10_000;
const ROWS_PER_SUBMISSION = 2_500;
const ADVISED_BYTES = 2_000_000;
/** When rows are added the grid grows first: that request cannot carry values. */
const GROWING_REQUESTS = 1;

export async function measureSheetRequests(
  bench: Bench,
  wanted: ReadonlySet<string>,
): Promise<readonly Measurement[]> {
  const db = openDatabase(await bench.createDatabase());
  const sheet = await openLocalSheet(db);
  try {
    const { vault } = createSyncWorld(db);
    await fillStores(db, vault, 1);
    await fillProducts(db, PRODUCTS);
    await sheet.flush();
    sheet.takeRequests();
    const measured: Measurement[] = [];
    for (const count of [1, 100, PRODUCTS]) {
      const name = `sheet-requests-${count}`;
      if (wanted.has(name)) measured.push(await measureFlush(db, sheet, name, count));
    }
    return measured;
  } finally {
    await sheet.close();
    await db.destroy();
  }
}

async function measureFlush(
  db: Database,
  sheet: LocalSheet,
  name: string,
  count: number,
): Promise<Measurement> {
  await change(db, name, count);
  const { rowsWritten } = await sheet.flush();
  if (rowsWritten < count) throw new Error(`Only ${rowsWritten} rows were written.`);
  const sent = sheet.takeRequests();
  const bytes = sent.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
  const tooLong = sent.find(({ bodyBytes }) => bodyBytes > ADVISED_BYTES);
  if (tooLong !== undefined) throw new Error(`${tooLong.name} was ${tooLong.bodyBytes} bytes long.`);
  const fewest = Math.ceil(bytes / ADVISED_BYTES);
  return {
    name,
    value: sent.length,
    unit: 'requests a flush',
    bound: fewest + (fewest > 1 ? GROWING_REQUESTS : 0),
    better: 'lower',
    ratio: sent.length / fewest,
    comparedWith: `the fewest for ${(bytes / 1_000).toFixed(0)} kB (${fewest}); ${rowsWritten} rows of all tabs`,
  };
}

async function change(db: Database, name: string, count: number): Promise<void> {
  for (let start = 0; start < count; start += ROWS_PER_SUBMISSION) {
    const rows = Array.from({ length: Math.min(ROWS_PER_SUBMISSION, count - start) }, (_, index) => ({
      rowId: `${name}-${start + index}`,
      sku: `SKU-${start + index + 1}`,
      warehouse: null,
      action: 'add',
      quantity: 1,
      seen: null,
      reason: 'received',
      note: '',
    }));
    const { touched } = await submitAdjustments(db, rows, { actor: 'bench', at: new Date() });
    if (touched.length !== rows.length) throw new Error('Not every row was applied.');
  }
}
