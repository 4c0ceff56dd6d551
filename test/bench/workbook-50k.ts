// The sheet and the local workbook with 50,000 products: how many requests the first fill takes, and how long the browser needs
// until rows of it are on screen, against a tab of the same workbook that holds next to nothing.

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Browser } from 'playwright-core';
import { type Database, openDatabase } from '../../server/database/database.ts';
import type { ScriptHost } from '../../server/workbook/host/script-host.ts';
import { buildPage } from '../../server/workbook/page-bundle.ts';
import { createPageWorkbook } from '../../server/workbook/page-workbook.ts';
import { workbookRoutes } from '../../server/workbook/routes.ts';
import { openWorkbook, type Workbook } from '../../server/workbook/workbook.ts';
import { chromiumPath, launchBrowser } from '../support/browser.ts';
import type { Bench } from './bench-database.ts';
import { fillProducts, fillStores } from './bulk-catalogue.ts';
import { type LocalSheet, openLocalSheet } from './local-sheet.ts';
import { type Measurement, median, timed } from './row.ts';
import { createSyncWorld } from './sync-world.ts';

const PRODUCTS = 50_000;
const ADVISED_BYTES = 2_000_000;
/** The structure is read before and after it is made (two requests each), the empty first tab is looked at, tabs are made, grids grow. */
const PREPARING_REQUESTS = 7;
/** A row is never cut in two, so a request is not quite as long as advised. */
const ROUNDING_REQUESTS = 1;
const LOADS = 5;
const TIMES_THE_SMALL_TAB = 2;

export async function measureWorkbook(
  bench: Bench,
  wanted: ReadonlySet<string>,
): Promise<readonly Measurement[]> {
  const db = openDatabase(await bench.createDatabase());
  const sheet = await openLocalSheet(db);
  try {
    const { vault } = createSyncWorld(db);
    await fillStores(db, vault, 1);
    await fillProducts(db, PRODUCTS);
    const filled = await measureFirstFill(sheet);
    const paint = wanted.has('workbook-50k-first-paint') ? await measureFirstPaint(db) : [];
    return [filled, ...paint];
  } finally {
    await sheet.close();
    await db.destroy();
  }
}

async function measureFirstFill(sheet: LocalSheet): Promise<Measurement> {
  const { rowsWritten } = await sheet.flush();
  if (rowsWritten < PRODUCTS) throw new Error(`Only ${rowsWritten} rows were written.`);
  const sent = sheet.takeRequests();
  const bytes = sent.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
  const fewest = Math.ceil(bytes / ADVISED_BYTES);
  return {
    name: 'sheet-requests-first-fill-50k',
    value: sent.length,
    unit: 'requests',
    bound: fewest + PREPARING_REQUESTS + ROUNDING_REQUESTS,
    better: 'lower',
    ratio: sent.length / fewest,
    comparedWith: `the fewest for ${(bytes / 1_000_000).toFixed(1)} MB (${fewest}); ${rowsWritten} rows of all tabs`,
  };
}

const SECRET = 'bench';
/** The page asks the script for its menu only after it has drawn: an empty one is enough here. */
const NO_SCRIPT = { menu: async () => [], functions: async () => [] } as unknown as ScriptHost;

async function measureFirstPaint(db: Database): Promise<readonly Measurement[]> {
  const path = chromiumPath();
  if (path === null) throw new Error('There is no Chromium on this machine (set CHROMIUM_PATH).');
  const workbook = await openWorkbook(db, 'local', 'Bench');
  const routes = workbookRoutes({
    secret: SECRET,
    workbook: createPageWorkbook(workbook),
    host: NO_SCRIPT,
    page: await buildPage(),
  });
  const app = express();
  app.use('/workbook', routes.router);
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/workbook/${SECRET}/`;
  const browser = await launchBrowser(path);
  try {
    const small = await medianLoad(browser, url, await tabNamed(workbook, 'Stores'));
    const large = await medianLoad(browser, url, await tabNamed(workbook, 'Inventory'));
    return [
      {
        name: 'workbook-50k-first-paint',
        value: large,
        unit: 'ms until rows are on screen',
        bound: small * TIMES_THE_SMALL_TAB,
        better: 'lower',
        ratio: large / small,
        comparedWith: `the same page at a tab of one row (${small.toFixed(0)} ms)`,
      },
    ];
  } finally {
    await browser.close();
    routes.close();
    server.close();
    server.closeAllConnections();
  }
}

async function tabNamed(workbook: Workbook, name: string): Promise<number> {
  const sheet = await workbook.look(async (view) => view.sheetNamed(name));
  if (sheet === null) throw new Error(`There is no tab "${name}".`);
  return sheet.sheetId;
}

async function medianLoad(browser: Browser, url: string, tabId: number): Promise<number> {
  const times: number[] = [];
  for (let load = 0; load < LOADS; load += 1) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addInitScript(`
      localStorage.setItem('stocksheet.tab', '${tabId}');
      localStorage.setItem('stocksheet.person', JSON.stringify({ name: 'Bench', email: 'bench@local' }));`);
    const page = await context.newPage();
    const filled = page.locator('.rgCell[data-row="2"]').filter({ hasText: /\w/ }).first();
    times.push(
      await timed(async () => {
        await page.goto(url);
        await filled.waitFor();
      }),
    );
    await context.close();
  }
  return median(times);
}
