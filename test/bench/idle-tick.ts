// What a tick costs when there is nothing to do: the sweep, a push run for each store, a flush of the sheet, which only has the
// time of the last sync to write. It must not grow with the catalogue.

import { sql } from 'kysely';
import { type Database, openDatabase } from '../../server/database/database.ts';
import { pushAvailable } from '../../server/sync/push-available.ts';
import { sweep } from '../../server/sync/sweep.ts';
import type { Bench } from './bench-database.ts';
import { fillProducts, fillStores } from './bulk-catalogue.ts';
import { type LocalSheet, openLocalSheet, type SentRequest } from './local-sheet.ts';
import { type Measurement, median, timed } from './row.ts';
import { createSyncWorld } from './sync-world.ts';

const STORES = 6;
const TICKS = 41;
const WARM_UP_TICKS = 10;
const TICK_EVERY_MS = 30_000;
/** A few rows of the Stores tab. */
const BODY_BYTES_MAX = 10_000;
/** The same look-ups in deeper indexes, and what a busy computer adds. Anything that reads the catalogue is far beyond. */
const GROWTH_MAX = 2;
/** Building statements and reading answers may cost several times an empty round trip, not tens of times. */
const STATEMENT_COST_MAX = 8;

type Tick = {
  readonly ms: number;
  /** As many empty statements, one after the other. */
  readonly emptyMs: number;
  readonly statements: number;
};

export async function measureIdleTick(
  bench: Bench,
  wanted: ReadonlySet<string>,
): Promise<readonly Measurement[]> {
  const small = await measureTick(bench, 1_000);
  const ofSmall: Measurement = {
    name: 'idle-tick-1k',
    value: small.ms,
    unit: `ms (${STORES} stores)`,
    bound: small.emptyMs * STATEMENT_COST_MAX,
    better: 'lower',
    ratio: small.ms / small.emptyMs,
    comparedWith: `${small.statements} empty statements (${small.emptyMs.toFixed(1)} ms)`,
  };
  if (!wanted.has('idle-tick-100k')) return [ofSmall];
  const large = await measureTick(bench, 100_000);
  return [
    ofSmall,
    {
      name: 'idle-tick-100k',
      value: large.ms,
      unit: `ms (${STORES} stores)`,
      bound: small.ms * GROWTH_MAX,
      better: 'lower',
      ratio: large.ms / small.ms,
      comparedWith: `a tick with 1,000 products (${small.ms.toFixed(1)} ms)`,
    },
  ];
}

async function measureTick(bench: Bench, products: number): Promise<Tick> {
  let statements = 0;
  const db = openDatabase(await bench.createDatabase(), {
    onQuery: () => {
      statements += 1;
    },
  });
  const sheet = await openLocalSheet(db);
  try {
    const { context: real, vault } = createSyncWorld(db);
    let passedMs = 0;
    const context = { ...real, now: () => new Date(Date.now() + passedMs) };
    const stores = await fillStores(db, vault, STORES);
    // Makes the tabs while there is little to write.
    await sheet.flush();
    await fillProducts(db, products);
    await believeWritten(db, sheet);
    const tick = async (): Promise<void> => {
      passedMs += TICK_EVERY_MS;
      await sweep(context);
      for (const storeId of stores) await pushAvailable(context, storeId);
      await sheet.flush();
    };
    await sheet.flush();
    for (let count = 0; count < WARM_UP_TICKS; count += 1) await tick();
    sheet.takeRequests();
    statements = 0;
    await tick();
    const perTick = statements;
    const times: { tick: number; empty: number }[] = [];
    for (let count = 0; count < TICKS; count += 1)
      times.push({ tick: await timed(tick), empty: await timed(() => runEmpty(db, perTick)) });
    requireIdle(sheet.takeRequests(), TICKS + 1);
    return {
      ms: median(times.map((time) => time.tick)),
      emptyMs: median(times.map((time) => time.empty)),
      statements: perTick,
    };
  } finally {
    await sheet.close();
    await db.destroy();
  }
}

function requireIdle(sent: readonly SentRequest[], ticks: number): void {
  const large = sent.find(({ bodyBytes }) => bodyBytes > BODY_BYTES_MAX);
  if (large !== undefined || sent.length > ticks)
    throw new Error(
      `${ticks} idle ticks sent ${sent.length} requests, up to ${large?.bodyBytes ?? 0} bytes.`,
    );
}

async function runEmpty(db: Database, count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) await sql`select 1`.execute(db);
}

// Writing 700,000 rows to the workbook takes minutes and is not what is measured: they are remembered as written, as a
// flush would have done.
async function believeWritten(db: Database, { spreadsheetId }: LocalSheet): Promise<void> {
  const remember = (tab: string, keys: ReturnType<typeof sql>) => sql`
    insert into sheet_rows (spreadsheet_id, tab, row_key, row_index, cells_hash)
    select ${spreadsheetId}, ${tab}, key, row_number() over (), md5(key) from (${keys}) as rows`;
  await remember('Inventory', sql`select sku as key from products`).execute(db);
  await remember('Online Listings', sql`select id::text as key from listings`).execute(db);
  await sql`update sheet_watermarks set read_from = pg_snapshot_xmin(pg_current_snapshot())`.execute(db);
  await sql`analyze sheet_rows`.execute(db);
}
