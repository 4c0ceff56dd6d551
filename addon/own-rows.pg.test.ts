// Whose rows are sent again by itself, and under whose name: through the shipped script, with several people at one sheet.

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
const MIA = { email: PERSON.email, name: 'Mia' };
const BEN = { email: 'ben@shop.example', name: 'Ben' };
const VIC = { email: 'vic@shop.example', name: 'Vic' };
type Person = typeof MIA;

let fixture: WorkbookFixture;
let tab: PeopleTabSteps;
let clockMs: number;
afterEach(() => fixture.close());

/** Mia owns the workspace and made the sheet's trigger, Ben is staff, Vic may look. */
async function open(options: FixtureOptions = {}): Promise<void> {
  clockMs = Date.now();
  fixture = await openWorkbookFixture({ nowMs: () => clockMs, ...options });
  const { db } = fixture.database;
  await sql`insert into warehouses (id, name) values ('main', 'Main')`.execute(db);
  await sql`insert into products (sku) values ('SHIRT')`.execute(db);
  await sql`insert into people (email, role) values (${MIA.email}, 'owner'), (${BEN.email}, 'staff'), (${VIC.email}, 'viewer')`.execute(
    db,
  );
  tab = peopleTab(fixture.workbook, PERSON, 'Adjustments');
  await click(MIA, 'repairTabs');
}

async function click(person: Person, functionName: string, ...given: string[]): Promise<string> {
  const said: string[] = [];
  const ui = {
    toast: ({ message }: { message: string }) => void said.push(message),
    dialog: async ({ message }: { message: string }) => {
      said.push(message);
      return { button: 'OK' as const, text: '' };
    },
  };
  const answer = await fixture.host.run(functionName, given, ui, { person });
  return typeof answer === 'string' ? answer : said.join(' ');
}
const submit = (person: Person) => click(person, 'submitTickedRows');
const sendAgain = (person: Person) => click(person, 'sidebarDo', 'resubmit', 'null');

/** Time goes by; Google runs what is due, and answers how many triggers that were. */
const pass = async (minutes: number): Promise<number> => {
  clockMs += minutes * MINUTE_MS;
  return runDueTriggers(fixture.database.db, fixture.workbook.id, new Date(clockMs), fixture.host.runTrigger);
};

const addRow = (row: number, quantity: number, more: object = {}) =>
  tab.put(row, [{ sku: 'SHIRT', action: 'add', quantity, submit: true, ...more }]);

const moves = async () =>
  (
    await sql<{ units: number; actor: string }>`
    select in_stock_change::integer as units, actor from moves order by seq`.execute(fixture.database.db)
  ).rows.map(({ units, actor }) => [units, actor]);

const triggersOf = async ({ email }: Person): Promise<number> =>
  (await sql`select id from workbook_triggers where person_email = ${email}`.execute(fixture.database.db))
    .rows.length;

const keptFor = async ({ email }: Person): Promise<number> =>
  (
    await sql`select key from workbook_properties where scope = ${`user:${email}`}`.execute(
      fixture.database.db,
    )
  ).rows.length;

/** Ben submits a row while the server is away. */
async function benWaits(quantity = 5): Promise<void> {
  await addRow(2, quantity);
  fixture.cut(true);
  await submit(BEN);
  fixture.cut(false);
  expect(await tab.cell(2, 'status')).toBe('Waiting');
}

describe('who may not submit', () => {
  test('is told so beside the row, which stays ticked, and nobody’s trigger sends it', async () => {
    await open();
    await addRow(2, 7);
    const sentence = /signed in as vic@shop\.example, who may look but not change anything/;
    expect(await submit(VIC)).toMatch(sentence);
    expect(await tab.cell(2, 'message')).toMatch(sentence);
    expect([await tab.cell(2, 'status'), await tab.cell(2, 'submit')]).toEqual(['Error', true]);
    expect(await pass(10)).toBe(1);
    expect(await sendAgain(MIA)).toContain('no row waits for you');
    expect(await moves()).toEqual([]);
    expect(await submit(MIA)).toBe('1 row applied.');
    expect(await moves()).toEqual([[7, MIA.email]]);
  });

  test('is told also when removed while rows waited: they wait no longer', async () => {
    await open();
    await benWaits();
    await sql`update people set removed_at = now() where email = ${BEN.email}`.execute(fixture.database.db);
    await pass(10);
    expect(await tab.cell(2, 'status')).toBe('Error');
    expect(await tab.cell(2, 'message')).toContain('ben@shop.example was removed from this workspace');
    expect([await moves(), await keptFor(BEN)]).toEqual([[], 0]);
  });

  test('does not make an applied row seem undone, when another editor’s answer came first', async () => {
    let isFirst = true;
    await open({
      onRequest: async (path) => {
        if (!path.startsWith('/rows') || !isFirst) return;
        isFirst = false;
        await tab.put(2, [{ status: 'Applied', submit: false }]);
      },
    });
    await addRow(2, 7);
    await submit(VIC);
    expect(await tab.cell(2, 'status')).toBe('Applied');
  });
});

describe('rows that got no answer', () => {
  test('are sent again by a trigger of whoever submitted them, under that name', async () => {
    await open();
    await pass(5);
    await benWaits();
    expect(await tab.cell(2, 'message')).toMatch(
      /could not be reached.* What stays ticked is also sent again by itself, as ben@shop\.example\.$/,
    );
    expect([await triggersOf(MIA), await triggersOf(BEN)]).toEqual([1, 1]);
    // Mia's trigger is due first.
    expect(await pass(5)).toBe(1);
    expect([await tab.cell(2, 'status'), await moves()]).toEqual(['Waiting', []]);
    expect(await pass(5)).toBe(1);
    expect([await tab.cell(2, 'status'), await moves()]).toEqual(['Applied', [[5, BEN.email]]]);
    expect(await keptFor(BEN)).toBe(0);
  });

  test('are sent by nobody else’s "Sync now", and by their own person’s', async () => {
    await open();
    await benWaits();
    expect(await sendAgain(MIA)).toContain('no row waits for you');
    expect(await moves()).toEqual([]);
    expect(await sendAgain(BEN)).toContain('1 row applied.');
    expect(await moves()).toEqual([[5, BEN.email]]);
  });

  test('are left alone by another person’s submit, which says for whom they wait and how to take them over', async () => {
    await open();
    await benWaits();
    await addRow(3, 1);
    expect(await submit(MIA)).toBe(
      '1 row applied. 1 row waits for ben@shop.example, who submitted it, and was left alone. ' +
        'To submit it under your own name, clear its Status first.',
    );
    await tab.put(2, [{ status: '' }]);
    expect(await submit(MIA)).toBe('1 row applied.');
    await pass(10);
    expect(await moves()).toEqual([
      [1, MIA.email],
      [5, MIA.email],
    ]);
  });

  test('are submitted again by their own person’s click', async () => {
    await open();
    await benWaits();
    expect(await submit(BEN)).toBe('1 row applied.');
    expect([await moves(), await keptFor(BEN)]).toEqual([[[5, BEN.email]], 0]);
  });

  test('say that their person must submit again, where Google allows no trigger', async () => {
    await open();
    const { db } = fixture.database;
    await sql`insert into workbook_triggers (id, workbook_id, function_name, every_minutes, person_email, person_name, next_at)
      select 'other' || n, ${fixture.workbook.id}, 'other', 1440, ${BEN.email}, 'Ben', now() + interval '1 day'
      from generate_series(1, 20) n`.execute(db);
    await benWaits();
    expect(await tab.cell(2, 'message')).toMatch(
      /Nothing is sent again by itself here: ben@shop\.example has to submit again\.$/,
    );
  });

  test('as an add-on, where Google allows one clock trigger for each person: the one that is there serves', async () => {
    await open({ isAddon: true });
    await addRow(2, 5);
    fixture.cut(true);
    await submit(MIA);
    fixture.cut(false);
    expect([await tab.cell(2, 'message'), await triggersOf(MIA)]).toEqual([
      expect.stringContaining('as mia@shop.example.'),
      1,
    ]);
    await pass(60);
    expect(await moves()).toEqual([[5, MIA.email]]);
  });
});

describe('a submit that takes longer than Google gives a script, of somebody who has no trigger yet', () => {
  const LONG = Array.from({ length: 3_000 }, () => ({
    sku: 'SHIRT',
    action: 'add',
    quantity: 1,
    submit: true,
  }));
  const byActor = async () =>
    (
      await sql<{ actor: string; count: number }>`
      select actor, count(*)::integer as count from moves group by actor`.execute(fixture.database.db)
    ).rows;

  /** The server takes so long for each thousand rows. */
  let answerMs = 0;
  const openSlow = (ms: number) => {
    answerMs = ms;
    return open({
      onRequest: (path) => {
        if (path.startsWith('/rows')) clockMs += answerMs;
      },
    });
  };

  test('goes on by the clock under the same name', async () => {
    await openSlow(110_000);
    await tab.put(2, LONG);
    const said = await submit(BEN);
    expect(said).toContain('2000 rows applied. 1000 rows still waiting. Google stops a script');
    expect(said).toMatch(/also sent again by itself, as ben@shop\.example\.$/);
    await pass(10);
    expect(await byActor()).toEqual([{ actor: BEN.email, count: 3_000 }]);
  });

  test('goes on by the clock also when Google has ended it in the middle', async () => {
    await openSlow(200_000);
    await tab.put(2, LONG);
    await expect(submit(BEN)).rejects.toThrow('Exceeded maximum execution time');
    expect(await tab.cell(3_001, 'status')).toBe('Submitting');
    answerMs = 0;
    await pass(10);
    await pass(10);
    expect(await byActor()).toEqual([{ actor: BEN.email, count: 3_000 }]);
  });
});

describe('two people at once', () => {
  test('who submits while another’s rows are on their way leaves those alone', async () => {
    let meanwhile: Promise<string> | null = null;
    await open({
      onRequest: async (path) => {
        if (!path.startsWith('/rows') || meanwhile !== null) return;
        meanwhile = submit(MIA);
        await meanwhile;
      },
    });
    await addRow(2, 5);
    expect(await submit(BEN)).toBe('1 row applied.');
    expect(await meanwhile).toContain('1 row waits for ben@shop.example');
    expect(await moves()).toEqual([[5, BEN.email]]);
  });
});

describe('what others write into cells makes nobody submit it', () => {
  /** Mia's trigger has something of hers to look for. */
  async function miaWaits(): Promise<void> {
    await addRow(2, 5);
    fixture.cut(true);
    await submit(MIA);
    fixture.cut(false);
  }

  test('"Waiting" typed into Status, with or without a hidden id that looks like Mia’s', async () => {
    await open();
    await miaWaits();
    const [id, fingerprint, ...sentBy] = String(await tab.cell(2, 'rowId')).split(' ');
    expect([id, sentBy[0]]).toEqual([expect.any(String), MIA.email]);
    await addRow(3, 70, { status: 'Waiting' });
    await addRow(4, 80, { status: 'Waiting', rowId: `a-b-c ${fingerprint} ${sentBy.join(' ')}` });
    await pass(10);
    expect(await moves()).toEqual([[5, MIA.email]]);
  });

  test.each([
    ['the quantity', { quantity: 500 }],
    ['the hidden number that Mia saw', { seen: 1_000 }],
  ])('%s changed in a row that waits: it says so, and is not sent', async (_what, change) => {
    await open();
    await miaWaits();
    await tab.put(2, [change]);
    await pass(10);
    expect([await tab.cell(2, 'status'), await tab.cell(2, 'submit'), await moves()]).toEqual([
      'Error',
      true,
      [],
    ]);
    expect(await tab.cell(2, 'message')).toBe(
      'This row is not as it was submitted, or nobody can tell any more, so it was not sent again. Look at it, then submit it again.',
    );
  });

  test('a "set" that nobody has touched is sent again with the number that was seen', async () => {
    await open();
    await addRow(2, 12, { action: 'set', warehouse: 'Main' });
    fixture.cut(true);
    await submit(MIA);
    fixture.cut(false);
    await pass(10);
    expect(await moves()).toEqual([[12, MIA.email]]);
  });

  test('a row of the past, put back as it was when it waited', async () => {
    await open();
    await miaWaits();
    const before = await tab.cell(2, 'rowId');
    await tab.put(2, [{ submit: false }]);
    await pass(10);
    expect(await keptFor(MIA)).toBe(0);
    await addRow(3, 1);
    fixture.cut(true);
    await submit(MIA);
    fixture.cut(false);
    await tab.put(2, [{ submit: true, status: 'Waiting', rowId: String(before) }]);
    await pass(10);
    expect(await moves()).toEqual([[1, MIA.email]]);
  });
});
