// What happens to rows between ticking and the answer, whatever people do to the tab meanwhile.

import { describe, expect, test } from '@jest/globals';
import { type RowAnswer, SUBMIT_ROWS_MAX, type SubmittedRow } from '../../shared/api/rows.ts';
import { ADJUSTMENTS_TAB } from '../../shared/tabs/adjustments.ts';
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

type Row = Partial<Record<string, Cell>>;

/** A server that applies every row once, as the real one does: same id and content is the same adjustment. */
function createServer() {
  const applied = new Map<string, string>();
  let refuse: (row: SubmittedRow) => Pick<RowAnswer, 'message' | 'field'> | null = () => null;
  let loseAnswers = false;
  const answer = (row: SubmittedRow): RowAnswer => {
    const problem = refuse(row);
    if (problem !== null) return { rowId: row.rowId, status: 'error', writes: {}, ...problem };
    const content = JSON.stringify({ ...row.cells, seen: '' });
    const before = applied.get(row.rowId);
    if (before !== undefined && before !== content) {
      return { rowId: row.rowId, status: 'conflict', message: 'Make a new row.', field: null, writes: {} };
    }
    applied.set(row.rowId, content);
    return {
      rowId: row.rowId,
      status: 'applied',
      message: `Done: ${row.cells['sku']}`,
      field: null,
      writes: {},
    };
  };
  const http = createMemoryHttp((request) => {
    const { rows } = JSON.parse(request.body) as { rows: SubmittedRow[] };
    const answers = rows.map(answer);
    if (loseAnswers) throw new Error('Timeout: http://server');
    return jsonAnswer(200, { rows: answers });
  });
  return {
    http,
    applied,
    refuse: (rule: typeof refuse) => {
      refuse = rule;
    },
    loseAnswers: (lose: boolean) => {
      loseAnswers = lose;
    },
  };
}

function setUp() {
  const sheet = createMemorySheet();
  const server = createServer();
  const found = findOrRepairTab(sheet.port, ADJUSTMENTS_TAB);
  const tab = sheet.tabs.get('Adjustments');
  if (tab === undefined) throw new Error('The tab was not made.');
  const put = (row: number, cells: Row) => {
    for (const [key, value] of Object.entries(cells)) {
      found.tab.write(row, found.column(key), [[value ?? '']]);
    }
  };
  const get = (row: number, key: string): Cell => found.tab.read(row, found.column(key), 1, 1)[0]?.[0] ?? '';
  const add = (row: number, cells: Row = {}) =>
    put(row, { submit: true, sku: 'BLUEJEANSM', action: 'add', quantity: 5, ...cells });
  const submit = () =>
    submitTickedRows(
      {
        sheet: sheet.port,
        http: server.http.port,
        connection: { address: 'http://127.0.0.1:1', keyId: 'key', secret: 'secret' },
        sender: MEMORY_SENDER,
      },
      { id: 'adjustments', definition: ADJUSTMENTS_TAB },
    );
  const move = (from: number, to: number) => {
    const [line] = tab.rows.splice(from - 1, 1);
    const [notes] = tab.notes.splice(from - 1, 1);
    tab.rows.splice(to - 1, 0, line ?? []);
    tab.notes.splice(to - 1, 0, notes ?? []);
  };
  const copy = (from: number, to: number) => {
    tab.rows[to - 1] = [...(tab.rows[from - 1] ?? [])];
  };
  const remove = (row: number) => {
    tab.rows.splice(row - 1, 1);
    tab.notes.splice(row - 1, 1);
  };
  return { sheet, server, found, tab, put, get, add, submit, move, copy, remove };
}

describe('ticked rows are submitted and answered beside themselves', () => {
  test('an applied row says so and is no longer ticked; rows without a tick are left alone', () => {
    const { add, submit, get, server } = setUp();
    add(2);
    add(3, { submit: false, sku: 'REDCAP' });
    expect(submit()).toMatchObject({ submitted: 1, applied: 1, refused: 0, waiting: 0 });
    expect([get(2, 'status'), get(2, 'message'), get(2, 'submit')]).toEqual([
      'Applied',
      'Done: BLUEJEANSM',
      false,
    ]);
    expect([get(3, 'status'), get(3, 'rowId')]).toEqual(['', '']);
    expect(server.applied.size).toBe(1);
  });

  test('a refused row stays ticked, and the note stands on the wrong cell until it is mended', () => {
    const { add, submit, get, put, server, found, tab } = setUp();
    add(2, { quantity: 'abc' });
    server.refuse((row) =>
      row.cells['quantity'] === 'abc' ? { message: 'Type a number.', field: 'quantity' } : null,
    );
    expect(submit()).toMatchObject({ refused: 1, firstRefused: { tab: 'Adjustments', row: 2 } });
    expect([get(2, 'status'), get(2, 'submit')]).toEqual(['Error', true]);
    expect(tab.notes[1]?.[found.column('quantity') - 1]).toBe('Stocksheet: Type a number.');
    put(2, { quantity: 5 });
    expect(submit()).toMatchObject({ applied: 1 });
    expect(tab.notes[1]?.every((note) => note === '')).toBe(true);
  });

  test('notes that people wrote are never touched', () => {
    const { add, submit, server, found, tab } = setUp();
    add(2);
    const quantity = found.column('quantity') - 1;
    (tab.notes[1] ?? [])[quantity] = 'counted twice';
    server.refuse(() => ({ message: 'No.', field: 'quantity' }));
    submit();
    expect(tab.notes[1]?.[quantity]).toBe('counted twice');
  });

  test('cells are sent as they are in the sheet: text stays text, an empty cell is null', () => {
    const { add, submit, server } = setUp();
    add(2, { sku: '00123', quantity: '7', note: '=1+1' });
    submit();
    const sent = JSON.parse(server.http.requests[0]?.body ?? '{}');
    expect(sent.rows[0].cells).toMatchObject({
      sku: '00123',
      quantity: '7',
      note: '=1+1',
      warehouse: null,
      seen: null,
    });
  });

  test(`more than ${SUBMIT_ROWS_MAX} rows go in several requests`, () => {
    const { tab, found, submit, server } = setUp();
    const template = tab.rows[0] ?? [];
    for (let index = 0; index < SUBMIT_ROWS_MAX + 1; index += 1) {
      const line = template.map(() => '' as Cell);
      line[found.column('submit') - 1] = true;
      line[found.column('sku') - 1] = `SKU-${index}`;
      tab.rows[index + 1] = line;
      tab.notes[index + 1] = template.map(() => '');
    }
    expect(submit()).toMatchObject({ applied: SUBMIT_ROWS_MAX + 1 });
    expect(server.http.requests).toHaveLength(2);
  });
});

describe('an answer never reaches the wrong row', () => {
  test('rows that were sorted, inserted and deleted while the server worked', () => {
    const { sheet, add, submit, get, move, remove } = setUp();
    add(2, { sku: 'FIRST' });
    add(3, { sku: 'SECOND' });
    add(4, { sku: 'THIRD' });
    sheet.meanwhile(() => {
      move(4, 2); // THIRD, FIRST, SECOND
      remove(4); // SECOND is gone
      move(50, 2); // an empty row above all
    });
    expect(submit()).toMatchObject({ applied: 2, gone: 1 });
    expect([get(2, 'message'), get(3, 'message'), get(4, 'message')]).toEqual([
      '',
      'Done: THIRD',
      'Done: FIRST',
    ]);
  });

  test('columns that were moved while the server worked', () => {
    const { sheet, add, submit, tab, found } = setUp();
    add(2);
    const status = found.column('status');
    sheet.meanwhile(() => {
      for (const line of tab.rows) line.splice(1, 0, '');
      for (const line of tab.notes) line.splice(1, 0, '');
      for (const [key, column] of tab.tags) if (column > 1) tab.tags.set(key, column + 1);
    });
    submit();
    expect(tab.rows[1]?.[status]).toBe('Applied');
  });

  test('a row that was changed while the server worked says what was applied', () => {
    const { sheet, add, put, submit, get } = setUp();
    add(2);
    sheet.meanwhile(() => put(2, { quantity: 6 }));
    expect(submit()).toMatchObject({ applied: 0, refused: 1 });
    expect(get(2, 'message')).toBe(
      'Changed after it was applied: make a new row. What was applied: Done: BLUEJEANSM',
    );
  });

  test('a row that was copied and changed while the server worked: the answer belongs to the original', () => {
    const { sheet, add, put, submit, get, copy } = setUp();
    add(3);
    sheet.meanwhile(() => {
      copy(3, 2);
      put(2, { quantity: 9 });
    });
    submit();
    expect([get(2, 'status'), get(3, 'status')]).toEqual(['Submitting', 'Applied']);
  });
});

describe('nothing is applied twice', () => {
  test('an unchanged row that is submitted again changes nothing', () => {
    const { add, put, submit, server } = setUp();
    add(2);
    submit();
    put(2, { submit: true });
    expect(submit()).toMatchObject({ applied: 1 });
    expect(server.applied.size).toBe(1);
  });

  test('an applied row that was edited is refused: make a new row', () => {
    const { add, put, submit, get, server } = setUp();
    add(2);
    submit();
    put(2, { submit: true, quantity: 6 });
    expect(submit()).toMatchObject({ applied: 0, refused: 1 });
    expect([get(2, 'status'), get(2, 'submit')]).toEqual(['Changed', false]);
    expect(server.applied.size).toBe(1);
  });

  test('a lost answer: the rows wait, ticked, and go through once', () => {
    const { add, submit, get, server } = setUp();
    add(2);
    server.loseAnswers(true);
    expect(submit()).toMatchObject({ waiting: 1 });
    expect([get(2, 'status'), get(2, 'submit')]).toEqual(['Waiting', true]);
    server.loseAnswers(false);
    expect(submit()).toMatchObject({ applied: 1 });
    expect(server.applied.size).toBe(1);
  });

  test('a row that was changed while it got no answer is no longer what was submitted: it asks to be submitted again', () => {
    const { sheet, add, put, submit, get, server } = setUp();
    add(2);
    sheet.meanwhile(() => put(2, { quantity: 6 }));
    server.loseAnswers(true);
    expect(submit()).toMatchObject({ waiting: 0, refused: 1 });
    expect([get(2, 'status'), get(2, 'submit')]).toEqual(['Error', true]);
    expect(get(2, 'message')).toContain('no answer came. Submit it again.');
  });

  test('a copied row with other content is a row of its own, whichever of the two is edited', () => {
    const { add, put, submit, get, copy, server } = setUp();
    add(2);
    submit();
    copy(2, 3);
    put(2, { submit: true, quantity: 8 }); // the original was edited, the copy says what was applied
    put(3, { submit: true });
    expect(submit()).toMatchObject({ applied: 2, refused: 0 });
    expect([...server.applied.values()].map((content) => JSON.parse(content).quantity)).toEqual([5, 8]);
    expect(get(2, 'rowId')).not.toBe(get(3, 'rowId'));
  });

  test('an exact copy is not applied again, and says how to', () => {
    const { add, put, submit, get, copy, server } = setUp();
    add(2);
    submit();
    copy(2, 3);
    put(3, { submit: true });
    expect(submit()).toMatchObject({ applied: 0, refused: 1 });
    expect(get(3, 'status')).toBe('Copy');
    expect(get(3, 'message')).toContain('exact copy of row 2');
    put(3, { submit: true, note: 'a second box' });
    expect(submit()).toMatchObject({ applied: 1 });
    expect(server.applied.size).toBe(2);
  });

  test('two identical new rows without an id are two adjustments', () => {
    const { add, submit, server } = setUp();
    add(2);
    add(3);
    expect(submit()).toMatchObject({ applied: 2 });
    expect(server.applied.size).toBe(2);
  });
});

describe('the tab is repaired instead of failing', () => {
  test('a tab without tags is found by its headers, and tagged', () => {
    const { tab, add, submit, get } = setUp();
    tab.tags.clear();
    add(2);
    expect(submit()).toMatchObject({ applied: 1 });
    expect(get(2, 'status')).toBe('Applied');
    expect(tab.tags.size).toBe(ADJUSTMENTS_TAB.columns.length);
  });

  test('a renamed header stays, a deleted one is put back', () => {
    const { tab, sheet, found } = setUp();
    found.tab.write(1, found.column('sku'), [['Article']]);
    found.tab.write(1, found.column('quantity'), [['']]);
    const again = findOrRepairTab(sheet.port, ADJUSTMENTS_TAB);
    expect(tab.rows[0]?.[again.column('sku') - 1]).toBe('Article');
    expect(tab.rows[0]?.[again.column('quantity') - 1]).toBe('Quantity');
    expect(again.repairs).toEqual(['The header "Quantity" was put back.']);
  });

  test('a deleted column comes back at the end, its hidden ones hidden', () => {
    const { tab, sheet, found } = setUp();
    const place = found.column('rowId');
    tab.tags.delete('rowId');
    for (const line of tab.rows) line[place - 1] = '';
    tab.hidden.clear();
    const again = findOrRepairTab(sheet.port, ADJUSTMENTS_TAB);
    expect(again.column('rowId')).toBeGreaterThanOrEqual(place);
    expect(tab.hidden.has(again.column('rowId'))).toBe(true);
  });
});

describe('a "set" carries the number the person saw, so that a sale in between is not erased', () => {
  const inventory = (
    context: ReturnType<typeof setUp>,
    columns: Record<string, Cell>,
    header = 'In stock',
  ) => {
    const tab = context.sheet.port.addTab('Inventory');
    Object.entries(columns).forEach(([key, value], index) => {
      tab.tagColumn(index + 1, key);
      tab.write(1, index + 1, [[key === 'sku' ? 'SKU' : header]]);
      tab.write(2, index + 1, [[value]]);
    });
    return tab;
  };
  const seenBy = ({ server }: ReturnType<typeof setUp>) =>
    server.http.requests.map(({ body }) => JSON.parse(body).rows[0].cells.seen);

  test('the number that Inventory shows goes along; adding and subtracting need none', () => {
    const context = setUp();
    inventory(context, { sku: 'BLUEJEANSM', inStock: 12 });
    context.add(2, { action: 'set', quantity: 15 });
    context.submit();
    context.add(2, { action: 'add', note: 'another row', rowId: '' });
    context.submit();
    expect(seenBy(context)).toEqual([12, null]);
  });

  test('a lost answer: the same row carries the number it noted first, whatever Inventory shows by then', () => {
    const context = setUp();
    const tab = inventory(context, { sku: 'BLUEJEANSM', inStock: 12 });
    context.add(2, { action: 'set', quantity: 15 });
    context.server.loseAnswers(true);
    context.submit();
    tab.write(2, 2, [[15]]);
    context.submit();
    expect(seenBy(context)).toEqual([12, 12]);
  });

  test('with several warehouses it is the number of that warehouse, never the sum of all', () => {
    const context = setUp();
    inventory(context, { sku: 'BLUEJEANSM', inStock: 20, 'inStock.w2': 8 }, 'In stock: Back room');
    context.add(2, { action: 'set', quantity: 15, warehouse: 'back room' });
    context.submit();
    context.add(3, { action: 'set', quantity: 15 });
    context.submit();
    expect(seenBy(context)).toEqual([8, null]);
  });
});

describe('what is sent again without being asked is exactly what was submitted', () => {
  const people = { id: 'purchase-orders', definition: PURCHASE_ORDERS_TAB };

  test('also a copy of a row that is further, whose own cells were cleared when it became a row of its own', () => {
    const { port, tabs } = createMemorySheet();
    let isDown = false;
    const http = createMemoryHttp(({ body }) => {
      if (isDown) throw new Error('DNS error');
      const { rows } = JSON.parse(body) as { rows: SubmittedRow[] };
      const writes = { step: 1, state: 'Ordered' };
      const answer = { status: 'applied', message: 'Done.', field: null, writes };
      return jsonAnswer(200, { rows: rows.map(({ rowId }) => ({ rowId, ...answer })) });
    });
    const connection = { address: 'http://127.0.0.1:1', keyId: 'key', secret: 'secret' };
    const services = { sheet: port, http: http.port, connection, sender: MEMORY_SENDER };
    const found = findOrRepairTab(port, PURCHASE_ORDERS_TAB);
    const put = (row: number, key: string, cell: Cell) => found.tab.write(row, found.column(key), [[cell]]);
    for (const [key, cell] of [
      ['submit', true],
      ['sku', 'BLUEJEANSM'],
      ['note', 'first'],
    ] as const)
      put(2, key, cell);
    submitTickedRows(services, people);
    const rows = tabs.get(PURCHASE_ORDERS_TAB.name)?.rows ?? [];
    rows[2] = [...(rows[1] ?? [])];
    put(3, 'submit', true);
    put(3, 'note', 'second');
    isDown = true;
    expect(submitTickedRows(services, people)).toMatchObject({ submitted: 1, waiting: 1 });
    isDown = false;
    expect(submitTickedRows(services, people, { onlyWaiting: true })).toMatchObject({
      applied: 1,
      refused: 0,
    });
  });
});
