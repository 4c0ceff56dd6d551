// Row identity under any sequence of what people, networks and second editors do: no row is applied twice, lost, or answered
// with another row's answer.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RowAnswer, SubmittedRow } from '../../shared/api/rows.ts';
import { ADJUSTMENTS_TAB } from '../../shared/tabs/adjustments.ts';
import type { PeopleTab } from '../../shared/tabs/people-tabs.ts';
import { PURCHASE_ORDERS_TAB } from '../../shared/tabs/purchase-orders.ts';
import {
  createMemoryHttp,
  createMemorySheet,
  jsonAnswer,
  MEMORY_SENDER,
} from '../../test/support/memory-sheet.ts';
import type { Cell } from '../ports.ts';
import { findOrRepairTab } from './find-columns.ts';
import { submitTickedRows } from './submit-rows.ts';

const NETWORKS = ['up', 'down', 'answer lost', 'half of the answer'] as const;
const KINDS = ['add', 'edit', 'tick', 'copy', 'paste', 'move', 'insert', 'delete', 'sort'] as const;
type PersonStep = { readonly kind: (typeof KINDS)[number]; readonly one: number; readonly other: number };
type Submission = {
  readonly kind: 'submit';
  readonly network: (typeof NETWORKS)[number];
  /** What people do while the add-on waits for the server, before and after the server has done its part. */
  readonly before: readonly PersonStep[];
  readonly after: readonly PersonStep[];
  readonly secondEditor: boolean;
};

const personStep = fc.record({
  kind: fc.constantFrom(...KINDS),
  one: fc.nat({ max: 11 }),
  other: fc.nat({ max: 11 }),
});
const submission = fc.record({
  kind: fc.constant('submit' as const),
  network: fc.constantFrom(...NETWORKS),
  before: fc.array(personStep, { maxLength: 3 }),
  after: fc.array(personStep, { maxLength: 3 }),
  secondEditor: fc.boolean(),
});
const history = fc.array(fc.oneof({ weight: 2, arbitrary: personStep }, submission), { maxLength: 25 });

type Command = { readonly id: string; readonly note: string };

/** Applies as the contract of the API says: by id, and by step where the tab has one. Every answer is worded differently. */
function createServer(stepwise: boolean) {
  const applied: Command[] = [];
  const known = new Map<string, { step: number; body: string }>();
  let answers = 0;
  const answer = (row: SubmittedRow): RowAnswer => {
    const note = String(row.cells['note']);
    const base = { rowId: row.rowId, message: `${note} #${++answers}`, field: null, writes: {} };
    if (note.endsWith('0')) return { ...base, status: 'error', field: 'note' };
    const before = known.get(row.rowId);
    const written = { ...row.cells, seen: null, state: null, step: null };
    const body = JSON.stringify(written);
    const step = stepwise ? Number(row.cells['step'] ?? 0) : 0;
    const writesOf = (reached: number) =>
      stepwise ? { step: reached, state: `after ${reached}`, receiveNow: '' } : {};
    const isNext = before === undefined || (stepwise && step === before.step);
    if (isNext) {
      known.set(row.rowId, { step: step + 1, body });
      applied.push({ id: row.rowId, note });
      return { ...base, status: 'applied', writes: writesOf(step + 1) };
    }
    if (body === before.body) return { ...base, status: 'applied', writes: writesOf(before.step) };
    const { receiveNow: _, ...upToDate } = writesOf(before.step) as Record<string, string | number>;
    return { ...base, status: 'conflict', writes: upToDate };
  };
  return { applied, known, answer };
}

const ANSWERED_COLUMN = 26;

function createWorld(people: PeopleTab) {
  const stepwise = people.definition.columns.some(({ key }) => key === 'step');
  const sheet = createMemorySheet();
  const server = createServer(stepwise);
  const found = findOrRepairTab(sheet.port, people.definition);
  const tab = sheet.tabs.get(people.definition.name);
  if (tab === undefined) throw new Error('The tab was not made.');
  // A test's sheet of a thousand rows would only be slow.
  tab.rows.splice(60);
  tab.notes.splice(60);
  /** How often each thing that a person wrote may be done: once, and once more for each time a person asked anew. */
  const asked = new Map<string, number>();
  let notes = 0;
  let network: Submission['network'] = 'up';
  let during: Submission | null = null;

  const get = (row: number, key: string): Cell => found.tab.read(row, found.column(key), 1, 1)[0]?.[0] ?? '';
  const put = (row: number, key: string, cell: Cell) => found.tab.write(row, found.column(key), [[cell]]);
  const ask = (note: string) => asked.set(note, (asked.get(note) ?? 0) + 1);
  const isFilled = (row: number) => get(row, 'note') !== '';
  /** Remembers which answer stood there when a person changed the row, so that an old answer is not taken for a new one. */
  const write = (row: number) => {
    const note = `n${++notes}`;
    put(row, 'note', note);
    put(row, 'submit', true);
    if (stepwise) put(row, 'receiveNow', notes);
    found.tab.write(row, ANSWERED_COLUMN, [[get(row, 'message')]]);
    ask(note);
  };
  const swap = (from: number, to: number) => {
    const [line] = tab.rows.splice(from - 1, 1);
    const [lineNotes] = tab.notes.splice(from - 1, 1);
    tab.rows.splice(to - 1, 0, line ?? []);
    tab.notes.splice(to - 1, 0, lineNotes ?? []);
  };
  const act = ({ kind, one, other }: PersonStep) => {
    const [row, place] = [one + 2, other + 2];
    if (kind === 'add') return write(found.tab.lastRow() < 40 ? Math.max(2, found.tab.lastRow() + 1) : row);
    if (kind === 'insert') return swap(60, row);
    if (kind === 'move') return swap(row, place);
    if (!isFilled(row)) return;
    const note = String(get(row, 'note'));
    if (kind === 'edit') return write(row);
    if (kind === 'tick') {
      if (get(row, 'status') === 'Applied' || get(row, 'status') === 'Changed') ask(note);
      return put(row, 'submit', true);
    }
    if (kind === 'copy') {
      tab.rows[place - 1] = [...(tab.rows[row - 1] ?? [])];
      // A row that has no identity yet is simply typed twice.
      if (get(row, 'rowId') === '') ask(note);
      return;
    }
    if (kind === 'paste') {
      put(place, 'note', note);
      put(place, 'submit', true);
      if (stepwise) put(place, 'receiveNow', get(row, 'receiveNow'));
      found.tab.write(place, ANSWERED_COLUMN, [[get(place, 'message')]]);
      ask(note);
      return;
    }
    if (kind === 'delete') {
      swap(row, 60);
      tab.rows[59] = (tab.rows[59] ?? []).map(() => '');
      tab.notes[59] = (tab.notes[59] ?? []).map(() => '');
      return;
    }
    // Filled rows first, those by what is written in them, backwards.
    const filled = tab.rows.slice(1, 40);
    const key = found.column('note') - 1;
    filled.sort((a, b) => String(b[key]).localeCompare(String(a[key])));
    tab.rows.splice(1, filled.length, ...filled);
  };
  const http = createMemoryHttp((request) => {
    const now = during;
    during = null;
    now?.before.forEach(act);
    if (network === 'down') throw new Error('DNS error');
    const { rows } = JSON.parse(request.body) as { rows: SubmittedRow[] };
    const answers = rows.map(server.answer);
    const lost = network;
    if (now?.secondEditor === true) {
      network = 'up';
      submitOnce();
      network = lost;
    }
    now?.after.forEach(act);
    if (lost === 'answer lost') throw new Error('Timeout');
    return jsonAnswer(200, { rows: lost === 'up' ? answers : answers.slice(Math.ceil(answers.length / 2)) });
  });
  const connection = { address: 'http://127.0.0.1:1', keyId: 'key', secret: 'secret' };
  const submitOnce = () => {
    const summary = submitTickedRows(
      { sheet: sheet.port, http: http.port, connection, sender: MEMORY_SENDER },
      people,
    );
    return summary;
  };
  const submit = (given: Submission | null) => {
    network = given?.network ?? 'up';
    during = given;
    submitOnce();
    network = 'up';
    during = null;
  };
  const filledRows = () => Array.from({ length: 58 }, (_, index) => index + 2).filter((row) => isFilled(row));
  return { server, asked, act, submit, get, tab, filledRows, stepwise };
}

type World = ReturnType<typeof createWorld>;

function neverTwice({ server, asked }: World): void {
  const times = new Map<string, number>();
  for (const { note } of server.applied) times.set(note, (times.get(note) ?? 0) + 1);
  for (const [note, count] of times) {
    if (count > (asked.get(note) ?? 0)) throw new Error(`${note} was done ${count} times.`);
  }
}

function neverTheWrongRow({ get, tab, filledRows }: World): void {
  for (const row of filledRows()) {
    const message = String(get(row, 'message'));
    const isNew = message !== tab.rows[row - 1]?.[ANSWERED_COLUMN - 1];
    const isPlain = ['Applied', 'Error'].includes(String(get(row, 'status')));
    const [about, fromServer] = message.split(' #');
    if (!isNew || !isPlain || fromServer === undefined) continue;
    if (about !== get(row, 'note')) throw new Error(`Row ${row} says ${get(row, 'note')}: ${message}`);
  }
}

/** Once everything is up and quiet, each row that is ticked is done, or says why not, and the reason is true. */
function neverLost(world: World): void {
  const { get, filledRows, submit, server } = world;
  for (let round = 0; round < 3; round += 1) submit(null);
  const done = new Set(server.applied.map(({ note }) => note));
  for (const row of filledRows()) {
    const [status, note, id] = ['status', 'note', 'rowId'].map((key) => String(get(row, key)));
    const was = server.known.get(id?.split(' ')[0] ?? '');
    if (status === 'Applied' || status === 'Changed' || status === 'Copy') {
      if (get(row, 'submit') === true) throw new Error(`Row ${row} is ${status} and still ticked.`);
      if (status === 'Changed' && was === undefined) throw new Error(`Row ${row} was never applied.`);
      continue;
    }
    if (status === 'Error' && note?.endsWith('0')) continue;
    if (get(row, 'submit') === true)
      throw new Error(`Row ${row} (${note}) is ticked and was not answered: ${status}`);
    if (status === 'Waiting' && !done.has(note ?? '')) throw new Error(`Row ${row} (${note}) was lost.`);
  }
}

describe('found by the histories below', () => {
  const adjustments = { id: 'adjustments', definition: ADJUSTMENTS_TAB };
  const purchaseOrders = { id: 'purchase-orders', definition: PURCHASE_ORDERS_TAB };
  const nothing = { kind: 'submit', network: 'up', before: [], after: [], secondEditor: false } as const;

  test.each([adjustments, purchaseOrders])(
    'a lost answer does not make a row seem undone that a second editor got the answer to ($id)',
    (people) => {
      const world = createWorld(people);
      world.act({ kind: 'add', one: 0, other: 0 });
      world.submit({ ...nothing, network: 'answer lost', secondEditor: true });
      expect([world.get(2, 'status'), world.get(2, 'submit')]).toEqual(['Applied', false]);
    },
  );

  test('a row that was copied while it was under way is not done again when its answer took it a step further', () => {
    const world = createWorld(purchaseOrders);
    world.act({ kind: 'add', one: 0, other: 0 });
    world.submit({ ...nothing, before: [{ kind: 'copy', one: 0, other: 1 }] });
    world.submit(nothing);
    expect(world.server.applied).toHaveLength(1);
    expect([world.get(2, 'status'), world.get(3, 'status')].sort()).toEqual(['Applied', 'Copy']);
  });

  test('a row that was copied before it was sent is not done as well when the first one is edited while it is under way', () => {
    const world = createWorld(purchaseOrders);
    world.act({ kind: 'add', one: 0, other: 0 });
    world.submit(nothing);
    world.act({ kind: 'edit', one: 0, other: 0 });
    world.act({ kind: 'copy', one: 0, other: 8 });
    world.submit({
      ...nothing,
      before: [
        { kind: 'tick', one: 8, other: 0 },
        { kind: 'edit', one: 0, other: 0 },
      ],
      secondEditor: true,
    });
    neverTwice(world);
    neverLost(world);
  });

  test('the answer finds its row also where a copy of it stands above by then', () => {
    const world = createWorld(adjustments);
    world.act({ kind: 'add', one: 0, other: 0 });
    world.submit(nothing);
    world.act({ kind: 'edit', one: 0, other: 0 });
    world.act({ kind: 'copy', one: 0, other: 1 });
    world.submit({ ...nothing, before: [{ kind: 'move', one: 0, other: 1 }] });
    expect([world.get(2, 'status'), world.get(3, 'status')]).toEqual(['Copy', 'Changed']);
  });

  test('a copy that was edited and copied again is done once', () => {
    const world = createWorld(adjustments);
    world.act({ kind: 'add', one: 0, other: 0 });
    world.submit({ ...nothing, before: [{ kind: 'copy', one: 0, other: 2 }] });
    world.act({ kind: 'edit', one: 2, other: 0 });
    world.act({ kind: 'copy', one: 2, other: 3 });
    world.submit(nothing);
    neverTwice(world);
    expect([world.get(4, 'status'), world.get(5, 'status')]).toEqual(['Applied', 'Copy']);
  });

  test('"receive now" is cleared only if the row still says what was sent; the step is written all the same', () => {
    const world = createWorld(purchaseOrders);
    world.act({ kind: 'add', one: 0, other: 0 });
    world.act({ kind: 'add', one: 0, other: 0 });
    world.submit({ ...nothing, after: [{ kind: 'edit', one: 0, other: 0 }] });
    expect([world.get(2, 'receiveNow'), world.get(2, 'step'), world.get(2, 'state')]).toEqual([
      3,
      1,
      'after 1',
    ]);
    expect([world.get(3, 'receiveNow'), world.get(3, 'step')]).toEqual(['', 1]);
  });

  test('the server is down for an hour: rows wait, ticked, say so, and go through once', () => {
    const world = createWorld(adjustments);
    world.act({ kind: 'add', one: 0, other: 0 });
    for (let minute = 0; minute < 60; minute += 10) world.submit({ ...nothing, network: 'down' });
    expect([world.get(2, 'status'), world.get(2, 'submit')]).toEqual(['Waiting', true]);
    expect(world.get(2, 'message')).toContain('could not be reached');
    world.submit(nothing);
    world.submit(nothing);
    expect(world.get(2, 'status')).toBe('Applied');
    expect(world.server.applied).toHaveLength(1);
  });
});

describe.each([
  ['Adjustments', { id: 'adjustments', definition: ADJUSTMENTS_TAB }],
  [
    'Purchase orders, whose rows live through steps',
    { id: 'purchase-orders', definition: PURCHASE_ORDERS_TAB },
  ],
] as const)('%s: whatever people do to the tab', (_name, people) => {
  test('no row is applied twice, lost, or answered with the answer of another', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const world = createWorld(people);
        for (const step of steps) {
          if (step.kind !== 'submit') {
            world.act(step);
            continue;
          }
          world.submit(step);
          neverTwice(world);
          neverTheWrongRow(world);
        }
        neverLost(world);
        neverTwice(world);
        neverTheWrongRow(world);
      }),
      { numRuns: 1_000 },
    );
  });
});
