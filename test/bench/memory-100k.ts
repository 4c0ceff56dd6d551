// How much memory a server needs with 100,000 products in two stores, after a sweep, a push run of each store and the first
// flush of everything to the sheet; against the same server with 1,000 products.

import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { channels } from '../../server/channels/registry.ts';
import { type Database, openDatabase } from '../../server/database/database.ts';
import { createVault } from '../../server/secrets/vault.ts';
import { type Bench, openFolder } from './bench-database.ts';
import { fillProducts, fillStores } from './bulk-catalogue.ts';
import type { Measurement } from './row.ts';

const STORES = 2;
const MEGABYTE = 1_048_576;
/**
 * Left alone, V8 collects rarely and takes what the computer has. A small server is told its limit, and then ends when it needs
 * more: so this also proves that it does not.
 */
const HEAP_MB = 400;
/** What a computer with 1 GB has left beside its system and PostgreSQL. */
const BOUND_MB = 768;
const LOOK_EVERY_MS = 250;
const PATIENCE_MS = 240_000;
const SERVER = fileURLToPath(new URL('./server-process.ts', import.meta.url));

type Memory = { readonly peakBytes: number };

export async function measureMemory(bench: Bench): Promise<readonly Measurement[]> {
  const small = await measureServer(bench, 1_000);
  const large = await measureServer(bench, 100_000);
  const megabytes = (bytes: number): number => bytes / MEGABYTE;
  return [
    {
      name: 'memory-100k',
      value: megabytes(large.peakBytes),
      unit: 'MB resident at its peak',
      bound: BOUND_MB,
      better: 'lower',
      ratio: large.peakBytes / small.peakBytes,
      comparedWith:
        `the same server with 1,000 products (${megabytes(small.peakBytes).toFixed(0)} MB); ` +
        `both with a heap limit of ${HEAP_MB} MB`,
    },
  ];
}

async function measureServer(bench: Bench, products: number): Promise<Memory> {
  const url = await bench.createDatabase();
  const db = openDatabase(url, { poolMax: 2 });
  const masterKey = randomBytes(32);
  const shops = await Promise.all(
    Array.from({ length: STORES }, (_, index) => channels[index % channels.length]).flatMap((definition) =>
      definition === undefined ? [] : [definition.simulator({ port: 0 })],
    ),
  );
  const dataDir = await openFolder();
  let server: ChildProcess | null = null;
  try {
    // Shops without a product: nothing is owed to them, and their orders can be read.
    await fillStores(db, createVault([masterKey]), STORES, (index) => shops[index]?.credentials ?? {});
    await fillProducts(db, products);
    const begunAt = new Date();
    server = fork(SERVER, [dataDir, url, masterKey.toString('hex')], {
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await once(server, 'message');
    await untilAllIsWritten(db, server, products, begunAt);
    server.send('memory');
    const [memory] = (await once(server, 'message')) as [Memory];
    return memory;
  } finally {
    if (server !== null) await end(server);
    for (const shop of shops) await shop.close();
    await db.destroy();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Every row is in the sheet, and every store had its push run. */
async function untilAllIsWritten(
  db: Database,
  server: ChildProcess,
  products: number,
  begunAt: Date,
): Promise<void> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const { rows } = await sql<{ written: number; pushed: number }>`
      select (select count(*) from sheet_rows where tab in ('Inventory', 'Online Listings'))::integer as written,
        (select count(*) from stores where inventory_synced_at > ${begunAt})::integer as pushed`.execute(db);
    const state = rows[0] ?? { written: 0, pushed: 0 };
    if (state.written === products * (1 + STORES) && state.pushed === STORES) return;
    if (server.exitCode !== null || Date.now() > giveUpAt) {
      throw new Error(`The server got as far as ${state.written} rows and ${state.pushed} pushed stores.`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
