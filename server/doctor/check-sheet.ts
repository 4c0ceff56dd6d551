// Checks the Google Sheet: the key of the service account, the sharing, the tabs, and who has connected it.

import { sizeInWords } from '../../shared/model/duration.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import { pause } from '../net/in-turns.ts';
import { VERIFY_EVERY_MS } from '../sheet/flush.ts';
import { createGoogleSheets, serviceAccountOf } from '../sheet/google-sheets.ts';
import { lookOver } from '../sheet/look-over.ts';
import { explainRefusal } from '../sheet/refusal.ts';
import { compareClocks } from './clocks.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

export type Google = NonNullable<Config['google']>;
/** How the sheet is reached: Google's by default. */
export type SheetsFor = (google: Google) => ReturnType<typeof createGoogleSheets>;

const DAMAGES_SHOWN = 6;

export async function checkSheet(
  db: Database,
  google: Google,
  now: Date,
  sheetsFor: SheetsFor = createGoogleSheets,
): Promise<readonly Finding[]> {
  let sharedWith: string;
  try {
    sharedWith = await serviceAccountOf(google.serviceAccountFile);
  } catch (error) {
    return [wrong('Service account', (error as Error).message)];
  }
  const { spreadsheetId } = google;
  const known = ok('Service account', sharedWith);
  try {
    const clock = { nowMs: Date.now, sleep: pause, random: Math.random };
    const seen = await lookOver(db, { sheets: sheetsFor(google), spreadsheetId, clock });
    return [
      known,
      ok('Sheet', `"${seen.title}" is shared with it as an editor`),
      ...(seen.googleMs === null ? [] : [compareClocks('Google', seen.googleMs, now.getTime())]),
      ...tabs(seen.damages),
      ...seen.asides.map(({ title, becomes }) =>
        note(
          'Your own tab',
          `"${title}" bears the name of a tab that Stocksheet writes. A running server renames it "${becomes}" and changes nothing in it.`,
        ),
      ),
      ...(await lastLook(db, spreadsheetId, now)),
    ];
  } catch (error) {
    const refusal = explainRefusal(error, { spreadsheetId, sharedWith });
    if (refusal === null) throw error;
    return [known, wrong('Sheet', refusal.message)];
  }
}

function tabs(damages: readonly string[] | null): Finding[] {
  if (damages === null)
    return [note('Tabs', 'The tabs are not there yet: a running server makes them within a minute.')];
  if (damages.length === 0) return [ok('Tabs', 'all there, with their headers and protections')];
  const more = damages.length > DAMAGES_SHOWN ? ` And ${damages.length - DAMAGES_SHOWN} more.` : '';
  const remedy =
    'A running server puts this right within 15 minutes; at once does the menu Stocksheet › Repair the tabs for the tabs that people write in.';
  return [wrong('Tabs', `${damages.slice(0, DAMAGES_SHOWN).join(' ')}${more} ${remedy}`)];
}

/** A worker looks at the whole sheet every quarter of an hour. */
async function lastLook(db: Database, spreadsheetId: string, now: Date): Promise<Finding[]> {
  const row = await db
    .selectFrom('sheet_tabs')
    .select((all) => all.fn.max('verified_at').as('at'))
    .where('spreadsheet_id', '=', spreadsheetId)
    .executeTakeFirst();
  const at = row?.at ?? null;
  if (at === null) return [];
  const silentMs = now.getTime() - at.getTime();
  if (silentMs < 3 * VERIFY_EVERY_MS)
    return [ok('Worker', `looked at the sheet ${sizeInWords(silentMs)} ago`)];
  const message = `The sheet was last looked at ${sizeInWords(silentMs)} ago. Start the server (npm start), or its worker (npm run start:worker).`;
  return [wrong('Worker', message)];
}
