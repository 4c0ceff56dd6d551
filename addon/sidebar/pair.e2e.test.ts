// Connecting the sheet to a server, in a real browser: the first time, and again.

import { expect, test } from '@jest/globals';
import { homeState } from './test-support/fake-google.ts';
import { openStage } from './test-support/stage.ts';

const { inBrowser, page, open, click, sees, shot, askedFor } = openStage();

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
    expect(await page().getByRole('button', { name: '‹ Back' }).count()).toBe(0);
    await shot('pair');
    await page().getByLabel('Server address').fill('https://stock.example.com');
    await page().getByLabel('Pairing code').fill('ABCD-2345');
    await click('Connect');
    await sees(/You are signed in as mia@shop.example/);
    expect(askedFor('sidebarDo')).toEqual([
      ['pair', '{"address":"https://stock.example.com","code":"ABCD-2345"}'],
    ]);
  });

  test('one that is connected and is to be connected again has a way back', async () => {
    await open({
      home: () => homeState({ problem: 'The server does not know this key.', me: null, stores: [] }),
    });
    await click('Connect again');
    await sees('npm run pair');
    await shot('pair-again');
    await click('‹ Back');
    await sees('The server does not know this key.');
  });
});
