// How many adjustments a second the ledger takes, against bare transactions of the very same statements: what is lost on
// the way from a submitted row to the database.

import pg from 'pg';
import { type Database, openDatabase } from '../../server/database/database.ts';
import { createWarehouse } from '../../server/documents/warehouses.ts';
import { toWarehouseId } from '../../shared/model/ids.ts';
import { type AdjustmentRow, submitAdjustments } from '../support/adjustments.ts';
import type { Bench } from './bench-database.ts';
import { type Measurement, median, timed } from './row.ts';

const CLIENTS = 8;
/** The first one only warms up. */
const ROUNDS = 10;
const TRANSACTIONS_PER_CLIENT = 25;
const PRODUCTS_PER_CLIENT = 25;
/** Reading rows, checking them and building statements may cost a third of the way; more would be waste. */
const RATIO_MIN = 0.6;

type Statement = { readonly sql: string; readonly parameters: readonly unknown[] };
/** By client. */
type Script = readonly (readonly Statement[])[];

export async function measureLedgerTransactions(bench: Bench): Promise<readonly Measurement[]> {
  const rounds = await recordRounds(await bench.createDatabase());
  const oursUrl = await bench.createDatabase();
  const bareUrl = await bench.createDatabase();
  const ours = await openWithProducts(oursUrl);
  await (await openWithProducts(bareUrl)).destroy();
  const clients = await openClients(bareUrl);
  const times: { ours: number; bare: number }[] = [];
  try {
    // In turns, so that whatever else this computer does falls on both.
    for (const [round, script] of rounds.entries()) {
      const bare = await timed(() => replay(clients, script));
      const took = await timed(() =>
        Promise.all(numbers(CLIENTS).map((client) => submitAll(ours, client, round))),
      );
      if (round > 0) times.push({ bare, ours: took });
    }
    await requireSameLedgers(ours, clients);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
    await ours.destroy();
  }
  const ratio = median(times.map((time) => time.bare / time.ours));
  const value = (CLIENTS * TRANSACTIONS_PER_CLIENT * 1_000) / median(times.map((time) => time.ours));
  const bare = value / ratio;
  return [
    {
      name: 'ledger-transactions',
      value,
      unit: 'transactions/s',
      bound: RATIO_MIN * bare,
      better: 'higher',
      ratio,
      comparedWith: `bare transactions of the same statements (${bare.toFixed(0)}/s, ${CLIENTS} clients)`,
    },
  ];
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

async function openWithProducts(url: string): Promise<Database> {
  const db = openDatabase(url);
  await createWarehouse(db, { id: toWarehouseId('main'), name: 'Main' });
  const skus = numbers(CLIENTS).flatMap((client) =>
    numbers(PRODUCTS_PER_CLIENT).map((n) => skuOf(client, n)),
  );
  await db
    .insertInto('products')
    .values(skus.map((sku) => ({ sku: sku as never, title: sku })))
    .execute();
  return db;
}

// Each client has products of its own, so that a replay in another interleaving ends in the same ledger.
const skuOf = (client: number, index: number): string => `SKU-${client}-${index % PRODUCTS_PER_CLIENT}`;

async function submitAll(db: Database, client: number, round: number): Promise<void> {
  for (const index of numbers(TRANSACTIONS_PER_CLIENT)) {
    const row: AdjustmentRow = {
      rowId: `${client}-${round}-${index}`,
      sku: skuOf(client, index),
      warehouse: null,
      action: 'add',
      quantity: 1 + (index % 9),
      seen: null,
      reason: 'received',
      note: '',
    };
    const { answers } = await submitAdjustments(db, [row], { actor: 'bench', at: new Date() });
    if (answers[0]?.status !== 'applied') throw new Error(answers[0]?.message);
  }
}

/** Every statement that each round sends, in order, begin and commit included. */
async function recordRounds(url: string): Promise<readonly Script[]> {
  await (await openWithProducts(url)).destroy();
  const recorded: Statement[] = [];
  const db = openDatabase(url, {
    onQuery: ({ sql, parameters }) => void recorded.push({ sql, parameters }),
  });
  const rounds: Statement[][][] = [];
  try {
    for (const round of numbers(ROUNDS)) {
      const script: Statement[][] = [];
      for (const client of numbers(CLIENTS)) {
        await submitAll(db, client, round);
        script.push(recorded.splice(0));
      }
      rounds.push(script);
    }
  } finally {
    await db.destroy();
  }
  const commits = rounds[0]?.[0]?.filter(({ sql }) => sql === 'commit').length;
  if (commits !== TRANSACTIONS_PER_CLIENT) throw new Error(`The recording holds ${commits} commits.`);
  return rounds;
}

async function openClients(url: string): Promise<readonly pg.Client[]> {
  const clients = numbers(CLIENTS).map(() => new pg.Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  return clients;
}

async function replay(clients: readonly pg.Client[], script: Script): Promise<void> {
  await Promise.all(
    clients.map(async (client, index) => {
      for (const { sql, parameters } of script[index] ?? []) await client.query(sql, [...parameters]);
    }),
  );
}

/** The comparison is worth something only if both did the same. */
async function requireSameLedgers(ours: Database, clients: readonly pg.Client[]): Promise<void> {
  const balances = await ours.selectFrom('balances').select(['sku', 'in_stock']).orderBy('sku').execute();
  const bare = await clients[0]?.query('select sku, in_stock::integer from balances order by sku');
  if (JSON.stringify(balances) !== JSON.stringify(bare?.rows))
    throw new Error('The replayed statements did not do what the ledger did.');
}
