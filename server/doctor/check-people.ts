// Checks that the sheet was connected: an owner, a key that still counts, and the sheet's own clock.

import { sizeInWords } from '../../shared/model/duration.ts';
import type { Database } from '../database/database.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

export async function checkPeople(
  db: Database,
  spreadsheetId: string,
  now: Date,
): Promise<readonly Finding[]> {
  const keys = await db
    .selectFrom('api_keys')
    .leftJoin('sheet_triggers', 'sheet_triggers.key_id', 'api_keys.id')
    .select(['last_nudge_at', 'every_ms', 'person'])
    .where('kind', '=', 'sheet')
    .where('spreadsheet_id', '=', spreadsheetId)
    .where('revoked_at', 'is', null)
    .orderBy('last_nudge_at', (order) => order.desc().nullsLast())
    .execute();
  if (keys.length === 0) {
    const message =
      'The sheet is not connected to this server. Run npm run pair, and type the address and the code in the sidebar of the sheet (menu Stocksheet › Open the sidebar).';
    return [wrong('Pairing', message)];
  }
  const owners = await db
    .selectFrom('people')
    .select('email')
    .where('role', '=', 'owner')
    .where('removed_at', 'is', null)
    .orderBy('email')
    .execute();
  const [latest] = keys;
  return [
    owners.length > 0
      ? ok('Pairing', `the sheet is connected; owner ${owners.map(({ email }) => email).join(', ')}`)
      : wrong(
          'Pairing',
          'Nobody is an owner any more. Run npm run pair -- owner, and connect the sheet with its code.',
        ),
    trigger(latest?.last_nudge_at ?? null, latest?.every_ms ?? null, latest?.person ?? '', now),
  ];
}

const REMEDY =
  'Open the sheet as that person and choose Stocksheet › Repair the tabs: it starts the clock anew. Until then the sheet still gets every change; only rows that got no answer wait for a click.';

function trigger(at: Date | null, everyMs: number | null, person: string, now: Date): Finding {
  if (at === null || everyMs === null) {
    const message =
      'The sheet’s own clock was never heard. Choose Stocksheet › Repair the tabs in the sheet, and look again after its first turn (ten minutes to an hour).';
    return note('Sheet’s clock', message);
  }
  const silentMs = now.getTime() - at.getTime();
  const heard = `heard ${sizeInWords(Math.max(0, silentMs))} ago, every ${sizeInWords(everyMs)}, of ${person}`;
  if (silentMs <= 3 * everyMs) return ok('Sheet’s clock', heard);
  return wrong('Sheet’s clock', `Google has stopped it: last ${heard}. ${REMEDY}`);
}
