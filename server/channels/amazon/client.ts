// Calls one operation of the Selling Partner API: token, the operation's own limit, and every way Amazon says no.

import type { ZodType, z } from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelResponse, Verdict } from '../../net/channel-http.ts';
import { parseJsonOf } from '../../net/parse-json.ts';
import type { ChannelSession } from '../channel.ts';
import { errorList } from './answers.ts';
import { type Account, readCredentials } from './credentials.ts';
import { memoryOf } from './memory.ts';
import { OPERATIONS, type Operation, type OperationName } from './operations.ts';
import { createTokenSource, requestToken, type TokenSource } from './token.ts';

/** A report of 100,000 listings with long descriptions is some 200 MiB, a quarter to half of it when packed. */
const DOCUMENT_BYTES_MAX = 128 * 1024 * 1024;
const DOCUMENT_TIMEOUT_MS = 2 * 60_000;

export type OperationInput = {
  /** What stands for the names in braces of the operation's path. */
  readonly path?: Readonly<Record<string, string>>;
  /** A list is sent with commas between its parts. */
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly body?: object;
};

export type AmazonClient = {
  /** @throws ChannelError `auth` when the credentials make no sense. */
  readonly account: () => Account;
  readonly call: <Shape extends ZodType>(
    operation: OperationName,
    input: OperationInput,
    shape: Shape,
  ) => Promise<z.output<Shape>>;
  /** For the app itself instead of the seller: its list of queues. */
  readonly callAsApp: AmazonClient['call'];
  /** What lies at a presigned address, one character for each byte. */
  readonly download: (url: string) => Promise<ChannelResponse>;
  readonly upload: (url: string, contentType: string, body: string) => Promise<void>;
};

export function createClient(session: ChannelSession): AmazonClient {
  const credentials = readCredentials(session.credentials);
  let tokens: TokenSource | null = null;

  function account(): Account {
    if (credentials.kind === 'unusable') throw new ChannelError('auth', credentials.problem);
    return credentials;
  }

  const send = (name: OperationName, input: OperationInput, token: string): Promise<ChannelResponse> => {
    const { method, path, repeatable, changesNothing = false }: Operation = OPERATIONS[name];
    return session.http.send(
      {
        method,
        url: `${account().endpoint}${fill(path, input.path ?? {})}${queryOf(input.query ?? {})}`,
        headers: {
          'x-amz-access-token': token,
          accept: 'application/json',
          ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
        repeatable,
        changesNothing,
        operation: name,
      },
      (response) => judge(session, name, response),
    );
  };

  return {
    account,
    call: async (name, input, shape) => {
      tokens ??= createTokenSource(session, account());
      const token = await tokens.current();
      let response = await send(name, input, token);
      if (isAboutToken(response)) response = await send(name, input, await tokens.renew(token));
      return read(name, response, shape);
    },
    // Rare enough to ask for a token of its own each time.
    callAsApp: async (name, input, shape) => {
      const form = { grant_type: 'client_credentials', scope: 'sellingpartnerapi::notifications' };
      const { token } = await requestToken(
        session.http,
        account(),
        { form, repeatable: true },
        session.now(),
      );
      return read(name, await send(name, input, token), shape);
    },
    download: async (url) => {
      const response = await session.http.send(
        {
          method: 'GET',
          url,
          repeatable: true,
          answerAs: 'bytes',
          answerBytesMax: DOCUMENT_BYTES_MAX,
          timeoutMs: DOCUMENT_TIMEOUT_MS,
        },
        judgeDocument,
      );
      if (response.status === 200) return response;
      throw new ChannelError('transient', `Amazon did not hand out its document (HTTP ${response.status}).`);
    },
    upload: async (url, contentType, body) => {
      const { status } = await session.http.send({
        method: 'PUT',
        url,
        headers: { 'content-type': contentType },
        body,
        repeatable: true,
        changesNothing: true,
      });
      if (status < 300) return;
      throw new ChannelError('transient', `Amazon did not take the document (HTTP ${status}).`);
    },
  };
}

function read<Shape extends ZodType>(
  name: OperationName,
  response: ChannelResponse,
  shape: Shape,
): z.output<Shape> {
  refuse(name, response);
  const answer = shape.safeParse(parseJsonOf(response));
  if (answer.success) return answer.data;
  const where = answer.error.issues[0]?.path.join('.');
  throw new ChannelError('transient', `Amazon's answer to ${name} has an unexpected form (${where}).`, {
    cause: answer.error,
  });
}

const fill = (path: string, values: Readonly<Record<string, string>>): string =>
  path.replace(/\{(\w+)\}/g, (_match, key: string) => encodeURIComponent(values[key] ?? ''));

function queryOf(query: NonNullable<OperationInput['query']>): string {
  const parts = Object.entries(query).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const texts =
      typeof value === 'object' ? value.map(encodeURIComponent).join(',') : encodeURIComponent(value);
    return [`${key}=${texts}`];
  });
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** Looks at every answer, repeated ones too: takes over the rate Amazon names, and finds what is not an answer at all. */
function judge(session: ChannelSession, operation: OperationName, response: ChannelResponse): Verdict {
  const { rates } = memoryOf(session.http);
  const named = Number(response.headers['x-amzn-ratelimit-limit']);
  // Never faster than published; and told once, not with every answer.
  const rate = Math.min(named, OPERATIONS[operation].requestsPerSecond);
  if (rate > 0 && rates.get(operation) !== rate) {
    rates.set(operation, rate);
    session.http.observe({ kind: 'rate', operation, restorePointsPerSecond: rate });
  }
  if (response.status < 300 && parseJsonOf(response) === undefined) {
    return { kind: 'transient', message: 'Amazon answered with something that is not JSON.' };
  }
  return { kind: 'fine' };
}

const judgeDocument = ({ headers }: ChannelResponse): Verdict =>
  headers['content-type']?.includes('text/html') === true
    ? { kind: 'transient', message: 'Amazon answered with a web page instead of its document.' }
    : { kind: 'fine' };

function saidIn(response: ChannelResponse): string {
  const errors = errorList.safeParse(parseJsonOf(response)).data?.errors ?? [];
  return errors.map(({ code, message, details }) => `${code}: ${message} ${details ?? ''}`.trim()).join(' ');
}

/** A token that ended, or was withdrawn, answers 403 like a missing role; only the details tell them apart. */
const isAboutToken = (response: ChannelResponse): boolean =>
  response.status === 401 || (response.status === 403 && /access token/i.test(saidIn(response)));

function refuse(operation: OperationName, response: ChannelResponse): void {
  if (response.status < 300) return;
  const said = saidIn(response);
  if (isAboutToken(response)) {
    throw new ChannelError('auth', 'Amazon no longer accepts the access of this app. Authorize it again.');
  }
  if (response.status === 403) {
    throw new ChannelError(
      'auth',
      `Amazon refuses ${operation}: the app lacks a role, or the merchant token or a country is not of this account. ` +
        'Give the app the roles "Product Listing" and "Inventory and Order Tracking", and authorize it again.',
    );
  }
  if (response.status === 404) throw new ChannelError('gone', 'Amazon does not know this any more.');
  throw new ChannelError('rejected', `Amazon refused the request (HTTP ${response.status}). ${said}`.trim());
}
