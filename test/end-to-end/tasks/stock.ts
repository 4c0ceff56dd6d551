// Stock: adjusting it and seeing it arrive everywhere, selling, asking why, bundles, counting, taking back.

import { describe, expect, test } from '@jest/globals';
import { ADJUSTMENTS_TAB } from '../../../shared/tabs/adjustments.ts';
import { BUNDLES_TAB } from '../../../shared/tabs/bundles.ts';
import { inventoryTab } from '../../../shared/tabs/inventory.ts';
import { STOCK_TAKE_TAB } from '../../../shared/tabs/stock-take.ts';
import { eventually, type WorkbookPerson } from '../../support/workbook-person.ts';
import { type Room, TASK_MS } from './room.ts';

const INVENTORY = inventoryTab([]);

/** The numbers that customers see in every store that sells the chosen SKU. */
export const shownEverywhere = async ({ rehearsal }: WorkbookPerson): Promise<readonly string[]> => [
  ...new Set(await rehearsal.locator('.shown b').allTextContents()),
];

/** In stock, booked and available of a SKU in the Inventory tab; its row stays selected. */
export async function seesStock(person: WorkbookPerson, sku: string, numbers: string): Promise<void> {
  await person.openTab('Inventory');
  const row = await person.rowOf(sku);
  const [inStock = '', booked = '', available = ''] = numbers.split('/');
  for (const [key, number] of Object.entries({ inStock, booked, available }))
    await person.sees(INVENTORY, row, key, number);
  await person.click(INVENTORY, row, 'sku');
}

/** Types an adjustment, submits it and waits for its answer. */
export async function setStock(
  person: WorkbookPerson,
  row: number,
  sku: string,
  quantity: number,
): Promise<void> {
  await person.openTab('Adjustments');
  await person.type(ADJUSTMENTS_TAB, row, { sku, warehouse: 'Main', action: 'set', quantity });
  await person.submit(row);
  await person.sees(ADJUSTMENTS_TAB, row, 'status', 'Applied');
}

export function stockTasks({ mia }: Room): void {
  describe('stock', () => {
    test(
      'R53: an adjustment is answered beside its row and arrives in every store',
      async () => {
        await mia().openTab('Adjustments');
        await mia().chooseSku('APPLES');
        await mia().type(ADJUSTMENTS_TAB, 2, {
          sku: 'APPLES',
          action: 'set',
          quantity: 75,
          reason: 'stock take',
          note: 'counted on the shelf',
        });
        await mia().submit(2);
        await mia().page.getByText('1 row applied.').waitFor();
        await mia().sees(ADJUSTMENTS_TAB, 2, 'status', 'Applied');
        await mia().sees(ADJUSTMENTS_TAB, 2, 'message', /In stock in Main: 75/);
        await eventually(async () => (await shownEverywhere(mia())).length, 1);
        await mia().shot('03-adjusted');
      },
      TASK_MS,
    );

    test(
      'R54, R55: what a customer buys is booked, and every other store shows less; a parcel that leaves takes both down',
      async () => {
        await setStock(mia(), 3, 'BAG/TOTE', 50);
        await mia().chooseSku('BAG/TOTE');
        await eventually(() => shownEverywhere(mia()), ['50']);
        const shop = mia().store('Rehearsal Shopify');
        for (let bought = 1; bought <= 4; bought += 1) {
          await shop.getByRole('button', { name: 'Buy 1' }).click();
          await shop.getByText(String(50 - bought), { exact: true }).waitFor();
        }
        await seesStock(mia(), 'BAG/TOTE', '50/4/46');
        await eventually(() => shownEverywhere(mia()), ['46']);
        await mia().shot('04-bought');
        await shop.getByRole('button', { name: 'Fulfil' }).click();
        await seesStock(mia(), 'BAG/TOTE', '49/3/46');
        await eventually(() => shownEverywhere(mia()), ['46']);
      },
      TASK_MS,
    );

    test(
      'why a number is what it is: sums that add up, and what each store shows',
      async () => {
        await mia().openTab('Inventory');
        await mia().click(INVENTORY, await mia().rowOf('BAG/TOTE'), 'sku');
        await mia().show('Sidebar');
        const { sidebar } = mia();
        await sidebar.getByText('BAG/TOTE', { exact: true }).waitFor();
        await mia().shotOfPane('Sidebar', '05-selected');
        await sidebar.getByRole('button', { name: 'Why is this number?' }).click();
        await sidebar.getByText('BAG/TOTE · Tote bag').waitFor();
        expect(await sidebar.locator('.big dd').allTextContents()).toEqual(['49', '3', '46']);
        expect(await sumOf(mia(), 'In stock')).toEqual({ total: 49, lines: 49 });
        expect(await sumOf(mia(), 'Booked')).toEqual({ total: 3, lines: 3 });
        await sidebar.getByText('What each store shows').waitFor();
        await mia().shotOfPane('Sidebar', '05-why');
        await sidebar.getByRole('button', { name: '‹ Back' }).click();
      },
      TASK_MS,
    );

    test(
      'a bundle can be sold as often as its parts allow, and every store shows that',
      async () => {
        await setStock(mia(), 4, 'SCARF', 9);
        await mia().openTab('Bundles');
        await mia().type(BUNDLES_TAB, 2, { bundle: 'GIFTBOX', component: 'SCARF', units: 2 });
        await mia().type(BUNDLES_TAB, 3, { bundle: 'GIFTBOX', component: 'BAG/TOTE', units: 1 });
        await mia().submit(2, 3);
        await mia().sees(BUNDLES_TAB, 2, 'status', 'Applied');
        await mia().sees(BUNDLES_TAB, 3, 'status', 'Applied');
        await mia().chooseSku('GIFTBOX');
        await eventually(() => shownEverywhere(mia()), ['4']);
        await mia().shot('08-bundle');
      },
      TASK_MS,
    );

    test(
      'a stock take is pasted, and an applied row is taken back',
      async () => {
        await mia().openTab('Stock take');
        await mia().paste(STOCK_TAKE_TAB, 2, 'sku', 'HAT-WOOL\t11\nSOCKS-3\t99\n');
        await mia().sees(STOCK_TAKE_TAB, 3, 'sku', 'SOCKS-3');
        await mia().submit(2, 3);
        await mia().sees(STOCK_TAKE_TAB, 2, 'status', 'Applied');
        await mia().sees(STOCK_TAKE_TAB, 3, 'status', 'Applied');
        await mia().shot('11-stock-take');
        await setStock(mia(), 5, 'HAT-WOOL', 500);
        await mia().type(ADJUSTMENTS_TAB, 5, { action: 'reverse' });
        await mia().submit(5);
        await mia().sees(ADJUSTMENTS_TAB, 5, 'message', /^Reversed/);
        await mia().shot('11-reversed');
        await mia().openTab('Inventory');
        await mia().sees(INVENTORY, await mia().rowOf('HAT-WOOL'), 'inStock', '11');
      },
      TASK_MS,
    );
  });
}

/** The last line of a list in "Why is this number?", and what its other lines add up to. */
async function sumOf({ sidebar }: WorkbookPerson, title: string) {
  const table = sidebar.locator('table').filter({ has: sidebar.getByRole('rowheader', { name: title }) });
  const cells = await table.locator('tr > td:last-child').allTextContents();
  const numbers = cells.map((text) => Number(text.replace('−', '-').replace('+', '')));
  const total = numbers.pop();
  return { total, lines: numbers.reduce((sum, number) => sum + number, 0) };
}
