// One Stocksheet per data folder: a lock file that names its process, and that a killed process cannot leave
// locked.

import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { findProcess } from './process-identity.ts';

const Holder = z.object({ pid: z.int().positive(), startedAt: z.string() });
type Holder = z.infer<typeof Holder>;

export type FolderLock = { readonly release: () => Promise<void> };

const ATTEMPTS_MAX = 20;
// The pid alone cannot tell whether this process already holds a folder: the lock of an earlier process that
// had the same pid looks the same.
const heldHere = new Set<string>();

/** @throws with one sentence for people when a living process uses the folder. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const file = join(folder, 'lock');
  if (heldHere.has(file)) throw inUse(folder, process.pid);
  heldHere.add(file);
  try {
    await takeLock(folder, file);
  } catch (error) {
    heldHere.delete(file);
    throw error;
  }
  return {
    release: async () => {
      if (heldHere.delete(file)) await rm(file, { force: true });
    },
  };
}

async function takeLock(folder: string, file: string): Promise<void> {
  const own = await findProcess(process.pid);
  const mine = `${file}.${randomUUID()}`;
  await writeFile(mine, JSON.stringify({ pid: process.pid, startedAt: own?.startedAt ?? '' }), {
    mode: 0o600,
  });
  try {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      // A link either appears complete or not at all, so nobody ever reads half a lock.
      if (await succeeds(link(mine, file), 'EEXIST')) return;
      const text = await readFile(file, 'utf8').catch(() => null);
      if (text === null) continue; // released this moment
      const holder = readHolder(text);
      if (holder !== null && (await isAlive(holder))) throw inUse(folder, holder.pid);
      await removeStale(file, text);
    }
    throw new Error(`The folder ${folder} could not be locked. Delete the file ${file} and start again.`);
  } finally {
    await rm(mine, { force: true });
  }
}

function readHolder(text: string): Holder | null {
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  const running = await findProcess(holder.pid);
  return running !== null && running.startedAt === holder.startedAt;
}

// Two processes may find the same stale lock at once: the slower one must not remove the faster one's new
// lock.
async function removeStale(file: string, staleText: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  if (!(await succeeds(rename(file, aside), 'ENOENT'))) return;
  const moved = await readFile(aside, 'utf8');
  if (moved !== staleText) await succeeds(link(aside, file), 'EEXIST');
  await rm(aside, { force: true });
}

async function succeeds(work: Promise<void>, expectedFailure: string): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === expectedFailure) return false;
    throw error;
  }
}

/** A living process uses the folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

const inUse = (folder: string, pid: number): FolderInUse =>
  new FolderInUse(
    `Another Stocksheet (process ${pid}) already uses the folder ${folder}. Stop it first, or set DATA_DIR to another folder.`,
  );
