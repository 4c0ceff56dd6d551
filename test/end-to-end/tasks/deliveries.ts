// What comes and goes between places: a purchase order received in parts, a transfer to another warehouse, an order for what is low.

import { describe, expect, test } from '@jest/globals';
import { LOW_STOCK_TAB } from '../../../shared/tabs/low-stock.ts';
import { PURCHASE_ORDERS_TAB } from '../../../shared/tabs/purchase-orders.ts';
import { STOCK_LEVELS_TAB } from '../../../shared/tabs/stock-levels.ts';
import { TRANSFERS_TAB } from '../../../shared/tabs/transfers.ts';
import { eventually } from '../../support/workbook-person.ts';
import { type Room, TASK_MS } from './room.ts';
import { seesStock, setStock, shownEverywhere } from './stock.ts';

export function deliveryTasks({ mia }: Room): void {
  describe('deliveries', () => {
    test(
      'a purchase order goes from draft to ordered, and is received in two parts; stores hear of what arrived only',
      async () => {
        await setStock(mia(), 6, 'TEE-RED-S', 30);
        await mia().openTab('Purchase orders');
        const step = async (action: string, state: string, more = {}) => {
          await mia().openTab('Purchase orders');
          await mia().type(PURCHASE_ORDERS_TAB, 2, { action, ...more });
          await mia().submit(2);
          await mia().sees(PURCHASE_ORDERS_TAB, 2, 'state', state);
        };
        const line = { number: 'PO-1', supplier: 'Weaver', sku: 'TEE-RED-S', ordered: 20 };
        await step('save draft', 'draft', { ...line, unitCost: '7.50', currency: 'EUR' });
        await step('order', 'ordered');
        await mia().sees(PURCHASE_ORDERS_TAB, 2, 'incoming', '20');
        await mia().shot('06-ordered');
        await seesStock(mia(), 'TEE-RED-S', '30/0/30');
        await step('receive', 'partly received', { receiveNow: 8 });
        await mia().sees(PURCHASE_ORDERS_TAB, 2, 'received', '8');
        await seesStock(mia(), 'TEE-RED-S', '38/0/38');
        await mia().chooseSku('TEE-RED-S');
        await eventually(() => shownEverywhere(mia()), ['38']);
        await step('receive', 'received');
        await mia().sees(PURCHASE_ORDERS_TAB, 2, 'received', '20');
        await mia().shot('06-received');
        await seesStock(mia(), 'TEE-RED-S', '50/0/50');
        await eventually(() => shownEverywhere(mia()), ['50']);
      },
      TASK_MS,
    );

    test(
      'R8: a second warehouse is made, and stock sent there can no longer be sold by stores that sell from the first',
      async () => {
        const { sidebar, show, openTab } = mia();
        await show('Sidebar');
        await sidebar.getByRole('button', { name: 'Warehouses' }).click();
        await sidebar.getByLabel('Add a warehouse').fill('Back room');
        await sidebar.getByRole('button', { name: 'Add', exact: true }).click();
        await sidebar.getByText('The warehouse Back room was added.').waitFor();
        await mia().shotOfPane('Sidebar', '07-warehouses');
        await sidebar.getByRole('button', { name: '‹ Back' }).click();
        await setStock(mia(), 7, '00123', 50);
        const line = { sku: '00123', from: 'Main', to: 'Back room', quantity: 15 };
        await openTab('Transfers');
        await mia().type(TRANSFERS_TAB, 2, { number: 'T-1', action: 'send', ...line });
        await mia().submit(2);
        await mia().sees(TRANSFERS_TAB, 2, 'state', 'sent');
        await mia().chooseSku('00123');
        await eventually(() => shownEverywhere(mia()), ['35']);
        await mia().shot('07-sent');
        await mia().type(TRANSFERS_TAB, 2, { action: 'receive' });
        await mia().submit(2);
        await mia().sees(TRANSFERS_TAB, 2, 'state', 'received');
        await seesStock(mia(), '00123', '50/0/50');
        await eventually(() => shownEverywhere(mia()), ['35']);
      },
      TASK_MS,
    );

    test(
      'what is low is listed, and becomes a draft purchase order with one click',
      async () => {
        const { sidebar, show, openTab } = mia();
        await openTab('Low stock levels');
        await mia().type(STOCK_LEVELS_TAB, 2, { sku: 'TEE-RED-L', warehouse: 'Main', alertAt: 10 });
        await mia().submit(2);
        await mia().sees(STOCK_LEVELS_TAB, 2, 'status', 'Applied');
        await openTab('Low stock');
        await mia().click(LOW_STOCK_TAB, await mia().rowOf('TEE-RED-L'), 'sku');
        await show('Sidebar');
        await sidebar.getByText('Selected in Low stock').waitFor();
        await mia().shot('12-low-stock');
        await sidebar.getByRole('button', { name: 'Make a draft purchase order' }).click();
        await sidebar
          .getByText(/was made as a draft|draft/)
          .first()
          .waitFor();
        await openTab('Deliveries');
        await mia()
          .rowOf('TEE-RED-L')
          .catch(() => undefined);
        await mia().shot('12-draft');
      },
      TASK_MS,
    );

    test(
      'stock leaves as a file',
      async () => {
        const { sidebar, show, page } = mia();
        await show('Sidebar');
        await sidebar.getByRole('button', { name: 'Files' }).click();
        await sidebar.getByRole('button', { name: 'Export Stock' }).click();
        const link = sidebar.getByRole('link', { name: 'Open Stock' });
        await link.waitFor();
        await mia().shotOfPane('Sidebar', '13-files');
        const answer = await page.request.get((await link.getAttribute('href')) ?? '');
        expect(await answer.text()).toMatch(/^.*sku.*\n[\s\S]*TEE-RED-S/i);
        await sidebar.getByRole('button', { name: '‹ Back' }).click();
      },
      TASK_MS,
    );
  });
}
