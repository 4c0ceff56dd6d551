// The people in a real browser, 300 px wide: nobody's rights change by an arrow key, and what the server refuses is said and undone.

import { expect, test } from '@jest/globals';
import { ago, homeState } from './test-support/fake-google.ts';
import { openStage, soon } from './test-support/stage.ts';

const { inBrowser, page, open, click, sees, shot, askedFor } = openStage();

const BEN = 'ben@shop.example';
const LONG = 'a-rather-long-address.of-somebody@denim-corner-wholesale.example';
const person = (email: string, role: string, name = '') => ({
  email,
  name,
  role,
  lastSeenAt: ago(9_000),
  isYou: role === 'owner',
});
const KEY = { kind: 'sheet', madeBy: '', lastUsedAt: ago(0), isThisSheet: true };
const PEOPLE = {
  people: [person('mia@shop.example', 'owner', 'Mia'), person(BEN, 'staff', 'Ben'), person(LONG, 'staff')],
  joinsAs: 'staff',
  keys: [{ keyId: 'k1', label: 'Sheet of mia@shop.example', ...KEY }],
};
const withBenAs = (role: string) => ({
  ...PEOPLE,
  people: PEOPLE.people.map((one) => (one.email === BEN ? { ...one, role } : one)),
});

const sent = () => askedFor('sidebarCall').filter(([method]) => method !== 'get');
const roleOfBen = () => page().getByRole('combobox', { name: `Role of ${BEN}` });
const joining = () => page().getByRole('combobox', { name: 'Who opens the sheet for the first time' });
const refused = (message: string) => page().getByRole('alert').filter({ hasText: message }).waitFor();

async function openPeople(answers: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await open({ home: () => homeState(), answers: { 'get /api/people': PEOPLE, ...answers } });
  await click('People');
  await roleOfBen().waitFor();
}

inBrowser('people', () => {
  test('an arrow key chooses a role and changes nothing; Enter on "Change" does, and it is said', async () => {
    await openPeople({ 'post /api/people': withBenAs('owner') });
    await roleOfBen().focus();
    await page().keyboard.press('ArrowDown');
    await page().keyboard.press('ArrowDown');
    expect([await roleOfBen().inputValue(), sent()]).toEqual(['owner', []]);
    await page().keyboard.press('Tab');
    await shot('people-role');
    await page().keyboard.press('Enter');
    await page().getByRole('status').filter({ hasText: 'ben@shop.example is owner now.' }).waitFor();
    expect(sent()).toEqual([['post', '/api/people', `{"email":"${BEN}","role":"owner"}`]]);
    await soon(() => page().evaluate('document.activeElement.getAttribute("aria-label")'), `Role of ${BEN}`);
  });

  test('a role that the server refuses is said, and the control shows what is true', async () => {
    await openPeople();
    await roleOfBen().selectOption('viewer');
    await click(`Change the role of ${BEN}`);
    await refused('Nothing answers post /api/people here.');
    expect(await roleOfBen().inputValue()).toBe('staff');
    await shot('people-refused');
  });

  test('who is removed is named first, and "Not now" sends nothing', async () => {
    await openPeople({ 'post /api/people': { ...PEOPLE, people: PEOPLE.people.slice(0, 2) } });
    await page()
      .getByRole('button', { name: `Remove ${LONG}` })
      .focus();
    await page().keyboard.press('Enter');
    await sees(`Remove ${LONG}?`);
    await shot('people-remove');
    await click('Not now');
    await roleOfBen().waitFor();
    expect(sent()).toEqual([]);
    await click(`Remove ${LONG}`);
    await click('Remove');
    await page()
      .getByRole('status')
      .filter({ hasText: `${LONG} was removed.` })
      .waitFor();
    expect(sent()).toEqual([['post', '/api/people', `{"email":"${LONG}","role":null}`]]);
    expect(
      await page()
        .getByRole('combobox', { name: /Role of a-rather-long/ })
        .count(),
    ).toBe(0);
  });

  test('as what somebody joins changes with its button only; a refusal is said, and the control goes back', async () => {
    await openPeople();
    await joining().selectOption('viewer');
    expect(sent()).toEqual([]);
    await click('Change: Who opens the sheet for the first time');
    await refused('Nothing answers post /api/people/joining here.');
    expect(await joining().inputValue()).toBe('staff');
    await openPeople({ 'post /api/people/joining': { ...PEOPLE, joinsAs: 'viewer' } });
    await joining().selectOption('viewer');
    await click('Change: Who opens the sheet for the first time');
    await sees('Changed.');
    expect(await joining().inputValue()).toBe('viewer');
  });

  test('a removal that the server refuses is said where it was asked for', async () => {
    await openPeople();
    await click(`Remove ${BEN}`);
    await click('Remove');
    await refused('Nothing answers post /api/people here.');
  });

  test('staff looks', async () => {
    await open({
      home: () => homeState({ me: { email: BEN, name: 'Ben', role: 'staff' } }),
      answers: { 'get /api/people': PEOPLE },
    });
    await click('People');
    await sees('Mia');
    expect(await page().getByRole('button').allTextContents()).toEqual(['‹ Back']);
    await shot('people');
  });
});
