// Every way Etsy says no, as an error with the sentence a shop owner can act on.

import { ChannelError, type ChannelErrorKind } from '../../net/channel-error.ts';
import type { ChannelResponse } from '../../net/channel-http.ts';
import { parseJsonOf } from '../../net/parse-json.ts';

export class EtsyRefusal extends ChannelError {
  readonly status: number;

  constructor(kind: ChannelErrorKind, message: string, status: number) {
    super(kind, message);
    this.status = status;
  }
}

const WORDS_MAX = 200;

/** Etsy's own words; its errors are one string, sometimes with a description. */
function wordsOf(response: ChannelResponse): string {
  const body = parseJsonOf(response);
  if (typeof body !== 'object' || body === null) return '';
  const { error, error_description: description } = body as Readonly<Record<string, unknown>>;
  const words = [error, description].filter((one) => typeof one === 'string' && one !== '').join(': ');
  return words
    .replace(/\s+/g, ' ')
    .replace(/[.\s]+$/, '')
    .slice(0, WORDS_MAX);
}

export function refusalOf(response: ChannelResponse): EtsyRefusal {
  const { status } = response;
  const words = wordsOf(response);
  if (status === 401 || status === 403) return new EtsyRefusal('auth', authSentence(words), status);
  if (status === 404) return new EtsyRefusal('gone', 'Etsy does not have this any more.', status);
  if (status === 409) {
    return new EtsyRefusal('transient', 'Etsy was changing the same thing at that moment.', status);
  }
  const why = words === '' ? `HTTP ${status}` : words;
  return new EtsyRefusal('rejected', `Etsy refused the request: ${why}.`, status);
}

function authSentence(words: string): string {
  if (/api[ _-]?key|keystring|shared secret/i.test(words)) {
    return 'Etsy does not know this keystring and shared secret. Check both on etsy.com/developers/your-apps.';
  }
  if (/scope/i.test(words)) {
    return `The app lacks a permission for this shop (${words}). Allow it access again with all four scopes.`;
  }
  return 'Etsy no longer accepts the access of this app to the shop. Allow the app access again and paste the new token.';
}
