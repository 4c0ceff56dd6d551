// What the script reads of the selected rows, and what it asks of the server for them.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inAddress } from '../shared/api/address.ts';
import { ADJUSTMENTS_TAB } from '../shared/tabs/adjustments.ts';
import { LOW_STOCK_TAB } from '../shared/tabs/low-stock.ts';
import type { Cell, HttpPort, SelectedRows, TabPort } from './ports.ts';
import { draftLowStockOrder, passOn, readHome } from './sidebar-calls.ts';
import { ROW_STATES } from './tabs/row-states.ts';

const CONNECTION = { address: 'https://stock.example.com', keyId: 'k1', secret: 's' };

/** A tab whose SKUs stand in its third column, below the header. */
function tabWith(name: string, skus: readonly Cell[]): TabPort {
  const lines: Cell[] = ['SKU', ...skus];
  return {
    name,
    lastRow: () => lines.length,
    taggedColumns: () => new Map([['sku', 3]]),
    read: (row: number, column: number, rows: number) =>
      lines.slice(row - 1, row - 1 + rows).map((cell) => [column === 3 ? cell : '']),
  } as Partial<TabPort> as TabPort;
}

function world(answer: unknown = {}, status = 200) {
  const asked: { readonly url: string; readonly body: unknown }[] = [];
  const http: HttpPort = {
    fetch: ({ url, body }) => {
      asked.push({ url, body: body === null ? null : JSON.parse(body) });
      return { status, contentType: 'application/json', text: JSON.stringify(answer) };
    },
    hmacSha256Hex: () => '0',
    sha256Hex: () => '0',
    identityToken: () => '',
    newNonce: () => 'n',
    nowMs: () => 0,
  };
  return { asked, http };
}

const select = (tab: TabPort, row: number, rows: number): SelectedRows => ({ tab, row, rows });
const LOW = tabWith(LOW_STOCK_TAB.name, ['JEANS', 'CAP', 'JEANS', ' ', 'BELT']);

describe('selected rows of Low stock', () => {
  test.each([
    [
      'the whole tab with its header and the empty rows below',
      select(LOW, 1, 1_000),
      ['JEANS', 'CAP', 'BELT'],
    ],
    ['two rows', select(LOW, 3, 2), ['CAP', 'JEANS']],
    ['the header alone', select(LOW, 1, 1), []],
    ['below the last row', select(LOW, 9, 3), []],
    ['rows of another tab', select(tabWith('Inventory', ['JEANS']), 2, 1), []],
  ])('%s: each SKU once', (_name, selected, lowSkus) => {
    const { http } = world();
    const sheet = { tab: () => null, addTab: () => LOW, flush: () => undefined, newId: () => '' };
    const trigger = { everyMs: null, lastRunAt: null };
    const home = readHome({
      http,
      sheet: { ...sheet, alone: (work) => work() },
      connection: null,
      selected,
      trigger,
    });
    expect(home.lowSkus).toEqual(lowSkus);
  });

  test('from the menu they become a draft purchase order, and the server says what it made', () => {
    const { asked, http } = world({ number: 'PO-12', lines: 2, message: 'PO-12 was made as a draft.' });
    const said = draftLowStockOrder({ http, connection: CONNECTION, selected: select(LOW, 2, 2) });
    expect(said).toBe('PO-12 was made as a draft.');
    expect(asked).toEqual([
      {
        url: 'https://stock.example.com/api/low-stock/draft-purchase-order',
        body: { skus: ['JEANS', 'CAP'] },
      },
    ]);
  });

  test('nothing selected there: it says what to do, and the server is not asked', () => {
    const { asked, http } = world();
    const draft = (selected: SelectedRows | null) => () =>
      draftLowStockOrder({ http, connection: CONNECTION, selected });
    expect(draft(null)).toThrow('Select the rows to order in the Low stock tab first');
    expect(draft(select(tabWith('Inventory', ['JEANS']), 2, 1))).toThrow('Low stock tab first');
    expect(asked).toEqual([]);
  });

  test('what the server refuses is said in its words', () => {
    const { http } = world(
      { error: { code: 'forbidden', message: 'Viewers may only look.', requestId: 'r' } },
      403,
    );
    expect(() => draftLowStockOrder({ http, connection: CONNECTION, selected: select(LOW, 2, 1) })).toThrow(
      'Viewers may only look.',
    );
  });
});

describe('what the sidebar asks of the server', () => {
  const whyOf = (sku: string): string => {
    const { asked, http } = world({});
    passOn(http, CONNECTION, 'get', `/api/explain?sku=${inAddress(sku)}`, '');
    return asked[0]?.url ?? '';
  };

  test('any SKU may stand in an address, and arrives as it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string()), (sku) => {
        expect(new URL(whyOf(sku)).searchParams.get('sku')).toBe(sku);
      }),
      { examples: [["Tee (red) 'M'!*"], ['a&at=2026-01-01#%2F+ ']] },
    );
  });

  test('what is no address of the API is not asked', () => {
    const { asked, http } = world({});
    for (const path of ['/admin/queues', '/api/a b', 'https://evil.example/api/', '/api/x#y'])
      expect(() => passOn(http, CONNECTION, 'get', path, '')).toThrow('does not exist');
    expect(asked).toEqual([]);
  });
});

test('rows of a tab are counted by what they need: a refused one that is ticked can be submitted again', () => {
  const lines: readonly (readonly [boolean, Cell])[] = [
    [true, ROW_STATES.error],
    [false, ROW_STATES.conflict],
    [true, ''],
    [true, ROW_STATES.waiting],
    [false, ROW_STATES.applied],
  ];
  const tab = {
    name: ADJUSTMENTS_TAB.name,
    lastRow: () => lines.length + 1,
    taggedColumns: () =>
      new Map([
        ['submit', 1],
        ['status', 2],
      ]),
    read: (_row: number, column: number) => lines.map((line) => [line[column - 1] ?? '']),
  } as Partial<TabPort> as TabPort;
  const { http } = world();
  const sheet = {
    tab: (name: string) => (name === tab.name ? tab : null),
    addTab: () => tab,
    flush: () => undefined,
    newId: () => '',
    alone: <Result>(work: () => Result) => work(),
  };
  const trigger = { everyMs: null, lastRunAt: null };
  const { rows } = readHome({ http, sheet, connection: null, selected: null, trigger });
  expect(rows).toEqual([{ tab: tab.name, ticked: 2, refused: [2, 3], waiting: 1 }]);
});
