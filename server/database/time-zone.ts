// By which clock the spreadsheet goes, as it was last seen.

import type { Database } from './database.ts';

export async function readTimeZone(db: Database): Promise<string> {
  const { time_zone: timeZone } = await db
    .selectFrom('workspace')
    .select('time_zone')
    .executeTakeFirstOrThrow();
  return timeZone;
}
