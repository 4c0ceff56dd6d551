// A person adjusts stock: the shipped script in the local workbook, the signed API, the ledger, and the answer in the row.

import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { createWarehouse } from '../../server/documents/warehouses.ts';
import type { ScriptUi } from '../../server/workbook/host/calls.ts';
import { createRehearsal, type RehearsalItem } from '../../server/workbook/rehearsal.ts';
import { toWarehouseId } from '../../shared/model/ids.ts';
import { ADJUSTMENTS_TAB } from '../../shared/tabs/adjustments.ts';
import { CHROMIUM_MISSING, chromiumPath, launchBrowser } from '../support/browser.ts';
import { takeScreenshot } from '../support/screenshots.ts';
import { openWorkbookFixture, PERSON, type WorkbookFixture } from '../support/workbook-fixture.ts';

const PATIENCE_MS = 30_000;

let fixture: WorkbookFixture;
const shelf: RehearsalItem[] = [
  { remoteId: 'v1', sku: 'BLUEJEANSM', title: 'Blue Jeans – Medium', quantity: 46 },
];
const shop = {
  shelf: () => shelf,
  buy: (lines: readonly { remoteId: string; quantity: number }[]) => {
    shelf[0] = {
      ...(shelf[0] as RehearsalItem),
      quantity: (shelf[0]?.quantity ?? 0) - (lines[0]?.quantity ?? 0),
    };
    return { remoteId: '1001', lines: [{ lineId: 'l1', quantity: 1 }] };
  },
  cancel: () => {},
  fulfil: () => {},
  setFault: () => {},
  clearFaults: () => {},
  writes: () => [],
  refund: () => {},
  editQuantity: () => {},
};

beforeAll(async () => {
  const rehearsal = createRehearsal([
    { id: 'a', name: 'Denim Corner', channelLabel: 'Shopify', shop, address: 'http://127.0.0.1:1' },
  ]);
  fixture = await openWorkbookFixture({ rehearsal });
  await createWarehouse(fixture.database.db, { id: toWarehouseId('main'), name: 'Main' });
  await sql`insert into products (sku) values ('BLUEJEANSM'), ('REDCAP')`.execute(fixture.database.db);
  await fixture.host.run('repairTabs', [], quietUi());
});
afterAll(() => fixture.close());

function quietUi(): ScriptUi & { toasts: string[]; dialogs: string[] } {
  const [toasts, dialogs]: [string[], string[]] = [[], []];
  return {
    toasts,
    dialogs,
    toast: ({ message }) => void toasts.push(message),
    dialog: async ({ message }) => {
      dialogs.push(message);
      return { button: 'OK', text: '' };
    },
  };
}

const place = (key: string): number => ADJUSTMENTS_TAB.columns.findIndex((column) => column.key === key);

async function type(row: number, cells: Readonly<Record<string, string | number | boolean>>): Promise<void> {
  await fixture.workbook.change(PERSON, async (edit) => {
    const sheetId = edit.sheetNamed('Adjustments')?.sheetId ?? -1;
    for (const [key, value] of Object.entries(cells)) {
      edit.writeCells(sheetId, row - 1, place(key), [[value]], 'typed');
    }
  });
}

async function read(row: number, key: string): Promise<unknown> {
  return fixture.workbook.look(async (view) => {
    const sheetId = view.sheetNamed('Adjustments')?.sheetId ?? -1;
    const [line] = await view.readCells(sheetId, {
      startRow: row - 1,
      endRow: row,
      startColumn: place(key),
      endColumn: place(key) + 1,
    });
    return line?.[0] ?? '';
  });
}

/** As the set-up of the tab does it. */
async function protectStatus(): Promise<void> {
  await fixture.workbook.change(PERSON, async (edit) => {
    const sheetId = edit.sheetNamed('Adjustments')?.sheetId ?? -1;
    const column = place('status');
    const area = { startRow: 1, endRow: null, startColumn: column, endColumn: column + 1 };
    const locked = { id: 900, area, unprotected: [], editors: ['*'], warningOnly: true, description: '' };
    edit.reshape(sheetId, (shape) => ({ ...shape, protections: [...shape.protections, locked] }));
  });
}

async function inStock(sku: string): Promise<number | null> {
  const { rows } = await sql<{ in_stock: number }>`
    select in_stock from balances where sku = ${sku} and is_set`.execute(fixture.database.db);
  return rows[0]?.in_stock ?? null;
}

async function expectSoon(look: () => Promise<unknown>, wanted: unknown): Promise<void> {
  const patienceEndsAt = Date.now() + PATIENCE_MS;
  while ((await look()) !== wanted && Date.now() < patienceEndsAt)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await look()).toBe(wanted);
}

/** What the page's data answers when this computer is called by another name, as a DNS rebinding attack does. */
function statusFor(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${fixture.address}/workbook/tabs`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('the shipped bundle against the real workbook, API and ledger', () => {
  test('set-up makes the tab with its headers, hidden columns, dropdowns and tick boxes', async () => {
    const shape = await fixture.workbook.look(async (view) => view.sheetNamed('Adjustments')?.shape);
    expect(shape?.columns.map(({ hidden }) => hidden).slice(0, 11)).toEqual(
      ADJUSTMENTS_TAB.columns.map(({ hidden }) => hidden),
    );
    expect(shape?.tags.map(({ key }) => key)).toEqual(ADJUSTMENTS_TAB.columns.map(({ key }) => `col.${key}`));
    expect(shape?.rules.map(({ rule }) => rule.kind)).toEqual(['tick', 'choice', 'choice']);
    expect(shape?.frozenRows).toBe(1);
  });

  test('ticked rows reach the ledger once, under the name of the person, and are answered beside themselves', async () => {
    await type(10, { submit: true, sku: 'REDCAP', action: 'set', quantity: '12', note: 'Größe geprüft ✓' });
    await type(11, { submit: true, sku: 'NOSUCH', action: 'add', quantity: 'abc' });
    const ui = quietUi();
    await fixture.host.run('submitTickedRows', [], ui);
    expect(ui.dialogs).toEqual([]);
    expect(ui.toasts).toEqual([
      '1 row applied. 1 row needs you: read the message beside it. The first is row 11 of Adjustments.',
    ]);
    expect([await read(10, 'status'), await read(10, 'submit')]).toEqual(['Applied', false]);
    expect([await read(11, 'status'), await read(11, 'submit')]).toEqual(['Error', true]);
    expect(await read(11, 'message')).toContain('is not a whole number');
    expect(await inStock('REDCAP')).toBe(12);
    const { rows } = await sql<{ actor: string; note: string }>`
      select actor, note from moves where sku = 'REDCAP'`.execute(fixture.database.db);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.actor).toContain('mia@shop.example');
    expect(rows[0]?.note).toContain('Größe geprüft ✓');
  });

  test('while the server cannot be reached rows wait and say so; then they go through once', async () => {
    await type(11, { submit: false });
    await type(12, { submit: true, sku: 'REDCAP', action: 'add', quantity: '3' });
    fixture.cut(true);
    await fixture.host.run('submitTickedRows', [], quietUi());
    expect([await read(12, 'status'), await read(12, 'submit')]).toEqual(['Waiting', true]);
    expect(await read(12, 'message')).toContain('could not be reached');
    fixture.cut(false);
    await fixture.host.run('submitTickedRows', [], quietUi());
    expect(await read(12, 'status')).toBe('Applied');
    expect(await inStock('REDCAP')).toBe(15);
  });

  test('900 rows at once, every second one wrong: each row has its own answer', async () => {
    const first = 101;
    const lines = Array.from({ length: 900 }, (_line, index) => [
      true,
      'REDCAP',
      '',
      'add',
      index % 2 === 0 ? 1 : `wrong ${index}`,
    ]);
    await fixture.workbook.change(PERSON, async (edit) => {
      const sheetId = edit.sheetNamed('Adjustments')?.sheetId ?? -1;
      edit.writeCells(sheetId, first - 1, 0, lines, 'typed');
    });
    const ui = quietUi();
    await fixture.host.run('submitTickedRows', [], ui);
    expect(ui.toasts[0]).toContain('450 rows applied. 450 rows need you');
    expect(await read(first, 'status')).toBe('Applied');
    expect(await read(first + 899, 'message')).toContain('"wrong 899" is not a whole number');
    expect(await inStock('REDCAP')).toBe(465);
    await fixture.workbook.change(PERSON, async (edit) => {
      const sheetId = edit.sheetNamed('Adjustments')?.sheetId ?? -1;
      await edit.remove(sheetId, 'rows', first - 1, 1_000);
    });
  });

  test('the page refuses other origins, missing tokens and other names for this computer', async () => {
    const url = `${fixture.address}/workbook/edits`;
    const body = JSON.stringify({ tabId: 1, edit: { kind: 'insertRows', before: 2, count: 1 } });
    const headers = { 'content-type': 'application/json', origin: fixture.address };
    expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(403);
    const html = await (await fetch(`${fixture.address}/workbook/`)).text();
    const token = /name="page-token" content="([\w-]+)"/.exec(html)?.[1] ?? '';
    const other = { ...headers, 'x-page-token': token, origin: 'https://evil.example' };
    expect((await fetch(url, { method: 'POST', body, headers: other })).status).toBe(403);
    expect(await statusFor('attacker.example')).toBe(403);
    expect(await statusFor(new URL(fixture.address).host)).toBe(200);
  });
});

const chromium = chromiumPath();
const withBrowser = chromium === null ? describe.skip : describe;

withBrowser(`in the browser, as a person does it${chromium === null ? ` (${CHROMIUM_MISSING})` : ''}`, () => {
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];
  const cell = (row: number, key: string) =>
    page.locator(`.rgCell[data-row="${row}"][data-column="${place(key) + 1}"]`);
  const pasteText = (text: string) =>
    page.evaluate(`(() => {
      const data = new DataTransfer();
      data.setData('text/plain', ${JSON.stringify(text)});
      document.getElementById('grid').dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
    })()`);
  const goToTop = async () => {
    await page.keyboard.press('Control+Home');
    await cell(2, 'sku').waitFor();
  };
  const submit = async () => {
    await page.getByRole('button', { name: 'Stocksheet', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Submit ticked rows' }).click();
  };

  beforeAll(async () => {
    browser = await launchBrowser(chromium ?? '');
    page = await browser.newPage({ viewport: { width: 1440, height: 800 } });
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(`${fixture.address}/workbook/`);
    await page.getByRole('dialog').getByRole('textbox', { name: 'Your name' }).fill(PERSON.email);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('tab', { name: 'Adjustments' }).click();
    await page.getByRole('columnheader', { name: 'SKU' }).waitFor();
  });
  afterAll(() => browser.close());

  test('types an adjustment, ticks it, submits through the menu and sees the answer', async () => {
    await cell(2, 'sku').click();
    await page.keyboard.type('BLUEJEANSM');
    for (const key of ['Tab', 'Tab', 'a', 'Tab', '5', '0', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('checkbox', { name: 'Submit, row 2', exact: true }).click();
    await submit();
    await page.getByText('1 row applied.').waitFor();
    await cell(2, 'status').getByText('Applied').waitFor();
    await cell(2, 'message').getByText('In stock in Main: 50').waitFor();
    expect(await inStock('BLUEJEANSM')).toBe(50);
  });

  test('a mistake is shown on its cell with the sentence, and typing over it mends it', async () => {
    await cell(3, 'sku').click();
    await page.keyboard.type('REDCAP');
    for (const key of ['Tab', 'Tab', 's', 'u', 'Tab']) await page.keyboard.press(key);
    await page.keyboard.type('a dozen');
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: 'Submit, row 3', exact: true }).click();
    await submit();
    await cell(3, 'status').getByText('Error').waitFor();
    // The note comes in a write of its own.
    const note = page.locator('[aria-description*="is not a whole number"]');
    await cell(3, 'quantity').and(note).waitFor();
    await cell(3, 'quantity').click();
    await page.keyboard.type('2');
    await page.keyboard.press('Enter');
    await submit();
    await cell(3, 'status').getByText('Applied').waitFor();
    expect(await inStock('REDCAP')).toBe(463);
  });

  test('several rows are pasted at once', async () => {
    await cell(5, 'sku').click();
    // As text, because it runs in the page and not here.
    await pasteText('REDCAP\t\tadd\t1\r\nBLUEJEANSM\t\tadd\t2\r\n');
    await cell(6, 'sku').getByText('BLUEJEANSM').waitFor();
    expect([await read(5, 'action'), await read(5, 'quantity'), await read(6, 'quantity')]).toEqual([
      'add',
      1,
      2,
    ]);
  });

  test('a value is chosen from a native list', async () => {
    await cell(7, 'reason').dblclick();
    await page.getByRole('combobox', { name: 'Choice' }).selectOption('stock take');
    await cell(7, 'reason').getByText('stock take').waitFor();
    await expectSoon(() => read(7, 'reason'), 'stock take');
  });

  test('typing, ticking and pasting are taken back and done again', async () => {
    await cell(9, 'note').click();
    await page.keyboard.type('first');
    await page.keyboard.press('Enter');
    await expectSoon(() => read(9, 'note'), 'first');
    await cell(12, 'sku').click();
    await pasteText('A-1\t\tadd\t1\nA-2\t\tadd\t2');
    await expectSoon(() => read(13, 'sku'), 'A-2');
    await page.keyboard.press('Control+z');
    await expectSoon(() => read(13, 'sku'), '');
    await page.keyboard.press('Control+z');
    await expectSoon(() => read(9, 'note'), '');
    await page.keyboard.press('Control+y');
    await expectSoon(() => read(9, 'note'), 'first');
    await page.keyboard.press('Control+z');
    await expectSoon(() => read(9, 'note'), '');
  });

  test('keys after a click on another cell go there, not into the editor that was open', async () => {
    await cell(11, 'note').dblclick();
    await page.keyboard.type('left open');
    // Both at once: the grid takes an editor away only when it draws again.
    await page.evaluate(`{
      const cell = document.querySelector('.rgCell[data-row="13"][data-column="${place('note') + 1}"]');
      const { x, y } = cell.getBoundingClientRect();
      const at = { clientX: x + 5, clientY: y + 5, bubbles: true, cancelable: true, view: window, detail: 1 };
      for (const name of ['mousedown', 'mouseup', 'click']) cell.dispatchEvent(new MouseEvent(name, at));
      for (const key of ['m', 'e', 'Enter'])
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    }`);
    await expectSoon(() => read(13, 'note'), 'me');
    expect(await read(11, 'note')).toBe('left open');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await expectSoon(() => read(11, 'note'), '');
  });

  test('Space ticks, F2 edits, Delete clears, Ctrl+End and Ctrl+Home go to the ends', async () => {
    await cell(14, 'sku').click();
    await page.keyboard.press('Home');
    await page.getByLabel('Cell', { exact: true }).getByText('A14').waitFor();
    await page.keyboard.press('Space');
    await expectSoon(() => read(14, 'submit'), true);
    await page.keyboard.press('Space');
    await expectSoon(() => read(14, 'submit'), false);
    await page.keyboard.press('Tab');
    await page.keyboard.type('F2-KEY');
    await page.keyboard.press('Enter');
    await expectSoon(() => read(14, 'sku'), 'F2-KEY');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('F2');
    await page.keyboard.type('-2');
    await page.keyboard.press('Enter');
    await expectSoon(() => read(14, 'sku'), 'F2-KEY-2');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Delete');
    await expectSoon(() => read(14, 'sku'), '');
    await page.keyboard.press('Control+End');
    const last = await fixture.workbook.look(async (view) => view.sheetNamed('Adjustments')?.shape.rowCount);
    await expectSoon(
      async () => /\d+$/.exec((await page.getByLabel('Cell', { exact: true }).textContent()) ?? '')?.[0],
      String(last),
    );
    await page.keyboard.press('Control+Home');
    await page.getByLabel('Cell', { exact: true }).getByText(/^A2$/).waitFor();
  });

  test('keys go into the open editor also when the grid has taken the focus from it', async () => {
    await cell(18, 'sku').click();
    await page.keyboard.type('AB');
    await page.locator('input.cell-editor').waitFor();
    // As the grid does by itself when it draws late.
    await page.evaluate(`{
      const cell = document.querySelector('.rgCell[data-row="18"][data-column="${place('sku') + 1}"]');
      cell.tabIndex = -1;
      cell.focus();
    }`);
    await page.keyboard.type('CD');
    await page.keyboard.press('Tab');
    await page.keyboard.type('EF');
    await page.keyboard.press('Enter');
    await expectSoon(() => read(18, 'sku'), 'ABCD');
    await expectSoon(() => read(18, 'warehouse'), 'EF');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await expectSoon(() => read(18, 'sku'), '');
  });

  test('however fast it is typed, every key lands in its cell', async () => {
    await cell(15, 'sku').click();
    // All at once, as a scanner of bar codes or a quick person does it: the grid has no time to draw in between.
    const press = (key: string) =>
      `document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
        { key: ${JSON.stringify(key)}, bubbles: true, cancelable: true }));`;
    const line = (sku: string, note: string) => [
      ...sku,
      'Tab',
      'Tab',
      'a',
      'Tab',
      '7',
      'Tab',
      'Tab',
      ...note,
      'Enter',
    ];
    const back = ['ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft'];
    await page.evaluate([...line('FAST-1', 'one'), ...back, ...line('FAST-2', 'two')].map(press).join(''));
    await expectSoon(() => read(16, 'note'), 'two');
    for (const [row, sku, note] of [
      [15, 'FAST-1', 'one'],
      [16, 'FAST-2', 'two'],
    ] as const) {
      expect(await read(row, 'sku')).toBe(sku);
      expect(await read(row, 'action')).toBe('add');
      expect(await read(row, 'quantity')).toBe(7);
      expect(await read(row, 'note')).toBe(note);
    }
  });

  test('who comes from a field of another pane and clicks a cell types into that cell, from the first key on', async () => {
    await page.getByRole('complementary', { name: 'Rehearsal' }).getByLabel('SKU').focus();
    await cell(17, 'sku').click();
    await page.keyboard.type('FROM-FIELD');
    await page.keyboard.press('Enter');
    await expectSoon(() => read(17, 'sku'), 'FROM-FIELD');
    // Where a message lay over the row, the click had to scroll.
    await page.keyboard.press('Control+Home');
  });

  test('a locked cell refuses with a sentence', async () => {
    await protectStatus();
    await cell(2, 'status').click();
    await page.keyboard.type('x');
    await page.getByText('Stocksheet fills in this column. Type in the white columns instead.').waitFor();
  });

  test('a dialog of the script is answered on the page', async () => {
    await page.getByRole('button', { name: 'Stocksheet', exact: true }).click();
    await page.getByRole('menuitem', { name: 'About Stocksheet' }).click();
    await page.getByRole('dialog').getByText(`Connected to ${fixture.address}`).waitFor();
    await page.getByRole('button', { name: 'OK' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  test('changes that others make appear by themselves', async () => {
    await type(8, { sku: 'FROM-ELSEWHERE' });
    await cell(8, 'sku').getByText('FROM-ELSEWHERE').waitFor();
  });

  test('what was typed never lands in a row that moved meanwhile', async () => {
    await cell(5, 'note').click();
    await page.keyboard.press('Enter');
    await page.keyboard.type('for this row only');
    await type(5, { note: 'written by somebody else' });
    await page.keyboard.press('Enter');
    await page.getByText('1 cell was changed meanwhile and left as they are.').waitFor();
    expect(await read(5, 'note')).toBe('written by somebody else');
  });

  test('the rehearsal panel follows the selected SKU and sells', async () => {
    await cell(2, 'sku').click();
    const panel = page.getByRole('complementary', { name: 'Rehearsal' });
    await panel.getByText('46', { exact: true }).waitFor();
    await panel.getByRole('button', { name: 'Buy 1' }).click();
    await panel.getByText('45', { exact: true }).waitFor();
    await panel.getByRole('button', { name: 'Cancel', exact: true }).click();
    await panel.getByText('Order 1001 was cancelled.').waitFor();
  });

  test('a row is inserted and deleted, and the deletion taken back with everything in the row', async () => {
    await cell(2, 'sku').click();
    await page.getByRole('button', { name: 'Insert row below' }).click();
    await cell(4, 'sku').getByText('REDCAP').waitFor();
    await cell(3, 'sku').click();
    await page.getByRole('button', { name: 'Delete row' }).click();
    await cell(3, 'sku').getByText('REDCAP').waitFor();
    const rowId = await read(3, 'rowId');
    await page.getByRole('button', { name: 'Delete row' }).click();
    await expectSoon(async () => (await read(3, 'sku')) === 'REDCAP', false);
    await page.keyboard.press('Control+z');
    await expectSoon(() => read(3, 'rowId'), rowId);
  });

  test('two windows are two persons; a row that one inserts does not shift what the other types', async () => {
    const other = await (await browser.newContext()).newPage();
    await other.goto(`${fixture.address}/workbook/`);
    await other.getByRole('dialog').getByRole('textbox', { name: 'Your name' }).fill('Ben');
    await other.getByRole('button', { name: 'Start' }).click();
    await other.getByRole('tab', { name: 'Adjustments' }).click();
    await cell(20, 'note').click();
    await page.keyboard.press('Enter');
    await page.keyboard.type('meant for this row');
    await type(20, { sku: 'MARKER' });
    await other.locator(`.rgCell[data-row="2"][data-column="2"]`).click();
    await other.getByRole('button', { name: 'Insert row below' }).click();
    await expectSoon(() => read(21, 'sku'), 'MARKER');
    await page.keyboard.press('Enter');
    await expectSoon(() => read(21, 'note'), 'meant for this row');
    expect(await read(20, 'note')).toBe('');
    await other.context().close();
  });

  test('a filter is this window’s own; sorting is everybody’s and can be taken back', async () => {
    await cell(21, 'sku').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Filter by column B…' }).click();
    await page.getByRole('searchbox', { name: 'Contains' }).fill('marker');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await cell(21, 'sku').waitFor();
    await cell(2, 'sku').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Show all rows' }).click();
    await cell(2, 'sku').waitFor();
    const before = await read(21, 'sku');
    await cell(2, 'sku').click();
    await page.getByRole('button', { name: 'Sort Z→A' }).click();
    await expectSoon(async () => (await read(21, 'sku')) !== before, true);
    await page.keyboard.press('Control+z');
    await expectSoon(() => read(21, 'sku'), before);
  });

  test('cells are merged and unmerged through the Format menu, shown as one, and typing behind the first is refused', async () => {
    const choose = async (item: string) => {
      await page.getByRole('button', { name: 'Format', exact: true }).click();
      await page.getByRole('menuitem', { name: item, exact: true }).click();
    };
    await cell(24, 'sku').click();
    await page.keyboard.type('ONE-VALUE-ACROSS-CELLS');
    await page.keyboard.press('Enter');
    await cell(25, 'warehouse').click();
    await page.keyboard.type('hidden');
    await page.keyboard.press('Enter');
    await expectSoon(() => read(25, 'warehouse'), 'hidden');
    await cell(24, 'sku').click();
    await cell(25, 'warehouse').click({ modifiers: ['Shift'] });
    await choose('Merge all');
    await page.locator('.rgCell.behind[data-row="25"]').first().waitFor();
    await takeScreenshot(page, 'merged cells');
    expect(await read(25, 'warehouse')).toBe('');
    await cell(25, 'warehouse').click();
    await page.keyboard.type('x');
    await page
      .getByText('This cell is merged into B24. Type there, or take the cells apart with Format > Unmerge.')
      .waitFor();
    await page.keyboard.press('Control+z');
    await expectSoon(() => read(25, 'warehouse'), 'hidden');
    await cell(24, 'sku').click();
    await cell(25, 'warehouse').click({ modifiers: ['Shift'] });
    await choose('Merge horizontally');
    await page.locator('.rgCell.behind[data-row="25"]').first().waitFor();
    await choose('Unmerge');
    await page.locator('.rgCell.behind').first().waitFor({ state: 'detached' });
  });

  test('what the pointer chooses while keys are being worked off waits for its turn', async () => {
    await goToTop();
    await cell(19, 'sku').click();
    await page.evaluate(`{
      const press = (...keys) => keys.forEach((key) => document.activeElement.dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })));
      const at = (row, column) => document.querySelector('.rgCell[data-row="' + row + '"][data-column="' + column + '"]');
      const point = (element, ...names) => {
        const { x, y } = element.getBoundingClientRect();
        const where = { clientX: x + 5, clientY: y + 5, bubbles: true, cancelable: true, view: window, detail: 1 };
        for (const name of names) element.dispatchEvent(new MouseEvent(name, where));
      };
      const click = ['mousedown', 'mouseup', 'click'];
      press(...'TURN-1', 'Tab', 'Tab', 'a', 'Tab', '3');
      point(at(20, ${place('note') + 1}), ...click);
      press(...'clicked', 'Enter');
      point(at(20, ${place('submit') + 1}).querySelector('input'), ...click);
      point(at(22, ${place('sku') + 1}), ...click, ...click, 'dblclick');
      press(...'TURN-2');
      point(document.querySelector('#insert-row'), 'click');
      press('Tab', ...'W', 'Enter');
    }`);
    await expectSoon(() => read(22, 'warehouse'), 'W');
    expect([await read(19, 'sku'), await read(19, 'action'), await read(19, 'quantity')]).toEqual([
      'TURN-1',
      'add',
      3,
    ]);
    await expectSoon(() => read(20, 'submit'), true);
    expect([await read(20, 'note'), await read(22, 'sku')]).toEqual(['clicked', 'TURN-2']);
  });

  test('a block of rows that is selected counts for a button, which the pointer leaves the grid for', async () => {
    const skus = () => Promise.all([10, 11, 12, 13, 14].map((row) => read(row, 'sku')));
    await goToTop();
    const before = await skus();
    await cell(10, 'sku').click();
    await cell(12, 'note').click({ modifiers: ['Shift'] });
    await page.getByRole('button', { name: 'Delete row' }).click();
    await expectSoon(async () => (await skus()).slice(0, 2).join(), before.slice(3).join());
    await page.keyboard.press('Control+z');
    await expectSoon(async () => (await skus()).join(), before.join());
  });

  test('text is found wherever it is in the tab', async () => {
    // A cell is chosen: it must not take what is typed into the field.
    await goToTop();
    await cell(19, 'sku').click();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('meant for this');
    await page.keyboard.press('Enter');
    await page.getByText('1 of 1').waitFor();
    expect(await page.getByLabel('Content of the cell').textContent()).toBe('meant for this row');
  });

  test('the page ran without a single error, its content security policy included', () => {
    expect(problems).toEqual([]);
  });
});
