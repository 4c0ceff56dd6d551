// What people wait for in the sheet: a thousand submitted rows, a formula over five thousand SKUs, the sidebar. The shipped add-on on
// the script host, in front of the product's own endpoints.

import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { buildSidebar } from '../../addon/build.ts';
import { FAKE_GOOGLE, SIDEBAR_WIDTH_PX } from '../../addon/sidebar/test-support/fake-google.ts';
import { channelById } from '../../server/channels/registry.ts';
import { type Database, openDatabase } from '../../server/database/database.ts';
import { submitAdjustmentRows } from '../../server/documents/adjustments.ts';
import { readStock } from '../../server/http/read-stock.ts';
import { readStoreViews } from '../../server/sync/store-views.ts';
import { workOutCells } from '../../server/workbook/cell-functions.ts';
import { shownValue } from '../../server/workbook/row-store.ts';
import { chromiumPath, launchBrowser } from '../support/browser.ts';
import { peopleTab } from '../support/people-tab.ts';
import { openWorkbookFixture, PERSON, type WorkbookFixture } from '../support/workbook-fixture.ts';
import type { Bench } from './bench-database.ts';
import { fillProducts, fillStores } from './bulk-catalogue.ts';
import { type Measurement, median, timed } from './row.ts';
import { createSyncWorld } from './sync-world.ts';

const SKUS = 5_000;
const ROWS = 1_000;
const STORES = 6;
const ROUNDS = 5;
/** Before and after the ids are stamped, and before the answers are written. */
const READS_OF_A_SUBMIT = 3;
/** Ids and states before the request, answers after it. */
const WRITES_OF_A_SUBMIT = 2;
const TIMES_THE_LEAST = 3;
const TIMES_THE_EMPTY_PAGE = 3;

export async function measureSheetScripts(
  bench: Bench,
  wanted: ReadonlySet<string>,
): Promise<readonly Measurement[]> {
  const url = await bench.createDatabase();
  const db = openDatabase(url);
  await fillStores(db, createSyncWorld(db).vault, STORES);
  await fillProducts(db, SKUS * ROUNDS);
  const fixture = await openWorkbookFixture({
    database: { db, url, drop: () => db.destroy() },
    services: { listStores: async () => ({ stores: [...(await readStoreViews(db, definitionOf))] }) },
  });
  try {
    await fixture.host.run('repairTabs', [], SILENT);
    return [
      ...(wanted.has('submit-1000-rows') ? [await measureSubmit(db, fixture)] : []),
      ...(wanted.has('custom-functions-5k') ? [await measureFormula(db, fixture)] : []),
      ...(wanted.has('sidebar-first-paint') ? [await measureSidebar(fixture)] : []),
    ];
  } finally {
    await fixture.close();
  }
}

const definitionOf = (channel: string) => channelById(channel) ?? null;
const SILENT = {
  toast: () => undefined,
  dialog: async ({ message }: { message: string }): Promise<never> => {
    throw new Error(message);
  },
};
const skuAt = (index: number): string => `SKU-${index + 1}`;

// ---- submitting ----------------------------------------------------------------------------------------------

async function measureSubmit(db: Database, fixture: WorkbookFixture): Promise<Measurement> {
  const tab = peopleTab(fixture.workbook, PERSON, 'Adjustments');
  const submits: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const from = 2 + round * ROWS;
    const rows = Array.from({ length: ROWS }, (_, index) => ({
      sku: skuAt(index),
      action: 'add',
      quantity: 1,
      submit: true,
    }));
    await tab.put(from, rows);
    submits.push(await timed(() => fixture.host.run('submitTickedRows', [], SILENT)));
    const states = (await tab.column('status')).slice(from - 2, from - 2 + ROWS);
    if (states.length !== ROWS || states.some((state) => state !== 'Applied'))
      throw new Error('Not every row was applied.');
    // A tab of open rows: what is done is archived.
    await tab.change((edit, id) => edit.remove(id, 'rows', 1, 1 + ROWS));
    await tab.change((edit, id) => edit.insert(id, 'rows', 1, ROWS));
  }
  const least = await leastForSubmit(db, fixture);
  const value = median(submits);
  return {
    name: 'submit-1000-rows',
    value,
    unit: 'ms until answered in the sheet',
    bound: TIMES_THE_LEAST * least,
    better: 'lower',
    ratio: value / least,
    comparedWith: `a script that does nothing and the ledger alone, with ${READS_OF_A_SUBMIT} reads and ${WRITES_OF_A_SUBMIT} writes of their cells (${least.toFixed(0)} ms)`,
  };
}

/** A script that does nothing: what the host itself takes. */
const startScript = ({ host }: Pick<WorkbookFixture, 'host'>): Promise<number> =>
  timed(() => host.run('sidebarDo', ['nothing', '{}']));

async function leastForSubmit(db: Database, { workbook, host }: WorkbookFixture): Promise<number> {
  const ledger: number[] = [];
  const [starts, reads, writes]: [number[], number[], number[]] = [[], [], []];
  const tab = peopleTab(workbook, PERSON, 'Adjustments');
  const written = Array.from({ length: ROWS }, () => ({ status: 'Applied', message: 'x'.repeat(60) }));
  for (let round = 0; round < ROUNDS; round += 1) {
    const rows = Array.from({ length: ROWS }, (_, index) => ({
      rowId: randomUUID(),
      cells: { sku: skuAt(index), action: 'add', quantity: 1 },
    }));
    ledger.push(await timed(() => submitAdjustmentRows(db, rows, { actor: 'bench', at: new Date() })));
    starts.push(await startScript({ host }));
    writes.push(await timed(() => tab.put(2, written)));
    reads.push(await timed(() => tab.column('status')));
  }
  return (
    median(starts) + median(ledger) + READS_OF_A_SUBMIT * median(reads) + WRITES_OF_A_SUBMIT * median(writes)
  );
}

// ---- formulas ------------------------------------------------------------------------------------------------

async function measureFormula(db: Database, { workbook, host }: WorkbookFixture): Promise<Measurement> {
  const times: number[] = [];
  const direct: number[] = [];
  const starts: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Others each time: nothing may come out of the cache.
    const skus = Array.from({ length: SKUS }, (_, index) => skuAt(round * SKUS + index));
    const sheetId = await workbook.change(PERSON, async (edit) => {
      const sheet = edit.addSheet({ title: `Formula ${round}`, rowCount: SKUS, columnCount: 2 });
      edit.writeCells(
        sheet.sheetId,
        0,
        0,
        skus.map((sku) => [sku]),
        'raw',
      );
      edit.writeCells(sheet.sheetId, 0, 1, [[`=AVAILABLE(A1:A${SKUS})`]], 'typed');
      return sheet.sheetId;
    });
    times.push(await timed(() => workOutCells(workbook, host)));
    const area = { startRow: SKUS - 1, endRow: SKUS, startColumn: 1, endColumn: 2 };
    const [[last] = []] = await workbook.look((view) => view.readCells(sheetId, area));
    if (last === undefined || typeof shownValue(last) !== 'number')
      throw new Error(`The last cell says ${JSON.stringify(last)}.`);
    const block = { startRow: 0, endRow: SKUS, startColumn: 0, endColumn: 1 };
    const cells = skus.map((sku) => [sku]);
    direct.push(
      await timed(async () => {
        await workbook.look((view) => view.readCells(sheetId, block));
        await readStock(db, { skus });
        await workbook.change(PERSON, async (edit) => edit.writeCells(sheetId, 0, 0, cells, 'raw'));
      }),
    );
    starts.push(await startScript({ host }));
    await workbook.change(PERSON, async (edit) => edit.deleteSheet(sheetId));
  }
  const [value, least] = [median(times), median(starts) + median(direct)];
  return {
    name: 'custom-functions-5k',
    value,
    unit: 'ms for 5,000 cells',
    bound: TIMES_THE_LEAST * least,
    better: 'lower',
    ratio: value / least,
    comparedWith: `a script that does nothing and the stock of as many SKUs, with their cells read and written once (${least.toFixed(0)} ms)`,
  };
}

// ---- the sidebar ---------------------------------------------------------------------------------------------

async function measureSidebar({ host }: WorkbookFixture): Promise<Measurement> {
  const path = chromiumPath();
  if (path === null) throw new Error('There is no Chromium on this machine (set CHROMIUM_PATH).');
  const browser = await launchBrowser(path);
  try {
    const html = await buildSidebar();
    const [paints, answers, empty]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      answers.push(await timed(() => host.run('sidebarHome')));
      empty.push(await paint(browser, '<h1>Store 1</h1>', host));
      paints.push(await paint(browser, html, host));
    }
    const [value, least] = [median(paints), median(answers) + median(empty)];
    return {
      name: 'sidebar-first-paint',
      value,
      unit: 'ms until the stores are shown',
      bound: TIMES_THE_EMPTY_PAGE * least,
      better: 'lower',
      ratio: value / least,
      comparedWith: `an empty page and the script's answer alone (${least.toFixed(0)} ms)`,
    };
  } finally {
    await browser.close();
  }
}

async function paint(browser: Browser, html: string, host: WorkbookFixture['host']): Promise<number> {
  const page = await browser.newPage({ viewport: { width: SIDEBAR_WIDTH_PX, height: 820 } });
  await page.exposeFunction('answerOfScript', (name: string, given: readonly string[]) =>
    host.run(name, given),
  );
  await page.goto('about:blank');
  await page.evaluate(FAKE_GOOGLE);
  const took = await timed(async () => {
    await page.setContent(html);
    await page.getByText('Store 1').first().waitFor();
  });
  await page.close();
  return took;
}
