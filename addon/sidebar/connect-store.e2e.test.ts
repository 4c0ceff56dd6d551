// Connecting a store in a real browser: the form, what is missing, and the shop's own page.

import { expect, test } from '@jest/globals';
import { CHANNELS } from './test-support/answers.ts';
import { homeState } from './test-support/fake-google.ts';
import { openStage, soon } from './test-support/stage.ts';

const { inBrowser, page, open, click, sees, shot, askedFor } = openStage();

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
    await page().getByLabel('Name in this sheet').fill('Denim Corner');
    await page().getByLabel('Shop address').fill('denim.myshopify.com');
    await page().getByLabel('Access token').fill('shpat_secret');
    // What was missing is there now, so nothing is said of it any more.
    expect(await page().getByText('Fill in "Shop address".').count()).toBe(0);
    expect(await page().getByLabel('Access token').getAttribute('type')).toBe('password');
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
    expect(await page().getByLabel('Token').count()).toBe(0);
    await sees('https://stock.example.com/connect/etsy/callback');
    await shot('connect-at-the-shop');
    await page().getByLabel('Keystring').fill('abc');
    await click('Continue at the shop');
    const link = page().getByRole('link', { name: 'Open Etsy' });
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
      await open({
        home: () => homeState({ stores: [] }),
        answers: { 'get /api/channels': { channels }, 'post /api/stores': { store: null, findings: [] } },
      });
      await click('Connect a store');
      await click('Choose Etsy');
      if (redirectUri !== null) await click('I have all keys: let me paste them');
      expect(await page().getByText('Register this address').count()).toBe(0);
      await page().getByLabel('Name in this sheet').fill('Vintage');
      await page().getByLabel('Keystring').fill('abc');
      await page().getByLabel('Token').fill('def');
      await click('Check and connect');
      await soon(() => askedFor('sidebarCall').at(-1)?.slice(0, 2), ['post', '/api/stores']);
      expect(askedFor('sidebarCall').at(-1)?.[2]).toContain('"credentials":{"key":"abc","token":"def"}');
    }
  });
});
