// Signatures, keys over HTTPS with their fallback, and shop addresses.

import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { specsDirectory } from '../../../test/support/specs.ts';
import type { ChannelRequest, ChannelResponse } from '../../net/channel-http.ts';
import type { ChannelSession } from '../channel.ts';
import { readShopAddress } from './address.ts';
import { createClient } from './client.ts';
import { asGmt } from './gmt.ts';
import { oauthSignature, signedUrl } from './oauth.ts';
import { recording } from './test-support/recordings.ts';

const KEYS = { consumerKey: 'ck_a1', consumerSecret: 'cs_b2' };

describe('OAuth 1.0a', () => {
  const NOW = new Date('2026-11-23T03:43:47Z');

  it('a nonce is never used twice, also not for a repetition of the same request', () => {
    const request = { method: 'GET', url: 'http://shop.example/wp-json/wc/v3/orders?status=any' };
    const nonces = Array.from({ length: 50 }, () =>
      new URL(signedUrl(request, KEYS, NOW)).searchParams.get('oauth_nonce'),
    );
    expect(new Set(nonces).size).toBe(50);
  });

  it('names and values with blanks, commas and signs are signed as they are sent', () => {
    const url = 'http://shop.example/wp-json/wc/v3/products?include=1%2C2&search=a%20b*(c)!%27';
    const signed = new URL(signedUrl({ method: 'GET', url }, KEYS, NOW));
    const given = signed.searchParams.get('oauth_signature');
    const parameters = [...signed.searchParams].filter(([name]) => name !== 'oauth_signature');
    expect(oauthSignature('get', signed, parameters, KEYS.consumerSecret)).toBe(given);
    expect(signed.searchParams.get('search')).toBe("a b*(c)!'");
    expect(signed.search).not.toContain('+');
  });

  const isHere = specsDirectory() !== null;
  (isHere ? it : it.skip).each([
    ['errors-32-oauth1-working-http', 'sha256', true],
    ['errors-36-oauth1-sha1-working', 'sha1', true],
    ['errors-34-oauth1-bad-signature', 'sha256', false],
  ])('%s: the real shop computed the same signature', (name, algorithm, isRight) => {
    const { request } = recording(name);
    const query = Object.entries((request.query ?? {}) as Record<string, string>);
    const url = new URL(`http://shop.example.test${request.path}`);
    const signature = oauthSignature(
      request.method ?? 'GET',
      url,
      query.filter(([key]) => key !== 'oauth_signature'),
      `cs_${'b2'.repeat(20)}`,
      algorithm,
    );
    expect(signature === Object.fromEntries(query)['oauth_signature']).toBe(isRight);
  });
});

/** A session whose shop is reached over HTTPS, with answers chosen by the request. */
function secureSession(
  answer: (request: ChannelRequest) => Partial<ChannelResponse>,
  credentials: Readonly<Record<string, string>> = {},
): { readonly session: ChannelSession; readonly sent: ChannelRequest[]; readonly saved: () => object } {
  const sent: ChannelRequest[] = [];
  const test = createTestSession({ credentials: { url: 'https://shop.example', ...KEYS, ...credentials } });
  const session: ChannelSession = {
    ...test,
    credentials: test.credentials,
    http: {
      observe: () => undefined,
      send: async (request) => {
        sent.push(request);
        return { status: 200, headers: {}, text: '[]', ...answer(request) };
      },
    },
  };
  return { session, sent, saved: test.savedCredentials };
}

const asNobody = {
  status: 401,
  text: '{"code":"woocommerce_rest_cannot_view","message":"Sorry, you cannot list resources."}',
};
const LIST = z.array(z.unknown());

describe('keys over HTTPS', () => {
  it('go into the Authorization header, never into the address', async () => {
    const { session, sent } = secureSession(() => ({}));
    await createClient(session).get('/wc/v3/orders', {}, LIST);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.headers?.['authorization']).toBe(
      `Basic ${Buffer.from('ck_a1:cs_b2').toString('base64')}`,
    );
    expect(sent[0]?.headers?.['accept']).toBe('application/json');
    expect(sent[0]?.url).not.toContain('cs_b2');
  });

  it('go into the query when the host drops the header, and that is remembered', async () => {
    const { session, sent, saved } = secureSession(({ url }) =>
      url.includes('consumer_secret=cs_b2') ? {} : asNobody,
    );
    const client = createClient(session);
    await client.get('/wc/v3/orders', {}, LIST);
    await client.get('/wc/v3/orders', {}, LIST);
    expect(sent.map(({ headers }) => headers?.['authorization'] !== undefined)).toEqual([true, false, false]);
    expect(saved()).toMatchObject({ keysInQuery: 'yes', consumerKey: 'ck_a1' });
    const later = secureSession(() => ({}), { keysInQuery: 'yes' });
    await createClient(later.session).get('/wc/v3/orders', {}, LIST);
    expect(later.sent.map(({ url }) => url.includes('consumer_key=ck_a1'))).toEqual([true]);
  });

  it('an unknown key stays refused, and nothing is remembered', async () => {
    const { session, sent, saved } = secureSession(() => asNobody);
    await expect(createClient(session).get('/wc/v3/orders', {}, LIST)).rejects.toMatchObject({
      kind: 'auth',
      message: expect.stringContaining('does not know this consumer key'),
    });
    expect(sent).toHaveLength(2);
    expect(saved()).not.toHaveProperty('keysInQuery');
  });

  it.each([
    [
      'a redirect names the address to enter',
      { status: 301, headers: { location: 'https://www.shop.example/x' }, text: '' },
      'rejected',
      'https://www.shop.example',
    ],
    ['a password in front of the site', { status: 401, text: '<html>401</html>' }, 'auth', 'password'],
    ['a firewall page', { status: 403, text: '<html>Blocked</html>' }, 'transient', 'firewall'],
    ['a user without rights', { ...asNobody, status: 403 }, 'auth', 'administrator'],
    ['a shape that is none', { text: '{"id":1}' }, 'transient', 'could not be read'],
  ])('%s', async (_name, response, kind, words) => {
    const { session } = secureSession(() => response);
    await expect(createClient(session).get('/wc/v3/orders', {}, LIST)).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(words),
    });
  });

  it('a byte order mark in front of the data does not matter', async () => {
    const { session } = secureSession(() => ({ text: '\ufeff\n[1]' }));
    expect(await createClient(session).get('/wc/v3/orders', {}, LIST)).toEqual([1]);
  });
});

describe('shop addresses', () => {
  it.each([
    ['https://shop.example', 'https://shop.example/wp-json'],
    [' shop.example/ ', 'https://shop.example/wp-json'],
    ['https://shop.example/sub/folder//', 'https://shop.example/sub/folder/wp-json'],
    ['https://shop.example/sub/wp-json/wc/v3/', 'https://shop.example/sub/wp-json'],
    ['https://shop.example/wp-admin/plugins.php?x=1', 'https://shop.example/wp-json'],
    ['HTTP://Shop.Example:8080', 'http://shop.example:8080/wp-json'],
  ])('%s', (typed, api) => {
    expect(readShopAddress(typed).api).toBe(api);
  });

  it.each(['', '   ', 'ftp://shop.example', 'not a shop', 'javascript://x'])('"%s" is none', (typed) => {
    expect(() => readShopAddress(typed)).toThrow(/is not a shop address/);
  });
});

it('a time in a query is GMT without a zone, a second early because the shop counts strictly after', () => {
  expect(asGmt(new Date('2026-11-23T04:03:48.900Z'), -1)).toBe('2026-11-23T04:03:47');
});

(specsDirectory() === null ? it.skip : it)(
  'orders-N4: the real shop found the order that changed at that second',
  () => {
    const { request, response } = recording('orders-N4-modified-after-gmt');
    const [order] = (response?.body ?? []) as { date_modified_gmt: string }[];
    expect(asGmt(new Date(`${order?.date_modified_gmt}Z`), -1)).toBe(request.query?.['modified_after']);
  },
);
