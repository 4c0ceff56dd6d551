// The key that seals credentials, when none is given: made once, kept in a file that only its owner can read.

import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, MASTER_KEY_BYTES, readKey } from './config.ts';

export type MasterKey = { readonly key: Buffer; readonly file: string; readonly created: boolean };

type KeySettings = Pick<Config, 'dataDir' | 'masterKey' | 'masterKeyPrevious'>;

const keyFile = (dataDir: string): string => join(dataDir, 'master.key');

/** All keys that are there, newest first; null when none was made yet. Makes none. @throws when the file holds no key. */
export async function findMasterKeys(config: KeySettings): Promise<readonly Buffer[] | null> {
  const newest = config.masterKey ?? (await readKeyFile(keyFile(config.dataDir)));
  if (newest === null) return null;
  return config.masterKeyPrevious === null ? [newest] : [newest, config.masterKeyPrevious];
}

/** All keys, newest first; `created` names the file when one was made just now. */
export async function masterKeys(
  config: KeySettings,
): Promise<{ readonly keys: readonly Buffer[]; readonly created: string | null }> {
  const previous = config.masterKeyPrevious === null ? [] : [config.masterKeyPrevious];
  if (config.masterKey !== null) return { keys: [config.masterKey, ...previous], created: null };
  const kept = await keepMasterKey(config.dataDir);
  return { keys: [kept.key, ...previous], created: kept.created ? kept.file : null };
}

/**
 * Finds or makes the key. Whoever loses this file has to connect every store anew, so say where it is when it
 * was created.
 * @throws when the file holds no key: making another one would make every stored credential unreadable.
 */
export async function keepMasterKey(dataDir: string): Promise<MasterKey> {
  const file = keyFile(dataDir);
  await mkdir(dataDir, { recursive: true });
  const existing = await readKeyFile(file);
  if (existing !== null) return { key: existing, file, created: false };
  const fresh = join(dataDir, `master.key.${randomUUID()}`);
  await writeKeyFile(fresh, randomBytes(MASTER_KEY_BYTES));
  try {
    // A link appears whole or not at all: of two processes that start together, one makes the key and both
    // read it.
    await link(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return keepMasterKey(dataDir);
  } finally {
    await rm(fresh, { force: true });
  }
  const key = await readKeyFile(file);
  if (key === null) throw new Error(`The key file ${file} vanished. Start again.`);
  return { key, file, created: true };
}

async function readKeyFile(file: string): Promise<Buffer | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(`The key file ${file} cannot be read. Make it readable for this user.`, { cause: error });
  }
  const key = readKey(text.trim());
  if (key === null) {
    throw new Error(
      `The file ${file} does not hold a key. Put the right one back; without it no store can be reached.`,
    );
  }
  await chmod(file, 0o600);
  return key;
}

async function writeKeyFile(file: string, key: Buffer): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(`${key.toString('base64')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
