// How often one sheet, one address, and one guesser of passwords may ask.

import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { HttpProblem } from './problem.ts';

const WINDOW_MS = 60_000;

export type RateLimits = {
  /** Signed requests of one key. */
  readonly perKeyPerMinute: number;
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
  perAddressPerMinute: 1_200,
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

function limit(
  perMinute: number,
  keyOf: (request: Request) => string,
  onlyFailures: boolean,
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
      const message = 'These are too many requests in one minute. Wait a moment, then try again.';
      next(new HttpProblem(429, 'too_many_requests', message, Math.min(waitMs, WINDOW_MS)));
    },
  });
}

const addressOf = (request: Request): string => ipKeyGenerator(request.ip ?? 'unknown');
