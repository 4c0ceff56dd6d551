// Every endpoint hands over what was asked, and every bad input of the sheet's side gets one clear sentence.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Express } from 'express';
import supertest from 'supertest';
import { errorAnswer } from '../../shared/api/errors.ts';
import { SUBMIT_ROWS_MAX } from '../../shared/api/rows.ts';
import { createHttpFixture, type HttpFixture, type SignedSend, STORE } from './test-support/http-fixture.ts';

let fixture: HttpFixture;
let app: Express;
beforeAll(async () => {
  fixture = await createHttpFixture();
  app = fixture.open({ rateLimits: { perKeyPerMinute: 100_000, perAddressPerMinute: 100_000 } });
});
beforeEach(() => {
  fixture.calls.length = 0;
});
afterAll(() => fixture.database.drop());

const cells = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  sku: 'BLUEJEANSM',
  warehouse: '',
  action: 'add',
  quantity: 5,
  seen: null,
  reason: 'found',
  note: '',
  ...change,
});
const row = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  rowId: 'r1',
  cells: cells(),
  ...change,
});
const ROWS_PATH = '/api/rows/adjustments';
const submit = (body: unknown): SignedSend => ({ method: 'post', path: ROWS_PATH, body });

async function refusal(request: SignedSend, status: number): Promise<{ code: string; message: string }> {
  const answer = await fixture.send(app, request);
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toContain('application/json');
  const { error } = errorAnswer.parse(answer.body);
  expect(error.message).toMatch(/^[A-Z][^\n]{10,250}\.$/);
  expect(error.message).not.toMatch(/undefined|\[object|Invalid input|zod/i);
  expect(error.requestId).toBe(answer.headers['x-request-id']);
  expect(fixture.calls).toEqual([]);
  return error;
}

describe('what is handed over', () => {
  test('submitted rows arrive as typed, with the name of who did it', async () => {
    const odd = row({
      cells: cells({ sku: '=1+1', quantity: '1e21', note: '__proto__', last: true }),
      rowId: '__proto__',
    });
    const answer = await fixture.send(app, submit({ rows: [row(), odd] }));
    expect(answer.body.rows).toHaveLength(2);
    expect(fixture.calls).toEqual([
      {
        name: 'submitRows',
        input: ['adjustments', [row(), odd], expect.objectContaining({ actor: 'the sheet' })],
      },
    ]);
  });

  test('a tab that nobody knows is refused', async () => {
    const request: SignedSend = { method: 'post', path: '/api/rows/nothing', body: { rows: [row()] } };
    expect((await refusal(request, 404)).code).toBe('unknown_tab');
  });

  test.each<[SignedSend, string, readonly unknown[]]>([
    [
      { method: 'post', path: `/api/stores/${STORE}/sync`, body: { on: true, opening: 'keep' } },
      'setSync',
      [{ on: true, opening: 'keep' }],
    ],
    [
      { method: 'patch', path: `/api/stores/${STORE}/settings`, body: { drafts: true } },
      'changeSettings',
      [{ drafts: true }],
    ],
    [{ method: 'post', path: `/api/stores/${STORE}/sync-now` }, 'syncNow', []],
    [{ method: 'post', path: `/api/stores/${STORE}/refresh-inventory` }, 'refreshInventory', []],
    [{ method: 'post', path: `/api/stores/${STORE}/refresh-listings` }, 'refreshListings', []],
    [{ method: 'delete', path: `/api/stores/${STORE}` }, 'disconnectStore', []],
  ])('%j', async (request, name, input) => {
    const answer = await fixture.send(app, request);
    expect([answer.status, answer.body.accepted]).toEqual([200, true]);
    expect(fixture.calls).toEqual([
      { name, input: [STORE, ...input, expect.objectContaining({ actor: 'the sheet' })] },
    ]);
    fixture.calls.length = 0;
    const unknown = await fixture.send(app, { ...request, path: request.path.replace(STORE, 'gone') });
    expect([unknown.status, unknown.body.error.code]).toEqual([404, 'unknown_store']);
  });

  test('stores and channels are listed, a store is connected', async () => {
    expect((await fixture.send(app, { method: 'get', path: '/api/stores' })).body.stores).toHaveLength(1);
    expect((await fixture.send(app, { method: 'get', path: '/api/channels' })).body).toEqual({
      channels: [],
    });
    const body = { channel: 'shopify', name: 'Shop', credentials: { shop: 'a.myshopify.com' } };
    expect((await fixture.send(app, { method: 'post', path: '/api/stores', body })).body.store.id).toBe(
      STORE,
    );
    expect(fixture.calls[0]?.input[0]).toEqual(body);
  });

  test.each(['00123', 'A B', '__proto__', 'ümläut', '=1+1', 'a/b?c&d#e', '100%'])(
    'the SKU %j is asked for exactly',
    async (sku) => {
      const path = `/api/explain?sku=${encodeURIComponent(sku)}`;
      const answer = await fixture.send(app, { method: 'get', path });
      expect([answer.status, answer.body.error.code]).toEqual([404, 'unknown_sku']);
      expect(fixture.calls).toEqual([{ name: 'explain', input: [sku] }]);
    },
  );
});

describe('bad input', () => {
  test('50,000 rows at once: told how many are possible, nothing applied', async () => {
    const note = 'counted by hand in the back of the shop';
    const rows = Array.from({ length: 50_000 }, (_, index) =>
      row({ rowId: `r${index}`, cells: cells({ note }) }),
    );
    const { message } = await refusal(submit({ rows }), 413);
    expect(message).toContain(`Submit at most ${SUBMIT_ROWS_MAX} rows at a time`);
  });

  test('one row too many, though small enough in bytes: the same sentence', async () => {
    const rows = Array.from({ length: SUBMIT_ROWS_MAX + 1 }, (_, index) => row({ rowId: `r${index}` }));
    const { message } = await refusal(submit({ rows }), 400);
    expect(message).toContain(`Submit at most ${SUBMIT_ROWS_MAX} rows at a time`);
  });

  test(`${SUBMIT_ROWS_MAX} rows are taken`, async () => {
    const rows = Array.from({ length: SUBMIT_ROWS_MAX }, (_, index) => row({ rowId: `r${index}` }));
    expect((await fixture.send(app, submit({ rows }))).status).toBe(200);
  });

  test('a note of 10 MB', async () => {
    expect(
      (await refusal(submit({ rows: [row({ cells: cells({ note: 'x'.repeat(10_000_000) }) })] }), 413)).code,
    ).toBe('too_large');
  });

  test('more than 1 MiB elsewhere', async () => {
    const credentials = { token: 'x'.repeat(1_100_000) };
    const body = { channel: 'shopify', name: 'Shop', credentials };
    expect((await refusal({ method: 'post', path: '/api/stores', body }, 413)).code).toBe('too_large');
  });

  test.each<[string, unknown, string]>([
    ['no rows', {}, 'The field "rows" is missing'],
    ['an empty list', { rows: [] }, 'Tick at least one row'],
    ['rows that are none', { rows: 'all' }, 'The field "rows" must be a list'],
    ['a row that is none', { rows: [7] }, 'The field "rows.0" must be an object'],
    ['a row without its id', { rows: [row({ rowId: undefined })] }, 'The field "rows.0.rowId" is missing'],
    ['an empty row id', { rows: [row({ rowId: '' })] }, 'The field "rows.0.rowId" is empty'],
    [
      'a row id that is too long',
      { rows: [row({ rowId: 'x'.repeat(65) })] },
      'The field "rows.0.rowId" is too long',
    ],
    [
      'a cell that is a list',
      { rows: [row({ cells: cells({ quantity: [1] }) })] },
      'The field "rows.0.cells.quantity" is missing or is not',
    ],
    ['an unknown field', { rows: [row()], force: true }, 'The field "force" is not known here'],
    [
      'an unknown field in a row',
      { rows: [row({ price: 1 })] },
      'The field "rows.0.price" is not known here',
    ],
    ['a list', [], 'The request must be an object'],
    ['null', null, 'The request must be an object'],
  ])('%s', async (_name, body, sentence) => {
    expect((await refusal(submit(body), 400)).message).toContain(sentence);
  });

  test.each<[string, SignedSend, string]>([
    [
      'sync neither on nor off',
      { method: 'post', path: `/api/stores/${STORE}/sync`, body: { on: 'yes' } },
      'The field "on"',
    ],
    [
      'an opening choice when turning off',
      { method: 'post', path: `/api/stores/${STORE}/sync`, body: { on: false, opening: 'copy' } },
      '"opening" is not known',
    ],
    [
      'an unknown choice',
      { method: 'post', path: `/api/stores/${STORE}/sync`, body: { on: true, opening: 'maybe' } },
      'must be one of "copy", "keep"',
    ],
    [
      'an unknown setting',
      { method: 'patch', path: `/api/stores/${STORE}/settings`, body: { colour: 'red' } },
      '"colour" is not known',
    ],
    [
      'half a millisecond',
      { method: 'patch', path: `/api/stores/${STORE}/settings`, body: { ordersEveryMs: 1.5 } },
      'must be a whole number',
    ],
    [
      'a store without a name',
      { method: 'post', path: '/api/stores', body: { channel: 'x', name: '', credentials: {} } },
      'The field "name" is empty',
    ],
    [
      'credentials that are numbers',
      { method: 'post', path: '/api/stores', body: { channel: 'x', name: 'y', credentials: { a: 1 } } },
      '"credentials.a" must be text',
    ],
    [
      'content where none belongs',
      { method: 'post', path: `/api/stores/${STORE}/sync-now`, body: {} },
      'takes no content',
    ],
    ['no SKU', { method: 'get', path: '/api/explain' }, 'Ask for one SKU'],
    ['two SKUs', { method: 'get', path: '/api/explain?sku=a&sku=b' }, 'Ask for one SKU'],
    ['an empty SKU', { method: 'get', path: '/api/explain?sku=' }, 'Fill in the SKU'],
    [
      'a SKU with blanks around it',
      { method: 'get', path: '/api/explain?sku=%20a' },
      'begins or ends with a blank',
    ],
  ])('%s', async (_name, request, sentence) => {
    expect((await refusal(request, 400)).message).toContain(sentence);
  });

  test.each<[string, string | Buffer, string]>([
    ['not JSON', 'rows=1', 'malformed_json'],
    ['JSON that was cut off', '{"rows":[', 'malformed_json'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 'malformed_json'],
    ['nothing', ' ', 'malformed_json'],
    ['a __proto__ key', '{"rows":[],"__proto__":{"admin":true}}', 'invalid_request'],
    ['a __proto__ key deep inside', '{"rows":[{"rowId":{"__proto__":1}}]}', 'invalid_request'],
    [
      'lists nested half a million deep',
      `{"rows":${'['.repeat(500_000)}${']'.repeat(500_000)}}`,
      'malformed_json',
    ],
    [
      'objects nested a hundred thousand deep',
      `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
      'malformed_json',
    ],
  ])('%s', async (_name, text, code) => {
    const request: SignedSend = { method: 'post', path: ROWS_PATH, text };
    const answer = await fixture.send(app, request);
    expect([answer.status, errorAnswer.parse(answer.body).error.code]).toEqual([400, code]);
    expect(fixture.calls).toEqual([]);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-16',
    'multipart/form-data',
  ])('the content type %s', async (type) => {
    const request = { ...submit({ rows: [row()] }), headers: { 'content-type': type } };
    expect((await refusal(request, 415)).code).toBe('not_json');
  });

  test('a compressed body is refused before it is unpacked', async () => {
    const request = { ...submit({ rows: [row()] }), headers: { 'content-encoding': 'gzip' } };
    expect((await refusal(request, 415)).code).toBe('compressed');
  });

  test.each(['/api/nothing', '/', '/api/rows/adjustments/1', '/admin/queues', '/metrics'])(
    '%s: 404 in the one shape',
    async (path) => {
      const answer = await supertest(app).get(path);
      expect([answer.status, errorAnswer.parse(answer.body).error.code]).toEqual([404, 'unknown_address']);
    },
  );

  test.each([
    `/api/stores/${'x'.repeat(101)}/sync-now`,
    '/api/stores/a%20b/sync-now',
    '/api/stores/..%2f..%2fetc/sync-now',
  ])('the store %s: unknown store, asked nobody', async (path) => {
    expect((await refusal({ method: 'post', path }, 404)).code).toBe('unknown_store');
  });

  test('an address that cannot be read', async () => {
    const answer = await supertest(app).post('/api/stores/%E0%A4%A/sync-now');
    expect([answer.status, errorAnswer.parse(answer.body).error.code]).toEqual([400, 'bad_address']);
  });
});

describe('trouble inside', () => {
  test('an unexpected error is logged under the request id and answered without its details', async () => {
    const failing = fixture.open(
      {},
      { listStores: () => Promise.reject(new Error('relation "canary" does not exist')) },
    );
    const answer = await fixture.send(failing, { method: 'get', path: '/api/stores' });
    expect(answer.status).toBe(500);
    const { error } = errorAnswer.parse(answer.body);
    expect(error.code).toBe('unexpected');
    expect(answer.text).not.toMatch(/canary|at .*\.ts/);
    const line = fixture.logged.find((entry) => entry.includes(error.requestId));
    expect(line).toContain('canary');
  });

  test('a refusal is not logged as an error', async () => {
    const before = fixture.logged.length;
    await fixture.send(app, submit({}));
    expect(fixture.logged).toHaveLength(before);
  });

  test('too many requests of one key: told how long to wait, and other sheets go on', async () => {
    const busy = fixture.open({ rateLimits: { perKeyPerMinute: 2 } });
    const list: SignedSend = { method: 'get', path: '/api/stores' };
    await fixture.send(busy, list);
    await fixture.send(busy, list);
    const answer = await fixture.send(busy, list);
    expect(answer.status).toBe(429);
    const { error } = errorAnswer.parse(answer.body);
    expect(error).toMatchObject({ code: 'too_many_requests' });
    expect(error.retryAfterMs).toBeGreaterThan(0);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    const key = await fixture.newKey('another sheet');
    expect((await fixture.send(busy, { ...list, key })).status).toBe(200);
  });

  test('too many unsigned requests of one address are refused before any work', async () => {
    const busy = fixture.open({ rateLimits: { perAddressPerMinute: 1 } });
    expect((await supertest(busy).get('/api/stores')).status).toBe(401);
    expect((await supertest(busy).get('/api/stores')).status).toBe(429);
    expect((await supertest(busy).get('/health')).status).toBe(200);
  });

  test('V3.4: the security headers are there and nothing may be cached', async () => {
    const { headers } = await supertest(app).get('/health');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'strict-transport-security': expect.stringContaining('max-age='),
      'content-security-policy': expect.stringContaining("default-src 'self'"),
      'cache-control': 'no-store',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });
});
