// The ten most common tasks, as a person does them in `npm run demo`: the shipped add-on, the running server and the rehearsal
// stores, in a real browser. One demo for all of them; what each area does stands in tasks/.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { CHROMIUM_MISSING, chromiumPath, launchBrowser } from '../support/browser.ts';
import { DEMO_READY_MS, type Demo, openDemo } from '../support/demo.ts';
import { sitDown, type WorkbookPerson } from '../support/workbook-person.ts';
import { connectTasks } from './tasks/connect.ts';
import { deliveryTasks } from './tasks/deliveries.ts';
import { problemTasks } from './tasks/problems.ts';
import { refreshTasks } from './tasks/refresh.ts';
import type { Room } from './tasks/room.ts';
import { stockTasks } from './tasks/stock.ts';

const chromium = chromiumPath();
const withBrowser = chromium === null ? describe.skip : describe;

withBrowser(`npm run demo${chromium === null ? ` (${CHROMIUM_MISSING})` : ''}`, () => {
  let demo: Demo;
  let browser: Browser;
  let mia: WorkbookPerson;
  const room: Room = { mia: () => mia, another: (name) => sitDown(browser, demo.address(), name) };

  beforeAll(async () => {
    demo = await openDemo();
    await demo.start();
    browser = await launchBrowser(chromium ?? '');
    mia = await sitDown(browser, demo.address(), 'Mia');
    await mia.show('Rehearsal');
    await mia.rehearsal.getByRole('checkbox', { name: 'Customers buy by themselves' }).uncheck();
    await mia.rehearsal.getByText('Nobody buys but you.').waitFor();
  }, DEMO_READY_MS);
  afterAll(async () => {
    await browser.close();
    await demo.close();
  });

  // Of whatever a task ended on, whether it went well or not.
  afterEach(() =>
    mia.shot(`after ${expect.getState().currentTestName ?? ''}`.replaceAll(/\W+/g, '-').slice(0, 100)),
  );

  connectTasks(room);
  stockTasks(room);
  deliveryTasks(room);
  problemTasks(room);
  refreshTasks(room);

  test('all this while the page did not complain once', () => {
    expect(mia.problems).toEqual([]);
  });
});
