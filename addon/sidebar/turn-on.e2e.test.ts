// The switch of a store in a real browser: nothing is turned on or off before it was said what happens.

import { expect, test } from '@jest/globals';
import { CHANNELS, WAREHOUSES } from './test-support/answers.ts';
import { ago, homeState, storeView } from './test-support/fake-google.ts';
import { openStage } from './test-support/stage.ts';

const { inBrowser, page, open, click, sees, warned, shot, askedFor } = openStage();

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
    await page().getByRole('switch', { name: 'Sync of denim-corner.example' }).click();
    await sees(/step 1 of 3/);
    await click('Next');
    await sees('shop 52 → 46');
    await shot('turn-on');
    await click('Next');
    await page()
      .getByLabel(/Copy the shop's stock for the 9 never set/)
      .check();
    await click('Turn on and write 31 numbers');
    await sees('denim-corner.example is being turned on.');
    const [, , body] = askedFor('sidebarCall').find(([, asked]) => asked === '/api/stores/s1/sync') ?? [];
    expect(JSON.parse(body ?? '')).toEqual({ on: true, opening: 'copy', planId: 'plan-1' });
  });

  test('a look at the plan that fails is followed by the next, whose answer takes its place', async () => {
    let looks = 0;
    const asks = () => {
      looks += 1;
      if (looks === 2) throw new Error('gone');
      return looks === 1 ? { ...PLAN, state: 'reading', message: 'Reading 12 of 442.' } : PLAN;
    };
    await open({
      home: () => homeState({ stores: [OFF] }),
      answers: { 'get /api/warehouses': WAREHOUSES, 'post /api/stores/s1/turn-on-plan': asks },
    });
    await page().getByRole('switch').click();
    await click('Next');
    await sees('Reading 12 of 442.');
    await page().getByRole('alert').getByText('gone').waitFor();
    await shot('turn-on-failed-look');
    await sees('shop 52 → 46');
    expect(await page().getByRole('alert').count()).toBe(0);
  });

  test('when a later look fails, the plan that there is stays in sight', async () => {
    let isDown = false;
    const asks = () => {
      if (isDown) throw new Error('The server could not be reached.');
      return PLAN;
    };
    await open({
      home: () => homeState({ stores: [OFF] }),
      answers: { 'get /api/warehouses': WAREHOUSES, 'post /api/stores/s1/turn-on-plan': asks },
    });
    await page().getByRole('switch').click();
    await click('Next');
    await sees('shop 52 → 46');
    await click('‹ Back');
    isDown = true;
    await click('Next');
    await sees('The server could not be reached.');
    await sees('shop 52 → 46');
    await shot('turn-on-plan-and-problem');
  });

  test('a store that is off can be turned on from its own screen, where somebody is who has just connected it', async () => {
    await open({
      home: () => homeState({ stores: [OFF] }),
      answers: { 'get /api/channels': CHANNELS, 'get /api/warehouses': WAREHOUSES },
    });
    await click('denim-corner.example');
    await click('Turn on sync…');
    await sees(/step 1 of 3/);
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
    await page().getByRole('switch').click();
    const next = page().getByRole('button', { name: 'Next' });
    expect(await next.isDisabled()).toBe(false);
    await page().getByLabel('Fulfilment partner').selectOption('not-ours');
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

  test('a store without locations sells from one warehouse, and from others that are ticked', async () => {
    const warehouses = ['main', 'back', 'old'].map((id) => ({
      id,
      name: `Place ${id}`,
      archived: id === 'old',
      serves: [],
    }));
    await open({
      home: () => homeState({ stores: [OFF] }),
      answers: {
        'get /api/warehouses': { warehouses },
        'post /api/stores/s1/places': { accepted: true, message: 'It sells from both.' },
        'post /api/stores/s1/turn-on-plan': PLAN,
      },
    });
    await page().getByRole('switch').click();
    await page().getByLabel('Place back').check();
    expect(await page().getByLabel('Place old').count()).toBe(0);
    await click('See what would happen');
    await sees('Nothing is saved yet. It sells from both.');
    await click('Save the warehouses');
    await sees('shop 52 → 46');
    const bodies = askedFor('sidebarCall').flatMap(([, path, body]) =>
      path?.endsWith('/places') ? [JSON.parse(body ?? '')] : [],
    );
    expect(bodies.map(({ warehouseIds }) => warehouseIds)).toEqual([
      ['main', 'back'],
      ['main', 'back'],
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
    await page().getByRole('switch').click();
    await page().getByLabel('The shop sells from').selectOption('main');
    await click('See what would happen');
    await warned('A stock take is open in Main.');
    expect(await page().getByRole('button', { name: 'Save the warehouses' }).count()).toBe(0);
  });

  const REFUSED = { accepted: false, message: 'Choose a warehouse first.' };

  test('the server says no to turning on: the confirmation stays, with the reason as a warning', async () => {
    await open({
      home: () => homeState({ stores: [{ ...OFF, openingImportedAt: ago(10) }] }),
      answers: { 'post /api/stores/s1/sync': REFUSED },
    });
    await page().getByRole('switch').click();
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
    await page().getByRole('switch').click();
    await click('Next');
    await sees('shop 52 → 46');
    await click('Next');
    await click('Turn on and write 31 numbers');
    await warned(REFUSED.message);
    await sees(/step 3 of 3/);
  });

  test('the same when turning off', async () => {
    await open({ home: () => homeState(), answers: { 'post /api/stores/s1/sync': REFUSED } });
    await page().getByRole('switch').click();
    await click('Turn off');
    await warned(REFUSED.message);
    await sees('Turn off Denim Corner?');
  });

  test('without a plan nothing can be turned on for the first time', async () => {
    await open({ home: () => homeState({ stores: [OFF] }) });
    await page().getByRole('switch').click();
    await click('Next');
    await sees(/Nothing answers post/);
    expect(await page().getByRole('button', { name: 'Next' }).isDisabled()).toBe(true);
  });

  test('turning off says first what will happen; "Not now" changes nothing', async () => {
    await open({ home: () => homeState() });
    await page().getByRole('switch').click();
    await sees(/The shop keeps the numbers it shows now/);
    await shot('turn-off');
    await click('Not now');
    await sees('All stores are up to date');
    expect(askedFor('sidebarCall')).toEqual([]);
  });
});
