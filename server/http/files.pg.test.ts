// Files in and out, and taking things back, over HTTP with the real documents behind it: who may, what is refused and in which words.

import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Express } from 'express';
import { sql } from 'kysely';
import supertest from 'supertest';
import { EXPORT_KINDS, IMPORT_KINDS } from '../../shared/api/csv.ts';
import { errorAnswer } from '../../shared/api/errors.ts';
import { type PairAnswer, pairAnswer } from '../../shared/api/people.ts';
import { type AdjustmentRow, submitAdjustments } from '../../test/support/adjustments.ts';
import { createExportLink, readExportLink } from '../csv/export-links.ts';
import { exportCsv } from '../csv/exports.ts';
import { importCsv } from '../csv/import-csv.ts';
import { reverseReference } from '../documents/reverse-reference.ts';
import { createHttpFixture, type HttpFixture, type SignedSend } from './test-support/http-fixture.ts';

const MINUTE_MS = 60_000;
let fixture: HttpFixture;
let app: Express;
let sheet: PairAnswer;
beforeAll(async () => {
  fixture = await createHttpFixture();
  const { db } = fixture.database;
  const stamp = (actor: string) => ({ actor, at: fixture.clock.now });
  app = fixture.open(
    { rateLimits: { perKeyPerMinute: 10_000, perAddressPerMinute: 10_000 } },
    {
      exportFile: (what) => createExportLink(db, what, fixture.clock.now),
      openExport: async (token) => {
        const what = await readExportLink(db, token, fixture.clock.now);
        return what === null ? null : { name: `${what}.csv`, pieces: exportCsv(db, what) };
      },
      importFile: async (what, csv, { actor }) => {
        const { touched: _, ...answer } = await importCsv(db, what, Readable.from([csv]), () => stamp(actor));
        return answer;
      },
      reverse: async (reference, { actor }) => {
        const { answers } = await reverseReference(db, reference, stamp(actor));
        return { status: answers[0]?.status ?? 'error', message: answers[0]?.message ?? '' };
      },
    },
  );
  const code = await fixture.pairingCode();
  const body = { code, spreadsheetId: 'sheet', identityToken: fixture.tokenOf('mia@shop.example') };
  sheet = pairAnswer.parse((await supertest(app).post('/api/pair').send(body)).body);
  await sql`insert into people (email, role) values ('vera@shop.example', 'viewer'), ('sam@shop.example', 'staff')`.execute(
    db,
  );
  await sql`insert into warehouses (id, name) values ('main', 'Main')`.execute(db);
});
afterAll(() => fixture.database.drop());
/** The ledger forgets nothing, so each test has products of its own. */
let shirt = '';
let agent = '';
let count = 0;
beforeEach(async () => {
  count += 1;
  shirt = `SHIRT-${count}`;
  agent = `00${count}`;
  await sql`insert into products (sku, title) values (${shirt}, '=1+1'), (${agent}, 'Agent')`.execute(
    fixture.database.db,
  );
});

const post = (path: string, body: unknown, email = 'sam@shop.example') => {
  const request: SignedSend = { method: 'post', path, body };
  const headers = { authorization: `Bearer ${fixture.tokenOf(email)}` };
  return fixture.send(app, { key: sheet.key, headers, ...request });
};

async function refusal(sending: supertest.Test, status: number): Promise<{ code: string; message: string }> {
  const answer = await sending;
  expect(answer.status).toBe(status);
  const { error } = errorAnswer.parse(answer.body);
  expect(error.message).toMatch(/^[A-Z][^\n]{10,250}\.$/);
  return error;
}

const stock = async (sku: string): Promise<number | null> => {
  const { rows } = await sql<{ in_stock: number }>`
    select in_stock from balances where sku = ${sku} and is_set`.execute(fixture.database.db);
  return rows[0]?.in_stock ?? null;
};

describe('exports', () => {
  test.each(EXPORT_KINDS)('%s: a viewer gets a link that opens without a key, as a file', async (what) => {
    const made = await post('/api/exports', { what }, 'vera@shop.example');
    expect(made.status).toBe(200);
    const file = await supertest(app).get(made.body.path);
    expect(file.status).toBe(200);
    expect(file.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(file.headers['content-disposition']).toBe(`attachment; filename="${what}.csv"`);
    expect(file.headers['cache-control']).toBe('no-store');
  });

  test('what could run as a formula goes out as text', async () => {
    const made = await post('/api/exports', { what: 'products' });
    expect((await supertest(app).get(made.body.path)).text).toContain("'=1+1");
  });

  test('the link ends by itself, and a guessed one was never there: the same words', async () => {
    const made = await post('/api/exports', { what: 'stock' });
    const before = fixture.clock.now;
    fixture.clock.now = new Date(before.getTime() + 60 * MINUTE_MS);
    const late = await refusal(supertest(app).get(made.body.path), 404);
    fixture.clock.now = before;
    const guessed = await refusal(supertest(app).get('/exports/guessed'), 404);
    expect([late.code, guessed.message]).toEqual(['link_expired', late.message]);
  });

  test.each([
    ['no such file', { what: 'passwords' }, 'must be one of'],
    ['nothing said', {}, 'The field "what"'],
    ['more than asked for', { what: 'stock', folder: '/etc' }, '"folder" is not known here'],
  ])('%s', async (_what, body, sentence) => {
    expect((await refusal(post('/api/exports', body), 400)).message).toContain(sentence);
  });

  test('without a signature nobody gets a link', async () => {
    expect((await supertest(app).post('/api/exports').send({ what: 'stock' })).status).toBe(401);
  });
});

describe('imports', () => {
  const file = () => `SKU,Warehouse,In stock\n${shirt},Main,12\n${agent},Main,many\nNONE,Main,3\n`;

  test('staff: each line is answered by its number, the good ones count', async () => {
    const answer = await post('/api/imports', { what: 'stock', csv: file() });
    expect(answer.status).toBe(200);
    expect(answer.body.applied).toBeGreaterThanOrEqual(1);
    expect(answer.body.problems[0]).toMatchObject({ line: 3, message: expect.stringContaining('many') });
    expect(await stock(shirt)).toBe(12);
    expect(await stock(agent)).toBeNull();
  });

  test('the same file again changes nothing more', async () => {
    await post('/api/imports', { what: 'stock', csv: file() });
    await post('/api/imports', { what: 'stock', csv: file() });
    expect(await stock(shirt)).toBe(12);
  });

  test.each(IMPORT_KINDS)('%s: a viewer may not, and nothing is done', async (what) => {
    const refused = await refusal(post('/api/imports', { what, csv: file() }, 'vera@shop.example'), 403);
    expect(refused.message).toContain('vera@shop.example');
    expect(await stock(shirt)).toBeNull();
  });

  test.each([
    ['the ledger is no import', { what: 'ledger', csv: 'SKU' }, 'must be one of'],
    ['no text', { what: 'stock', csv: 7 }, 'The field "csv" must be text'],
    ['a file name', { what: 'stock', csv: 'SKU', file: '../x' }, '"file" is not known here'],
  ])('%s', async (_what, body, sentence) => {
    expect((await refusal(post('/api/imports', body), 400)).message).toContain(sentence);
  });

  test.each([
    ['an empty file', ''],
    ['no header', 'A,Main,12\n'],
    ['a picture', '\u0089PNG\r\n\u001a\n\u0000\u0000'],
    ['a quote that never ends', 'SKU,In stock\n"A,12\n'],
  ])('%s: said in a sentence, nothing is done', async (_what, text) => {
    const answer = await post('/api/imports', { what: 'stock', csv: text });
    const said =
      answer.status === 200 ? answer.body.problems[0]?.message : errorAnswer.parse(answer.body).error.message;
    expect(answer.status).toBeLessThan(500);
    expect(said).toMatch(/^\S.{10,}/);
    expect(await stock(shirt)).toBeNull();
  });

  test('larger than can be sent at once: how to do it instead', async () => {
    const refused = await refusal(
      post('/api/imports', { what: 'stock', csv: 'x'.repeat(21 * 1024 * 1024) }),
      413,
    );
    expect(refused.message).toContain('npm run import');
  });
});

describe('taking back', () => {
  const adjusted = async (quantity: number): Promise<void> => {
    const row: AdjustmentRow = {
      rowId: `row-${shirt}-${quantity}`,
      sku: shirt,
      warehouse: null,
      action: 'set',
      quantity,
      seen: null,
      reason: '',
      note: '',
    };
    await submitAdjustments(fixture.database.db, [row], { actor: 'mia', at: fixture.clock.now });
  };
  const lastReference = async (): Promise<string> => {
    const { rows } = await sql<{
      reference: string;
    }>`select reference from moves order by seq desc limit 1`.execute(fixture.database.db);
    return rows[0]?.reference ?? '';
  };

  test('staff: once, however often it is asked, under the name of who did it', async () => {
    await adjusted(5);
    await adjusted(9);
    const reference = await lastReference();
    for (let time = 0; time < 2; time += 1) {
      const answer = await post('/api/reversals', { reference });
      expect([answer.status, answer.body.status]).toEqual([200, 'applied']);
    }
    expect(await stock(shirt)).toBe(5);
    const { rows } =
      await sql`select 1 from moves where actor = 'sam@shop.example' and sku = ${shirt}`.execute(
        fixture.database.db,
      );
    expect(rows).toHaveLength(1);
  });

  test('a viewer may not', async () => {
    await adjusted(5);
    const reference = await lastReference();
    const refused = await refusal(post('/api/reversals', { reference }, 'vera@shop.example'), 403);
    expect(refused.message).toContain('vera@shop.example');
    expect(await stock(shirt)).toBe(5);
  });

  test('a reference that nobody knows is answered with a sentence', async () => {
    const answer = await post('/api/reversals', { reference: 'adjustment:none' });
    expect([answer.status, answer.body.status]).toEqual([200, 'error']);
    expect(answer.body.message).toMatch(/^\S.{10,}\.$/);
  });

  test.each([
    ['nothing', {}, 'The field "reference" is missing'],
    ['an empty one', { reference: '' }, 'The field "reference" is empty'],
    ['a very long one', { reference: 'x'.repeat(201) }, 'The field "reference" is too long'],
    ['a list of them', { reference: ['a'] }, 'The field "reference" must be text'],
  ])('%s', async (_what, body, sentence) => {
    expect((await refusal(post('/api/reversals', body), 400)).message).toContain(sentence);
  });
});
