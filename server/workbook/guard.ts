// Lets only this computer, only who knows the workbook's address, and only the page itself at the local workbook.

import { timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

const PAGE_TOKEN_HEADER = 'x-page-token';
const PASSED_ON = /^(forwarded|via|x-forwarded-.+|x-real-ip)$/;

/**
 * Refuses other machines, other names for this one (a web site could point its own name at 127.0.0.1), and what a proxy on this
 * machine says it passes on.
 */
export const onlyThisComputer: RequestHandler = (request, response, next) => {
  const caller = request.socket.remoteAddress ?? '';
  const isPassedOn = Object.keys(request.headers).some((name) => PASSED_ON.test(name));
  if (isLoopbackAddress(caller) && isLoopbackName(request.headers.host ?? '') && !isPassedOn) next();
  else refuse(response, 'The local workbook can only be opened on the computer that it runs on.');
};

/** A proxy on this machine need not say that it is one: whoever it lets in does not know the secret in the address. */
export function onlyWhoKnows(secret: string): RequestHandler {
  return (request, response, next) => {
    if (sameText(String(request.params['secret'] ?? ''), secret)) next();
    else refuse(response, 'Open the workbook with the address that Stocksheet printed when it started.');
  };
}

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
