// Rows that need somebody, in a real browser: each can be submitted or sent again from the sidebar, which says what came of it.

import { expect, test } from '@jest/globals';
import { ago, homeState } from './test-support/fake-google.ts';
import { openStage, soon } from './test-support/stage.ts';

const { inBrowser, page, open, click, sees, shot, askedFor } = openStage();

inBrowser('rows', () => {
  test('rows that wait while the sheet’s own clock is silent: it says since when, and starts it anew', async () => {
    let trigger = { everyMs: 600_000, lastRunAt: ago(3 * 24 * 60) };
    const rows = [{ tab: 'Adjustments', ticked: 0, refused: [], waiting: 2 }];
    await open({
      home: () => homeState({ rows, trigger }),
      answers: {
        startTrigger: () => {
          trigger = { everyMs: 600_000, lastRunAt: ago(0) };
          return '';
        },
      },
    });
    await sees(/The sheet should send them again by itself every 10\smin, but has not done so since \d+ \w+/);
    expect(await page().getByText('sent again within').count()).toBe(0);
    await shot('home-silent');
    await click('Start it anew');
    await sees(/they are sent again within 10\smin, or now/);
    expect(askedFor('sidebarDo')).toEqual([['startTrigger', 'null']]);
  });

  test('what a submit from here did is said, and the keyboard is back at the heading', async () => {
    let ticked = 2;
    await open({
      home: () => homeState({ rows: [{ tab: 'Adjustments', ticked, refused: [], waiting: 0 }] }),
      answers: {
        submit: () => {
          ticked = 0;
          return '2 rows applied.';
        },
      },
    });
    const live = page().locator('[role=status]', { hasNotText: /./ });
    expect(await live.count()).toBe(1);
    await page().getByRole('button', { name: 'Submit ticked rows' }).press('Enter');
    await page().locator('[role=status]', { hasText: '2 rows applied.' }).waitFor();
    await soon(() => page().evaluate('document.activeElement.tagName'), 'H1');
    await shot('home-submitted');
  });

  test('refused rows that are ticked can be submitted again, once they were mended', async () => {
    await open({
      home: () => homeState({ rows: [{ tab: 'Adjustments', ticked: 1, refused: [8], waiting: 0 }] }),
      answers: { submit: '1 row applied.' },
    });
    await sees('1 row in Adjustments was refused');
    await shot('home-refused');
    await click('Submit ticked rows');
    await sees('1 row applied.');
  });
});
