// Calls to one Etsy shop: key and token on each, the shop's own figures told to the limiter, and every answer
// read as data or as an error with a remedy.

import type * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelHttp, ChannelRequest, ChannelResponse, Verdict } from '../../net/channel-http.ts';
import { parseJsonOf } from '../../net/parse-json.ts';
import type { ChannelSession } from '../channel.ts';
import { readCredentials } from './credentials.ts';
import { AFTER_ORDERS, KEPT_FOR_ORDERS, manifest } from './manifest.ts';
import { refusalOf } from './refusal.ts';
import { meShape } from './shapes.ts';
import { createTokenSource } from './token.ts';

export type Query = Readonly<Record<string, string | number | boolean>>;
export type Call = {
  readonly query?: Query;
  /** Counted in the budget of all that comes after orders too. */
  readonly afterOrders?: boolean;
};

export type EtsyClient = {
  /** `path` below `/v3/application`. @throws EtsyRefusal, ChannelError */
  readonly get: <Shape extends z.ZodType>(
    path: string,
    shape: Shape,
    call?: Call,
  ) => Promise<z.output<Shape>>;
  /**
   * Repeating an absolute write blindly could undo a sale in between: a lost answer is reported, not
   * repeated.
   */
  readonly put: <Shape extends z.ZodType>(
    path: string,
    body: object,
    shape: Shape,
    call?: Call,
  ) => Promise<z.output<Shape>>;
  readonly patch: <Shape extends z.ZodType>(
    path: string,
    form: Readonly<Record<string, string>>,
    shape: Shape,
    call?: Call,
  ) => Promise<z.output<Shape>>;
  /** What the current token may do. */
  readonly scopes: <Shape extends z.ZodType>(shape: Shape) => Promise<z.output<Shape>>;
  readonly shopId: () => Promise<number>;
};

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_BODY = { 'content-type': 'application/json' };

export function createClient(session: ChannelSession): EtsyClient {
  const tokens = createTokenSource(session);

  type Plain = Omit<ChannelRequest, 'url'> & { readonly path: string; readonly query?: Query };

  async function sendWith(token: string, plain: Plain): Promise<ChannelResponse> {
    const credentials = readCredentials(session.credentials);
    if (credentials.kind === 'unusable') throw new ChannelError('auth', credentials.problem);
    const { path, query, ...request } = plain;
    const url = new URL(`${credentials.api}/v3/application${path}`);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, String(value));
    const headers = {
      accept: 'application/json',
      ...request.headers,
      'x-api-key': credentials.apiKey,
      authorization: `Bearer ${token}`,
    };
    return session.http.send({ ...request, url: url.href, headers }, (response) => judge(session, response));
  }

  /** Etsy's own count of the day: an app may be allowed less than the manifest says. */
  function keepForOrders(call: Call | undefined): void {
    const day = days.get(session.http);
    if (call?.afterOrders !== true || day === undefined) return;
    // Reading orders goes on, and hears when there is more; nothing heard for a while, one call finds out.
    const isOld = session.now().getTime() - day.at.getTime() >= KEPT_WAIT_MS;
    if (isOld || day.left >= Math.min(KEPT_FOR_ORDERS, day.limit / 2)) return;
    throw new ChannelError('throttled', KEPT, { retryAfterMs: KEPT_WAIT_MS });
  }

  async function read<Shape extends z.ZodType>(
    plainOf: (token: string) => Plain,
    shape: Shape,
    call?: Call,
  ): Promise<z.output<Shape>> {
    keepForOrders(call);
    const token = await tokens.current();
    let response = await sendWith(token, plainOf(token));
    if (response.status === 401) {
      const other = await tokens.renew(token);
      response = await sendWith(other, plainOf(other));
    }
    if (response.status < 200 || response.status >= 300) throw refusalOf(response);
    const parsed = shape.safeParse(parseJsonOf(response));
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new ChannelError('transient', `Etsy’s answer could not be read (${where}).`, {
      cause: parsed.error,
    });
  }

  const budgetOf = (call: Call | undefined) => ({
    ...(call?.afterOrders === true ? { operation: AFTER_ORDERS } : {}),
    ...(call?.query === undefined ? {} : { query: call.query }),
  });
  const client: Omit<EtsyClient, 'shopId'> = {
    get: (path, shape, call) =>
      read(() => ({ method: 'GET', path, repeatable: true, ...budgetOf(call) }), shape, call),
    put: (path, body, shape, call) =>
      read(
        () => ({
          method: 'PUT',
          path,
          headers: JSON_BODY,
          body: JSON.stringify(body),
          repeatable: false,
          ...budgetOf(call),
        }),
        shape,
        call,
      ),
    patch: (path, form, shape, call) =>
      read(
        () => ({
          method: 'PATCH',
          path,
          headers: FORM,
          body: new URLSearchParams(form).toString(),
          repeatable: false,
          ...budgetOf(call),
        }),
        shape,
        call,
      ),
    scopes: (shape) =>
      read(
        (token) => ({
          method: 'POST',
          path: '/scopes',
          headers: FORM,
          body: new URLSearchParams({ token }).toString(),
          repeatable: true,
        }),
        shape,
      ),
  };
  return { ...client, shopId: rememberShop(session, client.get) };
}

const SHOP_ID = 'shopId';
export const NO_SHOP =
  'This Etsy account has no shop. Allow the app access from the account that owns the shop.';

/** A user has one shop at most; which one it is never changes, so it is kept with the credentials. */
function rememberShop(session: ChannelSession, get: EtsyClient['get']): () => Promise<number> {
  let known: Promise<number> | null = null;
  const find = async (): Promise<number> => {
    const stored = Number(session.credentials[SHOP_ID] ?? 0);
    if (stored > 0) return stored;
    const { shop_id: found } = await get('/users/me', meShape);
    if (found == null) throw new ChannelError('rejected', NO_SHOP);
    await session.alone((fresh) => session.saveCredentials({ ...fresh, [SHOP_ID]: String(found) }));
    return found;
  };
  return () => {
    known ??= find();
    known.catch(() => {
      known = null;
    });
    return known;
  };
}

const KEPT =
  'What is left of today’s calls to Etsy is kept for orders; the rest follows when Etsy allows more.';
const KEPT_WAIT_MS = 30 * 60_000;
/** What Etsy last said of the day, for each way out of this process. */
const days = new WeakMap<ChannelHttp, { readonly left: number; readonly limit: number; readonly at: Date }>();

/** Looks at every answer, repeated ones too. */
function judge(session: ChannelSession, response: ChannelResponse): Verdict {
  const perSecond = numberIn(response, 'x-limit-per-second');
  const left = numberIn(response, 'x-remaining-this-second');
  const [leftToday, perDay] = [
    numberIn(response, 'x-remaining-today'),
    numberIn(response, 'x-limit-per-day'),
  ];
  if (leftToday !== null && perDay !== null)
    days.set(session.http, { left: leftToday, limit: perDay, at: session.now() });
  const { rate } = manifest.limits;
  // A new app may have less than what is documented; then Etsy's own count paces us.
  if (rate.kind === 'window' && perSecond !== null && perSecond < rate.requests && left !== null) {
    session.http.observe({ kind: 'window', requestsLeft: left, resetMs: 1_000 });
  }
  const isPage = response.status < 300 && parseJsonOf(response) === undefined;
  return isPage
    ? { kind: 'transient', message: 'Etsy answered with a web page instead of data.' }
    : { kind: 'fine' };
}

function numberIn(response: ChannelResponse, header: string): number | null {
  const text = response.headers[header];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}
