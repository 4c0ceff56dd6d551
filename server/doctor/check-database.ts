// Checks what everything stands on: the master key, the database, and the queue.

import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Config } from '../config.ts';
import { openDatabaseBeside } from '../database/beside.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { missingMigrations } from '../database/migrate.ts';
import { findMasterKeys } from '../master-key.ts';
import { openQueue } from '../queue/queue.ts';
import { createVault, type Vault } from '../secrets/vault.ts';
import { compareClocks } from './clocks.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

const FAILED_NOTED = 20;

export type Examined<Value> = { readonly findings: readonly Finding[]; readonly value: Value | null };

export async function checkMasterKey(config: Config): Promise<Examined<Vault>> {
  try {
    const keys = await findMasterKeys(config);
    if (keys !== null)
      return {
        value: createVault(keys),
        findings: [ok('Master key', config.masterKey === null ? `in ${config.dataDir}` : 'from MASTER_KEY')],
      };
    const message = `There is no key in ${config.dataDir}. The first start (npm start) makes one; if there was one before, put master.key back there, or no shop can be reached.`;
    return { value: null, findings: [wrong('Master key', message)] };
  } catch (error) {
    return { value: null, findings: [wrong('Master key', (error as Error).message)] };
  }
}

export type OpenedDatabase = {
  readonly db: Database;
  readonly url: string;
  readonly close: () => Promise<void>;
};

/** Opens what is there; makes and changes nothing. */
export async function checkDatabase(config: Config): Promise<Examined<OpenedDatabase>> {
  try {
    const opened = await openExisting(config);
    if (opened === null) {
      const message = `There is no database in ${config.dataDir} yet. Start the server once: npm start.`;
      return { value: null, findings: [wrong('Database', message)] };
    }
    const missing = await missingMigrations(opened.url);
    if (missing.length > 0) {
      await opened.close();
      const message = `The database is older than this version (${missing.length} changes are missing, such as ${missing[0]}). Start the server anew: it brings the database up to date.`;
      return { value: null, findings: [wrong('Database', message)] };
    }
    return {
      value: opened,
      findings: [ok('Database', 'answers and is up to date'), await askTime(opened.db)],
    };
  } catch (error) {
    const remedy = config.databaseUrl === null ? '' : ' Check DATABASE_URL, and that PostgreSQL runs there.';
    const message = `The database cannot be opened: ${wordsOf(error)}${remedy}`;
    return { value: null, findings: [wrong('Database', message)] };
  }
}

async function openExisting(config: Config): Promise<OpenedDatabase | null> {
  const folder = join(config.dataDir, 'database');
  const isOwn = config.databaseUrl === null;
  if (isOwn && !(await isThere(join(folder, 'cluster')))) return null;
  const own = isOwn ? await openDatabaseBeside(folder) : null;
  const url = own?.url ?? config.databaseUrl ?? '';
  const db = openDatabase(url, { poolMax: 3 });
  const close = async (): Promise<void> => {
    await db.destroy();
    await own?.stop();
  };
  return { db, url, close };
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** A refused connection to a name with two addresses says nothing itself. */
function wordsOf(error: unknown): string {
  const { message, errors } = error as { message?: string; errors?: readonly Error[] };
  const words = message || (errors ?? []).map((one) => one.message).join('; ') || String(error);
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

async function askTime(db: Database): Promise<Finding> {
  const askedAt = Date.now();
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  const oursMs = (askedAt + Date.now()) / 2;
  return compareClocks('the database', rows[0]?.now.getTime() ?? oursMs, oursMs);
}

export async function checkQueue(config: Config, databaseUrl: string): Promise<readonly Finding[]> {
  const { redisUrl } = config;
  try {
    const queue = await openQueue(redisUrl === null ? { databaseUrl } : { redisUrl }, {
      random: Math.random,
      onError: () => undefined,
    });
    const counts = await queue.counts();
    await queue.stop(config.stopDeadlineMs);
    const sum = (of: 'failed' | 'waiting') => Object.values(counts).reduce((all, lane) => all + lane[of], 0);
    const failed = sum('failed');
    const where = redisUrl === null ? 'in the database' : 'in Redis';
    const state = ok('Queue', `answers, ${where}; ${sum('waiting')} jobs wait`);
    if (failed < FAILED_NOTED) return [state];
    const message = `${failed} jobs failed lately and were given up; the next sweep does their work. /admin/queues (ADMIN_PASSWORD) shows why.`;
    return [state, note('Queue', message)];
  } catch (error) {
    const remedy = redisUrl === null ? '' : ' Check REDIS_URL, and that Redis runs there.';
    return [wrong('Queue', `The queue does not answer: ${wordsOf(error)}${remedy}`)];
  }
}
