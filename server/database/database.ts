// Opens the database: one pool for the process, typed by kysely.

import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Schema } from './schema.ts';

export type Database = Kysely<Schema>;
/** A database handle inside an open transaction. */
export type Tx = Transaction<Schema>;

const POOL_MAX = 12;
const INT8_OID = 20;

// Quantities and sequence numbers are bigints in the database and stay far below 2^53; reading one that does not fit
// must fail loudly, never round.
function readBigint(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number))
    throw new RangeError(`The number ${text} from the database is too large.`);
  return number;
}

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8_OID ? readBigint : pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

export type DatabaseOptions = {
  readonly poolMax?: number;
  /** Hears of every statement that was sent. */
  readonly onQuery?: (query: { readonly sql: string; readonly parameters: readonly unknown[] }) => void;
};

/** @throws when the first query cannot connect. Idle connections that the server drops are replaced silently. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new pg.Pool({ connectionString: url, max: options.poolMax ?? POOL_MAX, types });
  // A dropped idle connection is not an event anybody acts on: the pool opens another one.
  pool.on('error', () => undefined);
  // One that breaks inside a transaction fails the next statement there; without a listener it would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const { onQuery } = options;
  const dialect = new PostgresDialect({ pool });
  return new Kysely<Schema>(onQuery ? { dialect, log: ({ query }) => onQuery(query) } : { dialect });
}

const RETRYABLE = new Set(['40P01', '40001']);
const ATTEMPTS_MAX = 8;

/**
 * Runs `work` in one transaction. Deadlocks and serialisation failures are repeated a bounded number of times;
 * `work` must therefore have no effect outside the transaction.
 */
export async function inTransaction<Result>(
  db: Database,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (attempt >= ATTEMPTS_MAX || code === undefined || !RETRYABLE.has(code)) throw error;
    }
  }
}
