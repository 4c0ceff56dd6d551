// An Adjustments tab for the tests of one file: as the script and the server have it, and as a person sees it in the browser.

import { afterAll, beforeAll } from '@jest/globals';
import { sql } from 'kysely';
import type { Browser, Locator, Page } from 'playwright-core';
import { createWarehouse } from '../../../server/documents/warehouses.ts';
import type { ScriptUi } from '../../../server/workbook/host/calls.ts';
import { createRehearsal, type Rehearsal, type RehearsalItem } from '../../../server/workbook/rehearsal.ts';
import { toWarehouseId } from '../../../shared/model/ids.ts';
import { ADJUSTMENTS_TAB } from '../../../shared/tabs/adjustments.ts';
import { launchBrowser } from '../../support/browser.ts';
import { openWorkbookFixture, PERSON, type WorkbookFixture } from '../../support/workbook-fixture.ts';

const PATIENCE_MS = 30_000;
const WINDOW = { width: 1440, height: 800 };

type Typed = string | number | boolean;

export type Adjustments = {
  readonly fixture: WorkbookFixture;
  /** As somebody does it in another window. `row` is the number beside it. */
  readonly type: (row: number, cells: Readonly<Record<string, Typed>>) => Promise<void>;
  readonly read: (row: number, key: string) => Promise<unknown>;
  /** Null: nobody has counted it. */
  readonly inStock: (sku: string) => Promise<number | null>;
};

/** Where a column of the tab is, from 0. */
export const place = (key: string): number =>
  ADJUSTMENTS_TAB.columns.findIndex((column) => column.key === key);

/** Answers every dialog with OK, and keeps what it was told. */
export function quietUi(): ScriptUi & { readonly toasts: string[]; readonly dialogs: string[] } {
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

/** A shop that shows 46 BLUEJEANSM, for the panel beside the grid. */
function rehearsalOfOneShop(): Rehearsal {
  const jeans: RehearsalItem = {
    remoteId: 'v1',
    sku: 'BLUEJEANSM',
    title: 'Blue Jeans – Medium',
    quantity: 46,
  };
  let sold = 0;
  const nothing = (): void => undefined;
  const shop = {
    shelf: () => [{ ...jeans, quantity: jeans.quantity - sold }],
    buy: (lines: readonly { readonly quantity: number }[]) => {
      sold += lines[0]?.quantity ?? 0;
      return { remoteId: '1001', lines: [{ lineId: 'l1', quantity: 1 }] };
    },
    cancel: nothing,
    fulfil: nothing,
    refund: nothing,
    editQuantity: nothing,
    setFault: nothing,
    clearFaults: nothing,
    writes: () => [],
  };
  const address = 'http://127.0.0.1:1';
  return createRehearsal([{ id: 'a', name: 'Denim Corner', channelLabel: 'Shopify', shop, address }]);
}

/** Opens the tab before the tests of the file, and closes it after them. BLUEJEANSM and REDCAP are known, and not counted yet. */
export function useAdjustments(): Adjustments {
  let opened: WorkbookFixture | null = null;
  const fixture = (): WorkbookFixture => {
    if (opened === null) throw new Error('The workbook is not open yet.');
    return opened;
  };
  beforeAll(async () => {
    opened = await openWorkbookFixture({ rehearsal: rehearsalOfOneShop() });
    const { db } = opened.database;
    await createWarehouse(db, { id: toWarehouseId('main'), name: 'Main' });
    await sql`insert into products (sku) values ('BLUEJEANSM'), ('REDCAP')`.execute(db);
    await opened.host.run('repairTabs', [], quietUi());
  });
  afterAll(() => opened?.close());
  return {
    get fixture() {
      return fixture();
    },
    type: (row, cells) =>
      fixture().workbook.change(PERSON, async (edit) => {
        const sheetId = edit.sheetNamed('Adjustments')?.sheetId ?? -1;
        for (const [key, value] of Object.entries(cells)) {
          edit.writeCells(sheetId, row - 1, place(key), [[value]], 'typed');
        }
      }),
    read: (row, key) =>
      fixture().workbook.look(async (view) => {
        const sheetId = view.sheetNamed('Adjustments')?.sheetId ?? -1;
        const [startColumn, endColumn] = [place(key), place(key) + 1];
        const block = { startRow: row - 1, endRow: row, startColumn, endColumn };
        const [line] = await view.readCells(sheetId, block);
        return line?.[0] ?? '';
      }),
    inStock: async (sku) => {
      const { rows } = await sql<{ in_stock: number }>`
        select in_stock from balances where sku = ${sku} and is_set`.execute(fixture().database.db);
      return rows[0]?.in_stock ?? null;
    },
  };
}

export type AdjustmentsPage = {
  readonly browser: Browser;
  readonly page: Page;
  /** What the page complained about since it was opened. */
  readonly problems: readonly string[];
  readonly cell: (row: number, key: string) => Locator;
  /** Pastes at the selected cell. */
  readonly pasteText: (text: string) => Promise<void>;
  readonly goToTop: () => Promise<void>;
  /** Through the menu. */
  readonly submit: () => Promise<void>;
};

/** Opens the tab in a browser before the tests of the block it is called in, and closes it after them. */
export function useAdjustmentsPage(at: Adjustments, chromium: string): AdjustmentsPage {
  const problems: string[] = [];
  let opened: { readonly browser: Browser; readonly page: Page } | null = null;
  const seen = (): { readonly browser: Browser; readonly page: Page } => {
    if (opened === null) throw new Error('The browser is not open yet.');
    return opened;
  };
  const cell = (row: number, key: string): Locator =>
    seen().page.locator(`.rgCell[data-row="${row}"][data-column="${place(key) + 1}"]`);
  beforeAll(async () => {
    const browser = await launchBrowser(chromium);
    const page = await browser.newPage({ viewport: WINDOW });
    opened = { browser, page };
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await openTab(page, at.fixture.pageAddress, PERSON.email);
    await page.getByRole('columnheader', { name: 'SKU' }).waitFor();
  });
  afterAll(() => opened?.browser.close());
  return {
    get browser() {
      return seen().browser;
    },
    get page() {
      return seen().page;
    },
    problems,
    cell,
    // As text, because it runs in the page and not here.
    pasteText: (text) =>
      seen().page.evaluate(`(() => {
        const data = new DataTransfer();
        data.setData('text/plain', ${JSON.stringify(text)});
        document.getElementById('grid').dispatchEvent(
          new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
      })()`),
    goToTop: async () => {
      await seen().page.keyboard.press('Control+Home');
      await cell(2, 'sku').waitFor();
    },
    submit: async () => {
      const { page } = seen();
      await page.getByRole('button', { name: 'Stocksheet', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Submit ticked rows' }).click();
    },
  };
}

/** As somebody who comes to the workbook for the first time. */
export async function openTab(page: Page, address: string, name: string): Promise<void> {
  await page.goto(address);
  await page.getByRole('dialog').getByRole('textbox', { name: 'Your name' }).fill(name);
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('tab', { name: 'Adjustments' }).click();
}
