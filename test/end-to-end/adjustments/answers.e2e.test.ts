// A person adjusts stock in the browser: types, ticks, submits, reads the answers, mends what is wrong, and sees the shop beside it.

import { describe, expect, test } from '@jest/globals';
import { CHROMIUM_MISSING, chromiumPath } from '../../support/browser.ts';
import { PERSON } from '../../support/workbook-fixture.ts';
import { eventually } from '../../support/workbook-person.ts';
import { place, useAdjustments, useAdjustmentsPage } from './open-adjustments.ts';

const at = useAdjustments();

/** As the set-up of the tab does it. */
async function protectStatus(): Promise<void> {
  await at.fixture.workbook.change(PERSON, async (edit) => {
    const sheetId = edit.sheetNamed('Adjustments')?.sheetId ?? -1;
    const column = place('status');
    const area = { startRow: 1, endRow: null, startColumn: column, endColumn: column + 1 };
    const locked = { id: 900, area, unprotected: [], editors: ['*'], warningOnly: true, description: '' };
    edit.reshape(sheetId, (shape) => ({ ...shape, protections: [...shape.protections, locked] }));
  });
}

const chromium = chromiumPath();
const withBrowser = chromium === null ? describe.skip : describe;

withBrowser(
  `adjustments in the browser, as a person does it${chromium === null ? ` (${CHROMIUM_MISSING})` : ''}`,
  () => {
    const shown = useAdjustmentsPage(at, chromium ?? '');

    test('types an adjustment, ticks it, submits through the menu and sees the answer', async () => {
      await shown.cell(2, 'sku').click();
      await shown.page.keyboard.type('BLUEJEANSM');
      for (const key of ['Tab', 'Tab', 'a', 'Tab', '5', '0', 'Enter']) await shown.page.keyboard.press(key);
      await shown.page.getByRole('checkbox', { name: 'Submit, row 2', exact: true }).click();
      await shown.submit();
      await shown.page.getByText('1 row applied.').waitFor();
      await shown.cell(2, 'status').getByText('Applied').waitFor();
      await shown.cell(2, 'message').getByText('In stock in Main: 50').waitFor();
      expect(await at.inStock('BLUEJEANSM')).toBe(50);
    });

    test('a mistake is shown on its cell with the sentence, and typing over it mends it', async () => {
      await shown.cell(3, 'sku').click();
      await shown.page.keyboard.type('BLUEJEANSM');
      for (const key of ['Tab', 'Tab', 's', 'u', 'Tab']) await shown.page.keyboard.press(key);
      await shown.page.keyboard.type('a dozen');
      await shown.page.keyboard.press('Enter');
      await shown.page.getByRole('checkbox', { name: 'Submit, row 3', exact: true }).click();
      await shown.submit();
      await shown.cell(3, 'status').getByText('Error').waitFor();
      // The note comes in a write of its own.
      const note = shown.page.locator('[aria-description*="is not a whole number"]');
      await shown.cell(3, 'quantity').and(note).waitFor();
      await shown.cell(3, 'quantity').click();
      await shown.page.keyboard.type('2');
      await shown.page.keyboard.press('Enter');
      await shown.submit();
      await shown.cell(3, 'status').getByText('Applied').waitFor();
      expect(await at.inStock('BLUEJEANSM')).toBe(48);
    });

    test('a value is chosen from a native list', async () => {
      await shown.cell(7, 'reason').dblclick();
      await shown.page.getByRole('combobox', { name: 'Choice' }).selectOption('stock take');
      await shown.cell(7, 'reason').getByText('stock take').waitFor();
      await eventually(() => at.read(7, 'reason'), 'stock take');
    });

    test('a locked cell refuses with a sentence', async () => {
      await protectStatus();
      await shown.cell(2, 'status').click();
      await shown.page.keyboard.type('x');
      await shown.page
        .getByText('Stocksheet fills in this column. Type in the white columns instead.')
        .waitFor();
    });

    test('a dialog of the script is answered on the page', async () => {
      await shown.page.getByRole('button', { name: 'Stocksheet', exact: true }).click();
      await shown.page.getByRole('menuitem', { name: 'About Stocksheet' }).click();
      await shown.page.getByRole('dialog').getByText(`Connected to ${at.fixture.address}`).waitFor();
      await shown.page.getByRole('button', { name: 'OK' }).click();
      await shown.page.getByRole('dialog').waitFor({ state: 'hidden' });
    });

    test('changes that others make appear by themselves', async () => {
      await at.type(8, { sku: 'FROM-ELSEWHERE' });
      await shown.cell(8, 'sku').getByText('FROM-ELSEWHERE').waitFor();
    });

    test('the rehearsal panel follows the selected SKU and sells', async () => {
      await shown.cell(2, 'sku').click();
      const panel = shown.page.getByRole('complementary', { name: 'Rehearsal' });
      await panel.getByText('46', { exact: true }).waitFor();
      await panel.getByRole('button', { name: 'Buy 1' }).click();
      await panel.getByText('45', { exact: true }).waitFor();
      await panel.getByRole('button', { name: 'Cancel', exact: true }).click();
      await panel.getByText('Order 1001 was cancelled.').waitFor();
    });

    test('the page ran without a single error, its content security policy included', () => {
      expect(shown.problems).toEqual([]);
    });
  },
);
