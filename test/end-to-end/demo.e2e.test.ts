// `npm run demo` as a newcomer uses it: type an adjustment in the browser, both stores show it; kill it, start it again,
// everything is still there and agrees.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import * as z from 'zod';
import { until } from '../../server/demo/check-report.ts';
import { CHROMIUM_MISSING, chromiumPath, launchBrowser } from '../support/browser.ts';
import { DEMO_READY_MS, type Demo, openDemo } from '../support/demo.ts';
import { sitDown } from '../support/workbook-person.ts';

const PATIENCE_MS = 60_000;

const STORES = z.object({
  stores: z.array(
    z.object({
      name: z.string(),
      toConnect: z.nullable(z.unknown()),
      shelf: z.array(z.object({ sku: z.string().nullable(), quantity: z.int() })),
    }),
  ),
});

let demo: Demo;

beforeAll(async () => {
  demo = await openDemo();
  await demo.start();
}, DEMO_READY_MS);
afterAll(() => demo.close());

/** What each connected store's listings of a SKU show, one list per store. */
async function shown(sku: string): Promise<readonly (readonly number[])[]> {
  const { stores } = STORES.parse(await (await fetch(`${demo.address()}rehearsal`)).json());
  return stores
    .filter(({ toConnect }) => toConnect === null)
    .map(({ shelf }) => shelf.filter((item) => item.sku === sku).map((item) => item.quantity));
}

const allAgree = async (sku: string): Promise<boolean> => new Set((await shown(sku)).flat()).size === 1;

const chromium = chromiumPath();
const withBrowser = chromium === null ? describe.skip : describe;

withBrowser(`in the browser${chromium === null ? ` (${CHROMIUM_MISSING})` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(chromium ?? '');
  });
  afterAll(() => browser.close());

  test('an adjustment typed into the Adjustments tab is in both stores within seconds', async () => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 800 } });
    await page.goto(demo.address());
    await page.getByRole('dialog').getByRole('textbox', { name: 'Your name' }).fill('Mia');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('tab', { name: 'Adjustments' }).click();
    await page.getByRole('columnheader', { name: 'SKU' }).waitFor();
    await page.locator('.rgCell[data-row="2"][data-column="2"]').click();
    await page.keyboard.type('GIFTBOX');
    // "set" is typed, as anybody would; the list offers "subtract" before it.
    for (const key of ['Tab', 'Tab', 's', 'e', 't', 'Tab', '2', '5', '0', 'Enter'])
      await page.keyboard.press(key);
    await page.getByRole('checkbox', { name: 'Submit, row 2', exact: true }).click();
    await page.getByRole('button', { name: 'Submit ticked rows' }).click();
    await page.getByText('In stock in Main: 250').waitFor();
    // A customer may buy one in the very same second.
    const near = async () =>
      (await shown('GIFTBOX')).flat().every((quantity) => quantity > 240 && quantity <= 250);
    expect(await until(near, PATIENCE_MS)).toBe(true);
    await page.getByRole('tab', { name: 'Inventory' }).click();
    await page.getByRole('gridcell', { name: 'GIFTBOX', exact: true }).waitFor();
    // The empty tab of a new workbook is gone.
    expect(await page.getByRole('tab', { name: 'Sheet1' }).count()).toBe(0);
    await page.close();
  }, 60_000);

  test('a store gets a name of its own in the sidebar', async () => {
    const { sidebar, page } = await sitDown(browser, demo.address(), 'Mia');
    await sidebar.getByRole('button', { name: 'Rehearsal Etsy' }).click();
    await sidebar.getByLabel('Name', { exact: true }).fill('Vintage corner');
    await sidebar.getByRole('button', { name: 'Save', exact: true }).click();
    await sidebar.getByRole('heading', { name: 'Vintage corner' }).waitFor();
    await page.context().close();
  }, 120_000);
});

test('after kill -9 and a new start everything is still there, and the stores agree', async () => {
  const skus = ['APPLES', 'SOCKS-3', 'BLUEJEANSM', 'BAG/TOTE'];
  const before = await shown('SOCKS-3');
  await demo.end('SIGKILL');
  await demo.start();
  for (const sku of skus) expect(await until(() => allAgree(sku), PATIENCE_MS)).toBe(true);
  const [[socks = 0] = []] = await shown('SOCKS-3');
  const [[socksBefore = 0] = []] = before;
  // Customers go on buying a few at a time: nothing was reset and nothing was lost.
  expect(Math.abs(socks - socksBefore)).toBeLessThan(20);
}, 400_000);

withBrowser('after the new start', () => {
  test('a store that was given another name is that store, and is not connected once more', async () => {
    const browser = await launchBrowser(chromium ?? '');
    const { sidebar } = await sitDown(browser, demo.address(), 'Mia');
    await sidebar.getByRole('switch', { name: 'Sync of Vintage corner' }).waitFor();
    expect(await sidebar.getByRole('switch').count()).toBe(6);
    await browser.close();
  }, 120_000);
});
