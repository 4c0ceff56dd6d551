// Lets only this computer, and only the page itself, at the local workbook.

import { timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

export const PAGE_TOKEN_HEADER = 'x-page-token';

/** Refuses other machines, and other names for this one (a web site could point its own name at 127.0.0.1). */
export const onlyThisComputer: RequestHandler = (request, response, next) => {
  const caller = request.socket.remoteAddress ?? '';
  if (isLoopbackAddress(caller) && isLoopbackName(request.headers.host ?? '')) next();
  else refuse(response, 'The local workbook can only be opened on the computer that it runs on.');
};

/** For every request that changes something: it must come from our page, which knows the token. */
export function onlyOurPage(token: string): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    if (request.method === 'GET' || request.method === 'HEAD') return next();
    const origin = request.headers.origin;
    const sameOrigin =
      origin === `http://${request.headers.host}` || origin === `https://${request.headers.host}`;
    if (sameOrigin && sameText(request.get(PAGE_TOKEN_HEADER) ?? '', token)) return next();
    refuse(response, 'This page is out of date. Reload it and try again.');
  };
}

function refuse(response: Response, message: string): void {
  response.status(403).json({ error: { code: 'refused', message, requestId: '' } });
}

function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address);
}

function isLoopbackName(host: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host);
}

function sameText(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}
