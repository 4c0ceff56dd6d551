// "Why is this number?" in a real browser: lists that add up, any past day, and bundles.

import { expect, test } from '@jest/globals';
import { EXPLAINED } from './test-support/answers.ts';
import { homeState } from './test-support/fake-google.ts';
import { openStage, soon } from './test-support/stage.ts';

const { inBrowser, page, open, click, sees, shot } = openStage();

const BEFORE = {
  ...EXPLAINED,
  at: '2026-11-02T04:59:59.999Z',
  atDay: '2026-11-01',
  inStock: 61,
  booked: 7,
  available: 54,
  groups: [
    { group: 'opening', lastAt: '2026-10-30T10:00:00.000Z', moves: 1, inStock: 38, booked: 0, incoming: 0 },
    { group: 'received', lastAt: '2026-10-30T10:00:00.000Z', moves: 1, inStock: 30, booked: 0, incoming: 0 },
    {
      group: 'sent to customers',
      lastAt: '2026-10-30T10:00:00.000Z',
      moves: 1,
      inStock: -7,
      booked: -7,
      incoming: 0,
    },
    {
      group: 'booked by orders',
      lastAt: '2026-10-30T10:00:00.000Z',
      moves: 2,
      inStock: 0,
      booked: 14,
      incoming: 0,
    },
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
    const cells = page().locator('table').nth(table).locator('tr > td:last-child');
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
    expect(await page().getByRole('img').getAttribute('aria-label')).toBe(
      'In stock over 3 days: from 38 to 50, at least 38, at most 68',
    );
    await page().getByText('Latest changes').click();
    await sees(/order 3391 · DenimCornerVintage/);
    await sees('+4 booked');
    await sees('And 84 older ones in the Ledger tab.');
    await shot('why');
  });

  test('as of a date the server is asked, and the numbers are those of that day; then now again', async () => {
    await openWhy();
    await click('As of a date…');
    await page().getByLabel('As of the end of the day').fill('2026-11-01');
    await soon(() => page().locator('.big dd').allTextContents(), ['61', '7', '54']);
    await sees('In stock at the end of 1 Nov');
    await addsUp(0, 61);
    await addsUp(1, 7);
    await shot('why-as-of');
    await click('As of now');
    await soon(() => page().locator('.big dd').allTextContents(), ['50', '4', '46']);
  });

  test('a day that the server refuses is said, and another can be chosen', async () => {
    await openWhy();
    await click('As of a date…');
    await page().getByLabel('As of the end of the day').fill('2026-10-01');
    await sees(/Nothing answers get/);
    await page().getByLabel('As of the end of the day').fill('2026-11-01');
    await soon(() => page().locator('.big dd').allTextContents(), ['61', '7', '54']);
  });

  test('a bundle has no stock of its own: the part that allows the fewest decides', async () => {
    await open({
      home: () => homeState({ sku: 'JEANSSET' }),
      answers: { 'get /api/explain?sku=JEANSSET': JEANS_SET },
    });
    await click('Why is this number?');
    await sees('BELT in Main');
    await sees('makes 3');
    expect(await page().locator('.big dd').allTextContents()).toEqual(['0', '3']);
    await shot('why-bundle');
  });
});
