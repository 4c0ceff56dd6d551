// Sends one GraphQL operation to a Shopify store: token, cost, throttling, and every way it can say no.

import type { ZodType } from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelResponse, Verdict } from '../../net/channel-http.ts';
import { parseJsonOf } from '../../net/parse-json.ts';
import type { ChannelSession } from '../channel.ts';
import { type cost as costSchema, type Envelope, envelope } from './answers.ts';
import { readCredentials } from './credentials.ts';
import type { ShopifyOperation } from './documents.ts';
import { API_VERSION } from './manifest.ts';
import { createTokenSource } from './token.ts';

export type ShopifyClient = {
  readonly run: <Answer>(
    operation: ShopifyOperation,
    answer: ZodType<Answer>,
    variables?: Readonly<Record<string, unknown>>,
  ) => Promise<Answer>;
  /** The API version of the last answer: Shopify answers a version it no longer knows with an older one. */
  readonly answeredVersion: () => string | null;
};

export function createClient(session: ChannelSession): ShopifyClient {
  const credentials = readCredentials(session.credentials);
  const tokens = createTokenSource(session, credentials);
  let answeredVersion: string | null = null;

  async function post(operation: ShopifyOperation, body: string, token: string): Promise<ChannelResponse> {
    if (credentials.kind === 'unusable') throw new ChannelError('auth', credentials.problem);
    return session.http.send(
      {
        method: 'POST',
        url: `${credentials.address}/admin/api/${API_VERSION}/graphql.json`,
        headers: { 'content-type': 'application/json', 'x-shopify-access-token': token },
        body,
        // Queries change nothing, changes of inventory carry an idempotency key, and a webhook is registered once
        // per topic and address.
        repeatable: true,
        changesNothing: operation.document.startsWith('query'),
        cost: operation.cost,
      },
      (response) => judge(session, response),
    );
  }

  return {
    answeredVersion: () => answeredVersion,
    run: async (operation, answer, variables = {}) => {
      const body = JSON.stringify({
        query: operation.document,
        variables,
        operationName: operation.name,
      });
      const token = await tokens.current();
      let response = await post(operation, body, token);
      if (response.status === 401) {
        const other = await tokens.renew(token);
        if (other !== null) response = await post(operation, body, other);
      }
      refuseByStatus(response);
      answeredVersion = response.headers['x-shopify-api-version'] ?? answeredVersion;
      const { data, errors } = readEnvelope(response) ?? {};
      if (errors) refuseByErrors(errors);
      const parsed = answer.safeParse(data);
      if (parsed.success) return parsed.data;
      throw new ChannelError(
        'transient',
        `Shopify's answer to ${operation.name} has an unexpected form (${parsed.error.issues[0]?.path.join('.')}).`,
        { cause: parsed.error },
      );
    },
  };
}

/** Looks at every answer, repeated ones too: tells the limiter the bucket, and finds "throttled" inside HTTP 200. */
function judge(session: ChannelSession, response: ChannelResponse): Verdict {
  if (response.status !== 200) return { kind: 'fine' };
  const answer = readEnvelope(response);
  if (answer === null) {
    return { kind: 'transient', message: 'Shopify answered with something that is not JSON.' };
  }
  const cost = answer.extensions?.cost;
  if (cost) {
    const { maximumAvailable, currentlyAvailable, restoreRate } = cost.throttleStatus;
    session.http.observe({
      kind: 'cost',
      availablePoints: currentlyAvailable,
      maximumPoints: maximumAvailable,
      restorePointsPerSecond: restoreRate,
    });
  }
  const codes = errorCodes(answer.errors);
  if (codes.includes('THROTTLED')) return { kind: 'throttled', retryAfterMs: waitForPoints(cost) };
  if (codes.includes('INTERNAL_SERVER_ERROR') || codes.includes('TIMEOUT')) {
    return { kind: 'transient', message: 'Shopify had an internal error.' };
  }
  return { kind: 'fine' };
}

/** Until the bucket holds what was asked for; without figures, the second that Shopify's documentation recommends. */
function waitForPoints(cost: typeof costSchema._output | undefined): number {
  if (cost === undefined) return 1_000;
  const { currentlyAvailable, restoreRate } = cost.throttleStatus;
  const missing = Math.max(0, cost.requestedQueryCost - currentlyAvailable);
  return Math.max(100, Math.ceil((missing / restoreRate) * 1_000));
}

function refuseByStatus({ status }: ChannelResponse): void {
  if (status === 200) return;
  if (status === 401) {
    throw new ChannelError(
      'auth',
      'Shopify no longer accepts the access token. Connect the store again with new credentials.',
    );
  }
  if (status === 402 || status === 423) {
    throw new ChannelError(
      'auth',
      'Shopify has frozen or locked this shop. Sign in to the Shopify admin to see why.',
    );
  }
  if (status === 403) {
    throw new ChannelError('auth', 'Shopify refuses the app access to this shop. Check its permissions.');
  }
  if (status === 404) throw new ChannelError('gone', 'There is no Shopify shop at this address.');
  throw new ChannelError('rejected', `Shopify refused the request (HTTP ${status}).`);
}

function refuseByErrors(errors: NonNullable<Envelope['errors']>): never {
  const codes = errorCodes(errors);
  const message = typeof errors === 'string' ? errors : errors.map((error) => error.message).join(' ');
  if (codes.includes('ACCESS_DENIED')) {
    throw new ChannelError('auth', `The app lacks a permission in Shopify: ${message}`);
  }
  throw new ChannelError('rejected', `Shopify refused the request: ${message}`);
}

const errorCodes = (errors: Envelope['errors']): readonly string[] =>
  Array.isArray(errors) ? errors.map((error) => error.extensions?.code ?? '') : [];

const readEnvelope = (response: ChannelResponse): Envelope | null =>
  envelope.safeParse(parseJsonOf(response)).data ?? null;
