// One running PostgreSQL: starts it, knows when it is ready, stops it, and clears away one that a killed
// process left.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type PostgresProgram, PROGRAM_ENVIRONMENT } from './postgres-program.ts';
import { findProcess, waitUntilGone } from './process-identity.ts';

export type Postmaster = {
  readonly pid: number;
  readonly exited: Promise<void>;
  readonly stop: () => Promise<void>;
};

export type PostmasterStart =
  | { readonly kind: 'ready'; readonly postmaster: Postmaster }
  /** It ended before it was ready; `log` is what it wrote. */
  | { readonly kind: 'ended'; readonly log: string };

const LOG_BYTES_MAX = 10_000_000;
const LEFTOVER_STOP_MS = 20_000;

/** The built-in settings keep it to this machine: no address but loopback, no socket file. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  log_min_messages: 'warning',
};

export async function startPostmaster(
  program: PostgresProgram,
  cluster: string,
  logFile: string,
  settings: Readonly<Record<string, string>>,
): Promise<PostmasterStart> {
  const before = await rotate(logFile);
  const log = openSync(logFile, 'a', 0o600);
  const flags = Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const child = spawn(program.postgres, ['-D', cluster, ...flags], {
    ...program.user,
    cwd: cluster,
    env: PROGRAM_ENVIRONMENT,
    stdio: ['ignore', log, log],
    // Its own process group: Ctrl-C in a terminal reaches us, and we stop the database last.
    detached: true,
  });
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // However this process ends short of being killed, the database ends too.
  const endWithUs = () => void child.kill('SIGINT');
  process.once('exit', endWithUs);
  void exited.then(() => process.removeListener('exit', endWithUs));
  if (await becomesReady(child, cluster, exited)) {
    return {
      kind: 'ready',
      postmaster: { pid: child.pid ?? 0, exited, stop: () => stopChild(child, exited) },
    };
  }
  return { kind: 'ended', log: (await readFile(logFile)).subarray(before).toString('utf8').trim() };
}

async function becomesReady(child: ChildProcess, cluster: string, exited: Promise<void>): Promise<boolean> {
  let ended = child.pid === undefined;
  void exited.then(() => {
    ended = true;
  });
  // No deadline: after a crash it first reads its log, which takes as long as it takes.
  while (!ended) {
    const found = await readPostmasterFile(cluster);
    if (found !== null && found.pid === child.pid && found.status === 'ready') return true;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  return false;
}

async function stopChild(child: ChildProcess, exited: Promise<void>): Promise<void> {
  child.kill('SIGINT'); // "fast": ends sessions, writes everything, exits
  await exited;
}

/**
 * Stops the PostgreSQL of exactly this folder that outlived its Stocksheet. Only call while holding the
 * folder's lock. Another process that merely got the old pid is left alone.
 */
export async function clearLeftover(cluster: string): Promise<void> {
  const found = await readPostmasterFile(cluster);
  if (found === null) return;
  const running = await findProcess(found.pid);
  if (running === null) return; // PostgreSQL itself clears its stale file
  if (!(await belongsTo(cluster, found, running.command))) {
    await rm(join(cluster, 'postmaster.pid'), { force: true });
    return;
  }
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.kill(found.pid, signal);
    if (await waitUntilGone(found.pid, running.startedAt, LEFTOVER_STOP_MS)) return;
  }
  throw new Error(
    `The database of an earlier run (process ${found.pid}) still uses ${cluster} and does not stop. End it, then start again.`,
  );
}

async function belongsTo(cluster: string, found: PostmasterFile, command: string): Promise<boolean> {
  const [ours, theirs] = await Promise.all([
    realpath(cluster),
    realpath(found.folder).catch(() => found.folder),
  ]);
  return ours === theirs && /postgres(\.exe)?( |$)/.test(command) && command.includes(` ${found.folder} `);
}

type PostmasterFile = {
  readonly pid: number;
  readonly folder: string;
  readonly port: number;
  readonly status: string;
};

/** The file that a running PostgreSQL keeps in its folder. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  return { pid, folder: lines[1] ?? '', port: Number(lines[3]), status: lines[7] ?? '' };
}

/** Keeps the log from growing for ever; returns how many bytes it already holds. */
async function rotate(logFile: string): Promise<number> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= LOG_BYTES_MAX) return size;
  await rename(logFile, `${logFile}.old`);
  return 0;
}
