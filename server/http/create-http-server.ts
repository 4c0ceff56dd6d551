// Puts the HTTP side together: headers, limits, authentication, the endpoints, and one shape for every error.

import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { requireAdminPassword } from './admin-password.ts';
import type { KeyVault } from './api-keys.ts';
import { authenticate, type Signer } from './authenticate.ts';
import type { Endpoint } from './endpoint.ts';
import { downloadExport } from './endpoints/download-export.ts';
import { finishConnecting } from './endpoints/finish-connecting.ts';
import { pairSheet } from './endpoints/pair-sheet.ts';
import { receiveWebhook } from './endpoints/receive-webhook.ts';
import { showHealth } from './endpoints/show-health.ts';
import { showMetrics } from './endpoints/show-metrics.ts';
import { showReadiness } from './endpoints/show-readiness.ts';
import { endpoints } from './endpoints.ts';
import type { IdentityVerifier } from './identity.ts';
import { mayDo } from './people.ts';
import { answerProblems, HttpProblem, refuseUnknownAddress, requestIdOf } from './problem.ts';
import {
  DEFAULT_RATE_LIMITS,
  limitFormulas,
  limitGuesses,
  limitPerAddress,
  limitPerKey,
  limitWrongPasswords,
  type RateLimits,
} from './rate-limits.ts';
import { readBody } from './read-body.ts';
import type { HttpServices } from './services.ts';

const BODY_BYTES_MAX = 1024 * 1024;

export type HttpServerOptions = {
  readonly db: Database;
  readonly vault: KeyVault;
  readonly now: () => Date;
  readonly log: Logger;
  /** Who may say who is at the keyboard: Google, and the local workbook when there is one. */
  readonly identities: readonly IdentityVerifier[];
  /** Null: the administrator's pages do not exist. */
  readonly adminPassword: string | null;
  /** bull-board's router, shown at /admin/queues. */
  readonly queueBoard?: RequestHandler;
  readonly rateLimits?: Partial<RateLimits>;
  /** How many proxies in front of this server add to X-Forwarded-For. */
  readonly trustedProxies?: number;
};

export function createHttpServer(services: HttpServices, options: HttpServerOptions): Express {
  const limits = { ...DEFAULT_RATE_LIMITS, ...options.rateLimits };
  const app = express();
  app.set('trust proxy', options.trustedProxies ?? 0);
  app.set('etag', false);
  app.set('query parser', 'simple');
  // Left out: it would turn the addresses of a server without TLS, as on one's own machine, into https.
  app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
  app.use(nameRequest);
  app.use(showHealth());
  app.use(showReadiness(services));
  app.use(receiveWebhook(limitPerAddress(limits.visitsPerAddressPerMinute), services));
  app.use(finishConnecting(limitPerAddress(limits.visitsPerAddressPerMinute), services));
  app.use(downloadExport(limitPerAddress(limits.visitsPerAddressPerMinute), services));
  const admin: RequestHandler[] = [
    limitWrongPasswords(limits.wrongPasswordsPerMinute),
    requireAdminPassword(options.adminPassword),
  ];
  app.use(showMetrics(admin, services));
  if (options.queueBoard !== undefined) app.use('/admin/queues', ...admin, options.queueBoard);
  app.use('/api', limitPerAddress(limits.perAddressPerMinute));
  app.use(pairSheet(limitGuesses(limits.wrongCodesPerMinute), services));
  const perKey = limitEachKey(limits);
  for (const endpoint of endpoints) register(app, endpoint, services, options, perKey);
  app.use(refuseUnknownAddress);
  app.use(answerProblems(options.log));
  return app;
}

function limitEachKey(limits: RateLimits): RequestHandler {
  const keyOf = (request: Request): string => signerOf(request.res?.locals).keyId;
  const ofSheets = limitPerKey(limits.perKeyPerMinute, keyOf);
  const ofFormulas = limitFormulas(limits.perFormulasKeyPerMinute, keyOf);
  return (request, response, next) =>
    (signerOf(response.locals).keyKind === 'formulas' ? ofFormulas : ofSheets)(request, response, next);
}

const nameRequest: RequestHandler = (_request, response, next) => {
  const requestId = randomUUID();
  response.locals['requestId'] = requestId;
  response.setHeader('x-request-id', requestId);
  response.setHeader('cache-control', 'no-store');
  next();
};

function register(
  app: Express,
  endpoint: Endpoint,
  services: HttpServices,
  options: HttpServerOptions,
  perKey: RequestHandler,
): void {
  const readBytes = express.raw({
    type: () => true,
    limit: endpoint.bodyBytesMax ?? BODY_BYTES_MAX,
    inflate: false,
  });
  const refuseTooLarge: ErrorRequestHandler = (error: unknown, _request, _response, next) => {
    const isTooLarge = (error as { type?: unknown }).type === 'entity.too.large';
    const { tooLarge } = endpoint;
    next(isTooLarge && tooLarge !== undefined ? new HttpProblem(413, 'too_large', tooLarge) : error);
  };
  const identify: RequestHandler = async (request, response, next) => {
    const { method, originalUrl: pathAndQuery, headers } = request;
    const signed = { method, pathAndQuery, headers, rawBody: bytesOf(request.body) };
    const signer = await authenticate(options, signed);
    refuseLesserRoles(endpoint, signer);
    response.locals['signer'] = signer;
    next();
  };
  const handle: RequestHandler = async (request, response) => {
    const { body: schema, hint } = endpoint;
    const rawBody = bytesOf(request.body);
    if (schema === null && rawBody.length > 0) {
      throw new HttpProblem(400, 'invalid_request', 'This request takes no content. Send it without.');
    }
    const body = schema === null ? null : readBody(schema, request.headers['content-type'], rawBody, hint);
    const { query, params } = readAddress(request.originalUrl, request.params);
    const caller = { ...signerOf(response.locals), requestId: requestIdOf(response) };
    response.json(await endpoint.handle({ params, query, body, caller }, services));
  };
  app[endpoint.method](endpoint.path, readBytes, refuseTooLarge, identify, perKey, handle);
}

/** @throws HttpProblem */
function refuseLesserRoles(endpoint: Endpoint, signer: Signer): void {
  if (signer.keyKind === 'formulas' && endpoint.forFormulas !== true) {
    throw new HttpProblem(
      403,
      'formulas_only',
      'This key is for formulas: it reads stock, and nothing else.',
    );
  }
  const least = endpoint.role;
  if (mayDo(signer.role, least)) return;
  const message =
    least === 'owner'
      ? `Only an owner may do this. You are signed in as ${signer.actor} (${signer.role}).`
      : `You are signed in as ${signer.actor}, who may look but not change anything. Ask an owner for more.`;
  throw new HttpProblem(403, 'role_too_small', message);
}

function signerOf(locals: Record<string, unknown> | undefined): Signer {
  const signer = locals?.['signer'];
  if (signer === undefined) throw new Error('An endpoint was reached without authentication.');
  return signer as Signer;
}

const bytesOf = (body: unknown): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));

const readAddress = (url: string, params: Record<string, string | string[]>) => ({
  query: new URL(url, 'http://localhost').searchParams,
  params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)])),
});
