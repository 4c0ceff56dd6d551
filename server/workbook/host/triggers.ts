// Installable time triggers: kept in the database, and run on time as the person who made them.

import { randomUUID } from 'node:crypto';
import type { Database } from '../../database/database.ts';
import type { LocalPerson } from '../identity.ts';
import type { ScriptTrigger } from './calls.ts';
import type { TriggerStore } from './script-host.ts';

const TRIGGERS_MAX = 20;
const LOOK_EVERY_MS = 1_000;
const MINUTE_MS = 60_000;

export function createTriggerStore(db: Database, workbookId: string, now: () => Date): TriggerStore {
  const mine = (person: LocalPerson) =>
    db
      .selectFrom('workbook_triggers')
      .select(['id', 'function_name', 'every_minutes'])
      .where('workbook_id', '=', workbookId)
      .where('person_email', '=', person.email);
  const list: TriggerStore['list'] = async (person) =>
    (await mine(person).execute()).map(
      (row): ScriptTrigger => ({
        id: row.id,
        functionName: row.function_name,
        everyMinutes: row.every_minutes,
      }),
    );
  return {
    list,
    add: async (person, functionName, everyMinutes) => {
      if ((await list(person)).length >= TRIGGERS_MAX) {
        throw new Error(
          'This script has too many triggers. Triggers must be deleted from the script before more can be added.',
        );
      }
      const id = randomUUID();
      await db
        .insertInto('workbook_triggers')
        .values({
          id,
          workbook_id: workbookId,
          function_name: functionName,
          every_minutes: everyMinutes,
          person_email: person.email,
          person_name: person.name,
          next_at: new Date(now().getTime() + everyMinutes * MINUTE_MS),
        })
        .execute();
      return { id, functionName, everyMinutes };
    },
    // Others cannot even see them.
    delete: async (person, id) => {
      await db
        .deleteFrom('workbook_triggers')
        .where('id', '=', id)
        .where('workbook_id', '=', workbookId)
        .where('person_email', '=', person.email)
        .execute();
    },
  };
}

/** Runs every trigger whose time has come, once. Several processes may ask: each trigger is taken by one. */
export async function runDueTriggers(
  db: Database,
  workbookId: string,
  now: Date,
  run: (functionName: string, person: LocalPerson) => Promise<void>,
): Promise<number> {
  const due = await db.transaction().execute(async (tx) => {
    const rows = await tx
      .selectFrom('workbook_triggers')
      .selectAll()
      .where('workbook_id', '=', workbookId)
      .where('next_at', '<=', now)
      .orderBy('next_at')
      .forUpdate()
      .skipLocked()
      .execute();
    for (const row of rows) {
      await tx
        .updateTable('workbook_triggers')
        .set({ next_at: new Date(now.getTime() + row.every_minutes * MINUTE_MS), last_ran_at: now })
        .where('id', '=', row.id)
        .execute();
    }
    return rows;
  });
  for (const row of due) {
    const error = await run(row.function_name, { email: row.person_email, name: row.person_name }).then(
      () => null,
      (problem: unknown) => (problem instanceof Error ? problem.message : String(problem)),
    );
    await db.updateTable('workbook_triggers').set({ last_error: error }).where('id', '=', row.id).execute();
  }
  return due.length;
}

/** Looks every second until it is stopped. */
export function startTriggerClock(look: () => Promise<unknown>): { readonly stop: () => Promise<void> } {
  let looking: Promise<unknown> = Promise.resolve();
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    // The database may be away for a moment: the next look finds what is due.
    looking = look()
      .catch(() => undefined)
      .finally(() => {
        isBusy = false;
      });
  }, LOOK_EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
