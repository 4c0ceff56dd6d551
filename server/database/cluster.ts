// The files of our own PostgreSQL: made once, whole or not at all, with a password that only their owner can
// read.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, chmod, chown, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type PostgresProgram, type PostgresUser, PROGRAM_ENVIRONMENT } from './postgres-program.ts';

export type Cluster = { readonly folder: string; readonly password: string };

const run = promisify(execFile);

/** Finds or makes the database files under `folder`. What an interrupted start left half-made is made again. */
export async function prepareCluster(folder: string, program: PostgresProgram): Promise<Cluster> {
  await giveTo(folder, program.user);
  const [cluster, unfinished, passwordFile] = ['cluster', 'cluster.unfinished', 'password'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await rm(unfinished, { recursive: true, force: true });
  if (await exists(join(cluster, 'PG_VERSION'))) {
    return { folder: cluster, password: await readPassword(passwordFile) };
  }
  const password = randomBytes(24).toString('base64url');
  await writePassword(passwordFile, password, program.user);
  await mkdir(unfinished, { mode: 0o700 });
  await giveTo(unfinished, program.user);
  await initialise(folder, unfinished, passwordFile, program);
  // From here on it exists, complete, under its final name.
  await rename(unfinished, cluster);
  return { folder: cluster, password };
}

async function initialise(
  folder: string,
  cluster: string,
  passwordFile: string,
  program: PostgresProgram,
): Promise<void> {
  const flags = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'];
  try {
    await run(program.initdb, [`--pgdata=${cluster}`, `--pwfile=${passwordFile}`, ...flags], {
      ...program.user,
      cwd: folder,
      env: PROGRAM_ENVIRONMENT,
    });
  } catch (error) {
    const { stderr, code } = error as { stderr?: string; code?: string | number };
    if (code === 'EACCES' || /permission denied/i.test(stderr ?? '')) {
      const who = program.user.uid === undefined ? 'this user' : 'the user "postgres"';
      throw new Error(
        `The database cannot be created because ${who} may not enter ${folder} or the folder of this program. ` +
          'Move Stocksheet to a folder that everybody may enter, or set DATABASE_URL to a PostgreSQL of yours.',
        { cause: error },
      );
    }
    throw new Error(
      `The database files could not be created in ${folder}: ${(stderr ?? String(error)).trim()}`,
      {
        cause: error,
      },
    );
  }
}

async function writePassword(file: string, password: string, user: PostgresUser): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(`${password}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await giveTo(file, user);
}

async function readPassword(file: string): Promise<string> {
  try {
    await chmod(file, 0o600);
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new Error(`The database's password is kept in ${file}, which cannot be read. Put that file back.`, {
      cause: error,
    });
  }
}

async function giveTo(path: string, user: PostgresUser): Promise<void> {
  if (user.uid !== undefined && user.gid !== undefined) await chown(path, user.uid, user.gid);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
