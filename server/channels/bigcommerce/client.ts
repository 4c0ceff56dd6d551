// Calls to one store: the token, the quota that every answer tells, and every answer read as data or as an error with a
// remedy.

import type * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelRequest, ChannelResponse, Verdict } from '../../net/channel-http.ts';
import { parseJsonOf } from '../../net/parse-json.ts';
import type { ChannelSession } from '../channel.ts';
import { readCredentials } from './credentials.ts';
import { manifest } from './manifest.ts';
import { refusalOf } from './refusal.ts';

/** Lists are sent with plain commas: BigCommerce reads both forms, and addresses with many ids stay short. */
export type Query = Readonly<Record<string, string | number | readonly (string | number)[]>>;

export type BigCommerceClient = {
  /** `path` below the store, such as `/v3/catalog/products`. Null for "no content", which V2 says for an empty list. */
  readonly get: <Shape extends z.ZodType>(
    path: string,
    query: Query,
    shape: Shape,
  ) => Promise<z.output<Shape> | null>;
  /** Repeating an absolute number blindly could undo a sale in between: a lost answer is reported, not repeated. */
  readonly change: (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object) => Promise<void>;
};

export function createClient(session: ChannelSession): BigCommerceClient {
  const credentials = readCredentials(session.credentials);

  async function send(request: Omit<ChannelRequest, 'url'>, path: string): Promise<ChannelResponse> {
    if (credentials.kind === 'unusable') throw new ChannelError('auth', credentials.problem);
    const headers = { accept: 'application/json', 'x-auth-token': credentials.accessToken };
    const response = await session.http.send(
      {
        ...request,
        url: `${credentials.address}${path}`,
        headers: { ...headers, 'content-type': 'application/json' },
      },
      (answer) => judge(session, answer),
    );
    if (response.status >= 200 && response.status < 300) return response;
    throw refusalOf(response);
  }

  return {
    get: async (path, query, shape) => {
      const response = await send({ method: 'GET', repeatable: true }, `${path}${queryOf(query)}`);
      if (response.text.trim() === '') return null;
      const parsed = shape.safeParse(parseJsonOf(response));
      if (parsed.success) return parsed.data;
      const where = parsed.error.issues[0]?.path.join('.') ?? '';
      throw new ChannelError('transient', `BigCommerce's answer has an unexpected form (${where}).`, {
        cause: parsed.error,
      });
    },
    change: async (method, path, body) => {
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      await send({ method, repeatable: false, ...text }, path);
    },
  };
}

export function queryOf(query: Query): string {
  const parts = Object.entries(query).map(([name, value]) => {
    const texts = Array.isArray(value) ? value.map(String) : [String(value)];
    return `${name}=${texts.map(encodeURIComponent).join(',')}`;
  });
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

const QUOTA = {
  left: 'x-rate-limit-requests-left',
  reset: 'x-rate-limit-time-reset-ms',
  requests: 'x-rate-limit-requests-quota',
  window: 'x-rate-limit-time-window-ms',
} as const;

/** Without these headers a 429 speaks of the platform's load, and nobody knows how long it lasts. */
function judge(session: ChannelSession, response: ChannelResponse): Verdict {
  const left = numberIn(response, QUOTA.left);
  const resetMs = numberIn(response, QUOTA.reset);
  if (left !== null && resetMs !== null) {
    session.http.observe({ kind: 'window', requestsLeft: left, resetMs, ...wholeOf(response) });
  }
  if (response.status === 429) return { kind: 'throttled', retryAfterMs: resetMs ?? 0 };
  const isData = response.text.trim() === '' || parseJsonOf(response) !== undefined;
  if (response.status >= 200 && response.status < 300 && !isData) {
    return { kind: 'transient', message: 'BigCommerce answered with something that is not data.' };
  }
  return { kind: 'fine' };
}

/** Larger plans have more than what is published for all; a window of another length is not ours to convert. */
function wholeOf(response: ChannelResponse): { readonly whole?: { requests: number; perMs: number } } {
  const requests = numberIn(response, QUOTA.requests);
  const perMs = numberIn(response, QUOTA.window);
  const { rate } = manifest.limits;
  if (requests === null || rate.kind !== 'window' || perMs !== rate.perMs) return {};
  return { whole: { requests, perMs } };
}

function numberIn({ headers }: ChannelResponse, name: string): number | null {
  const value = headers[name] ?? '';
  return /^\d+$/.test(value) ? Number(value) : null;
}
