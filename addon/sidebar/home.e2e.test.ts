// The first screen in a real browser, 300 px wide: in one line how things are, what needs a person, and who is there.

import { expect, test } from '@jest/globals';
import { CHANNELS, EXPLAINED, WAREHOUSES } from './test-support/answers.ts';
import { ago, homeState, storeView } from './test-support/fake-google.ts';
import { openStage, soon } from './test-support/stage.ts';

const { inBrowser, page, open, click, sees, shot, askedFor } = openStage();

inBrowser('the first screen', () => {
  test('sums up in one line: all is well, and who is signed in', async () => {
    await open({ home: () => homeState() });
    await sees('All stores are up to date');
    await sees('Signed in as mia@shop.example · owner');
    await sees(/Checked \d\d:\d\d:\d\d · looks again every 30\ss/);
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
    await sees(/Hard refresh inventory: 744 of 1,204, about \d+\ss left/);
    await sees(/Listings again in 3\sh\s1\d\smin · 8,812 of 10,000 calls left today/);
    // The first is busy and asks for nothing, the second waits, the third is off and is told no numbers.
    expect(await page().evaluate(REFRESHES)).toEqual([
      'Hard refresh inventory…',
      'Hard refresh listings (waits)',
      'Hard refresh listings',
    ]);
  });

  test('a hard refresh of all numbers says first what it takes, and "Not now" sends nothing', async () => {
    const words = '610 calls, about 2 min';
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
    await sees('All stores are up to date');
    expect(askedFor('sidebarCall')).toEqual([]);
    await click('Hard refresh inventory…');
    await click('Hard refresh inventory');
    await sees('It has begun.');
    expect(askedFor('sidebarCall')).toEqual([['post', '/api/stores/s1/refresh-inventory', '']]);
  });

  test('a store that asks us to slow down says when it is asked again', async () => {
    const store = storeView({
      health: 'slowed',
      healthMessage: 'The store asks us to slow down; the rest follows by itself.',
      slowedUntil: ago(-58),
    });
    await open({ home: () => homeState({ stores: [store] }) });
    await sees(/slow down; the rest follows by itself\. It is asked again in 58\smin\./);
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
    const opens = page().getByRole('link', { name: 'Open Purchase orders' });
    await opens.waitFor();
    expect([await opens.getAttribute('href'), await opens.getAttribute('target')]).toEqual([
      'https://stock.example.com/exports/abc',
      '_blank',
    ]);
    expect(askedFor('sidebarCall')).toEqual([['post', '/api/exports', '{"what":"purchase-orders"}']]);
    await shot('files');
  });

  test('"Sync now" asks for every store that is on, and says what goes on', async () => {
    const stores = [storeView({}), storeView({ id: 's2' }), storeView({ id: 's3', syncOn: false })];
    const begun = { accepted: true, message: 'Reading.' };
    await open({
      home: () => homeState({ stores }),
      answers: { 'post /api/stores/s1/sync-now': begun, 'post /api/stores/s2/sync-now': begun },
    });
    await click('Sync now');
    await sees('Orders are being read; then each store is told what has changed.');
    expect(askedFor('sidebarCall').map(([, path]) => path)).toEqual([
      '/api/stores/s1/sync-now',
      '/api/stores/s2/sync-now',
    ]);
  });

  test('who has gone on to another screen stays there when "Sync now" is answered late', async () => {
    let answer = (_begun: object): void => undefined;
    const late = new Promise((resolve) => {
      answer = resolve;
    });
    await open({ home: () => homeState(), answers: { 'post /api/stores/s1/sync-now': () => late } });
    await click('Sync now');
    await click('Files');
    await sees('Take your data with you');
    answer({ accepted: true, message: 'Reading.' });
    // The first screen is read anew once the answer is there.
    await soon(() => askedFor('sidebarHome').length, 2);
    await sees('Take your data with you');
  });

  test('a viewer looks, and nothing can be clicked that the server would refuse', async () => {
    await open({ home: () => homeState({ me: { email: 'vic@shop.example', name: '', role: 'viewer' } }) });
    await sees('Signed in as vic@shop.example · viewer');
    expect(await page().getByRole('button', { name: 'Sync now' }).isDisabled()).toBe(true);
    expect(await page().getByRole('switch').isDisabled()).toBe(true);
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
      await page().keyboard.press('Tab');
      const focused = await page().evaluate('document.activeElement.textContent');
      if (focused === 'Why is this number?') break;
    }
    await page().keyboard.press('Enter');
    await sees('BLUEJEANSM · Blue Jeans – Medium');
    // Back on the first screen whoever listens is told where they are.
    await page().keyboard.press('Shift+Tab');
    await page().keyboard.press('Enter');
    await sees('All stores are up to date');
    expect(await page().evaluate('document.activeElement.tagName')).toBe('H1');
  });
});

const REFRESHES = `[...document.querySelectorAll('.refreshes button')].map((button) =>
  button.getAttribute('aria-label') + (button.disabled ? ' (waits)' : ''))`;

function busyStores() {
  return [
    storeView({
      progress: { task: 'hard refresh inventory', done: 744, total: 1_204, startedAt: ago(0.5) },
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
