// What needs a person, settled with its button: a refund that does not say what came back, numbers that the brake holds.

import { describe, test } from '@jest/globals';
import { channels } from '../../../server/channels/registry.ts';
import { ADJUSTMENTS_TAB } from '../../../shared/tabs/adjustments.ts';
import { eventually } from '../../support/workbook-person.ts';
import { type Room, TASK_MS } from './room.ts';
import { seesStock, setStock, shownEverywhere } from './stock.ts';

/** A shop that does not say which units came back with a refund. */
const silent = channels.find(({ manifest }) => manifest.capabilities.refundsSayRestock === false);
const STORES = channels.map(({ manifest }) => `Rehearsal ${manifest.label}`);
const SILENT_STORE = `Rehearsal ${silent?.manifest.label}`;

/** So many at once look like a slip. */
const EMPTIED = [
  'BLUEJEANSM',
  'BLUEJEANSL',
  'APPLES',
  '00123',
  'SOCKS-3',
  'HAT-WOOL',
  'BAG/TOTE',
  'TEE-RED-S',
  'TEE-RED-M',
  'TEE-RED-L',
  'SCARF',
];

export function problemTasks({ mia }: Room): void {
  describe('what needs a person', () => {
    test(
      'R61: a refund without units becomes a question; what came back is counted in with one click',
      async () => {
        const { sidebar, show, store } = mia();
        await setStock(mia(), 8, 'TEE-RED-M', 20);
        await mia().chooseSku('TEE-RED-M');
        await eventually(() => shownEverywhere(mia()), ['20']);
        const shop = store(SILENT_STORE);
        await shop.getByRole('button', { name: 'Buy 1' }).click();
        await seesStock(mia(), 'TEE-RED-M', '20/1/19');
        await shop.getByRole('button', { name: 'Fulfil' }).click();
        await seesStock(mia(), 'TEE-RED-M', '19/0/19');
        await shop.getByRole('button', { name: 'Refund only' }).click();
        await show('Sidebar');
        const ask = sidebar.getByRole('button', { name: 'What came back?' });
        await eventually(async () => {
          await sidebar.getByRole('button', { name: 'Sync now' }).click();
          return (await ask.count()) > 0;
        }, true);
        await mia().shotOfPane('Sidebar', '09-question');
        await ask.first().click();
        await sidebar.getByRole('button', { name: 'One more of TEE-RED-M' }).click();
        await mia().shotOfPane('Sidebar', '09-count-in');
        await sidebar.getByRole('button', { name: 'Count in 1' }).click();
        await seesStock(mia(), 'TEE-RED-M', '20/0/20');
        await mia().chooseSku('TEE-RED-M');
        await eventually(() => shownEverywhere(mia()), ['20']);
      },
      TASK_MS,
    );

    test(
      'numbers that would empty a large part of a store wait until a person says that they are right',
      async () => {
        const { sidebar, show, openTab } = mia();
        await openTab('Adjustments');
        const first = 9;
        await mia().paste(
          ADJUSTMENTS_TAB,
          first,
          'sku',
          EMPTIED.map((sku) => `${sku}\tMain\tset\t0`).join('\n'),
        );
        const rows = EMPTIED.map((_sku, index) => first + index);
        await mia().sees(ADJUSTMENTS_TAB, rows.at(-1) ?? first, 'sku', EMPTIED.at(-1) ?? '');
        await mia().submit(...rows);
        await mia().sees(ADJUSTMENTS_TAB, first, 'status', 'Applied');
        await show('Sidebar');
        const questionOf = (name: string) =>
          sidebar
            .locator('.card')
            .filter({ hasText: name })
            .filter({ has: sidebar.getByRole('button', { name: 'Push the held numbers…' }) });
        for (const [index, name] of STORES.entries()) {
          await questionOf(name).waitFor();
          if (index === 0) await mia().shotOfPane('Sidebar', '09-brake');
          await questionOf(name).getByRole('button', { name: 'Push the held numbers…' }).click();
          await sidebar.getByRole('button', { name: 'Push the held numbers', exact: true }).click();
          await questionOf(name).waitFor({ state: 'detached' });
          await sidebar.getByRole('button', { name: 'Sync now' }).waitFor();
        }
        for (const sku of ['HAT-WOOL', 'SOCKS-3']) {
          await mia().chooseSku(sku);
          await eventually(() => shownEverywhere(mia()), ['0']);
        }
      },
      TASK_MS,
    );
  });
}
