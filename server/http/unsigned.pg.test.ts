// What is reached without a sheet's signature: webhooks, health, and the administrator's pages.

import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Express, Router } from 'express';
import supertest from 'supertest';
import { verifyHmac } from '../net/signatures.ts';
import type { AuthorizationResult, WebhookDelivery } from './services.ts';
import { createHttpFixture, type HttpFixture } from './test-support/http-fixture.ts';

let fixture: HttpFixture;
beforeAll(async () => {
  fixture = await createHttpFixture();
});
afterAll(() => fixture.database.drop());

describe('webhooks', () => {
  const secrets: Record<string, string> = { 'woo-1': 'hush', 'woo-2': '' };
  const accepted: WebhookDelivery[] = [];
  let app: Express;
  let accept: (delivery: WebhookDelivery) => Promise<void>;
  beforeEach(() => {
    accepted.length = 0;
    accept = async (delivery) => void accepted.push(delivery);
    const openWebhook = async (storeId: string) => {
      const secret = secrets[storeId];
      if (secret === undefined) return null;
      return {
        verify: async ({ headers, rawBody }: WebhookDelivery) =>
          verifyHmac({
            algorithm: 'sha256',
            encoding: 'base64',
            secrets: [secret],
            signedBytes: rawBody,
            signature: headers['x-wc-webhook-signature'],
          }),
        accept: (delivery: WebhookDelivery) => accept(delivery),
        answerChallenge: (query: Readonly<Record<string, string>>) =>
          query['challenge_code'] === undefined
            ? null
            : { challengeResponse: `${secret} ${query['challenge_code']}` },
      };
    };
    app = fixture.open({}, { openWebhook });
  });

  const deliver = (store: string, body: string, secret: string, type = 'application/json'): supertest.Test =>
    supertest(app)
      .post(`/webhooks/${store}`)
      .set('content-type', type)
      .set('x-wc-webhook-signature', createHmac('sha256', secret).update(body).digest('base64'))
      .serialize((sent) => sent as string)
      .send(body);

  test.each([
    ['{"id": 7,   "note":"ä"}', 'application/json'],
    ['webhook_id=5', 'application/x-www-form-urlencoded'],
    ['not json at all', 'text/plain'],
  ])('the raw bytes %j are what is verified and kept', async (body, type) => {
    expect((await deliver('woo-1', body, 'hush', type)).status).toBe(200);
    expect(accepted.map(({ rawBody }) => rawBody.toString('utf8'))).toEqual([body]);
  });

  test('unknown store: 404', async () => {
    expect((await deliver('nobody', '{}', 'hush')).status).toBe(404);
  });

  test.each([
    ['a wrong signature', 'woo-1', 'guess'],
    ['a store without a secret, even when signed with the empty one', 'woo-2', ''],
  ])('%s: 401 and nothing kept', async (_name, store, secret) => {
    const answer = await deliver(store, '{}', secret);
    expect([answer.status, answer.body.error.code]).toEqual([401, 'wrong_signature']);
    expect(accepted).toEqual([]);
  });

  test('no signature: 401', async () => {
    expect((await supertest(app).post('/webhooks/woo-1').send({})).status).toBe(401);
    expect((await supertest(app).post('/webhooks/woo-1')).status).toBe(401);
  });

  test('more than 1 MiB: 413 and nothing kept', async () => {
    expect((await deliver('woo-1', 'x'.repeat(1024 * 1024 + 1), 'hush')).status).toBe(413);
    expect((await deliver('woo-1', 'x'.repeat(1024 * 1024), 'hush')).status).toBe(200);
    expect(accepted).toHaveLength(1);
  });

  test('a delivery that could not be stored is not acknowledged, so that the shop sends it again', async () => {
    accept = () => Promise.reject(new Error('the database is away'));
    const answer = await deliver('woo-1', '{}', 'hush');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('database is away');
  });

  test('the shop’s question whether the address is ours is answered, and nothing else is by GET', async () => {
    const asked = await supertest(app).get('/webhooks/woo-1?challenge_code=a%20b');
    expect([asked.status, asked.body]).toEqual([200, { challengeResponse: 'hush a b' }]);
    expect((await supertest(app).get('/webhooks/nobody?challenge_code=a')).status).toBe(404);
    expect(accepted).toEqual([]);
  });

  test('questions of one address are few', async () => {
    const strict = fixture.open(
      { rateLimits: { visitsPerAddressPerMinute: 3 } },
      { openWebhook: async () => null },
    );
    for (let count = 0; count < 3; count += 1) {
      expect((await supertest(strict).get('/webhooks/woo-1?challenge_code=a')).status).toBe(404);
    }
    expect((await supertest(strict).get('/webhooks/woo-1?challenge_code=a')).status).toBe(429);
  });

  test('GET is not a delivery', async () => {
    expect((await supertest(app).get('/webhooks/woo-1')).status).toBe(404);
  });
});

describe('a person back from a shop', () => {
  const back = (result: AuthorizationResult | null, path = '/connect/etsy/callback?code=c%2B1&state=s') => {
    const asked: unknown[] = [];
    const app = fixture.open(
      {},
      {
        finishAuthorization: async (channel, query) => {
          asked.push(channel, query);
          return result;
        },
      },
    );
    return { asked, answer: supertest(app).get(path) };
  };

  test('is told to go back to the sheet, and what the shop sent along is handed on', async () => {
    const { asked, answer } = back({
      kind: 'connected',
      name: 'Mia’s <shop>',
      findings: [{ level: 'warning', message: 'Vacation mode is on.' }],
    });
    const page = await answer;
    expect(asked).toEqual(['etsy', { code: 'c+1', state: 's' }]);
    expect([page.status, page.type]).toEqual([200, 'text/html']);
    expect(page.text).toContain('<h1>Connected. Go back to your sheet.</h1>');
    expect(page.text).toContain('Mia’s &lt;shop&gt; is connected, its sync still off.');
    expect(page.text).toContain('Vacation mode is on.');
    expect(page.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
  });

  test('is told what is missing', async () => {
    const { answer } = back({ kind: 'refused', message: 'The scope <listings_w> is missing.', findings: [] });
    const page = await answer;
    expect(page.status).toBe(400);
    expect(page.text).toContain('<h1>Not connected</h1><p>The scope &lt;listings_w&gt; is missing.</p>');
  });

  test('nothing of the address is shown again', async () => {
    const path = '/connect/etsy/callback?code=secret-code&state=secret-state&error=<script>';
    const { answer } = back({ kind: 'refused', message: 'No.', findings: [] }, path);
    expect((await answer).text).not.toMatch(/secret-|script>/);
  });

  test('a channel that is none is not asked for', async () => {
    const { asked, answer } = back(null, '/connect/..%2fadmin/callback?state=s');
    expect((await answer).status).toBe(404);
    expect(asked).toEqual([]);
  });
});

describe('health', () => {
  test('alive as long as the process lives, ready when everything answers', async () => {
    const app = fixture.open();
    expect((await supertest(app).get('/health')).body).toEqual({ alive: true });
    expect((await supertest(app).get('/ready')).body).toEqual({ ready: true });
  });

  test.each([
    ['says so', async () => ['The queue does not answer.'], 'The queue does not answer.'],
    [
      'throws',
      () => Promise.reject(new Error('ECONNREFUSED canary')),
      'The database or the queue cannot be reached.',
    ],
  ])('not ready while something %s, but still alive', async (_name, findProblems, message) => {
    const app = fixture.open({}, { findProblems });
    const answer = await supertest(app).get('/ready');
    expect([answer.status, answer.body.error.code, answer.body.error.message]).toEqual([
      503,
      'not_ready',
      message,
    ]);
    expect((await supertest(app).get('/health')).status).toBe(200);
  });
});

describe("the administrator's pages", () => {
  const board = Router();
  board.get('/', (_request, response) => void response.send('the queues'));
  const open = (adminPassword: string | null): Express =>
    fixture.open({ adminPassword, queueBoard: board, rateLimits: { wrongPasswordsPerMinute: 5 } });
  const PAGES = ['/admin/queues', '/metrics'];

  test.each(PAGES)('%s does not exist without a configured password', async (page) => {
    for (const password of [null, '']) {
      const answer = await supertest(open(password)).get(page).auth('admin', '');
      expect([answer.status, answer.body.error.code]).toEqual([404, 'unknown_address']);
    }
  });

  test.each(PAGES)('%s opens with the password, whatever the user name', async (page) => {
    const answer = await supertest(open('pa:ss wörd')).get(page).auth('anybody', 'pa:ss wörd');
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/the queues|pushes_total 3/);
  });

  test.each([
    ['no password', ''],
    ['another one', `Basic ${Buffer.from('admin:wrong').toString('base64')}`],
    ['an empty one', `Basic ${Buffer.from('admin:').toString('base64')}`],
    ['a longer one', `Basic ${Buffer.from('admin:secret!').toString('base64')}`],
    ['no colon', `Basic ${Buffer.from('secret').toString('base64')}`],
    ['another scheme', 'Bearer secret'],
    ['the bare password', 'secret'],
  ])('%s is refused with the question for it', async (_name, authorization) => {
    for (const page of PAGES) {
      const answer = await supertest(open('secret')).get(page).set('authorization', authorization);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('Basic');
      expect(answer.text).not.toMatch(/the queues|pushes_total/);
    }
  });

  test('guessing is slowed down, and right passwords do not count as guesses', async () => {
    const app = open('secret');
    for (let count = 0; count < 8; count += 1) {
      expect((await supertest(app).get('/metrics').auth('admin', 'secret')).status).toBe(200);
    }
    for (let count = 0; count < 5; count += 1) {
      expect((await supertest(app).get('/metrics').auth('admin', `guess ${count}`)).status).toBe(401);
    }
    expect((await supertest(app).get('/metrics').auth('admin', 'guess')).status).toBe(429);
  });
});
