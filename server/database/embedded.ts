// Runs the PostgreSQL that comes with the project in a folder of ours, and recovers by itself from whatever
// was killed.

import { mkdir, realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { prepareCluster } from './cluster.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { findPostgres, type PostgresProgram } from './postgres-program.ts';
import { clearLeftover, type Postmaster, startPostmaster } from './postmaster.ts';

export type EmbeddedDatabase = { readonly url: string; readonly stop: () => Promise<void> };

export type EmbeddedOptions = {
  /** PostgreSQL settings on top of ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The database ended by itself and could not be started again. */
  readonly onLost?: (error: Error) => void;
};

type Start = {
  readonly program: PostgresProgram;
  readonly cluster: string;
  readonly logFile: string;
  readonly settings: Readonly<Record<string, string>>;
};

const START_ATTEMPTS_MAX = 40;
const START_RETRY_MS = 250;

/**
 * Starts PostgreSQL on a free loopback port with its files under `folder`; creates them the first time.
 * Should the database be killed while we run, it is started again on the same port.
 * @throws with one sentence for people: the folder is in use, or the database cannot start and why.
 */
export async function startEmbeddedDatabase(
  folder: string,
  options: EmbeddedOptions = {},
): Promise<EmbeddedDatabase> {
  await mkdir(folder, { recursive: true });
  const home = await realpath(folder);
  const lock = await lockFolder(home);
  try {
    const program = await findPostgres();
    const cluster = await prepareCluster(home, program);
    await clearLeftover(cluster.folder);
    const start = {
      program,
      cluster: cluster.folder,
      logFile: join(home, 'postgres.log'),
      settings: options.settings ?? {},
    };
    const { port, postmaster } = await startOnFreePort(start);
    const stop = keepRunning(start, port, postmaster, lock, options.onLost);
    return { url: `postgresql://postgres:${cluster.password}@127.0.0.1:${port}/postgres`, stop };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startOnFreePort(start: Start): Promise<{ port: number; postmaster: Postmaster }> {
  const port = await freePort();
  try {
    return { port, postmaster: await startOn(start, port) };
  } catch (error) {
    // Somebody took the port between our look and the start.
    if (String((error as Error).cause).includes('could not create any TCP/IP sockets'))
      return startOnFreePort(start);
    throw error;
  }
}

async function startOn(start: Start, port: number): Promise<Postmaster> {
  for (let attempt = 1; ; attempt += 1) {
    const settings = { ...start.settings, port: String(port) };
    const result = await startPostmaster(start.program, start.cluster, start.logFile, settings);
    if (result.kind === 'ready') return result.postmaster;
    // Sessions of a database that was killed hold its memory for another moment.
    const passing = /shared memory block|lock file ".*" already exists/.test(result.log);
    if (!passing || attempt === START_ATTEMPTS_MAX) throw cannotStart(start, result.log);
    await pause(START_RETRY_MS);
  }
}

/** Starts the database again whenever it ends without having been asked to; returns the asking. */
function keepRunning(
  start: Start,
  port: number,
  first: Postmaster,
  lock: FolderLock,
  onLost: ((error: Error) => void) | undefined,
): () => Promise<void> {
  let current = first;
  let stopping: Promise<void> | null = null;
  let restarting: Promise<void> = Promise.resolve();
  const watch = (postmaster: Postmaster) => {
    void postmaster.exited.then(() => {
      if (stopping === null) restarting = restart();
    });
  };
  const restart = async () => {
    try {
      current = await startOn(start, port);
      watch(current);
    } catch (error) {
      onLost?.(error as Error);
    }
  };
  watch(first);
  const stopOnce = async () => {
    await restarting;
    await current.stop();
    await lock.release();
  };
  return () => {
    stopping ??= stopOnce();
    return stopping;
  };
}

const cannotStart = (start: Start, log: string): Error => {
  const reason = /FATAL: +(.*)/.exec(log)?.[1] ?? 'it ended at once';
  return new Error(`The database in ${start.cluster} cannot start: ${reason}. Its log is ${start.logFile}.`, {
    cause: log,
  });
};

const pause = (durationMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, durationMs));

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address !== null && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('This computer has no free port.')),
      );
    });
  });
}
