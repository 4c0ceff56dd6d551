// The built-in database survives whatever is killed, in real processes: ours, PostgreSQL's, and the first
// set-up.

import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { openDatabaseBeside } from './beside.ts';
import { type EmbeddedDatabase, startEmbeddedDatabase } from './embedded.ts';
import { readPostmasterFile } from './postmaster.ts';
import { findProcess, waitUntilGone } from './process-identity.ts';

const HOLDER = fileURLToPath(new URL('./test-support/hold-database.ts', import.meta.url));

let folder: string;
let children: ChildProcess[];
let databases: EmbeddedDatabase[];

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'stocksheet-database-')), 'data');
  await chmod(join(folder, '..'), 0o711); // PostgreSQL's own user has to get through
  children = [];
  databases = [];
});
afterEach(async () => {
  for (const child of children) await end(child, 'SIGKILL');
  // Clears away what the killed ones left.
  if (databases.length === 0 && (await stat(folder).catch(() => null)) !== null) await start();
  for (const database of databases) await database.stop();
  await rm(join(folder, '..'), { recursive: true, force: true });
});

async function start(): Promise<EmbeddedDatabase> {
  const database = await startEmbeddedDatabase(folder);
  databases.push(database);
  return database;
}

async function query(database: EmbeddedDatabase, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function holdInChild(): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [HOLDER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The child ended with ${code}.`)));
    child.stdout?.once('data', (chunk: Buffer) => resolve({ child, said: chunk.toString().trim() }));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await exited;
}

async function runningPostgres(): Promise<{ pid: number; startedAt: string }> {
  const pid = (await readPostmasterFile(join(folder, 'cluster')))?.pid ?? 0;
  const running = await findProcess(pid);
  if (running === null) throw new Error('PostgreSQL is not running.');
  return { pid, startedAt: running.startedAt };
}

test('what was written is there after a stop and a start', async () => {
  const first = await start();
  await query(first, 'create table kept as select 7 as n');
  await first.stop();
  expect(await query(await start(), 'select n from kept')).toEqual([{ n: 7 }]);
});

test('a second Stocksheet on the same folder gets one sentence with the folder and what to do', async () => {
  const { child } = await holdInChild();
  await expect(startEmbeddedDatabase(folder)).rejects.toThrow(
    `Another Stocksheet (process ${child.pid}) already uses the folder ${folder}. Stop it first, or set DATA_DIR`,
  );
  await end(child, 'SIGTERM');
});

test('of several that start at once exactly one gets the folder', async () => {
  const [first, second] = await Promise.all([holdInChild(), holdInChild()]);
  expect([first.said, second.said].map((said) => said.split(' ')[0]).sort()).toEqual(['failed', 'ready']);
  for (const { child } of [first, second]) await end(child, 'SIGTERM');
});

test('kill -9 of our process: the next start stops the orphaned PostgreSQL of this folder and goes on', async () => {
  const { child, said } = await holdInChild();
  const url = said.replace('ready ', '');
  await query({ url, stop: async () => undefined }, 'create table kept as select 1 as n');
  const orphan = await runningPostgres();
  await end(child, 'SIGKILL');
  expect((await findProcess(orphan.pid))?.startedAt).toBe(orphan.startedAt);
  const database = await start();
  expect(await query(database, 'select n from kept')).toEqual([{ n: 1 }]);
  expect((await findProcess(orphan.pid))?.startedAt).not.toBe(orphan.startedAt);
});

test('kill -9 of our process and of PostgreSQL: what was committed is there after the next start', async () => {
  const { child, said } = await holdInChild();
  await query(
    { url: said.replace('ready ', ''), stop: async () => undefined },
    'create table kept as select 2 as n',
  );
  const postgres = await runningPostgres();
  await end(child, 'SIGKILL');
  process.kill(postgres.pid, 'SIGKILL');
  await waitUntilGone(postgres.pid, postgres.startedAt, 10_000);
  expect(await query(await start(), 'select n from kept')).toEqual([{ n: 2 }]);
});

test.each(['SIGKILL', 'SIGQUIT'] as const)(
  '%s of PostgreSQL alone: it is started again on the same address',
  async (signal) => {
    const database = await start();
    await query(database, 'create table kept as select 3 as n');
    const killed = await runningPostgres();
    process.kill(killed.pid, signal);
    await waitUntilGone(killed.pid, killed.startedAt, 10_000);
    expect(await eventually(() => query(database, 'select n from kept'))).toEqual([{ n: 3 }]);
  },
);

test('an ordinary exit of our process takes PostgreSQL with it', async () => {
  const { child } = await holdInChild();
  const postgres = await runningPostgres();
  await end(child, 'SIGTERM');
  expect(await waitUntilGone(postgres.pid, postgres.startedAt, 10_000)).toBe(true);
});

test('a process that merely got the pid of an old PostgreSQL is left alone', async () => {
  await (await start()).stop();
  const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'postgres'], {
    stdio: 'ignore',
  });
  children.push(bystander);
  const cluster = join(folder, 'cluster');
  await writeFile(
    join(cluster, 'postmaster.pid'),
    `${bystander.pid}\n${cluster}\n1\n1\n\n127.0.0.1\n1 1\nready\n`,
  );
  expect(await query(await start(), 'select 1 as n')).toEqual([{ n: 1 }]);
  expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
});

test('a lock of a killed process whose pid is ours by now does not lock us out', async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'lock'), JSON.stringify({ pid: process.pid, startedAt: '1' }));
  expect(await query(await start(), 'select 1 as n')).toEqual([{ n: 1 }]);
});

test('a half-finished set-up is made again', async () => {
  await mkdir(join(folder, 'cluster.unfinished', 'base'), { recursive: true });
  await writeFile(join(folder, 'cluster.unfinished', 'PG_VERSION'), '18\n');
  await writeFile(join(folder, 'password'), 'half');
  expect(await query(await start(), 'select 1 as n')).toEqual([{ n: 1 }]);
});

describe('who can reach it', () => {
  test('the password is random, kept in a file only its owner can read, and needed', async () => {
    const database = await start();
    const file = join(folder, 'password');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const password = (await readFile(file, 'utf8')).trim();
    expect(password).toMatch(/^[\w-]{32}$/);
    const wrong = database.url.replace(password, 'postgres');
    await expect(query({ url: wrong, stop: async () => undefined }, 'select 1')).rejects.toThrow(
      'authentication',
    );
  });

  test('it listens on loopback only and on no socket file', async () => {
    const database = await start();
    const [settings] = await query(
      database,
      `select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets`,
    );
    expect(settings).toEqual({ addresses: '127.0.0.1', sockets: '' });
  });
});

describe('a command beside a running server', () => {
  test('uses the database that runs already and leaves it running', async () => {
    const database = await start();
    const beside = await openDatabaseBeside(folder);
    expect(beside.url).toBe(database.url);
    await beside.stop();
    expect(await query(database, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('starts it when nobody else does, and stops it again', async () => {
    const alone = await openDatabaseBeside(folder);
    expect(await query(alone, 'select 1 as one')).toEqual([{ one: 1 }]);
    await alone.stop();
    await expect(query(alone, 'select 1 as one')).rejects.toThrow();
  });
});

async function eventually<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
