// Calls to one eBay account: REST with a bearer token, Trading with its own header, and one renewal of a refused token.

import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelRequest, ChannelResponse, Verdict } from '../../net/channel-http.ts';
import { parseJsonOf } from '../../net/parse-json.ts';
import type { ChannelSession } from '../channel.ts';
import { type Addresses, readCredentials } from './credentials.ts';
import { TRADING_VERSION } from './manifest.ts';
import { CALL_LIMIT, judgeJson, REFUSED_TOKENS, refusalOf, refusedAccess, WEB_PAGE } from './refusal.ts';
import { sellerMemory } from './seller-memory.ts';
import { createTokenSource, type TokenSource } from './token.ts';
import { childrenOf, numberOf, parseXml, textOf, type XmlElement } from './xml.ts';

export type EbayClient = {
  /** `route` with its query, such as `/sell/fulfillment/v1/order?limit=200`. @throws EbayRefusal, ChannelError */
  readonly get: <Shape extends z.ZodType>(route: string, shape: Shape) => Promise<z.output<Shape>>;
  /** `repeatable` only for what reads: repeating an absolute write blindly could undo a sale in between. */
  readonly post: <Shape extends z.ZodType>(
    route: string,
    body: object,
    shape: Shape,
    repeatable: boolean,
  ) => Promise<z.output<Shape>>;
  /** A change without data in its answer, or one whose data is nobody's business; the id is in `location`. */
  readonly change: (
    method: 'POST' | 'PUT',
    route: string,
    body: object | null,
    repeatable: boolean,
  ) => Promise<ChannelResponse>;
  /** A file to send, as the one part of a form, or one to read. */
  readonly upload: (route: string, fileName: string, text: string) => Promise<ChannelResponse>;
  readonly download: (route: string) => Promise<string>;
  /** One Trading call; the answer's root element, whatever its Ack says. */
  readonly trading: (call: string, content: string, repeatable: boolean) => Promise<XmlElement>;
  readonly now: () => Date;
  /** Lives as long as the process, while a client lives for one job: the key of what is kept of this seller between jobs. */
  readonly seller: object;
};

/** How long Trading is left alone once its calls of the day are used up; tried again each hour. */
const CALL_LIMIT_WAIT_MS = 3_600_000;

/** `tokens`: whose calls these are, the seller's unless told otherwise. */
export function createClient(
  session: ChannelSession,
  tokens: TokenSource = createTokenSource(session),
): EbayClient {
  const addresses = (): Addresses => {
    const credentials = readCredentials(session.credentials);
    if (credentials.kind === 'unusable') throw new ChannelError('auth', credentials.problem);
    return credentials.addresses;
  };

  async function send(
    build: (token: string) => ChannelRequest,
    judge: (response: ChannelResponse) => Verdict,
    isRefused: (response: ChannelResponse) => boolean,
  ): Promise<ChannelResponse> {
    const token = await tokens.current();
    const response = await session.http.send(build(token), judge);
    if (!isRefused(response)) return response;
    return session.http.send(build(await tokens.renew(token)), judge);
  }

  async function answerOf(request: RestRequest, judge = judgeJson): Promise<ChannelResponse> {
    const { route, ...rest } = request;
    const base = addresses();
    const url = `${route.startsWith('/commerce/identity/') ? base.identity : base.api}${route}`;
    const operation = OPERATIONS.find(([start]) => route.startsWith(start))?.[1];
    const build = (token: string): ChannelRequest => ({
      ...rest,
      url,
      ...(operation === undefined ? {} : { operation }),
      headers: { accept: 'application/json', ...rest.headers, authorization: `Bearer ${token}` },
    });
    const response = await send(build, judge, ({ status }) => status === 401);
    if (response.status < 200 || response.status >= 300) throw refusalOf(response);
    return response;
  }

  async function rest<Shape extends z.ZodType>(request: RestRequest, shape: Shape): Promise<z.output<Shape>> {
    const response = await answerOf(request);
    const parsed = shape.safeParse(parseJsonOf(response));
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new ChannelError('transient', `eBay’s answer could not be read (${where}).`);
  }

  async function trading(call: string, content: string, repeatable: boolean): Promise<XmlElement> {
    const url = `${addresses().api}/ws/api.dll`;
    const build = (token: string): ChannelRequest => ({
      method: 'POST',
      url,
      operation: 'trading',
      headers: {
        'content-type': 'text/xml; charset=utf-8',
        'x-ebay-api-call-name': call,
        'x-ebay-api-siteid': '0',
        'x-ebay-api-compatibility-level': TRADING_VERSION,
        'x-ebay-api-iaf-token': token,
      },
      body:
        '<?xml version="1.0" encoding="utf-8"?>' +
        `<${call}Request xmlns="urn:ebay:apis:eBLBaseComponents">${content}</${call}Request>`,
      repeatable,
      changesNothing: repeatable,
    });
    const response = await send(build, judgeTrading, isRefusedByTrading);
    if (response.status === 401 || isRefusedByTrading(response)) throw refusedAccess(0);
    const root = rootOf(response);
    if (root === null) throw refusalOf(response);
    if (codesOf(root).includes(CALL_LIMIT)) throw callsUsedUp();
    return root;
  }

  const json = (
    method: 'POST' | 'PUT',
    route: string,
    body: object | null,
    repeatable: boolean,
  ): RestRequest => ({
    method,
    route,
    repeatable,
    ...(body === null ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return {
    get: (route, shape) => rest({ method: 'GET', route, repeatable: true }, shape),
    post: (route, body, shape, repeatable) =>
      rest({ ...json('POST', route, body, repeatable), changesNothing: repeatable }, shape),
    change: (method, route, body, repeatable) => answerOf(json(method, route, body, repeatable)),
    upload: (route, fileName, text) => answerOf({ method: 'POST', route, ...formOf(fileName, text) }),
    download: async (route) =>
      (
        await answerOf(
          { method: 'GET', route, headers: { accept: '*/*' }, repeatable: true, answerAs: 'bytes' },
          () => ({ kind: 'fine' }),
        )
      ).text,
    trading,
    now: session.now,
    seller: sellerMemory(session),
  };
}

type RestRequest = Omit<ChannelRequest, 'url'> & { readonly route: string };

/** Which calls have a budget of their own. */
const OPERATIONS: readonly (readonly [string, string])[] = [
  ['/sell/fulfillment/', 'orders'],
  ['/sell/feed/', 'feed'],
  ['/commerce/notification/', 'notifications'],
];

/** Sent once: whether a file whose answer was lost arrived is seen at its task. */
function formOf(
  fileName: string,
  text: string,
): Pick<ChannelRequest, 'headers' | 'body' | 'repeatable' | 'timeoutMs'> {
  const boundary = `stocksheet-${randomUUID()}`;
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body:
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${fileName}"\r\n` +
      `content-type: application/xml\r\n\r\n${text}\r\n--${boundary}--\r\n`,
    repeatable: false,
    timeoutMs: UPLOAD_TIMEOUT_MS,
  };
}

const UPLOAD_TIMEOUT_MS = 120_000;

export const codesOf = (root: XmlElement | null): readonly number[] =>
  childrenOf(root, 'Errors').map((error) => numberOf(error, 'ErrorCode') ?? 0);

const isRefusedByTrading = (response: ChannelResponse): boolean =>
  response.status === 401 || codesOf(rootOf(response)).some((code) => REFUSED_TOKENS.has(code));

// A page of listings is megabytes: it is looked at several times and read once.
const roots = new WeakMap<ChannelResponse, XmlElement | null>();

function rootOf(response: ChannelResponse): XmlElement | null {
  const known = roots.get(response);
  if (known !== undefined) return known;
  const root = parseXml(response.text);
  roots.set(response, root);
  return root;
}

// Not a verdict for the network layer: that would also stop the calls for orders, which have a limit of their own.
const callsUsedUp = (): ChannelError =>
  new ChannelError(
    'throttled',
    'The 5,000 calls a day that eBay allows for listings made on its site are used up; the rest follows once eBay counts anew. ' +
      'A free Application Growth Check raises the limit.',
    { retryAfterMs: CALL_LIMIT_WAIT_MS },
  );

// Trading tells everything inside an HTTP 200.
function judgeTrading(response: ChannelResponse): Verdict {
  if (response.status >= 300) return { kind: 'fine' };
  const root = rootOf(response);
  if (root === null || textOf(root, 'Ack') === null) return { kind: 'transient', message: WEB_PAGE };
  return { kind: 'fine' };
}
