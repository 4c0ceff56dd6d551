// Calls to one shop: keys over HTTPS, signatures over HTTP, and every answer read as data or as an error with
// a remedy.

import type * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelRequest, ChannelResponse, Verdict } from '../../net/channel-http.ts';
import { parseJsonOf } from '../../net/parse-json.ts';
import type { ChannelSession } from '../channel.ts';
import { readShopAddress, type ShopAddress } from './address.ts';
import { signedUrl } from './oauth.ts';
import { refusalOf, ShopRefusal, WEB_PAGE } from './refusal.ts';

export type Query = Readonly<Record<string, string | number>>;

export type WooClient = {
  readonly address: ShopAddress;
  /** `route` below `/wp-json`, such as `/wc/v3/orders`. @throws ShopRefusal, ChannelError */
  readonly get: <Shape extends z.ZodType>(
    route: string,
    query: Query,
    shape: Shape,
  ) => Promise<z.output<Shape>>;
  /**
   * Repeating an absolute write blindly could undo a sale in between: a lost answer is reported, not
   * repeated.
   */
  readonly post: <Shape extends z.ZodType>(
    route: string,
    body: object,
    shape: Shape,
  ) => Promise<z.output<Shape>>;
};

/** Kept with the credentials once a host is known to drop the Authorization header. */
const KEYS_IN_QUERY = 'keysInQuery';

type KeyPlace = 'signature' | 'header' | 'query';

export function createClient(session: ChannelSession): WooClient {
  const { credentials } = session;
  const keys = {
    consumerKey: (credentials['consumerKey'] ?? '').trim(),
    consumerSecret: (credentials['consumerSecret'] ?? '').trim(),
  };
  const address = readShopAddress(credentials['url'] ?? '');
  let place: KeyPlace = address.isSecure ? 'header' : 'signature';
  if (place === 'header' && credentials[KEYS_IN_QUERY] === 'yes') place = 'query';

  async function send(plain: ChannelRequest, where: KeyPlace): Promise<unknown> {
    const response = await session.http.send(withKeys(plain, where, keys, session.now), judge);
    const json = parseJsonOf(response);
    if (response.status >= 200 && response.status < 300) return json;
    throw refusalOf(response, json);
  }

  // A host that drops the Authorization header makes us look like nobody: then the keys go into the query.
  async function call(plain: ChannelRequest): Promise<unknown> {
    const used = place;
    try {
      return await send(plain, used);
    } catch (problem) {
      if (used !== 'header' || !looksLikeNobody(problem)) throw problem;
      const json = await send(plain, 'query');
      place = 'query';
      await session.alone((fresh) => session.saveCredentials({ ...fresh, [KEYS_IN_QUERY]: 'yes' }));
      return json;
    }
  }

  async function read<Shape extends z.ZodType>(
    plain: ChannelRequest,
    shape: Shape,
  ): Promise<z.output<Shape>> {
    const parsed = shape.safeParse(await call(plain));
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new ChannelError(
      'transient',
      `The shop’s answer could not be read (${where}). A plugin may have changed it.`,
    );
  }

  const headers = { accept: 'application/json' };
  return {
    address,
    get: (route, query, shape) =>
      read({ method: 'GET', url: urlOf(address, route, query), headers, repeatable: true }, shape),
    post: (route, body, shape) =>
      read(
        {
          method: 'POST',
          url: urlOf(address, route, {}),
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
          repeatable: false,
        },
        shape,
      ),
  };
}

const looksLikeNobody = (problem: unknown): boolean =>
  problem instanceof ShopRefusal &&
  problem.status === 401 &&
  problem.code.startsWith('woocommerce_rest_cannot_');

function withKeys(
  request: ChannelRequest,
  where: KeyPlace,
  keys: { readonly consumerKey: string; readonly consumerSecret: string },
  now: () => Date,
): ChannelRequest {
  const { consumerKey, consumerSecret } = keys;
  if (where === 'signature') {
    return { ...request, sign: (attempt) => ({ url: signedUrl(attempt, keys, now()) }) };
  }
  if (where === 'query') {
    const url = new URL(request.url);
    url.searchParams.set('consumer_key', consumerKey);
    url.searchParams.set('consumer_secret', consumerSecret);
    return { ...request, url: url.href };
  }
  const basic = Buffer.from(`${consumerKey}:${consumerSecret}`, 'utf8').toString('base64');
  return { ...request, headers: { ...request.headers, authorization: `Basic ${basic}` } };
}

function urlOf(address: ShopAddress, route: string, query: Query): string {
  const url = new URL(`${address.api}${route}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url.href;
}

// A page with status 200 where data belongs is a shop in trouble, not an answer.
const judge = (response: ChannelResponse): Verdict =>
  response.status >= 200 && response.status < 300 && parseJsonOf(response) === undefined
    ? { kind: 'transient', message: WEB_PAGE }
    : { kind: 'fine' };
