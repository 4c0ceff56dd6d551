// `npm run export -- stock > stock.csv` and `npm run import -- stock stock.csv`: files of any size, read and written piece by piece.

import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EXPORT_KINDS, type ExportKind, IMPORT_KINDS, type ImportKind } from '../shared/api/csv.ts';
import { exportCsv } from './csv/exports.ts';
import { importCsv } from './csv/import-csv.ts';
import type { Database } from './database/database.ts';
import { openForCommand } from './open-for-command.ts';
import { say } from './terminal.ts';

const USAGE = `Say what to do, such as:
  npm run --silent export -- stock > stock.csv    (${EXPORT_KINDS.join(', ')})
  npm run import -- stock stock.csv               (${IMPORT_KINDS.join(', ')})`;

const [way = '', what = '', file = ''] = process.argv.slice(2);

function commandOf(): ((db: Database) => Promise<void>) | null {
  const exported = EXPORT_KINDS.find((kind) => kind === what);
  const imported = IMPORT_KINDS.find((kind) => kind === what);
  if (way === 'export' && exported !== undefined) return (db) => writeFile(db, exported);
  if (way === 'import' && imported !== undefined && file !== '') return (db) => readFile(db, imported);
  return null;
}

const writeFile = (db: Database, kind: ExportKind): Promise<void> =>
  pipeline(Readable.from(exportCsv(db, kind)), process.stdout, { end: false });

/** Pushes are not woken from here: the running server's next round finds what is owed. */
async function readFile(db: Database, kind: ImportKind): Promise<void> {
  const stamp = () => ({ actor: 'import', at: new Date() });
  const opened = await open(file).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'There is no such file here' : error.message;
    throw new Error(`${file} cannot be read: ${reason}. Give the path of a CSV file.`);
  });
  const { applied, refused, problems } = await importCsv(db, kind, opened.createReadStream(), stamp);
  for (const { line, message } of problems) say(`Line ${line}: ${message}`);
  const leftOff = refused > problems.length ? ` Only the first ${problems.length} are shown.` : '';
  say(`Lines imported: ${applied}; not imported: ${refused}.${leftOff}`);
  if (refused > 0) process.exitCode = 1;
}

const command = commandOf();
if (command === null) {
  say(USAGE);
  process.exit(2);
}
await openForCommand(({ db }) => command(db));
