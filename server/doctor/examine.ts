// The whole examination, piece by piece; what stands on a piece that is missing is not looked at.

import { sql } from 'kysely';
import type { Config } from '../config.ts';
import { storeOpenerParts } from '../core.ts';
import type { Database } from '../database/database.ts';
import { findLocalKey } from '../local-key.ts';
import type { Vault } from '../secrets/vault.ts';
import { checkAddon } from './check-addon.ts';
import { checkDatabase, checkMasterKey, checkQueue } from './check-database.ts';
import { checkPeople } from './check-people.ts';
import { checkServer } from './check-server.ts';
import { checkSheet, type SheetsFor } from './check-sheet.ts';
import { checkStores } from './check-stores.ts';
import { type Finding, note, ok } from './finding.ts';

const PROBLEMS_SHOWN = 5;

export type ExamineOptions = { readonly now: () => Date; readonly sheetsFor?: SheetsFor };

/** `tell` hears each piece as it is known. */
export async function examine(
  config: Config,
  options: ExamineOptions,
  tell: (found: readonly Finding[]) => void,
): Promise<void> {
  tell([ok('Settings', 'can be read')]);
  const key = await checkMasterKey(config);
  tell(key.findings);
  const database = await checkDatabase(config);
  tell(database.findings);
  const opened = database.value;
  if (opened === null) {
    tell(await checkServer(config, null, options.now()));
    return;
  }
  try {
    tell(await checkQueue(config, opened.url));
    await examineRest(config, options, { db: opened.db, vault: key.value }, tell);
  } finally {
    await opened.close();
  }
}

async function examineRest(
  config: Config,
  { now, sheetsFor }: ExamineOptions,
  { db, vault }: { readonly db: Database; readonly vault: Vault | null },
  tell: (found: readonly Finding[]) => void,
): Promise<void> {
  const key = vault === null ? null : await findLocalKey(db, vault).catch(() => null);
  tell(await checkServer(config, key, now()));
  const { google } = config;
  if (google === null) {
    tell([note('Sheet', 'No Google Sheet is set (SPREADSHEET_ID): the local workbook is used.')]);
  } else {
    tell(await checkSheet(db, google, now(), sheetsFor));
    tell(await checkPeople(db, google.spreadsheetId, now()));
    if (config.publicUrl !== null) tell(await checkAddon(config.publicUrl));
  }
  if (vault !== null) tell(await checkStores(config, storeOpenerParts(config, db, vault, now), now()));
  tell(await openProblems(db));
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
