// A sidebar in real Chromium, 300 px wide, whose script answers as the test says: what Google would be around it.

import type { Browser, Page } from 'playwright-core';
import type { StoreView } from '../../../shared/api/stores.ts';
import type { HomeState, Reply } from '../../sidebar-api.ts';

export type FakeSidebar = {
  readonly page: Page;
  /** Everything that was asked of the script, in order: the function and what it was given. */
  readonly asked: (readonly string[])[];
  /** Errors of the page, and requests it should not have made. */
  readonly problems: string[];
};

export type Script = {
  readonly home: () => Reply<HomeState>;
  /** By "method path"; what is not there is refused, and so is what throws, in its words. */
  readonly answers?: Readonly<Record<string, unknown | (() => unknown)>>;
};

export const SIDEBAR_WIDTH_PX = 300;

export async function openSidebar(browser: Browser, html: string, script: Script): Promise<FakeSidebar> {
  const page = await browser.newPage({ viewport: { width: SIDEBAR_WIDTH_PX, height: 820 } });
  const [asked, problems]: [FakeSidebar['asked'], string[]] = [[], []];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', ({ url }) => !url().startsWith('about:') && problems.push(url()));
  await page.exposeFunction('answerOfScript', async (name: string, given: readonly string[]) => {
    asked.push([name, ...given]);
    return JSON.stringify(await answerOf(script, name, given));
  });
  await page.goto('about:blank');
  await page.evaluate(FAKE_GOOGLE);
  await page.setContent(html);
  return { page, asked, problems };
}

async function answerOf(script: Script, name: string, given: readonly string[]): Promise<Reply<unknown>> {
  if (name === 'sidebarHome') return script.home();
  const [first = '', second = ''] = given;
  const key = name === 'sidebarCall' ? `${first} ${second}` : first;
  const answer = script.answers?.[key];
  if (answer === undefined) return { ok: false, message: `Nothing answers ${key} here.` };
  try {
    return { ok: true, value: typeof answer === 'function' ? await (answer as () => unknown)() : answer };
  } catch (error) {
    return { ok: false, message: (error as Error).message };
  }
}

/** As strict as Google: one handler chain for each call, plain texts only. */
export const FAKE_GOOGLE = `
  const runner = (success, failure) => new Proxy({}, {
    get: (_, name) => {
      if (name === 'withSuccessHandler') return (handler) => runner(handler, failure);
      if (name === 'withFailureHandler') return (handler) => runner(success, handler);
      return (...given) => {
        if (given.some((part) => typeof part !== 'string')) throw new Error('Illegal argument');
        window.answerOfScript(String(name), given).then(success, failure);
      };
    },
  });
  window.google = { script: { run: runner(() => {}, () => {}), host: { close: () => {} } } };
`;

export function storeView(change: Partial<StoreView>): StoreView {
  return {
    id: 's1',
    channel: 'a',
    channelLabel: 'Shopify',
    name: 'Denim Corner',
    syncOn: true,
    drafts: false,
    onDrift: 'overwrite',
    options: {},
    warehouses: [{ locationId: '', warehouseId: 'main', name: 'Main' }],
    locations: [],
    health: 'ok',
    healthMessage: '',
    slowedUntil: null,
    webhookHealth: '',
    ordersSyncedAt: ago(1),
    listingsSyncedAt: ago(30),
    inventorySyncedAt: ago(2),
    openingImportedAt: ago(10_000),
    nextListingsRefreshAt: null,
    progress: null,
    accessEndsAt: null,
    accessMessage: '',
    budget: null,
    fullPush: null,
    listings: 1_204,
    owed: 0,
    problems: 0,
    ...change,
  } as StoreView;
}

export const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

export function homeState(change: Partial<HomeState> = {}): Reply<HomeState> {
  return {
    ok: true,
    value: {
      address: 'https://stock.example.com',
      problem: null,
      me: { email: 'mia@shop.example', name: 'Mia', role: 'owner' },
      stores: [storeView({})],
      problems: [],
      rows: [],
      sku: null,
      lowSkus: [],
      trigger: { everyMs: 600_000, lastRunAt: ago(3) },
      checkedAt: new Date().toISOString(),
      ...change,
    },
  };
}
