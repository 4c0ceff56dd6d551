// What the tests of the sidebar's screens share: a browser, one sidebar at a time, and what must hold on every screen.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { CHROMIUM_MISSING, chromiumPath, launchBrowser } from '../../../test/support/browser.ts';
import { takeScreenshot } from '../../../test/support/screenshots.ts';
import { buildSidebar } from '../../build.ts';
import { type FakeSidebar, openSidebar, type Script, SIDEBAR_WIDTH_PX } from './fake-google.ts';
import { NAMELESS, TOO_FAINT, tooWide } from './page-checks.ts';

/** To be called once in a test file: it starts the browser and checks each screen that a test ends on. */
export function openStage() {
  const path = chromiumPath();
  if (path === null) test.skip(CHROMIUM_MISSING, () => undefined);
  let browser: Browser;
  let html: string;
  let sidebar: FakeSidebar;
  beforeAll(async () => {
    if (path === null) return;
    [browser, html] = await Promise.all([launchBrowser(path), buildSidebar()]);
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    if (path === null) return;
    expect(sidebar.problems).toEqual([]);
    expect(await sidebar.page.evaluate(tooWide(SIDEBAR_WIDTH_PX))).toEqual([]);
    expect(await sidebar.page.evaluate(TOO_FAINT)).toEqual([]);
    expect(await sidebar.page.evaluate(NAMELESS)).toEqual([]);
    await sidebar.page.close();
  });
  return {
    inBrowser: path === null ? describe.skip : describe,
    page: () => sidebar.page,
    open: async (script: Script): Promise<void> => {
      if (sidebar !== undefined && !sidebar.page.isClosed()) await sidebar.page.close();
      sidebar = await openSidebar(browser, html, script);
      await sidebar.page.locator('h1').waitFor();
    },
    click: (name: string) => sidebar.page.getByRole('button', { name, exact: true }).first().click(),
    sees: (text: string | RegExp) => sidebar.page.getByText(text).first().waitFor(),
    warned: (text: string) => sidebar.page.locator('.notice.warn[role=alert]', { hasText: text }).waitFor(),
    shot: (name: string) => takeScreenshot(sidebar.page, name),
    /** What was asked of a function of the script, in order. */
    askedFor: (name: string) =>
      sidebar.asked.filter(([asked]) => asked === name).map(([, ...given]) => given),
  };
}

export async function soon<Value>(look: () => Value | Promise<Value>, wanted: unknown): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (JSON.stringify(await look()) === JSON.stringify(wanted)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await look()).toEqual(wanted);
}
