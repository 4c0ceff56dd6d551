// Signed requests: exactly what was signed gets in, once, within five minutes; every refusal has its own code.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Express } from 'express';
import supertest from 'supertest';
import { errorAnswer } from '../../shared/api/errors.ts';
import { signRequest } from './sign-request.ts';
import { createHttpFixture, type HttpFixture, STORE } from './test-support/http-fixture.ts';

let fixture: HttpFixture;
let app: Express;
const START = new Date('2026-11-23T12:00:00Z');
beforeAll(async () => {
  fixture = await createHttpFixture();
  app = fixture.open();
});
beforeEach(() => {
  fixture.clock.now = START;
  fixture.calls.length = 0;
});
afterAll(() => fixture.database.drop());

const SYNC = { method: 'post', path: `/api/stores/${STORE}/sync`, body: { on: true } } as const;

async function refusalOf(sending: supertest.Test): Promise<string> {
  const answer = await sending;
  expect(answer.status).toBe(401);
  const { error } = errorAnswer.parse(answer.body);
  expect(error.message).toMatch(/^[A-Z][^\n]{20,250}\.$/);
  expect(fixture.calls).toEqual([]);
  return error.code;
}

const signed = (change: { path?: string; body?: string; method?: string; now?: Date; nonce?: string } = {}) =>
  signRequest({
    ...fixture.key,
    method: change.method ?? 'post',
    pathAndQuery: change.path ?? SYNC.path,
    body: change.body ?? JSON.stringify(SYNC.body),
    now: change.now ?? START,
    nonce: change.nonce ?? crypto.randomUUID(),
  });

const post = (headers: Record<string, string>): supertest.Test =>
  supertest(app).post(SYNC.path).set(headers).send(SYNC.body);

test('a signed request gets in and names its key', async () => {
  const answer = await fixture.send(app, SYNC);
  expect(answer.body).toEqual({ accepted: true, message: 'setSync was started.' });
  expect(fixture.calls[0]?.input[2]).toMatchObject({
    actor: 'the sheet',
    role: 'owner',
    keyId: fixture.key.keyId,
    requestId: answer.headers['x-request-id'],
  });
});

test.each(['x-key-id', 'x-timestamp', 'x-nonce', 'x-signature'])(
  'without %s: missing_header',
  async (name) => {
    const headers = signed();
    delete headers[name];
    expect(await refusalOf(post(headers))).toBe('missing_header');
  },
);

test.each([
  ['x-key-id', "'; drop table api_keys; --"],
  ['x-timestamp', '-1'],
  ['x-timestamp', '1e13'],
  ['x-timestamp', 'now'],
  ['x-nonce', 'short'],
  ['x-nonce', 'a'.repeat(129)],
  ['x-signature', 'zz'],
  ['x-signature', 'a'.repeat(63)],
])('%s: %j is malformed_header', async (name, value) => {
  expect(await refusalOf(post({ ...signed(), [name]: value }))).toBe('malformed_header');
});

test('an unknown key: unknown_key', async () => {
  expect(await refusalOf(post({ ...signed(), 'x-key-id': 'nobody' }))).toBe('unknown_key');
});

test('a withdrawn key: unknown_key', async () => {
  const key = await fixture.newKey('old sheet');
  await fixture.database.db
    .updateTable('api_keys')
    .set({ revoked_at: START })
    .where('id', '=', key.keyId)
    .execute();
  expect(await refusalOf(fixture.send(app, { ...SYNC, key }))).toBe('unknown_key');
});

test.each([
  [
    'another secret',
    () =>
      signRequest({
        ...fixture.key,
        secret: 'guessed',
        method: 'post',
        pathAndQuery: SYNC.path,
        body: JSON.stringify(SYNC.body),
        now: START,
        nonce: crypto.randomUUID(),
      }),
  ],
  ['another body', () => signed({ body: '{"on":false}' })],
  ['another path', () => signed({ path: '/api/stores/shopify-2/sync' })],
  ['an added query', () => signed({ path: `${SYNC.path}?force=1` })],
  ['another method', () => signed({ method: 'get' })],
  ['a nonce that was changed afterwards', () => ({ ...signed(), 'x-nonce': 'changed-afterwards' })],
  [
    'a timestamp that was changed afterwards',
    () => ({ ...signed(), 'x-timestamp': String(START.getTime() + 1) }),
  ],
])('signed for %s: wrong_signature', async (_name, headers) => {
  expect(await refusalOf(post(headers()))).toBe('wrong_signature');
});

describe('expired timestamp', () => {
  test.each([5 * 60_000 + 1, -(5 * 60_000 + 1), 24 * 3_600_000])(
    'off by %d ms: expired_timestamp',
    async (offMs) => {
      const headers = signed({ now: new Date(START.getTime() + offMs) });
      expect(await refusalOf(post(headers))).toBe('expired_timestamp');
    },
  );

  test('the sentence says to check the clock', async () => {
    const answer = await post(signed({ now: new Date(0) }));
    expect(answer.body.error.message).toContain('Check the clock');
  });

  test.each([5 * 60_000, -5 * 60_000])('off by exactly %d ms is still fine', async (offMs) => {
    expect((await post(signed({ now: new Date(START.getTime() + offMs) }))).status).toBe(200);
  });
});

describe('replayed nonce', () => {
  test('the very same request again: replayed_nonce', async () => {
    const headers = signed();
    expect((await post(headers)).status).toBe(200);
    fixture.calls.length = 0;
    expect(await refusalOf(post(headers))).toBe('replayed_nonce');
  });

  test('ten copies at once: one gets in', async () => {
    const headers = signed();
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(headers)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(fixture.calls).toHaveLength(1);
  });

  test('a request from the far end of the window cannot come back as long as its timestamp is good', async () => {
    const headers = signed({ now: new Date(START.getTime() + 5 * 60_000) });
    expect((await post(headers)).status).toBe(200);
    fixture.clock.now = new Date(START.getTime() + 10 * 60_000);
    expect((await fixture.send(app, SYNC)).status).toBe(200); // tidies up what is old
    fixture.calls.length = 0;
    expect(await refusalOf(post(headers))).toBe('replayed_nonce');
  });

  test('two sheets may use the same nonce', async () => {
    const key = await fixture.newKey('second sheet');
    const nonce = 'the-same-nonce';
    expect((await fixture.send(app, { ...SYNC, nonce })).status).toBe(200);
    expect((await fixture.send(app, { ...SYNC, nonce, key })).status).toBe(200);
  });

  test('nobody without the secret can use up a nonce', async () => {
    const nonce = 'wanted-by-the-sheet';
    expect(await refusalOf(post({ ...signed({ nonce }), 'x-signature': '0'.repeat(64) }))).toBe(
      'wrong_signature',
    );
    expect((await fixture.send(app, { ...SYNC, nonce })).status).toBe(200);
  });

  test('nonces are forgotten once their timestamps are no longer good', async () => {
    fixture.clock.now = new Date(START.getTime() + 3_600_000);
    await fixture.send(app, SYNC);
    const kept = await fixture.database.db.selectFrom('nonces').selectAll().execute();
    expect(kept).toHaveLength(1);
  });
});

test('the secret of a key is not in the database in the open', async () => {
  const rows = await fixture.database.db.selectFrom('api_keys').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(fixture.key.secret);
});
