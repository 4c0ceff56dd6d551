// Connecting a store from the sidebar's form, and turning it on after a look at what would change.

import { describe, expect, test } from '@jest/globals';
import { inventoryTab } from '../../../shared/tabs/inventory.ts';
import { eventually } from '../../support/workbook-person.ts';
import { type Room, TASK_MS } from './room.ts';

const INVENTORY = inventoryTab([]);

export function connectTasks({ mia }: Room): void {
  describe('a store', () => {
    test(
      'R23: is connected with the keys that its own pages show; nothing is written to it',
      async () => {
        const { sidebar, page, show, store } = mia();
        const card = store('Market stall');
        await show('Rehearsal');
        const channel = /then (.+?), and/.exec(
          (await card.getByText('Not connected yet').textContent()) ?? '',
        );
        await mia().shotOfPane('Rehearsal', '01-keys');
        const keys = await card.locator('dt').allTextContents();
        await show('Sidebar');
        await sidebar.getByRole('button', { name: 'Connect a store' }).click();
        await sidebar.getByRole('button', { name: `Choose ${channel?.[1]}` }).click();
        await sidebar.getByLabel('Name in this sheet').fill('Market stall');
        for (const [index, key] of keys.entries()) {
          await show('Rehearsal');
          const value = await card.locator('code').nth(index).textContent();
          await card.getByRole('button', { name: `Copy ${key}` }).click();
          await eventually(() => page.evaluate('navigator.clipboard.readText()'), value);
          await show('Sidebar');
          const field = sidebar.getByLabel(key, { exact: true });
          await field.click();
          await field.press('Control+v');
          await eventually(() => field.inputValue(), value ?? '');
        }
        await mia().shotOfPane('Sidebar', '01-connect-form');
        await sidebar.getByRole('button', { name: 'Check and connect' }).click();
        await sidebar.getByText('Market stall is connected.').waitFor();
        await mia().shotOfPane('Sidebar', '01-connected');
        await sidebar.getByRole('button', { name: '‹ Back' }).click();
        const toggle = sidebar.getByRole('switch', { name: 'Sync of Market stall' });
        expect(await toggle.getAttribute('aria-checked')).toBe('false');
      },
      TASK_MS,
    );

    test(
      'R11, R45: is turned on after a plan; its stock is copied where nobody has counted, open orders included',
      async () => {
        const { sidebar, show, openTab } = mia();
        await show('Sidebar');
        await sidebar.getByRole('switch', { name: 'Sync of Market stall' }).click();
        await sidebar.getByText('step 1 of 3').waitFor();
        await sidebar.getByRole('button', { name: 'Next' }).click();
        await sidebar.getByText('This is what would change.').waitFor();
        const counts = sidebar.locator('.big dd');
        await counts.first().waitFor();
        const [same = 0, differ = 0, neverSet = 0] = (await counts.allTextContents()).map(Number);
        // Six listings; two of them nobody else sells.
        expect([same + differ + neverSet, neverSet]).toEqual([6, 2]);
        await mia().shotOfPane('Sidebar', '02-plan');
        await sidebar.getByRole('button', { name: 'Next' }).click();
        await sidebar.getByLabel(/Copy the shop's stock for the 2 never set/).check();
        await mia().shotOfPane('Sidebar', '02-copy');
        await sidebar.getByRole('button', { name: /^Turn on and write/ }).click();
        const toggle = sidebar.getByRole('switch', { name: 'Sync of Market stall' });
        await eventually(() => toggle.getAttribute('aria-checked'), 'true');
        await openTab('Inventory');
        const row = await mia().rowOf('MUG-ENAMEL');
        // 16 on its shelf and 2 in an open order.
        for (const [key, number] of [
          ['inStock', '18'],
          ['booked', '2'],
          ['available', '16'],
        ] as const)
          await mia().sees(INVENTORY, row, key, number);
        await mia().shot('02-inventory');
      },
      TASK_MS,
    );
  });
}
