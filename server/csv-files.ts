// `npm run export -- stock > stock.csv` and `npm run import -- stock stock.csv`: files of any size, read and written piece by piece.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EXPORT_KINDS, type ExportKind, IMPORT_KINDS, type ImportKind } from '../shared/api/csv.ts';
import { readProcessConfig } from './config.ts';
import { exportCsv } from './csv/exports.ts';
import { importCsv } from './csv/import-csv.ts';
import { openDatabaseBeside } from './database/beside.ts';
import { type Database, openDatabase } from './database/database.ts';
import { migrate } from './database/migrate.ts';
import { say } from './terminal.ts';

const USAGE = `Say what to do, such as:
  npm run --silent export -- stock > stock.csv    (${EXPORT_KINDS.join(', ')})
  npm run import -- stock stock.csv               (${IMPORT_KINDS.join(', ')})`;

const [way = '', what = '', file = ''] = process.argv.slice(2);
const reading = readProcessConfig();
if (!reading.ok) {
  say(['These settings have to be mended first:', ...reading.problems].join('\n  '));
  process.exit(2);
}
const { config } = reading;

function commandOf(): ((db: Database) => Promise<boolean>) | null {
  const exported = EXPORT_KINDS.find((kind) => kind === what);
  const imported = IMPORT_KINDS.find((kind) => kind === what);
  if (way === 'export' && exported !== undefined) return (db) => writeFile(db, exported);
  if (way === 'import' && imported !== undefined && file !== '') return (db) => readFile(db, imported);
  return null;
}

async function writeFile(db: Database, kind: ExportKind): Promise<boolean> {
  await pipeline(Readable.from(exportCsv(db, kind)), process.stdout, { end: false });
  return true;
}

/** Pushes are not woken from here: the running server's next round finds what is owed. */
async function readFile(db: Database, kind: ImportKind): Promise<boolean> {
  const stamp = () => ({ actor: 'import', at: new Date() });
  const { applied, refused, problems } = await importCsv(db, kind, createReadStream(file), stamp);
  for (const { line, message } of problems) say(`Line ${line}: ${message}`);
  const leftOff = refused > problems.length ? ` Only the first ${problems.length} are shown.` : '';
  say(`${applied} lines were imported, ${refused} were not.${leftOff}`);
  return refused === 0;
}

async function run(command: (db: Database) => Promise<boolean>): Promise<boolean> {
  const own = config.databaseUrl === null ? await openDatabaseBeside(join(config.dataDir, 'database')) : null;
  try {
    const url = own?.url ?? config.databaseUrl ?? '';
    await migrate(url);
    const db = openDatabase(url);
    try {
      return await command(db);
    } finally {
      await db.destroy();
    }
  } finally {
    await own?.stop();
  }
}

const command = commandOf();
if (command === null) {
  say(USAGE);
  process.exit(2);
}
try {
  if (!(await run(command))) process.exitCode = 1;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
