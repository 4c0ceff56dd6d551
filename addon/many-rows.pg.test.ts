// Very many rows pasted into a tab that people write in, through the shipped bundle: each is answered once and beside itself, within
// what Google allows a script.

import { afterEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { runDueTriggers } from '../server/workbook/host/triggers.ts';
import { createPageWorkbook } from '../server/workbook/page-workbook.ts';
import { ADJUSTMENTS_TAB } from '../shared/tabs/adjustments.ts';
import { type PeopleTabSteps, peopleTab } from '../test/support/people-tab.ts';
import { openWorkbookFixture, PERSON, type WorkbookFixture } from '../test/support/workbook-fixture.ts';

const TEN_MINUTES_MS = 600_000;
/** A sheet as slow as Google's can be: each call to it takes its time, and each cell that is read or written. */
const CALL_MS = 30;
const CELL_MS = 0.02;
/** Google takes 50 MB; our own server takes this. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const SKUS = 5_000;

let fixture: WorkbookFixture;
let tab: PeopleTabSteps;
let clockMs = 0;
/** How long the server takes for each request of rows. */
let answerMs = 0;
let requests: number[] = [];
let calls: string[] = [];
afterEach(() => fixture.close());

async function open(): Promise<void> {
  clockMs = Date.now();
  fixture = await openWorkbookFixture({
    nowMs: () => clockMs,
    onRequest: (path, bodyBytes) => {
      if (!path.startsWith('/rows')) return;
      requests.push(bodyBytes);
      clockMs += answerMs;
    },
    onSheetCall: (name, cells) => {
      calls.push(name);
      clockMs += CALL_MS + Math.round(cells * CELL_MS);
    },
  });
  const { db } = fixture.database;
  await sql`insert into warehouses (id, name) values ('main', 'Main')`.execute(db);
  await sql`insert into products (sku) select 'SKU-' || n from generate_series(0, ${SKUS - 1}::integer) n`.execute(
    db,
  );
  tab = peopleTab(fixture.workbook, PERSON, 'Adjustments');
  await click('repairTabs');
  [requests, calls] = [[], []];
}

async function click(functionName: string): Promise<string> {
  const said: string[] = [];
  const say = ({ message }: { message: string }) => void said.push(message);
  const dialog = async (shown: { message: string }) => {
    say(shown);
    return { button: 'OK' as const, text: '' };
  };
  await fixture.host.run(functionName, [], { toast: say, dialog });
  return said.join(' ');
}

/** Ten minutes go by, and Google runs what is due. Answers how long that took. */
async function passTenMinutes(): Promise<number> {
  clockMs += TEN_MINUTES_MS;
  const startedMs = clockMs;
  const { database, workbook, host } = fixture;
  await runDueTriggers(database.db, workbook.id, new Date(clockMs), host.runTrigger);
  return clockMs - startedMs;
}

type Row = { readonly sku: string; readonly quantity: number | string };
const rowAt = (index: number): Row => ({
  sku: `SKU-${index % SKUS}`,
  quantity: index % 1_000 === 999 ? `about ${index}` : index + 1,
});

/** As a person pastes them into the page: ticked, from the first column on. */
async function paste(count: number): Promise<void> {
  const page = createPageWorkbook(fixture.workbook);
  const tabs = await page.tabs(PERSON);
  const tabId = tabs.find(({ name }) => name === ADJUSTMENTS_TAB.name)?.id ?? -1;
  const rows = Array.from({ length: count }, (_row, index) => index + 2);
  const values = rows.map((_row, index) => {
    const { sku, quantity } = rowAt(index);
    return ['TRUE', sku, '', 'add', String(quantity)];
  });
  const revision = await fixture.workbook.revision();
  const edit = { kind: 'cells' as const, rows, column: 1, values, how: 'pasted' as const };
  expect(await page.edit(PERSON, tabId, revision, edit)).toMatchObject({ ok: true, remark: '' });
}

const count = (cells: readonly unknown[], wanted: unknown): number =>
  cells.filter((cell) => cell === wanted).length;

/** Each row's own answer stands beside it, and the ledger did each right row once and nothing else. */
async function expectAllDoneOnce(rows: number): Promise<void> {
  const [ids, states, messages] = await Promise.all([
    tab.column('rowId'),
    tab.column('status'),
    tab.column('message'),
  ]);
  const moves = await fixture.database.db
    .selectFrom('moves')
    .select(['reference', 'sku', 'in_stock_change as units', 'in_stock_after as after'])
    .execute();
  const byReference = Map.groupBy(moves, ({ reference }) => reference);
  const wrong: unknown[] = [];
  for (let index = 0; index < rows; index += 1) {
    const { sku, quantity } = rowAt(index);
    const [id = ''] = String(ids[index]).split(' ');
    const [move, ...more] = byReference.get(id) ?? [];
    const said = String(messages[index]);
    const isRight =
      typeof quantity === 'string'
        ? states[index] === 'Error' &&
          move === undefined &&
          said.includes(`"${quantity}" is not a whole number`)
        : states[index] === 'Applied' &&
          more.length === 0 &&
          move?.sku === sku &&
          Number(move.units) === quantity &&
          said.includes(`In stock in Main: ${move.after}.`);
    if (!isRight) wrong.push([index + 2, states[index], said, move]);
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(moves).toHaveLength(rows - Math.floor(rows / 1_000));
}

test('50,000 pasted rows: the script stops in time and says so, the sheet’s own clock goes on, each row is answered once', async () => {
  const rows = 50_000;
  await open();
  await paste(rows);
  answerMs = 8_000;
  const startedMs = clockMs;
  const said = await click('submitTickedRows');
  expect(clockMs - startedMs).toBeLessThan(300_000);
  expect(said).toMatch(/^\d+ rows applied\. \d+ rows need you.*Google stops a script after six minutes/);
  const first = await tab.column('status');
  expect(count(first, 'Applied')).toBeGreaterThan(10_000);
  expect(count(first, 'Waiting') + count(first, 'Applied') + count(first, 'Error')).toBe(rows);
  for (let turn = 0; turn < 5 && count(await tab.column('status'), 'Waiting') > 0; turn += 1)
    expect(await passTenMinutes()).toBeLessThan(300_000);
  await expectAllDoneOnce(rows);
  expect(requests).toHaveLength(rows / 1_000);
  expect(Math.max(...requests)).toBeLessThan(BODY_BYTES_MAX);
  const { rows: triggers } = await sql<{ last_error: string | null }>`
    select last_error from workbook_triggers`.execute(fixture.database.db);
  expect(triggers).toEqual([{ last_error: null }]);
}, 300_000);

test('rows that are scattered over the tab are answered in few calls: each costs time at Google', async () => {
  await open();
  await paste(4_000);
  const place = await tab.place('submit');
  const everySecond = Array.from({ length: 4_000 }, (_row, index) => [index % 2 === 0]);
  await tab.change((edit, id) => edit.writeCells(id, 1, place, everySecond, 'raw'));
  expect(await click('submitTickedRows')).toBe('2000 rows applied.');
  const states = await tab.column('status');
  expect(states.filter((state, index) => (state === 'Applied') === (index % 2 === 0))).toHaveLength(4_000);
  expect(count(await tab.column('submit'), true)).toBe(0);
  expect(calls.length).toBeLessThan(250);
});
