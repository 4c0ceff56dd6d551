// Pairing, identity and roles: who may call, as whom, and what they may do.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Express } from 'express';
import supertest from 'supertest';
import { errorAnswer } from '../../shared/api/errors.ts';
import { type PairAnswer, pairAnswer, peopleAnswer } from '../../shared/api/people.ts';
import type { ApiKey } from './api-keys.ts';
import { endpoints } from './endpoints.ts';
import { createHttpFixture, type HttpFixture, type SignedSend, STORE } from './test-support/http-fixture.ts';
import { createTokenSigner } from './test-support/token-signer.ts';

const SHEET = 'spreadsheet-of-the-shop';
const MINUTE_MS = 60_000;
const START = new Date('2026-11-23T12:00:00Z');

let fixture: HttpFixture;
let app: Express;
beforeAll(async () => {
  fixture = await createHttpFixture();
});
afterAll(() => fixture.database.drop());
beforeEach(async () => {
  fixture.clock.now = START;
  fixture.calls.length = 0;
  app = fixture.open();
  const { db } = fixture.database;
  await db.deleteFrom('people').execute();
  await db.updateTable('workspace').set({ joins_as: 'staff' }).execute();
});

const pair = (code: string, token: string, spreadsheetId = SHEET, to = app) =>
  supertest(to).post('/api/pair').send({ code, spreadsheetId, identityToken: token });

async function paired(email: string): Promise<PairAnswer> {
  const answer = await pair(await fixture.pairingCode(), fixture.tokenOf(email));
  expect(answer.status).toBe(200);
  return pairAnswer.parse(answer.body);
}

type As = { readonly sheet: PairAnswer; readonly token: string };
const as = (sheet: PairAnswer, email: string): As => ({ sheet, token: fixture.tokenOf(email) });
const call = ({ sheet, token }: As, request: SignedSend) =>
  fixture.send(app, { key: sheet.key, headers: { authorization: `Bearer ${token}` }, ...request });

const ME: SignedSend = { method: 'get', path: '/api/me' };
const PEOPLE: SignedSend = { method: 'get', path: '/api/people' };
const SYNC_NOW: SignedSend = { method: 'post', path: `/api/stores/${STORE}/sync-now` };
const change = (email: string, role: string | null): SignedSend => ({
  method: 'post',
  path: '/api/people',
  body: { email, role },
});

async function refused(sending: supertest.Test, status: number): Promise<string> {
  const answer = await sending;
  expect(answer.status).toBe(status);
  const { error } = errorAnswer.parse(answer.body);
  expect(error.message).toMatch(/^\S[^\n]{20,250}\.$/);
  return error.code;
}

describe('pairing', () => {
  test('a one-time code makes the first person owner, and the sheet signs from then on', async () => {
    const sheet = await paired('Mia@Shop.example');
    expect(sheet).toMatchObject({ email: 'mia@shop.example', role: 'owner' });
    const me = await call(as(sheet, 'mia@shop.example'), ME);
    expect(me.body).toEqual({ email: 'mia@shop.example', name: '', role: 'owner' });
  });

  test('a code works once, for ten minutes, however it is typed', async () => {
    const code = await fixture.pairingCode();
    expect(code).toMatch(/^[A-Z2-9]{4}-[A-Z2-9]{4}$/);
    const token = fixture.tokenOf('mia@shop.example');
    expect((await pair(` ${code.toLowerCase().replace('-', ' ')}`, token)).status).toBe(200);
    expect(await refused(pair(code, token), 403)).toBe('wrong_code');
    const old = await fixture.pairingCode();
    fixture.clock.now = new Date(START.getTime() + 10 * MINUTE_MS);
    expect(await refused(pair(old, token), 403)).toBe('wrong_code');
  });

  test('two sheets that use one code at the same moment: one is paired', async () => {
    const code = await fixture.pairingCode();
    const token = fixture.tokenOf('mia@shop.example');
    const answers = await Promise.all([pair(code, token), pair(code, token)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  });

  test('a token that Google did not sign leaves the code unused', async () => {
    const code = await fixture.pairingCode();
    const forged = createTokenSigner().tokenOf('mia@shop.example');
    expect(await refused(pair(code, forged), 401)).toBe('identity_unreadable');
    expect(await refused(pair(code, 'nonsense'), 401)).toBe('identity_unreadable');
    expect((await pair(code, fixture.tokenOf('mia@shop.example'))).status).toBe(200);
  });

  test('guesses are held back after ten', async () => {
    const token = fixture.tokenOf('mia@shop.example');
    const statuses: number[] = [];
    for (let guess = 0; guess < 12; guess += 1) {
      statuses.push((await pair(`AAAA-22${10 + guess}`, token)).status);
    }
    expect(statuses).toEqual([...Array(10).fill(403), 429, 429]);
  });

  test('the first is owner, others join as staff; a code that names a role gives it', async () => {
    await paired('mia@shop.example');
    expect((await paired('ben@shop.example')).role).toBe('staff');
    const code = await fixture.pairingCode('owner');
    const answer = await pair(code, fixture.tokenOf('ben@shop.example'));
    expect(answer.body.role).toBe('owner');
  });
});

describe('every call says who is at the keyboard', () => {
  test('without a token, or with one that is not good, nothing is done', async () => {
    const sheet = await paired('mia@shop.example');
    const hourAgo = Math.floor(Date.now() / 1_000) - 7_200;
    const bad: [string, string][] = [
      ['', 'identity_missing'],
      ['nonsense', 'identity_unreadable'],
      [createTokenSigner().tokenOf('mia@shop.example'), 'identity_unreadable'],
      [fixture.tokenOf('mia@shop.example', { aud: 'another-script' }), 'identity_other_audience'],
      [fixture.tokenOf('mia@shop.example', { iat: hourAgo, exp: hourAgo + 3_600 }), 'identity_expired'],
      [fixture.tokenOf('mia@shop.example', { email_verified: false }), 'identity_unverified_email'],
      [fixture.tokenOf('mia@shop.example', { iss: 'https://evil.example' }), 'identity_unreadable'],
    ];
    for (const [token, code] of bad) {
      const headers = token === '' ? {} : { authorization: `Bearer ${token}` };
      expect(await refused(fixture.send(app, { ...SYNC_NOW, key: sheet.key, headers }), 401)).toBe(code);
    }
    expect(fixture.calls).toEqual([]);
  });

  test('the actor of what is done is the verified e-mail', async () => {
    const sheet = await paired('mia@shop.example');
    await call(as(sheet, 'BEN@shop.example'), SYNC_NOW);
    expect(fixture.calls).toEqual([
      {
        name: 'syncNow',
        input: [STORE, expect.objectContaining({ actor: 'ben@shop.example', role: 'staff' })],
      },
    ]);
  });

  test("when Google's keys cannot be had, the refusal says so and asks for patience", async () => {
    const sheet = await paired('mia@shop.example');
    const verifier = {
      issuers: ['https://accounts.google.com'],
      verify: async () => ({ ok: false, reason: 'unavailable' }) as const,
    };
    app = fixture.open({ identities: [verifier] });
    const answer = await call(as(sheet, 'mia@shop.example'), ME);
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('60');
  });
});

describe('roles', () => {
  test('each endpoint says the least role it needs', () => {
    expect(endpoints.filter(({ role }) => role === undefined).map(({ path }) => path)).toEqual([]);
  });

  test('a viewer looks, staff works, an owner decides', async () => {
    const sheet = await paired('mia@shop.example');
    await call(as(sheet, 'mia@shop.example'), change('vic@shop.example', 'viewer'));
    await call(as(sheet, 'mia@shop.example'), change('sam@shop.example', 'staff'));
    const viewer = as(sheet, 'vic@shop.example');
    const staff = as(sheet, 'sam@shop.example');
    expect((await call(viewer, { method: 'get', path: '/api/stores' })).status).toBe(200);
    expect(await refused(call(viewer, SYNC_NOW), 403)).toBe('role_too_small');
    expect((await call(staff, SYNC_NOW)).status).toBe(200);
    expect(await refused(call(staff, change('sam@shop.example', 'owner')), 403)).toBe('role_too_small');
    expect(await refused(call(staff, { method: 'delete', path: `/api/stores/${STORE}` }), 403)).toBe(
      'role_too_small',
    );
  });

  test('the only owner cannot leave; two owners cannot remove each other at once', async () => {
    const sheet = await paired('mia@shop.example');
    const mia = as(sheet, 'mia@shop.example');
    expect(await refused(call(mia, change('mia@shop.example', 'staff')), 409)).toBe('not_changed');
    await call(mia, change('ben@shop.example', 'owner'));
    const both = await Promise.all([
      call(mia, change('ben@shop.example', null)),
      call(as(sheet, 'ben@shop.example'), change('mia@shop.example', null)),
    ]);
    expect(both.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    const { rows } = { rows: await fixture.database.db.selectFrom('people').selectAll().execute() };
    expect(rows.filter(({ role, removed_at }) => role === 'owner' && removed_at === null)).not.toEqual([]);
  });

  test('whoever was removed does not join again by opening the sheet', async () => {
    const sheet = await paired('mia@shop.example');
    const ben = as(sheet, 'ben@shop.example');
    expect((await call(ben, ME)).body.role).toBe('staff');
    await call(as(sheet, 'mia@shop.example'), change('ben@shop.example', null));
    expect(await refused(call(ben, ME), 403)).toBe('removed');
  });

  test('the owner may close the door: nobody joins unasked', async () => {
    const sheet = await paired('mia@shop.example');
    const mia = as(sheet, 'mia@shop.example');
    await call(mia, { method: 'post', path: '/api/people/joining', body: { joinsAs: 'nobody' } });
    expect(await refused(call(as(sheet, 'new@shop.example'), ME), 403)).toBe('not_a_member');
    await call(mia, change('new@shop.example', 'viewer'));
    expect((await call(as(sheet, 'new@shop.example'), ME)).body.role).toBe('viewer');
  });
});

describe('keys', () => {
  test('a withdrawn key lets nobody in', async () => {
    const sheet = await paired('mia@shop.example');
    const other = await paired('mia@shop.example');
    const mia = as(other, 'mia@shop.example');
    const people = peopleAnswer.parse((await call(mia, PEOPLE)).body);
    expect(people.keys.find(({ isThisSheet }) => isThisSheet)?.keyId).toBe(other.key.keyId);
    await call(mia, { method: 'post', path: '/api/keys/withdraw', body: { keyId: sheet.key.keyId } });
    expect(await refused(call(as(sheet, 'mia@shop.example'), ME), 401)).toBe('unknown_key');
  });

  test('the key for formulas reads stock, and nothing else', async () => {
    const { formulasKey } = await paired('mia@shop.example');
    const stock: SignedSend = {
      method: 'post',
      path: '/api/stock',
      body: { skus: ['NOTHING'] },
      key: formulasKey,
    };
    expect((await fixture.send(app, stock)).body).toEqual({ rows: [null] });
    expect(await refused(fixture.send(app, { ...ME, key: formulasKey }), 403)).toBe('formulas_only');
    expect(await refused(fixture.send(app, { ...SYNC_NOW, key: formulasKey }), 403)).toBe('formulas_only');
  });

  test('formulas have a limit of their own, and what is over says what to do instead', async () => {
    const { formulasKey } = await paired('mia@shop.example');
    const busy = fixture.open({ rateLimits: { perKeyPerMinute: 1, perFormulasKeyPerMinute: 2 } });
    const ask = (by: ApiKey) =>
      fixture.send(busy, { method: 'post', path: '/api/stock', body: { skus: ['NOTHING'] }, key: by });
    const statuses = [];
    for (const by of [formulasKey, formulasKey, fixture.key, fixture.key])
      statuses.push((await ask(by)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const { body } = await ask(formulasKey);
    expect(body.error.message).toContain('Give one formula the whole range, such as =IN_STOCK(A2:A500).');
  });
});

describe('a nudge', () => {
  test('notes that the trigger lives and looks for work', async () => {
    const sheet = await paired('mia@shop.example');
    const nudge: SignedSend = { method: 'post', path: '/api/nudge', body: { everyMs: 600_000 } };
    expect((await call(as(sheet, 'mia@shop.example'), nudge)).body).toEqual({ nextInMs: 600_000 });
    expect(fixture.calls).toEqual([{ name: 'lookForWork', input: [] }]);
    const trigger = await fixture.database.db
      .selectFrom('sheet_triggers')
      .selectAll()
      .where('key_id', '=', sheet.key.keyId)
      .executeTakeFirstOrThrow();
    expect(trigger).toMatchObject({ every_ms: 600_000, person: 'mia@shop.example', last_nudge_at: START });
  });
});
