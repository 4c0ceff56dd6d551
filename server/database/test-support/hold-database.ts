// A child process for the tests of embedded.ts: starts the database in the given folder, says so, and stays.

import { startEmbeddedDatabase } from '../embedded.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder of the database.');
process.once('SIGTERM', () => process.exit(0));
try {
  const database = await startEmbeddedDatabase(folder);
  process.stdout.write(`ready ${database.url}\n`);
  setInterval(() => undefined, 60_000);
} catch (error) {
  process.stdout.write(`failed ${(error as Error).message}\n`);
  process.exitCode = 1;
}
