// The sidebar as a person has it: 300 px wide, in real Chromium, with a script that answers like the shipped one.

import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { CHROMIUM_MISSING, chromiumPath, launchBrowser } from '../../test/support/browser.ts';
import { buildSidebar } from '../build.ts';
import {
  ago,
  type FakeSidebar,
  homeState,
  openSidebar,
  type Script,
  SIDEBAR_WIDTH_PX,
  storeView,
} from './test-support/fake-google.ts';
import { NAMELESS, TOO_FAINT, tooWide } from './test-support/page-checks.ts';

const SHOTS = process.env['SCREENSHOTS_DIR'] ?? join(tmpdir(), 'stocksheet-sidebar');
const path = chromiumPath();
const inBrowser = path === null ? describe.skip : describe;
if (path === null) test.skip(CHROMIUM_MISSING, () => undefined);

let browser: Browser;
let html: string;
let sidebar: FakeSidebar;

beforeAll(async () => {
  if (path === null) return;
  await mkdir(SHOTS, { recursive: true });
  [browser, html] = await Promise.all([launchBrowser(path), buildSidebar()]);
});
afterAll(() => browser?.close());
afterEach(async () => {
  expect(sidebar.problems).toEqual([]);
  expect(await sidebar.page.evaluate(tooWide(SIDEBAR_WIDTH_PX))).toEqual([]);
  expect(await sidebar.page.evaluate(TOO_FAINT)).toEqual([]);
  expect(await sidebar.page.evaluate(NAMELESS)).toEqual([]);
  await sidebar.page.close();
});

const open = async (script: Script): Promise<void> => {
  sidebar = await openSidebar(browser, html, script);
  await sidebar.page.locator('h1').waitFor();
};
const click = (name: string) => sidebar.page.getByRole('button', { name, exact: true }).first().click();
const sees = (text: string | RegExp) => sidebar.page.getByText(text).first().waitFor();
const warned = (text: string) =>
  sidebar.page.locator('.notice.warn[role=alert]', { hasText: text }).waitFor();
const shot = (name: string) => sidebar.page.screenshot({ path: join(SHOTS, `${name}.png`) });
const askedFor = (name: string) =>
  sidebar.asked.filter(([asked]) => asked === name).map(([, ...given]) => given);

async function soon<Value>(look: () => Value | Promise<Value>, wanted: unknown): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (JSON.stringify(await look()) === JSON.stringify(wanted)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await look()).toEqual(wanted);
}

inBrowser('the first screen', () => {
  test('sums up in one line: all is well, and who is signed in', async () => {
    await open({ home: () => homeState() });
    await sees('All stores show the right numbers');
    await sees('Signed in as mia@shop.example · owner');
    await sees(/Checked \d\d:\d\d:\d\d · then every 10 min/);
    await shot('home-quiet');
  });

  test('names what needs a person, each with its button', async () => {
    const problem = {
      id: 7,
      at: ago(5),
      level: 'needs-person',
      message: 'Etsy shows 43 for BLUEJEANSM. We last wrote 46 and know of no sale.',
      times: 1,
      storeId: 's2',
      sku: 'BLUEJEANSM',
      kind: 'listing',
      quantity: 46,
    };
    await open({
      home: () =>
        homeState({
          problems: [problem],
          rows: [{ tab: 'Adjustments', ticked: 0, refused: [8, 9, 12], waiting: 0 }],
          stores: busyStores(),
        }),
      answers: { goTo: '', 'post /api/problems/write': { problems: [] } },
    });
    await sees('2 things need you');
    await sees('3 rows in Adjustments were refused');
    await click('Go to row 8');
    await click('Write 46');
    await soon(() => askedFor('sidebarCall'), [['post', '/api/problems/write', '{"id":7}']]);
    expect(askedFor('sidebarDo')).toEqual([['goTo', '{"tab":"Adjustments","row":8}']]);
    await shot('home-busy');
  });

  test('a running task shows how far it is and how long it still takes; a wait counts down', async () => {
    await open({ home: () => homeState({ stores: busyStores() }) });
    await sees(/Hard refresh inventory: 744 of 1,204, about \d+ s left/);
    await sees(/Listings again in 3 h 1\d min · 8,812 of 10,000 calls left today/);
    expect(
      await sidebar.page.getByRole('button', { name: 'Hard refresh listings' }).nth(1).isDisabled(),
    ).toBe(true);
  });

  test('a hard refresh of all numbers says first what it takes, and "Not now" sends nothing', async () => {
    const words = '610 calls, about 2 minutes';
    const store = storeView({ fullPush: { calls: 610, durationMs: 122_000, words } });
    await open({
      home: () => homeState({ stores: [store] }),
      answers: { 'post /api/stores/s1/refresh-inventory': { accepted: true, message: 'It has begun.' } },
    });
    await click('Hard refresh inventory…');
    await sees(/Every number of its 1,204 listings is written/);
    await sees(`It takes ${words}.`);
    await shot('refresh-inventory');
    await click('Not now');
    await sees('All stores show the right numbers');
    expect(askedFor('sidebarCall')).toEqual([]);
    await click('Hard refresh inventory…');
    await click('Hard refresh inventory');
    await sees('It has begun.');
    expect(askedFor('sidebarCall')).toEqual([['post', '/api/stores/s1/refresh-inventory', '']]);
  });

  test('when the shop ends our access, the date stands on its card and on its screen', async () => {
    const store = storeView({
      accessEndsAt: '2027-01-09T12:00:00Z',
      accessMessage: 'Renew it in the shop before.',
    });
    await open({
      home: () => homeState({ stores: [store] }),
      answers: { 'get /api/channels': CHANNELS, 'get /api/warehouses': WAREHOUSES },
    });
    await sees('Access ends on 9 January 2027. Open the store to see what to do.');
    await shot('access-ends');
    await click('Denim Corner');
    await sees('Renew it in the shop before.');
    await sees('9 January 2027');
  });

  test('rows selected in Low stock become a draft purchase order with one click', async () => {
    const message = 'PO-12 was made as a draft: 2 lines, 60 units. Order it in Purchase orders.';
    await open({
      home: () => homeState({ sku: 'BLUEJEANSM', lowSkus: ['BLUEJEANSM', 'REDCAP'] }),
      answers: { 'post /api/low-stock/draft-purchase-order': { number: 'PO-12', lines: 2, message } },
    });
    await sees('BLUEJEANSM, REDCAP');
    await shot('low-stock');
    await click('Make a draft purchase order');
    await sees(message);
    const asked = ['post', '/api/low-stock/draft-purchase-order', '{"skus":["BLUEJEANSM","REDCAP"]}'];
    expect(askedFor('sidebarCall')).toEqual([asked]);
  });

  test('files: a link is made on demand, and leads to the server', async () => {
    const link = { path: '/exports/abc', expiresAt: ago(-15) };
    await open({ home: () => homeState(), answers: { 'post /api/exports': link } });
    await click('Files');
    await click('Export Purchase orders');
    const opens = sidebar.page.getByRole('link', { name: 'Open Purchase orders' });
    await opens.waitFor();
    expect([await opens.getAttribute('href'), await opens.getAttribute('target')]).toEqual([
      'https://stock.example.com/exports/abc',
      '_blank',
    ]);
    expect(askedFor('sidebarCall')).toEqual([['post', '/api/exports', '{"what":"purchase-orders"}']]);
    await shot('files');
  });

  test('a viewer looks, and nothing can be clicked that the server would refuse', async () => {
    await open({ home: () => homeState({ me: { email: 'vic@shop.example', name: '', role: 'viewer' } }) });
    await sees('Signed in as vic@shop.example · viewer');
    expect(await sidebar.page.getByRole('button', { name: 'Sync now' }).isDisabled()).toBe(true);
    expect(await sidebar.page.getByRole('switch').isDisabled()).toBe(true);
  });

  test('when the server is down it says so, and rows that wait are still told of', async () => {
    const down = {
      problem: 'The server at https://stock.example.com could not be reached.',
      me: null,
      stores: [],
      rows: [{ tab: 'Adjustments', ticked: 0, refused: [], waiting: 2 }],
    };
    await open({ home: () => homeState(down), answers: { resubmit: '2 rows applied.' } });
    await sees('The server does not answer');
    await sees('2 rows in Adjustments wait for an answer');
    await click('Send again');
    await shot('home-server-down');
  });

  test('works with the keyboard alone', async () => {
    await open({
      home: () => homeState({ sku: 'BLUEJEANSM' }),
      answers: { 'get /api/explain?sku=BLUEJEANSM': EXPLAINED },
    });
    for (let presses = 0; presses < 20; presses += 1) {
      await sidebar.page.keyboard.press('Tab');
      const focused = await sidebar.page.evaluate('document.activeElement.textContent');
      if (focused === 'Why is this number?') break;
    }
    await sidebar.page.keyboard.press('Enter');
    await sees('BLUEJEANSM · Blue Jeans – Medium');
  });
});

function busyStores() {
  return [
    storeView({
      progress: { task: 'refresh-inventory', done: 744, total: 1_204, startedAt: ago(0.5) },
    }),
    storeView({
      id: 's2',
      name: 'DenimCornerVintage',
      channelLabel: 'Etsy',
      listings: 312,
      nextListingsRefreshAt: ago(-192),
      budget: {
        left: 8_812,
        of: 10_000,
        per: 'day',
        resetsAt: null,
        words: '8,812 of 10,000 calls left today',
      },
    }),
    storeView({ id: 's3', name: 'denim-corner.example', channelLabel: 'WooCommerce', syncOn: false }),
  ];
}

const move = (change: object) => ({
  seq: 1,
  at: ago(60 * 24 * 60),
  warehouse: 'Main',
  inStockChange: 0,
  bookedChange: 0,
  inStockAfter: 0,
  bookedAfter: 0,
  cause: 'adjustment',
  reference: '',
  note: '',
  actor: '',
  ...change,
});
const EXPLAINED = {
  sku: 'BLUEJEANSM',
  title: 'Blue Jeans – Medium',
  version: 6,
  at: null,
  sentence: '50 in stock − 4 booked = 46 available.',
  inStock: 50,
  booked: 4,
  incoming: 0,
  available: 46,
  // More changes than come along one by one: the sums are the server's, not of what is listed here.
  groups: [
    { group: 'opening', moves: 1, inStock: 38, booked: 0, incoming: 0 },
    { group: 'received', moves: 3, inStock: 90, booked: 0, incoming: -30 },
    { group: 'adjusted', moves: 1, inStock: 1, booked: 0, incoming: 0 },
    { group: 'sent to customers', moves: 41, inStock: -79, booked: -79, incoming: 0 },
    { group: 'booked by orders', moves: 43, inStock: 0, booked: 83, incoming: 0 },
    { group: 'ordered from suppliers', moves: 1, inStock: 0, booked: 0, incoming: 30 },
  ],
  parts: [],
  partOf: [],
  series: [
    { day: '2026-08-01', inStock: null, booked: 0, available: null },
    { day: '2026-08-02', inStock: 38, booked: 0, available: 38 },
    { day: '2026-08-03', inStock: 68, booked: 9, available: 59 },
    { day: '2026-08-04', inStock: 50, booked: 4, available: 46 },
  ],
  balances: [],
  moves: [
    move({ at: ago(8), cause: 'order placed', bookedChange: 4, inStockAfter: 50, reference: 'Etsy 3391' }),
    move({ at: ago(60 * 24 * 9), cause: 'adjustment', inStockChange: 1, inStockAfter: 50, note: 'returned' }),
    move({
      at: ago(60 * 24 * 20),
      cause: 'order fulfilled',
      inStockChange: -12,
      inStockAfter: 49,
      reference: 'Shopify #1017',
    }),
    move({
      at: ago(60 * 24 * 30),
      cause: 'order fulfilled',
      inStockChange: -7,
      inStockAfter: 61,
      reference: 'Shopify #1001',
    }),
    move({
      at: ago(60 * 24 * 50),
      cause: 'purchase received',
      inStockChange: 30,
      inStockAfter: 68,
      reference: 'PO-104',
    }),
    move({ cause: 'opening', inStockChange: 38, inStockAfter: 38, note: 'copied from Denim Corner' }),
  ],
  movesLeftOff: 84,
  bookings: [
    { store: 'Shopify', order: '#1042', line: '1', booked: 2, bundle: null, placedAt: ago(20) },
    { store: 'Etsy', order: '3391', line: '1', booked: 2, bundle: null, placedAt: ago(8) },
  ],
  listings: [
    {
      store: 'Denim Corner',
      title: 'Medium',
      remoteId: 'a',
      location: 'Shop floor',
      available: 46,
      rule: null,
      shouldShow: 46,
      lastTold: 46,
      lastToldAt: ago(3),
      expected: 46,
      owed: false,
      problem: null,
    },
    {
      store: 'DenimCornerVintage',
      title: 'Jeans M',
      remoteId: 'b',
      location: null,
      available: 46,
      rule: null,
      shouldShow: 46,
      lastTold: 46,
      lastToldAt: ago(9),
      expected: 43,
      owed: true,
      problem: 'Shows 43 where 46 was expected.',
    },
  ],
  pushes: [],
};

const BEFORE = {
  ...EXPLAINED,
  at: '2026-11-01T23:59:59.999Z',
  inStock: 61,
  booked: 7,
  available: 54,
  groups: [
    { group: 'opening', moves: 1, inStock: 38, booked: 0, incoming: 0 },
    { group: 'received', moves: 1, inStock: 30, booked: 0, incoming: 0 },
    { group: 'sent to customers', moves: 1, inStock: -7, booked: -7, incoming: 0 },
    { group: 'booked by orders', moves: 2, inStock: 0, booked: 14, incoming: 0 },
  ],
  moves: [],
  bookings: [],
  listings: [],
};
const JEANS_SET = {
  ...EXPLAINED,
  sku: 'JEANSSET',
  title: 'Jeans and belt',
  inStock: null,
  booked: 0,
  available: 3,
  groups: [],
  parts: [
    { warehouse: 'Main', sku: 'BLUEJEANSM', units: 1, available: 46, makes: 46 },
    { warehouse: 'Main', sku: 'BELT', units: 2, available: 7, makes: 3 },
  ],
  moves: [],
  movesLeftOff: 0,
  bookings: [],
  listings: [],
};

inBrowser('why is this number', () => {
  const numbersOf = async (table: number): Promise<number[]> => {
    const cells = sidebar.page.locator('table').nth(table).locator('tr > td:last-child');
    return (await cells.allTextContents()).map((text) => Number(text.replace('−', '-').replace('+', '')));
  };
  const addsUp = async (table: number, wanted: number) => {
    const numbers = await numbersOf(table);
    expect(numbers.pop()).toBe(wanted);
    expect(numbers.reduce((sum, number) => sum + number, 0)).toBe(wanted);
  };
  const openWhy = async () => {
    await open({
      home: () => homeState({ sku: 'BLUEJEANSM' }),
      answers: {
        'get /api/explain?sku=BLUEJEANSM': EXPLAINED,
        'get /api/explain?sku=BLUEJEANSM&at=2026-11-01': BEFORE,
      },
    });
    await click('Why is this number?');
    await sees('Sent to customers');
  };

  test("from the opening to what each store shows, as the server's sums, which add up", async () => {
    await openWhy();
    await addsUp(0, 50);
    await addsUp(1, 4);
    await sees('43, wanted 46');
    expect(await sidebar.page.getByRole('img').getAttribute('aria-label')).toBe(
      'In stock over 3 days: from 38 to 50, at least 38, at most 68',
    );
    await sidebar.page.getByText('Latest changes').click();
    await sees('Order placed · Etsy 3391');
    await sees('+4 booked');
    await sees('And 84 older ones in the Ledger tab.');
    await shot('why');
  });

  test('as of a date the server is asked, and the numbers are those of that day; then now again', async () => {
    await openWhy();
    await click('As of a date…');
    await sidebar.page.getByLabel('As of the end of the day (UTC)').fill('2026-11-01');
    await soon(() => sidebar.page.locator('.big dd').allTextContents(), ['61', '7', '54']);
    await sees('In stock at the end of 1 Nov');
    await addsUp(0, 61);
    await addsUp(1, 7);
    await shot('why-as-of');
    await click('As of now');
    await soon(() => sidebar.page.locator('.big dd').allTextContents(), ['50', '4', '46']);
  });

  test('a day that the server refuses is said, and another can be chosen', async () => {
    await openWhy();
    await click('As of a date…');
    await sidebar.page.getByLabel('As of the end of the day (UTC)').fill('2026-10-01');
    await sees(/Nothing answers get/);
    await sidebar.page.getByLabel('As of the end of the day (UTC)').fill('2026-11-01');
    await soon(() => sidebar.page.locator('.big dd').allTextContents(), ['61', '7', '54']);
  });

  test('a bundle has no stock of its own: the part that allows the fewest decides', async () => {
    await open({
      home: () => homeState({ sku: 'JEANSSET' }),
      answers: { 'get /api/explain?sku=JEANSSET': JEANS_SET },
    });
    await click('Why is this number?');
    await sees('BELT in Main');
    await sees('makes 3');
    expect(await sidebar.page.locator('.big dd').allTextContents()).toEqual(['0', '3']);
    await shot('why-bundle');
  });
});

const CHANNELS = {
  channels: [
    {
      id: 'a',
      label: 'Shopify',
      credentialFields: [
        {
          key: 'shop',
          label: 'Shop address',
          help: 'Such as denim.myshopify.com',
          secret: false,
          required: true,
          placeholder: 'denim.myshopify.com',
        },
        {
          key: 'token',
          label: 'Access token',
          help: 'Settings › Apps › Develop apps',
          secret: true,
          required: true,
          placeholder: '',
        },
      ],
      settingFields: [],
      authorization: null,
      drafts: true,
      locations: true,
    },
    {
      id: 'b',
      label: 'Etsy',
      credentialFields: [
        { key: 'key', label: 'Keystring', help: '', secret: false, required: true, placeholder: '' },
        { key: 'token', label: 'Token', help: '', secret: true, required: true, placeholder: '' },
      ],
      settingFields: [],
      authorization: {
        needs: ['key'],
        gives: ['token'],
        redirectUri: 'https://stock.example.com/connect/etsy/callback' as string | null,
      },
      drafts: true,
      locations: false,
    },
  ],
};

inBrowser('connecting a store', () => {
  test('the form is drawn from the channel; what is missing is said, and where to click', async () => {
    const finding = {
      level: 'blocker',
      message: 'The token may not write inventory. In Shopify: Settings › Apps, tick write_inventory.',
    };
    await open({
      home: () => homeState({ stores: [] }),
      answers: { 'get /api/channels': CHANNELS, 'post /api/stores': { store: null, findings: [finding] } },
    });
    await click('Connect a store');
    await click('Choose Shopify');
    await click('Check and connect');
    await sees('Fill in "Shop address".');
    await sidebar.page.getByLabel('Name in this sheet').fill('Denim Corner');
    await sidebar.page.getByLabel('Shop address').fill('denim.myshopify.com');
    await sidebar.page.getByLabel('Access token').fill('shpat_secret');
    expect(await sidebar.page.getByLabel('Access token').getAttribute('type')).toBe('password');
    await click('Check and connect');
    await sees(/tick write_inventory/);
    const [, , body] = askedFor('sidebarCall').find(([, asked]) => asked === '/api/stores') ?? [];
    expect(JSON.parse(body ?? '')).toEqual({
      channel: 'a',
      name: 'Denim Corner',
      credentials: { shop: 'denim.myshopify.com', token: 'shpat_secret' },
    });
    await shot('connect');
  });

  test('where the shop itself is asked, its own page is one click away', async () => {
    const opened = { url: 'https://shop.example/allow', expiresAt: null, message: '' };
    await open({
      home: () => homeState({ stores: [] }),
      answers: { 'get /api/channels': CHANNELS, 'post /api/stores/authorize': opened },
    });
    await click('Connect a store');
    await click('Choose Etsy');
    expect(await sidebar.page.getByLabel('Token').count()).toBe(0);
    await sees('https://stock.example.com/connect/etsy/callback');
    await shot('connect-at-the-shop');
    await sidebar.page.getByLabel('Keystring').fill('abc');
    await click('Continue at the shop');
    const link = sidebar.page.getByRole('link', { name: 'Open Etsy' });
    expect([await link.getAttribute('href'), await link.getAttribute('target')]).toEqual([
      opened.url,
      '_blank',
    ]);
  });

  test('whoever has all keys already pastes them; a server without a public address asks for nothing else', async () => {
    const [shopify, etsy] = CHANNELS.channels;
    for (const redirectUri of ['https://stock.example.com/connect/etsy/callback', null]) {
      const authorization = { needs: ['key'], gives: ['token'], redirectUri };
      const channels = [shopify, { ...etsy, authorization }];
      await sidebar?.page.close();
      await open({
        home: () => homeState({ stores: [] }),
        answers: { 'get /api/channels': { channels }, 'post /api/stores': { store: null, findings: [] } },
      });
      await click('Connect a store');
      await click('Choose Etsy');
      if (redirectUri !== null) await click('I have all keys: let me paste them');
      expect(await sidebar.page.getByText('Register this address').count()).toBe(0);
      await sidebar.page.getByLabel('Name in this sheet').fill('Vintage');
      await sidebar.page.getByLabel('Keystring').fill('abc');
      await sidebar.page.getByLabel('Token').fill('def');
      await click('Check and connect');
      await soon(() => askedFor('sidebarCall').at(-1)?.slice(0, 2), ['post', '/api/stores']);
      expect(askedFor('sidebarCall').at(-1)?.[2]).toContain('"credentials":{"key":"abc","token":"def"}');
    }
  });
});

const PLAN = {
  state: 'ready',
  message: '',
  planId: 'plan-1',
  startedAt: ago(1),
  readyAt: ago(0),
  done: 442,
  total: 442,
  same: 402,
  differ: 31,
  neverSet: 9,
  disagree: 0,
  untracked: 1,
  unknown: 0,
  withoutSku: 2,
  openOrders: 3,
  lines: [
    { sku: 'BLUEJEANSM', listing: 'Medium', kind: 'differs', shows: 52, wouldPush: 46, why: '' },
    { sku: 'REDCAP', listing: 'Cap', kind: 'differs', shows: 0, wouldPush: 12, why: '' },
    {
      sku: 'BELT-BR-95',
      listing: 'Belt',
      kind: 'untracked',
      shows: null,
      wouldPush: null,
      why: 'shop does not track stock',
    },
  ],
  linesLeftOff: 29,
};
const WAREHOUSES = { warehouses: [{ id: 'main', name: 'Main', archived: false, serves: [] }] };
const OFF = storeView({
  syncOn: false,
  openingImportedAt: null,
  name: 'denim-corner.example',
  channelLabel: 'WooCommerce',
});

inBrowser('the switch', () => {
  test('turning on the first time: warehouses, what would change, where the number comes from', async () => {
    await open({
      home: () => homeState({ stores: [OFF] }),
      answers: {
        'get /api/warehouses': WAREHOUSES,
        'post /api/stores/s1/turn-on-plan': PLAN,
        'post /api/stores/s1/sync': { accepted: true, message: 'denim-corner.example is being turned on.' },
      },
    });
    await sidebar.page.getByRole('switch', { name: 'Sync of denim-corner.example' }).click();
    await sees(/step 1 of 3/);
    await click('Next');
    await sees('shop 52 → 46');
    await shot('turn-on');
    await click('Next');
    await sidebar.page.getByLabel(/Copy the shop's stock for the 9 never set/).check();
    await click('Turn on and write 31 numbers');
    await sees('denim-corner.example is being turned on.');
    const [, , body] = askedFor('sidebarCall').find(([, asked]) => asked === '/api/stores/s1/sync') ?? [];
    expect(JSON.parse(body ?? '')).toEqual({ on: true, opening: 'copy', planId: 'plan-1' });
  });

  test('a store with locations is mapped one by one, and the preview says what would happen', async () => {
    const located = {
      ...OFF,
      locations: [
        { id: 'L1', name: 'Shop floor', warehouseId: 'main', ours: true },
        { id: 'L2', name: 'Fulfilment partner', warehouseId: null, ours: null },
      ],
    };
    const said = 'Fulfilment partner is not ours. 3 listings follow.';
    await open({
      home: () => homeState({ stores: [located] }),
      answers: {
        'get /api/warehouses': WAREHOUSES,
        'post /api/stores/s1/places': { accepted: true, message: said },
        'post /api/stores/s1/turn-on-plan': PLAN,
      },
    });
    await sidebar.page.getByRole('switch').click();
    const next = sidebar.page.getByRole('button', { name: 'Next' });
    expect(await next.isDisabled()).toBe(false);
    await sidebar.page.getByLabel('Fulfilment partner').selectOption('not-ours');
    await sees('What you chose is not saved yet.');
    expect(await next.isDisabled()).toBe(true);
    await click('See what would happen');
    await sees(`Nothing is saved yet. ${said}`);
    await shot('turn-on-places');
    await click('Save the warehouses');
    await sees('shop 52 → 46');
    const sent = askedFor('sidebarCall').filter(([, asked]) => asked?.endsWith('/places'));
    const locations = [
      { id: 'L1', warehouseId: 'main' },
      { id: 'L2', warehouseId: null, ours: false },
    ];
    expect(sent.map(([, , body]) => JSON.parse(body ?? ''))).toEqual([
      { locations, preview: true },
      { locations, preview: false },
    ]);
  });

  test('a preview that the server refuses is a warning, and cannot be saved', async () => {
    await open({
      home: () => homeState({ stores: [{ ...OFF, warehouses: [] }] }),
      answers: {
        'get /api/warehouses': WAREHOUSES,
        'post /api/stores/s1/places': { accepted: false, message: 'A stock take is open in Main.' },
      },
    });
    await sidebar.page.getByRole('switch').click();
    await sidebar.page.getByLabel('The shop sells from').selectOption('main');
    await click('See what would happen');
    await warned('A stock take is open in Main.');
    expect(await sidebar.page.getByRole('button', { name: 'Save the warehouses' }).count()).toBe(0);
  });

  const REFUSED = { accepted: false, message: 'Choose a warehouse first.' };

  test('the server says no to turning on: the confirmation stays, with the reason as a warning', async () => {
    await open({
      home: () => homeState({ stores: [{ ...OFF, openingImportedAt: ago(10) }] }),
      answers: { 'post /api/stores/s1/sync': REFUSED },
    });
    await sidebar.page.getByRole('switch').click();
    await click('Turn on');
    await warned(REFUSED.message);
    await sees('Turn on denim-corner.example?');
    await shot('turn-on-refused');
  });

  test('the same in the last step of the first time', async () => {
    await open({
      home: () => homeState({ stores: [OFF] }),
      answers: {
        'get /api/warehouses': WAREHOUSES,
        'post /api/stores/s1/turn-on-plan': PLAN,
        'post /api/stores/s1/sync': REFUSED,
      },
    });
    await sidebar.page.getByRole('switch').click();
    await click('Next');
    await sees('shop 52 → 46');
    await click('Next');
    await click('Turn on and write 31 numbers');
    await warned(REFUSED.message);
    await sees(/step 3 of 3/);
  });

  test('the same when turning off', async () => {
    await open({ home: () => homeState(), answers: { 'post /api/stores/s1/sync': REFUSED } });
    await sidebar.page.getByRole('switch').click();
    await click('Turn off');
    await warned(REFUSED.message);
    await sees('Turn off Denim Corner?');
  });

  test('without a plan nothing can be turned on for the first time', async () => {
    await open({ home: () => homeState({ stores: [OFF] }) });
    await sidebar.page.getByRole('switch').click();
    await click('Next');
    await sees(/Nothing answers post/);
    expect(await sidebar.page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true);
  });

  test('turning off says first what will happen; "Not now" changes nothing', async () => {
    await open({ home: () => homeState() });
    await sidebar.page.getByRole('switch').click();
    await sees(/The shop keeps the numbers it shows now/);
    await shot('turn-off');
    await click('Not now');
    await sees('All stores show the right numbers');
    expect(askedFor('sidebarCall')).toEqual([]);
  });
});

inBrowser('what the system stopped at', () => {
  const trouble = (kind: string, message: string) => ({
    id: 9,
    at: ago(2),
    level: 'needs-person',
    message,
    times: 1,
    storeId: 's1',
    sku: null,
    kind,
    quantity: null,
  });

  test.each([
    ['brake', 'Push the held numbers', 'push-held-numbers', /empty or multiply a listing/],
    ['missing-orders', 'They were deleted', 'orders-were-deleted', /units would be sold twice/],
  ])('%s: says what will happen before anything is sent', async (kind, label, question, warning) => {
    await open({
      home: () => homeState({ problems: [trouble(kind, 'Denim Corner waits for a word.')] }),
      answers: { 'post /api/stores/s1/answer': { accepted: true, message: 'Said.' } },
    });
    await click(`${label}…`);
    await sees(warning);
    expect(askedFor('sidebarCall')).toEqual([]);
    await shot(`question-${kind}`);
    await click(label);
    await sees('Said.');
    expect(askedFor('sidebarCall')).toEqual([
      ['post', '/api/stores/s1/answer', JSON.stringify({ question })],
    ]);
  });

  test('many refunds are one card that leads to their list; other trouble keeps its own', async () => {
    const refunds = [1, 2, 3, 4, 5].map((id) => ({
      ...trouble('refund', `What came back with #10${id}?`),
      id,
    }));
    await open({
      home: () => homeState({ problems: [...refunds, trouble('brake', 'Denim Corner waits for a word.')] }),
      answers: { 'get /api/refunds': { refunds: [] } },
    });
    await sees('6 things need you');
    await sees('Denim Corner waits for a word.');
    expect(await sidebar.page.getByText('What came back with').count()).toBe(0);
    await sees('5 refunds need a word');
    await shot('refunds-card');
    await click('Show them');
    expect(await sidebar.page.getByText('What came back with').count()).toBe(5);
    await shot('refunds');
    await click('What came back?');
    await sees('This refund has been settled already.');
  });

  test('an answer that the server does not take: the question stays open, with the reason', async () => {
    const message = 'Nothing is held any more.';
    await open({
      home: () => homeState({ problems: [trouble('brake', 'Denim Corner waits for a word.')] }),
      answers: { 'post /api/stores/s1/answer': { accepted: false, message } },
    });
    await click('Push the held numbers…');
    await click('Push the held numbers');
    await warned(message);
    await sees('Push the held numbers?');
  });

  test('a refund without units: a person counts in what came back, never more than was sent', async () => {
    const refund = {
      storeId: 's1',
      store: 'Denim Corner',
      orderId: 'o1',
      order: '#1017',
      refundId: 'r1',
      at: ago(5),
      amount: '49.00 EUR',
      problemId: 9,
      lines: [
        { lineId: 'l1', sku: 'BLUEJEANSM', title: 'Blue Jeans', fulfilled: 2, returned: 0, refunded: null },
        { lineId: 'l2', sku: null, title: 'Repair', fulfilled: 1, returned: 1, refunded: null },
      ],
    };
    await open({
      home: () => homeState({ problems: [trouble('refund', 'What came back with #1017?')] }),
      answers: { 'get /api/refunds': { refunds: [refund] }, 'post /api/refunds': { message: 'Counted.' } },
    });
    await click('What came back?');
    await click('One more of BLUEJEANSM');
    await click('One more of BLUEJEANSM');
    const more = (name: string) => sidebar.page.getByRole('button', { name: `One more of ${name}` });
    expect([await more('BLUEJEANSM').isDisabled(), await more('Repair').isDisabled()]).toEqual([true, true]);
    await shot('refund');
    await click('Count in 2');
    await sees('Counted.');
    const [, , body] = askedFor('sidebarCall').at(-1) ?? [];
    expect(JSON.parse(body ?? '').lines).toEqual([{ lineId: 'l1', quantity: 2 }]);
    // A shop that names the units: one click counts them in.
    const named = { ...refund, lines: refund.lines.map((line) => ({ ...line, refunded: 5 })) };
    await open({
      home: () => homeState({ problems: [trouble('refund', 'What came back with #1017?')] }),
      answers: { 'get /api/refunds': { refunds: [named] }, 'post /api/refunds': { message: 'Counted.' } },
    });
    await click('What came back?');
    await sees('The shop did not say whether these came back.');
    await click('Count in 2');
    await sees('Counted.');
  });
});

inBrowser('people', () => {
  const PEOPLE = {
    people: [
      { email: 'mia@shop.example', name: 'Mia', role: 'owner', lastSeenAt: ago(0), isYou: true },
      {
        email: 'a-rather-long-address.of-somebody@denim-corner-wholesale.example',
        name: '',
        role: 'staff',
        lastSeenAt: ago(9_000),
        isYou: false,
      },
    ],
    joinsAs: 'staff',
    keys: [
      {
        keyId: 'k1',
        label: 'Sheet of mia@shop.example',
        kind: 'sheet',
        madeBy: '',
        lastUsedAt: ago(0),
        isThisSheet: true,
      },
    ],
  };
  test('an owner changes roles and removes people', async () => {
    await open({
      home: () => homeState(),
      answers: { 'get /api/people': PEOPLE, 'post /api/people': PEOPLE },
    });
    await click('People');
    await sidebar.page.getByLabel(/Role of a-rather-long/).selectOption('remove');
    const removal = `{"email":"${PEOPLE.people[1]?.email}","role":null}`;
    await soon(() => askedFor('sidebarCall').some(([, , body]) => body === removal), true);
    await shot('people');
  });
});

inBrowser('a sheet that is not connected', () => {
  test('asks for two things, and says what the server answered', async () => {
    let address: string | null = null;
    await open({
      home: () => homeState(address === null ? { address, me: null, stores: [] } : {}),
      answers: {
        pair: () => {
          address = 'https://stock.example.com';
          return 'This sheet is connected. You are signed in as mia@shop.example (owner).';
        },
      },
    });
    await sees('npm run pair');
    await shot('pair');
    await sidebar.page.getByLabel('Server address').fill('https://stock.example.com');
    await sidebar.page.getByLabel('Pairing code').fill('ABCD-2345');
    await click('Connect');
    await sees(/You are signed in as mia@shop.example/);
    expect(askedFor('sidebarDo')).toEqual([
      ['pair', '{"address":"https://stock.example.com","code":"ABCD-2345"}'],
    ]);
  });
});
