// A person at the workbook in a real browser: types into tabs, submits, reads cells, uses the sidebar and the Rehearsal panel.
// Nothing here waits for a time: each step waits for what a person would wait for.

import { isDeepStrictEqual } from 'node:util';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { columnLetters } from '../../server/workbook/a1.ts';
import type { TabDefinition } from '../../shared/tabs/tab.ts';
import { takeScreenshot } from './screenshots.ts';

/** A laptop's window: the panes beside the grid take turns. */
const WINDOW = { width: 1200, height: 700 };
/** Two cores that others use, too. */
const PATIENCE_MS = 60_000;

export type Cells = Readonly<Record<string, string | number>>;
export type Pane = 'Sidebar' | 'Rehearsal';

export type WorkbookPerson = {
  readonly page: Page;
  readonly sidebar: FrameLocator;
  readonly rehearsal: Locator;
  /** What the page complained about since it was opened. */
  readonly problems: readonly string[];
  readonly show: (pane: Pane) => Promise<void>;
  readonly openTab: (name: string) => Promise<void>;
  /** Types the cells of a row from left to right, by the keys of the tab's columns. */
  readonly type: (tab: TabDefinition, row: number, cells: Cells) => Promise<void>;
  readonly paste: (tab: TabDefinition, row: number, key: string, text: string) => Promise<void>;
  /** Ticks rows and submits them with the button. */
  readonly submit: (...rows: readonly number[]) => Promise<void>;
  /** Waits until a cell says this; the grid is moved to it first. */
  readonly sees: (tab: TabDefinition, row: number, key: string, text: string | RegExp) => Promise<void>;
  /** The row in which the first column says this. */
  readonly rowOf: (text: string) => Promise<number>;
  /** Clicks a cell, as one does to select its row. */
  readonly click: (tab: TabDefinition, row: number, key: string) => Promise<void>;
  readonly chooseSku: (sku: string) => Promise<void>;
  readonly store: (name: string) => Locator;
  readonly shot: (name: string) => Promise<void>;
  readonly shotOfPane: (pane: Pane, name: string) => Promise<void>;
};

export async function sitDown(browser: Browser, address: string, name: string): Promise<WorkbookPerson> {
  const context = await browser.newContext({ viewport: WINDOW });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(address).origin });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(address);
  await page.getByRole('dialog').getByRole('textbox', { name: 'Your name' }).fill(name);
  await page.getByRole('button', { name: 'Start' }).click();
  const sidebar = page.frameLocator('#sidebar iframe');
  await sidebar.getByText(`Signed in as`).waitFor();
  return { page, sidebar, problems, ...hands(page), ...besides(page) };
}

/** What is done and read in the grid. */
function hands(page: Page) {
  const cell = (tab: TabDefinition, row: number, key: string) =>
    page.locator(`.rgCell[data-row="${row}"][data-column="${placeOf(tab, key)}"]`);
  /** The grid draws only the columns in sight: the keyboard brings the others there. */
  const goTo = async (tab: TabDefinition, row: number, key: string): Promise<Locator> => {
    const wanted = cell(tab, row, key);
    if (await wanted.isVisible()) return wanted;
    const [first] = visibleKeys(tab);
    if (!(await cell(tab, row, first ?? '').isVisible())) {
      // The keys belong to whatever was clicked last, which may have been another pane.
      await page.locator('#grid').focus();
      await page.keyboard.press('Home');
    }
    await cell(tab, row, first ?? '').click();
    for (const _key of stepsBetween(tab, first ?? '', key)) await page.keyboard.press('ArrowRight');
    await caughtUp(`${columnLetters(placeOf(tab, key) - 1)}${row}`);
    await wanted.waitFor();
    return wanted;
  };
  /** No hand types as fast as this one: the pointer is used once the page has caught up with the keys. */
  const caughtUp = (place: string) =>
    page
      .getByLabel('Cell', { exact: true })
      .getByText(new RegExp(`^${place}$`))
      .waitFor();
  return {
    openTab: async (name: string) => {
      await page.getByRole('tab', { name, exact: true }).click();
      await page.locator(`revo-grid[aria-label="${name}"] .rgCell[data-row="2"]`).first().waitFor();
    },
    type: async (tab: TabDefinition, row: number, cells: Cells) => {
      const keys = visibleKeys(tab).filter((key) => key in cells);
      let at = keys[0] ?? '';
      await (await goTo(tab, row, at)).click();
      for (const key of keys) {
        for (const _key of stepsBetween(tab, at, key)) await page.keyboard.press('Tab');
        await page.keyboard.type(String(cells[key]));
        at = key;
      }
      await page.keyboard.press('Enter');
      await page.keyboard.press('Home');
      await caughtUp(`A${row + 1}`);
    },
    paste: async (tab: TabDefinition, row: number, key: string, text: string) => {
      await (await goTo(tab, row, key)).click();
      await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
      await page.keyboard.press('Control+v');
    },
    submit: async (...rows: readonly number[]) => {
      const boxOf = (row: number) => page.getByRole('checkbox', { name: `Submit, row ${row}`, exact: true });
      if (!(await boxOf(rows[0] ?? 2).isVisible())) {
        await page.locator('#grid').focus();
        await page.keyboard.press('Home');
      }
      for (const row of rows) await tick(boxOf(row));
      const button = page.getByRole('button', { name: 'Submit ticked rows' });
      await button.click();
      await eventually(() => button.isEnabled(), true);
    },
    sees: async (tab: TabDefinition, row: number, key: string, text: string | RegExp) => {
      const wanted = await goTo(tab, row, key);
      await eventually(async () => matches(await wanted.textContent(), text), true).catch(async () => {
        const line = await page.locator(`.rgCell[data-row="${row}"]`).allTextContents();
        throw new Error(`${key} of row ${row} is not ${text}; the row says: ${line.join(' | ')}`);
      });
    },
    rowOf: async (text: string) => {
      const found = page.getByRole('gridcell', { name: text, exact: true }).first();
      await found.waitFor();
      return Number(await found.getAttribute('data-row'));
    },
    click: async (tab: TabDefinition, row: number, key: string) => (await goTo(tab, row, key)).click(),
  };
}

/**
 * Moves the pointer into the sidebar, which makes it look for news. It is a frame of its own process: what was hidden a moment ago
 * does not hear the pointer at once, nor a click.
 */
async function pointInto(page: Page): Promise<void> {
  const frame = page.frameLocator('#sidebar iframe');
  await eventually(async () => {
    await page.mouse.move(1, 1);
    await frame.locator('h1').hover();
    return frame.locator('html:hover').count();
  }, 1);
}

async function tick(box: Locator): Promise<void> {
  if (await box.isChecked()) return;
  await box.click();
  await eventually(() => box.isChecked(), true);
}

/** The panes beside the grid, and pictures. */
function besides(page: Page) {
  const rehearsal = page.getByRole('complementary', { name: 'Rehearsal' });
  const show = async (pane: Pane): Promise<void> => {
    const toggle = page.getByRole('button', { name: pane, exact: true });
    if ((await toggle.getAttribute('aria-pressed')) !== 'true') await toggle.click();
    await page.getByRole('complementary', { name: pane }).waitFor();
    if (pane === 'Sidebar') await pointInto(page);
  };
  return {
    rehearsal,
    show,
    store: (name: string) => rehearsal.getByRole('region', { name, exact: true }),
    chooseSku: async (sku: string) => {
      await show('Rehearsal');
      await rehearsal.getByLabel('SKU').selectOption(sku);
    },
    shot: (name: string) => takeScreenshot(page, name),
    shotOfPane: async (pane: Pane, name: string) => {
      await show(pane);
      await takeScreenshot(page.getByRole('complementary', { name: pane }), name);
    },
  };
}

const visibleKeys = (tab: TabDefinition): readonly string[] =>
  tab.columns.filter(({ hidden }) => !hidden).map(({ key }) => key);

const placeOf = (tab: TabDefinition, key: string): number =>
  tab.columns.findIndex((column) => column.key === key) + 1;

function stepsBetween(tab: TabDefinition, from: string, to: string): readonly string[] {
  const keys = visibleKeys(tab);
  return keys.slice(keys.indexOf(from), keys.indexOf(to));
}

const matches = (shown: string | null, wanted: string | RegExp): boolean =>
  typeof wanted === 'string' ? shown?.trim() === wanted : wanted.test(shown ?? '');

/** Waits until `look` answers what is wanted. @throws with what it answered last. */
export async function eventually<Value>(look: () => Promise<Value>, wanted: Value): Promise<void> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  let seen = await look();
  while (!isDeepStrictEqual(seen, wanted)) {
    if (Date.now() > giveUpAt)
      throw new Error(`It is still ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    seen = await look();
  }
}
