// What BigCommerce's refusals mean, and what the shop owner can do about each.

import { ChannelError, type ChannelErrorKind } from '../../net/channel-error.ts';
import type { ChannelResponse } from '../../net/channel-http.ts';
import { parseJson } from '../../net/parse-json.ts';
import { problemShape } from './shapes.ts';

/** A refusal with the store's own words, for the few places that act on them. */
export class StoreRefusal extends ChannelError {
  readonly status: number;
  /** What the store said, in one line. */
  readonly said: string;

  constructor(kind: ChannelErrorKind, message: string, status: number, said: string) {
    super(kind, message);
    this.status = status;
    this.said = said;
  }
}

const ACCOUNTS_PAGE = 'Settings › Store-level API accounts';

export function refusalOf({ status, text }: ChannelResponse): StoreRefusal {
  const said = wordsOf(text);
  return new StoreRefusal(...meaningOf(status, said), status, said);
}

function meaningOf(status: number, said: string): readonly [ChannelErrorKind, string] {
  if (status === 401) {
    return [
      'auth',
      `BigCommerce does not accept the access token. Make a new API account in ${ACCOUNTS_PAGE} and enter what it shows.`,
    ];
  }
  if (status === 403) {
    return [
      'auth',
      `The API account lacks a scope${said === '' ? '' : ` (${said})`}. Scopes cannot be changed later: make a new API account in ` +
        `${ACCOUNTS_PAGE}.`,
    ];
  }
  if (status === 404) return ['gone', 'BigCommerce does not have this any more.'];
  return ['rejected', `BigCommerce refused: ${sentence(said === '' ? `status ${status}` : said)}`];
}

/** V3 answers one problem, V2 a list of them. */
function wordsOf(text: string): string {
  const parsed = problemShape.safeParse(parseJson(text));
  if (!parsed.success) return '';
  const problems = Array.isArray(parsed.data) ? parsed.data : [parsed.data];
  return problems
    .map(({ title, message, errors }) =>
      [title ?? message ?? '', ...Object.entries(errors ?? {}).map(([key, why]) => `${key}: ${String(why)}`)]
        .filter((part) => part !== '')
        .join('; '),
    )
    .join(' ')
    .slice(0, 2_000);
}

export const sentence = (said: string): string => {
  const short = said.slice(0, 300);
  return /[.!?]$/.test(short) ? short : `${short}.`;
};
