// Lets the administrator in with HTTP basic authentication; without a configured password there is nothing to find.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { HttpProblem } from './problem.ts';

/** Any user name will do; the password decides. */
export function requireAdminPassword(password: string | null): RequestHandler {
  return (request, response, next) => {
    if (password === null || password === '') {
      throw new HttpProblem(
        404,
        'unknown_address',
        'There is nothing at this address. An administrator password is not configured.',
      );
    }
    const given = readPassword(request.headers.authorization);
    if (given !== null && isSame(given, password)) {
      next();
      return;
    }
    response.setHeader('www-authenticate', 'Basic realm="Stocksheet", charset="UTF-8"');
    throw new HttpProblem(401, 'wrong_password', 'This page needs the administrator password.');
  };
}

function readPassword(header: string | undefined): string | null {
  const [, encoded] = /^basic ([\w+/=-]+)$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return null;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 0 ? null : decoded.slice(colon + 1);
}

// Digests are of one length, so the comparison tells nothing about the password, not even how long it is.
const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
