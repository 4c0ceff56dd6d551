// Whole rows and blocks in the browser: pasting, inserting, deleting, sorting, filtering, merging, finding, in one window and in two.

import { beforeAll, describe, expect, test } from '@jest/globals';
import { CHROMIUM_MISSING, chromiumPath } from '../../support/browser.ts';
import { takeScreenshot } from '../../support/screenshots.ts';
import { eventually } from '../../support/workbook-person.ts';
import { openTab, quietUi, useAdjustments, useAdjustmentsPage } from './open-adjustments.ts';

const at = useAdjustments();
beforeAll(async () => {
  await at.type(2, { submit: true, sku: 'BLUEJEANSM', action: 'set', quantity: 50 });
  await at.type(3, { submit: true, sku: 'REDCAP', action: 'set', quantity: 12 });
  // Its rows have their ids from now on.
  await at.fixture.host.run('submitTickedRows', [], quietUi());
  for (const row of [10, 11, 12, 13, 14]) await at.type(row, { sku: `ROW-${row}` });
});

const chromium = chromiumPath();
const withBrowser = chromium === null ? describe.skip : describe;

withBrowser(`rows and blocks in the workbook${chromium === null ? ` (${CHROMIUM_MISSING})` : ''}`, () => {
  const shown = useAdjustmentsPage(at, chromium ?? '');

  test('several rows are pasted at once', async () => {
    await shown.cell(5, 'sku').click();
    await shown.pasteText('REDCAP\t\tadd\t1\r\nBLUEJEANSM\t\tadd\t2\r\n');
    await shown.cell(6, 'sku').getByText('BLUEJEANSM').waitFor();
    expect([await at.read(5, 'action'), await at.read(5, 'quantity'), await at.read(6, 'quantity')]).toEqual([
      'add',
      1,
      2,
    ]);
  });

  test('a row is inserted and deleted, and the deletion taken back with everything in the row', async () => {
    await shown.cell(2, 'sku').click();
    await shown.page.getByRole('button', { name: 'Insert row below' }).click();
    await shown.cell(4, 'sku').getByText('REDCAP').waitFor();
    await shown.cell(3, 'sku').click();
    await shown.page.getByRole('button', { name: 'Delete row' }).click();
    await shown.cell(3, 'sku').getByText('REDCAP').waitFor();
    const rowId = await at.read(3, 'rowId');
    await shown.page.getByRole('button', { name: 'Delete row' }).click();
    await eventually(async () => (await at.read(3, 'sku')) === 'REDCAP', false);
    await shown.page.keyboard.press('Control+z');
    await eventually(() => at.read(3, 'rowId'), rowId);
  });

  test('two windows are two persons; a row that one inserts does not shift what the other types', async () => {
    const other = await (await shown.browser.newContext()).newPage();
    await openTab(other, at.fixture.pageAddress, 'Ben');
    await shown.cell(20, 'note').click();
    await shown.page.keyboard.press('Enter');
    await shown.page.keyboard.type('meant for this row');
    await at.type(20, { sku: 'MARKER' });
    await other.locator(`.rgCell[data-row="2"][data-column="2"]`).click();
    await other.getByRole('button', { name: 'Insert row below' }).click();
    await eventually(() => at.read(21, 'sku'), 'MARKER');
    await shown.page.keyboard.press('Enter');
    await eventually(() => at.read(21, 'note'), 'meant for this row');
    expect(await at.read(20, 'note')).toBe('');
    await other.context().close();
  });

  test('a filter is this window’s own; sorting is everybody’s and can be taken back', async () => {
    await shown.cell(21, 'sku').click({ button: 'right' });
    await shown.page.getByRole('menuitem', { name: 'Filter by column B…' }).click();
    await shown.page.getByRole('searchbox', { name: 'Contains' }).fill('marker');
    await shown.page.getByRole('button', { name: 'Filter', exact: true }).click();
    await shown.cell(21, 'sku').waitFor();
    await shown.cell(2, 'sku').waitFor({ state: 'detached' });
    await shown.page.getByRole('button', { name: 'Show all rows' }).click();
    await shown.cell(2, 'sku').waitFor();
    const before = await at.read(21, 'sku');
    await shown.cell(2, 'sku').click();
    await shown.page.getByRole('button', { name: 'Sort Z→A' }).click();
    await eventually(async () => (await at.read(21, 'sku')) !== before, true);
    await shown.page.keyboard.press('Control+z');
    await eventually(() => at.read(21, 'sku'), before);
  });

  test('cells are merged and unmerged through the Format menu, shown as one, and typing behind the first is refused', async () => {
    const choose = async (item: string) => {
      await shown.page.getByRole('button', { name: 'Format', exact: true }).click();
      await shown.page.getByRole('menuitem', { name: item, exact: true }).click();
    };
    await shown.cell(24, 'sku').click();
    await shown.page.keyboard.type('ONE-VALUE-ACROSS-CELLS');
    await shown.page.keyboard.press('Enter');
    await shown.cell(25, 'warehouse').click();
    await shown.page.keyboard.type('hidden');
    await shown.page.keyboard.press('Enter');
    await eventually(() => at.read(25, 'warehouse'), 'hidden');
    await shown.cell(24, 'sku').click();
    await shown.cell(25, 'warehouse').click({ modifiers: ['Shift'] });
    await choose('Merge all');
    await shown.page.locator('.rgCell.behind[data-row="25"]').first().waitFor();
    await takeScreenshot(shown.page, 'merged cells');
    expect(await at.read(25, 'warehouse')).toBe('');
    await shown.cell(25, 'warehouse').click();
    await shown.page.keyboard.type('x');
    await shown.page
      .getByText('This cell is merged into B24. Type there, or take the cells apart with Format > Unmerge.')
      .waitFor();
    await shown.page.keyboard.press('Control+z');
    await eventually(() => at.read(25, 'warehouse'), 'hidden');
    await shown.cell(24, 'sku').click();
    await shown.cell(25, 'warehouse').click({ modifiers: ['Shift'] });
    await choose('Merge horizontally');
    await shown.page.locator('.rgCell.behind[data-row="25"]').first().waitFor();
    await choose('Unmerge');
    await shown.page.locator('.rgCell.behind').first().waitFor({ state: 'detached' });
  });

  test('a block of rows that is selected counts for a button, which the pointer leaves the grid for', async () => {
    const skus = () => Promise.all([10, 11, 12, 13, 14].map((row) => at.read(row, 'sku')));
    await shown.goToTop();
    const before = await skus();
    await shown.cell(10, 'sku').click();
    await shown.cell(12, 'note').click({ modifiers: ['Shift'] });
    await shown.page.getByRole('button', { name: 'Delete row' }).click();
    await eventually(async () => (await skus()).slice(0, 2).join(), before.slice(3).join());
    await shown.page.keyboard.press('Control+z');
    await eventually(async () => (await skus()).join(), before.join());
  });

  test('text is found wherever it is in the tab', async () => {
    // A cell is chosen: it must not take what is typed into the field.
    await shown.goToTop();
    await shown.cell(19, 'sku').click();
    await shown.page.keyboard.press('Control+f');
    await shown.page.keyboard.type('meant for this');
    await shown.page.keyboard.press('Enter');
    await shown.page.getByText('1 of 1').waitFor();
    expect(await shown.page.getByLabel('Content of the cell').textContent()).toBe('meant for this row');
  });

  test('the page ran without a single error, its content security policy included', () => {
    expect(shown.problems).toEqual([]);
  });
});
