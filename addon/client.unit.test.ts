// Signed calls, and the sentence for everything that can go wrong with them.

import { describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import { createMemoryHttp, jsonAnswer } from '../test/support/memory-sheet.ts';
import { callServer } from './client.ts';
import { readServerAddress } from './connect.ts';
import type { HttpAnswer } from './ports.ts';

const connection = { address: 'https://stock.example.com', keyId: 'key-1', secret: 'geheim' };
const answer = z.object({ fine: z.boolean() });

function call(reply: HttpAnswer | Error) {
  const http = createMemoryHttp(() => {
    if (reply instanceof Error) throw reply;
    return reply;
  });
  const body = { note: 'Größe ✓' };
  const result = callServer(http.port, connection, { method: 'post', path: '/api/x?y=1', body, answer });
  return { result, request: http.requests[0] };
}

const messageOf = (reply: HttpAnswer | Error): string => {
  const { result } = call(reply);
  return result.ok ? 'ok' : result.message;
};
const html = (status: number): HttpAnswer => ({ status, contentType: 'text/html', text: '<h1>Hello</h1>' });

describe('a call is signed as shared/api/signing.ts says', () => {
  test('the signature covers method, path with query, time, nonce and the UTF-8 body', () => {
    const { result, request } = call(jsonAnswer(200, { fine: true }));
    expect(result).toEqual({ ok: true, value: { fine: true } });
    // Computed by hand with openssl over the text that signing.ts describes.
    expect(request?.headers).toEqual({
      authorization: 'Bearer token-of-mia',
      'x-key-id': 'key-1',
      'x-timestamp': '1700000000000',
      'x-nonce': 'nonce-1',
      'x-signature': 'cfacec29f7341c13937b01ad840e4fb07c72810fcb67d79184e94dffda1bff4f',
    });
  });
});

describe('whatever comes back is one plain sentence', () => {
  test.each([
    [html(200), /Something else than Stocksheet answered/],
    [jsonAnswer(200, { other: 1 }), /different versions/],
    [html(401), /did not accept the key/],
    [html(404), /no Stocksheet at the server address/],
    [html(429), /too many requests/],
    [html(502), /trouble right now \(502\)/],
    [new Error('Timeout: https://stock.example.com'), /took too long/],
    [new Error('DNS error: https://stock.example.com'), /could not be reached/],
    [
      jsonAnswer(429, {
        error: { code: 'slow', message: 'Too many.', requestId: '1', retryAfterMs: 180_000 },
      }),
      /^Too many\. Try again in 3 min\.$/,
    ],
  ])('%#: %j', (reply, sentence) => {
    expect(messageOf(reply)).toMatch(sentence);
  });

  test.each([
    [
      'Specified permissions are not sufficient to call UrlFetchApp.fetch. Required permissions: https://www.googleapis.com/auth/script.external_request',
      /not allowed Stocksheet everything.*allow everything/,
      true,
    ],
    [
      'You do not have permission to call UrlFetchApp.fetch. Required permissions: https://www.googleapis.com/auth/script.external_request',
      /not allowed Stocksheet everything/,
      true,
    ],
    ['Service invoked too many times for one day: urlfetch.', /used up for today.*within 24 hours/, false],
    [
      'Service invoked too many times in a short time: urlfetch rateMax. Try Utilities.sleep(1000) between calls.',
      /too many calls at once.*in a minute/,
      false,
    ],
    [
      'Request to https://stock.example.com/api/x?y=1 failed because the URL has not been whitelisted in the script manifest.',
      /not built for https:\/\/stock\.example\.com.*npm run build/,
      true,
    ],
  ])('Google’s own refusal is no outage, and nothing was done: %s', (refused, sentence, needsPerson) => {
    const { result } = call(new Error(refused));
    expect(result).toMatchObject({ ok: false, maybeDone: false, needsPerson });
    expect(messageOf(new Error(refused))).toMatch(sentence);
    expect(messageOf(new Error(refused))).not.toMatch(/could not be reached/);
  });

  test.each([
    [401, true],
    [403, true],
    [413, true],
    [404, false],
    [429, false],
    [503, false],
  ])('%i: only what would be refused again needs a person', (status, needsPerson) => {
    expect(call(html(status)).result).toMatchObject({ ok: false, needsPerson });
  });

  test('JSON that is cut off is not taken for an answer', () => {
    expect(messageOf({ status: 200, contentType: 'application/json', text: '{"fine":tr' })).toMatch(
      /Something else/,
    );
  });
});

describe('the server address', () => {
  test.each([
    ['https://stock.example.com', 'https://stock.example.com'],
    [' https://Stock.Example.com/ ', 'https://stock.example.com'],
    ['https://stock.example.com:8443/api/stores', 'https://stock.example.com:8443'],
    ['http://127.0.0.1:4000/', 'http://127.0.0.1:4000'],
  ])('%s is taken as %s', (typed, address) => {
    expect(readServerAddress(typed)).toEqual({ ok: true, address });
  });

  test.each([
    'stock.example.com',
    'http://stock.example.com',
    'https://user:pass@host',
    'javascript:alert(1)',
    '',
  ])('%s is refused with the reason', (typed) => {
    expect(readServerAddress(typed)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('https://'),
    });
  });
});
