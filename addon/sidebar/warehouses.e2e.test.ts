// The warehouses in a real browser: added, renamed, put first, archived; what the server refuses is said and changes nothing.

import { expect, test } from '@jest/globals';
import { homeState } from './test-support/fake-google.ts';
import { openStage, soon } from './test-support/stage.ts';

const { inBrowser, page, open, click, sees, warned, shot, askedFor } = openStage();

const MAIN = { id: 'main', name: 'Main', archived: false, serves: ['Denim Corner'] };
const BACK = { id: 'back', name: 'Back room', archived: false, serves: [] };
const OLD = { id: 'old', name: 'Garage', archived: true, serves: [] };

const sent = () => askedFor('sidebarCall').filter(([method]) => method !== 'get');

inBrowser('warehouses', () => {
  test('an owner adds one and puts it first; what happened is said', async () => {
    const message = 'The warehouse Back room was added.';
    await open({
      home: () => homeState(),
      answers: {
        'get /api/warehouses': { warehouses: [MAIN, OLD] },
        'post /api/warehouses': { accepted: true, message, warehouses: [MAIN, BACK, OLD] },
        'patch /api/warehouses/back': {
          accepted: true,
          message: 'Back room is number 1 in the list.',
          warehouses: [BACK, MAIN, OLD],
        },
      },
    });
    await click('Warehouses');
    await sees('Meant where nobody names a warehouse. Serves Denim Corner.');
    await sees('Archived: nothing new is booked here.');
    await page().getByLabel('Add a warehouse').fill('  Back room ');
    await click('Add');
    await sees(message);
    await shot('warehouses');
    await click('Put Back room first');
    await sees('Meant where nobody names a warehouse. Serves no store.');
    expect(sent()).toEqual([
      ['post', '/api/warehouses', '{"name":"Back room"}'],
      ['patch', '/api/warehouses/back', '{"position":1}'],
    ]);
  });

  test('one that serves a store is not archived: the reason stands beside the button', async () => {
    const message = 'It serves Denim Corner. Choose another warehouse for that first.';
    await open({
      home: () => homeState(),
      answers: {
        'get /api/warehouses': { warehouses: [MAIN, BACK] },
        'patch /api/warehouses/main': { accepted: false, message, warehouses: [MAIN, BACK] },
      },
    });
    await click('Warehouses');
    await click('Archive Main');
    await warned(message);
    await click('Rename Main');
    await page().getByLabel('New name of Main').fill('Shop');
    await click('Save');
    await soon(() => sent().at(-1), ['patch', '/api/warehouses/main', '{"name":"Shop"}']);
  });

  test('staff looks', async () => {
    await open({
      home: () => homeState({ me: { email: 'sam@shop.example', name: '', role: 'staff' } }),
      answers: { 'get /api/warehouses': { warehouses: [MAIN] } },
    });
    await click('Warehouses');
    await sees('Serves Denim Corner');
    expect(await page().getByRole('button').allTextContents()).toEqual(['‹ Back']);
  });
});
