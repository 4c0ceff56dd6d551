// Google's limits on scripts, played by a clock: a submit of thousands of rows stops in time, keeps what is done and goes on; the
// sheet's own clock looks after rows that wait.

import { afterEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { runDueTriggers } from '../server/workbook/host/triggers.ts';
import { type PeopleTabSteps, peopleTab } from '../test/support/people-tab.ts';
import {
  type FixtureOptions,
  openWorkbookFixture,
  PERSON,
  type WorkbookFixture,
} from '../test/support/workbook-fixture.ts';

const MINUTE_MS = 60_000;
let fixture: WorkbookFixture;
let tab: PeopleTabSteps;
let clockMs: number;
/** How long the server takes for each request of rows. */
let answerMs: number;
let requests: string[];
afterEach(() => fixture.close());

async function open(options: FixtureOptions = {}): Promise<void> {
  clockMs = Date.now();
  answerMs = 0;
  requests = [];
  fixture = await openWorkbookFixture({
    nowMs: () => clockMs,
    onRequest: (path) => {
      requests.push(path);
      if (path.startsWith('/rows')) clockMs += answerMs;
    },
    ...options,
  });
  await sql`insert into warehouses (id, name) values ('main', 'Main')`.execute(fixture.database.db);
  await sql`insert into products (sku) values ('SHIRT')`.execute(fixture.database.db);
  tab = peopleTab(fixture.workbook, PERSON, 'Adjustments');
  await click('repairTabs');
}

async function click(functionName: string): Promise<string> {
  const said: string[] = [];
  const ui = {
    toast: ({ message }: { message: string }) => void said.push(message),
    dialog: async ({ message }: { message: string }) => {
      said.push(message);
      return { button: 'OK' as const, text: '' };
    },
  };
  await fixture.host.run(functionName, [], ui);
  return said.join(' ');
}

/** Time goes by; Google runs what is due. */
const pass = async (ms: number): Promise<number> => {
  clockMs += ms;
  return runDueTriggers(fixture.database.db, fixture.workbook.id, new Date(clockMs), fixture.host.runTrigger);
};

const addRows = (count: number, row = 2) =>
  tab.put(
    row,
    Array.from({ length: count }, () => ({ sku: 'SHIRT', action: 'add', quantity: 1, submit: true })),
  );

async function inStock(): Promise<{ units: number; moves: number }> {
  const { rows } = await sql<{ units: number; moves: number }>`
    select coalesce(sum(in_stock_change), 0)::integer as units, count(*)::integer as moves from moves`.execute(
    fixture.database.db,
  );
  return rows[0] ?? { units: 0, moves: 0 };
}

const states = async (): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const state of await tab.column('status')) counts[String(state)] = (counts[String(state)] ?? 0) + 1;
  return counts;
};

describe('six minutes for a script', () => {
  test('a submit of 3,000 rows stops in time, keeps what is done, and goes on by itself: each row once', async () => {
    await open();
    await addRows(3_000);
    answerMs = 110_000;
    const said = await click('submitTickedRows');
    expect(said).toContain('2000 rows applied.');
    expect(said).toContain('1000 rows still waiting. Google stops a script after six minutes');
    expect(await states()).toEqual({ Applied: 2_000, Waiting: 1_000 });
    expect(await inStock()).toEqual({ units: 2_000, moves: 2_000 });
    expect(await pass(10 * MINUTE_MS)).toBe(1);
    expect(await states()).toEqual({ Applied: 3_000 });
    expect(await inStock()).toEqual({ units: 3_000, moves: 3_000 });
  });

  test('a script that Google ends in the middle all the same loses nothing: the next click gives every answer', async () => {
    await open();
    await addRows(2_000);
    answerMs = 200_000;
    await expect(click('submitTickedRows')).rejects.toThrow('Exceeded maximum execution time');
    // The answers of the first minutes stand beside their rows already.
    expect(await states()).toEqual({ Applied: 1_000, Submitting: 1_000 });
    expect(await inStock()).toEqual({ units: 2_000, moves: 2_000 });
    answerMs = 0;
    expect(await click('submitTickedRows')).toContain('1000 rows applied.');
    expect(await inStock()).toEqual({ units: 2_000, moves: 2_000 });
    expect(await states()).toEqual({ Applied: 2_000 });
  });
});

describe('the sheet’s own clock', () => {
  const triggers = async () =>
    (
      await sql<{ every_minutes: number }>`select every_minutes from workbook_triggers`.execute(
        fixture.database.db,
      )
    ).rows.map((row) => row.every_minutes);
  const shown = async () => {
    const { value } = JSON.parse(String(await fixture.host.run('sidebarHome'))) as {
      value: { trigger: { everyMs: number | null; lastRunAt: string | null } };
    };
    return value.trigger;
  };

  test('is made once, every ten minutes, and the sidebar says so', async () => {
    await open();
    await click('repairTabs');
    await click('repairTabs');
    expect(await triggers()).toEqual([10]);
    expect((await shown()).everyMs).toBe(10 * MINUTE_MS);
  });

  test('as an add-on Google allows an hour: that is found out, and shown', async () => {
    await open({ isAddon: true });
    await click('repairTabs');
    expect(await triggers()).toEqual([60]);
    expect((await shown()).everyMs).toBe(60 * MINUTE_MS);
  });

  test('that Google has stopped is made anew by a repair', async () => {
    await open();
    await sql`delete from workbook_triggers`.execute(fixture.database.db);
    clockMs += 2 * 60 * MINUTE_MS;
    await click('repairTabs');
    expect(await triggers()).toEqual([10]);
  });

  test('that Google has stopped is made anew from the sidebar', async () => {
    await open();
    await sql`delete from workbook_triggers`.execute(fixture.database.db);
    clockMs += 3 * 24 * 60 * MINUTE_MS;
    const answer = await fixture.host.run('sidebarDo', ['startTrigger', 'null']);
    expect(JSON.parse(String(answer))).toEqual({ ok: true, value: '' });
    expect(await triggers()).toEqual([10]);
    expect((await shown()).lastRunAt).toBe(new Date(clockMs).toISOString());
  });

  test('the server is down for an hour: rows wait and say so, then go through once, without a click', async () => {
    await open();
    await addRows(20);
    fixture.cut(true);
    const said = await click('submitTickedRows');
    expect(said).toContain('20 rows still waiting. The server at');
    expect(await tab.cell(2, 'message')).toMatch(
      /could not be reached\. Submit the same rows again when it is back: nothing is done twice/,
    );
    for (let minute = 0; minute < 60; minute += 10) {
      await pass(10 * MINUTE_MS);
      expect(await states()).toEqual({ Waiting: 20 });
    }
    // The answer to a nudge that fails does not make every row try in vain.
    expect(requests.filter((path) => path.startsWith('/rows'))).toHaveLength(1);
    fixture.cut(false);
    await pass(10 * MINUTE_MS);
    expect(await states()).toEqual({ Applied: 20 });
    expect(await inStock()).toEqual({ units: 20, moves: 20 });
  });
});

describe('who is at the keyboard', () => {
  test('a token that has expired: the row says what to do, and is submitted again by a click', async () => {
    let stale: string | null = null;
    await open({ signIdentityToken: (sign, person) => stale ?? sign(person) });
    await addRows(1);
    stale = 'x.y.z';
    const said = await click('submitTickedRows');
    expect(said).toMatch(/^1 row needs you/);
    expect(said).toMatch(/sign|account|reload/i);
    expect(await states()).toEqual({ Error: 1 });
    stale = null;
    expect(await click('submitTickedRows')).toBe('1 row applied.');
    expect((await inStock()).moves).toBe(1);
  });

  test('another account of the same browser, which may not submit, is named', async () => {
    await open({ signIdentityToken: (sign) => sign({ email: 'home@mail.example', name: 'Home' }) });
    await sql`insert into people (email, role) values ('home@mail.example', 'viewer')`.execute(
      fixture.database.db,
    );
    await addRows(1);
    const said = await click('submitTickedRows');
    expect(said).toContain('home@mail.example');
    expect((await inStock()).moves).toBe(0);
  });
});
