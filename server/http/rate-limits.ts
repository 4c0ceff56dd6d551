// How often one sheet, one address, and one guesser of passwords may ask.

import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { HttpProblem } from './problem.ts';

const WINDOW_MS = 60_000;

export type RateLimits = {
  /** Signed requests of one key. */
  readonly perKeyPerMinute: number;
  /** Signed requests of one key for formulas, which only reads: a column of formulas asks cell by cell. */
  readonly perFormulasKeyPerMinute: number;
  /** Requests of one network address, signed or not. */
  readonly perAddressPerMinute: number;
  /** Unsigned questions of one network address: a shop's challenge, a person back from a shop. */
  readonly visitsPerAddressPerMinute: number;
  /** Wrong administrator passwords from one network address. */
  readonly wrongPasswordsPerMinute: number;
  /** Wrong pairing codes from one network address; from everybody together six times as many. */
  readonly wrongCodesPerMinute: number;
};

export const DEFAULT_RATE_LIMITS: RateLimits = {
  perKeyPerMinute: 300,
  // Google runs 30 scripts of a person at once. Each takes most of a second, so that a fill of any length stays below.
  perFormulasKeyPerMinute: 3_000,
  // Behind a proxy everybody has one address: two sheets may be filled at once.
  perAddressPerMinute: 6_000,
  visitsPerAddressPerMinute: 60,
  wrongPasswordsPerMinute: 10,
  wrongCodesPerMinute: 10,
};

export const limitPerAddress = (perMinute: number): RequestHandler => limit(perMinute, addressOf, false);

export const limitWrongPasswords = (perMinute: number): RequestHandler => limit(perMinute, addressOf, true);

/** Somebody who guesses from many addresses is held back too. */
export const limitGuesses = (perMinute: number): RequestHandler[] => [
  limit(perMinute, addressOf, true),
  limit(perMinute * 6, () => 'everybody', true),
];

export const limitPerKey = (perMinute: number, keyOf: (request: Request) => string): RequestHandler =>
  limit(perMinute, keyOf, false);

export const limitFormulas = (perMinute: number, keyOf: (request: Request) => string): RequestHandler =>
  limit(
    perMinute,
    keyOf,
    false,
    'These are too many formulas in one minute. Give one formula the whole range, such as =IN_STOCK(A2:A500).',
  );

function limit(
  perMinute: number,
  keyOf: (request: Request) => string,
  onlyFailures: boolean,
  message = 'These are too many requests in one minute. Wait a moment, then try again.',
): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: perMinute,
    keyGenerator: keyOf,
    skipSuccessfulRequests: onlyFailures,
    standardHeaders: false,
    legacyHeaders: false,
    handler: (request, _response, next) => {
      const { resetTime } = (request as Request & { rateLimit: { resetTime?: Date } }).rateLimit;
      const waitMs = Math.max(1_000, (resetTime?.getTime() ?? Date.now() + WINDOW_MS) - Date.now());
      next(new HttpProblem(429, 'too_many_requests', message, Math.min(waitMs, WINDOW_MS)));
    },
  });
}

const addressOf = (request: Request): string => ipKeyGenerator(request.ip ?? 'unknown');
