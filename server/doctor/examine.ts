// The whole examination, piece by piece; what stands on a piece that is missing is not looked at.

import { sql } from 'kysely';
import type { Config } from '../config.ts';
import { storeOpenerParts } from '../core.ts';
import type { Database } from '../database/database.ts';
import { findLocalKey } from '../local-key.ts';
import type { Vault } from '../secrets/vault.ts';
import { attempt, type HearError } from './attempt.ts';
import { checkAddon } from './check-addon.ts';
import { checkDatabase, checkMasterKey, checkQueue } from './check-database.ts';
import { checkPeople } from './check-people.ts';
import { checkServer } from './check-server.ts';
import { checkSheet, type SheetsFor } from './check-sheet.ts';
import { checkStores } from './check-stores.ts';
import { type Finding, note, ok } from './finding.ts';

const PROBLEMS_SHOWN = 5;

export type ExamineOptions = {
  readonly now: () => Date;
  readonly hear: HearError;
  readonly sheetsFor?: SheetsFor;
};

/** `tell` hears each piece as it is known. */
export async function examine(
  config: Config,
  options: ExamineOptions,
  tell: (found: readonly Finding[]) => void,
): Promise<void> {
  const { now, hear } = options;
  tell([ok('Settings', 'can be read')]);
  const key = await checkMasterKey(config);
  tell(key.findings);
  const database = await checkDatabase(config);
  tell(database.findings);
  const opened = database.value;
  if (opened === null) {
    tell(await attempt('Server', () => checkServer(config, null, now()), hear));
    return;
  }
  try {
    tell(await attempt('Queue', () => checkQueue(config, opened.url), hear));
    await examineRest(config, options, { db: opened.db, vault: key.value }, tell);
  } finally {
    // What was found stands, however the connection ends.
    await opened.close().catch(hear);
  }
}

async function examineRest(
  config: Config,
  { now, hear, sheetsFor }: ExamineOptions,
  { db, vault }: { readonly db: Database; readonly vault: Vault | null },
  tell: (found: readonly Finding[]) => void,
): Promise<void> {
  const key = vault === null ? null : await findLocalKey(db, vault).catch(() => null);
  const look = async (about: string, work: () => Promise<readonly Finding[]>): Promise<void> =>
    tell(await attempt(about, work, hear));
  await look('Server', () => checkServer(config, key, now()));
  const { google } = config;
  if (google === null) {
    tell([note('Sheet', 'No Google Sheet is set (SPREADSHEET_ID): the local workbook is used.')]);
  } else {
    const { publicUrl } = config;
    await look('Sheet', () => checkSheet(db, google, now(), sheetsFor));
    await look('Pairing', () => checkPeople(db, google.spreadsheetId, now()));
    if (publicUrl !== null) await look('Add-on', () => checkAddon(publicUrl));
  }
  if (vault !== null) {
    const parts = storeOpenerParts(config, db, vault, now);
    await look('Stores', () => checkStores(config, parts, now(), hear));
  }
  await look('Needs a person', () => openProblems(db));
}

async function openProblems(db: Database): Promise<readonly Finding[]> {
  const { rows } = await sql<{ message: string; all: number }>`
    select message, count(*) over ()::integer as all from activity
    where resolved_at is null and level = 'needs-person' order by at desc limit ${PROBLEMS_SHOWN}`.execute(
    db,
  );
  const more = (rows[0]?.all ?? 0) - rows.length;
  return [
    ...rows.map(({ message }) => note('Needs a person', message)),
    ...(more > 0 ? [note('Needs a person', `and ${more} more in the sidebar`)] : []),
  ];
}
