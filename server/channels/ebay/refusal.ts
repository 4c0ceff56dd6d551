// What eBay's refusals mean, REST and Trading alike, and what the seller can do about each.

import * as z from 'zod';
import { ChannelError, type ChannelErrorKind } from '../../net/channel-error.ts';
import type { ChannelResponse, Verdict } from '../../net/channel-http.ts';
import { parseJsonOf } from '../../net/parse-json.ts';

/** A refusal with eBay's own code, for the few places that act on it. */
export class EbayRefusal extends ChannelError {
  readonly status: number;
  readonly code: number;

  constructor(kind: ChannelErrorKind, message: string, status: number, code: number) {
    super(kind, message);
    this.status = status;
    this.code = code;
  }
}

export const WEB_PAGE = 'eBay answered with a web page instead of data. It is tried again shortly.';
const RECONNECT =
  'Our access to eBay is no longer accepted. Sign in with eBay again and enter the new refresh token.';
const NO_SCOPE =
  'The refresh token may not do this. Make it again with the scopes sell.inventory, sell.fulfillment and commerce.identity.readonly.';

export const errorShape = z.object({
  errorId: z.number().nullish(),
  message: z.string().nullish(),
  longMessage: z.string().nullish(),
});
export type EbayError = z.infer<typeof errorShape>;
const problemShape = z.object({ errors: z.array(errorShape).min(1) });

/** Of an answer of 300 and above. */
export function refusalOf(response: ChannelResponse): EbayRefusal {
  const { status } = response;
  const parsed = problemShape.safeParse(parseJsonOf(response));
  const [first] = parsed.success ? parsed.data.errors : [];
  const code = first?.errorId ?? 0;
  if (status === 401) return new EbayRefusal('auth', RECONNECT, status, code);
  if (status === 403) return new EbayRefusal('auth', NO_SCOPE, status, code);
  if (first === undefined) return new EbayRefusal('transient', WEB_PAGE, status, code);
  if (status === 404) return new EbayRefusal('gone', `eBay no longer has this: ${said(first)}`, status, code);
  return new EbayRefusal('rejected', `eBay refused: ${said(first)}`, status, code);
}

export function said(error: EbayError): string {
  const text = plain(error.longMessage || error.message || `error ${error.errorId ?? 'without a number'}`);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** eBay writes its messages for web pages. */
const plain = (html: string): string =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);

// A page with status 200 where data belongs is a shop in trouble, not an answer. What was created or changed may have no answer.
export const judgeJson = (response: ChannelResponse): Verdict =>
  response.status >= 200 &&
  response.status < 300 &&
  response.text !== '' &&
  parseJsonOf(response) === undefined
    ? { kind: 'transient', message: WEB_PAGE }
    : { kind: 'fine' };

// ---- Trading ----------------------------------------------------------------------------------------------------

/** "Your application has exceeded usage limit on this call", inside an HTTP 200. */
export const CALL_LIMIT = 518;
/** Invalid or expired tokens, inside an HTTP 200. */
export const REFUSED_TOKENS: ReadonlySet<number> = new Set([931, 932, 16110, 17470, 21916984, 21917053]);
export const refusedAccess = (code: number): EbayRefusal => new EbayRefusal('auth', RECONNECT, 200, code);
