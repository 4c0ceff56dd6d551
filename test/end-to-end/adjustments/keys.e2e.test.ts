// Whatever the hands do and however fast, every key and every click lands in the cell it was meant for.

import { describe, expect, test } from '@jest/globals';
import { CHROMIUM_MISSING, chromiumPath } from '../../support/browser.ts';
import { eventually } from '../../support/workbook-person.ts';
import { place, useAdjustments, useAdjustmentsPage } from './open-adjustments.ts';

const at = useAdjustments();

const chromium = chromiumPath();
const withBrowser = chromium === null ? describe.skip : describe;

withBrowser(`keys and clicks in the workbook${chromium === null ? ` (${CHROMIUM_MISSING})` : ''}`, () => {
  const shown = useAdjustmentsPage(at, chromium ?? '');

  test('typing, ticking and pasting are taken back and done again', async () => {
    await shown.cell(9, 'note').click();
    await shown.page.keyboard.type('first');
    await shown.page.keyboard.press('Enter');
    await eventually(() => at.read(9, 'note'), 'first');
    await shown.cell(12, 'sku').click();
    await shown.pasteText('A-1\t\tadd\t1\nA-2\t\tadd\t2');
    await eventually(() => at.read(13, 'sku'), 'A-2');
    await shown.page.keyboard.press('Control+z');
    await eventually(() => at.read(13, 'sku'), '');
    await shown.page.keyboard.press('Control+z');
    await eventually(() => at.read(9, 'note'), '');
    await shown.page.keyboard.press('Control+y');
    await eventually(() => at.read(9, 'note'), 'first');
    await shown.page.keyboard.press('Control+z');
    await eventually(() => at.read(9, 'note'), '');
  });

  test('keys after a click on another cell go there, not into the editor that was open', async () => {
    await shown.cell(11, 'note').dblclick();
    await shown.page.keyboard.type('left open');
    // Both at once: the grid takes an editor away only when it draws again.
    await shown.page.evaluate(`{
      const cell = document.querySelector('.rgCell[data-row="13"][data-column="${place('note') + 1}"]');
      const { x, y } = cell.getBoundingClientRect();
      const at = { clientX: x + 5, clientY: y + 5, bubbles: true, cancelable: true, view: window, detail: 1 };
      for (const name of ['mousedown', 'mouseup', 'click']) cell.dispatchEvent(new MouseEvent(name, at));
      for (const key of ['m', 'e', 'Enter'])
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    }`);
    await eventually(() => at.read(13, 'note'), 'me');
    expect(await at.read(11, 'note')).toBe('left open');
    await shown.page.keyboard.press('Control+z');
    await shown.page.keyboard.press('Control+z');
    await eventually(() => at.read(11, 'note'), '');
  });

  test('Space ticks, F2 edits, Delete clears, Ctrl+End and Ctrl+Home go to the ends', async () => {
    await shown.cell(14, 'sku').click();
    await shown.page.keyboard.press('Home');
    await shown.page.getByLabel('Cell', { exact: true }).getByText('A14').waitFor();
    await shown.page.keyboard.press('Space');
    await eventually(() => at.read(14, 'submit'), true);
    await shown.page.keyboard.press('Space');
    await eventually(() => at.read(14, 'submit'), false);
    await shown.page.keyboard.press('Tab');
    await shown.page.keyboard.type('F2-KEY');
    await shown.page.keyboard.press('Enter');
    await eventually(() => at.read(14, 'sku'), 'F2-KEY');
    await shown.page.keyboard.press('ArrowUp');
    await shown.page.keyboard.press('F2');
    await shown.page.keyboard.type('-2');
    await shown.page.keyboard.press('Enter');
    await eventually(() => at.read(14, 'sku'), 'F2-KEY-2');
    await shown.page.keyboard.press('ArrowUp');
    await shown.page.keyboard.press('Delete');
    await eventually(() => at.read(14, 'sku'), '');
    await shown.page.keyboard.press('Control+End');
    const last = await at.fixture.workbook.look(
      async (view) => view.sheetNamed('Adjustments')?.shape.rowCount,
    );
    await eventually(
      async () =>
        /\d+$/.exec((await shown.page.getByLabel('Cell', { exact: true }).textContent()) ?? '')?.[0],
      String(last),
    );
    await shown.page.keyboard.press('Control+Home');
    await shown.page.getByLabel('Cell', { exact: true }).getByText(/^A2$/).waitFor();
  });

  test('keys go into the open editor also when the grid has taken the focus from it', async () => {
    await shown.cell(18, 'sku').click();
    await shown.page.keyboard.type('AB');
    await shown.page.locator('input.cell-editor').waitFor();
    // As the grid does by itself when it draws late.
    await shown.page.evaluate(`{
      const cell = document.querySelector('.rgCell[data-row="18"][data-column="${place('sku') + 1}"]');
      cell.tabIndex = -1;
      cell.focus();
    }`);
    await shown.page.keyboard.type('CD');
    await shown.page.keyboard.press('Tab');
    await shown.page.keyboard.type('EF');
    await shown.page.keyboard.press('Enter');
    await eventually(() => at.read(18, 'sku'), 'ABCD');
    await eventually(() => at.read(18, 'warehouse'), 'EF');
    await shown.page.keyboard.press('Control+z');
    await shown.page.keyboard.press('Control+z');
    await eventually(() => at.read(18, 'sku'), '');
  });

  test('however fast it is typed, every key lands in its cell', async () => {
    await shown.cell(15, 'sku').click();
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
    await shown.page.evaluate(
      [...line('FAST-1', 'one'), ...back, ...line('FAST-2', 'two')].map(press).join(''),
    );
    await eventually(() => at.read(16, 'note'), 'two');
    for (const [row, sku, note] of [
      [15, 'FAST-1', 'one'],
      [16, 'FAST-2', 'two'],
    ] as const) {
      expect(await at.read(row, 'sku')).toBe(sku);
      expect(await at.read(row, 'action')).toBe('add');
      expect(await at.read(row, 'quantity')).toBe(7);
      expect(await at.read(row, 'note')).toBe(note);
    }
  });

  test('who comes from a field of another pane and clicks a cell types into that cell, from the first key on', async () => {
    await shown.page.getByRole('complementary', { name: 'Rehearsal' }).getByLabel('SKU').focus();
    await shown.cell(17, 'sku').click();
    await shown.page.keyboard.type('FROM-FIELD');
    await shown.page.keyboard.press('Enter');
    await eventually(() => at.read(17, 'sku'), 'FROM-FIELD');
    // Where a message lay over the row, the click had to scroll.
    await shown.page.keyboard.press('Control+Home');
  });

  test('what was typed never lands in a row that moved meanwhile', async () => {
    await shown.cell(5, 'note').click();
    await shown.page.keyboard.press('Enter');
    await shown.page.keyboard.type('for this row only');
    await at.type(5, { note: 'written by somebody else' });
    await shown.page.keyboard.press('Enter');
    await shown.page.getByText('1 cell was changed meanwhile and left as they are.').waitFor();
    expect(await at.read(5, 'note')).toBe('written by somebody else');
  });

  test('what the pointer chooses while keys are being worked off waits for its turn', async () => {
    await shown.goToTop();
    await shown.cell(19, 'sku').click();
    await shown.page.evaluate(`{
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
    await eventually(() => at.read(22, 'warehouse'), 'W');
    expect([await at.read(19, 'sku'), await at.read(19, 'action'), await at.read(19, 'quantity')]).toEqual([
      'TURN-1',
      'add',
      3,
    ]);
    await eventually(() => at.read(20, 'submit'), true);
    expect([await at.read(20, 'note'), await at.read(22, 'sku')]).toEqual(['clicked', 'TURN-2']);
  });

  test('the page ran without a single error, its content security policy included', () => {
    expect(shown.problems).toEqual([]);
  });
});
