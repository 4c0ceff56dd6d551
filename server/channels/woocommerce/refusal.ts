// What a shop's refusals mean, and what the shop owner can do about each.

import { ChannelError, type ChannelErrorKind } from '../../net/channel-error.ts';
import type { ChannelResponse } from '../../net/channel-http.ts';
import { problemShape } from './shapes.ts';

/** A refusal with the shop's own code, for the few places that act on it. */
export class ShopRefusal extends ChannelError {
  readonly status: number;
  readonly code: string;

  constructor(kind: ChannelErrorKind, message: string, status: number, code: string) {
    super(kind, message);
    this.status = status;
    this.code = code;
  }
}

const KEYS_PAGE = 'WooCommerce › Settings › Advanced › REST API';

export const WEB_PAGE =
  'The address answered with a web page instead of the shop’s data. Check the shop address, look whether the shop is in ' +
  'maintenance or behind a firewall, and set WordPress › Settings › Permalinks to anything but "Plain".';

/** By the code, or by the code and the beginning of the message where one code says several things. */
const MEANINGS: readonly {
  readonly code: string;
  readonly begins?: string;
  readonly kind: ChannelErrorKind;
  readonly message: string;
}[] = [
  {
    code: 'woocommerce_rest_authentication_error',
    begins: 'Consumer secret is invalid',
    kind: 'auth',
    message: `The consumer secret does not belong to this consumer key. Make a new key in ${KEYS_PAGE} and enter both parts.`,
  },
  {
    code: 'woocommerce_rest_authentication_error',
    begins: 'Invalid signature',
    kind: 'auth',
    message:
      'The shop did not accept our signature. Enter the consumer secret again, and the shop address exactly as in ' +
      'WordPress › Settings › General › Site Address.',
  },
  {
    code: 'woocommerce_rest_authentication_error',
    begins: 'Invalid timestamp',
    kind: 'auth',
    message: 'The clocks of the shop and of this server differ by more than 15 minutes. Correct the clock.',
  },
  {
    code: 'woocommerce_rest_authentication_error',
    begins: 'Invalid nonce',
    kind: 'transient',
    message: 'The shop took a request for a repeated one. It is sent again shortly.',
  },
  {
    code: 'woocommerce_rest_authentication_error',
    begins: 'The API key provided does not have write',
    kind: 'auth',
    message: `The key may only read. Set its permission to Read/Write in ${KEYS_PAGE}.`,
  },
  {
    code: 'woocommerce_rest_authentication_error',
    begins: 'The API key provided does not have read',
    kind: 'auth',
    message: `The key may only write. Set its permission to Read/Write in ${KEYS_PAGE}.`,
  },
  {
    code: 'woocommerce_rest_authentication_error',
    begins: 'Consumer key is invalid',
    kind: 'auth',
    message: `The shop does not know this consumer key. Make a new key in ${KEYS_PAGE}.`,
  },
  {
    code: 'rest_no_route',
    kind: 'transient',
    message: 'WooCommerce does not answer at this address. Check in WordPress › Plugins that it is active.',
  },
];

/** Reads an answer of 300 and above as the error it is. */
export function refusalOf(response: ChannelResponse, json: unknown): ShopRefusal {
  const { status } = response;
  const parsed = problemShape.safeParse(json);
  const code = parsed.success ? parsed.data.code : '';
  const said = parsed.success ? plain(parsed.data.message) : '';
  const meaning = MEANINGS.find(
    (entry) => entry.code === code && (entry.begins === undefined || said.startsWith(entry.begins)),
  );
  if (meaning !== undefined) return new ShopRefusal(meaning.kind, meaning.message, status, code);
  return new ShopRefusal(...general(response, said), status, code);
}

function general(response: ChannelResponse, said: string): readonly [ChannelErrorKind, string] {
  const { status } = response;
  if (status < 400) {
    const to = response.headers['location'];
    const target = to === undefined ? 'another address' : new URL(to, 'https://shop.invalid').origin;
    return ['rejected', `The shop sends us on to ${target}. Enter the address the shop really has.`];
  }
  if (said === '') {
    if (status === 401)
      return ['auth', 'A password stands in front of the whole site. Ask the host to let the API through.'];
    return ['transient', WEB_PAGE];
  }
  if (status === 401) {
    return [
      'auth',
      `The shop does not know this consumer key, or the host does not pass it on. Make a new key in ${KEYS_PAGE}; ` +
        'if that does not help, ask the host to pass on the Authorization header.',
    ];
  }
  if (status === 403) {
    return [
      'auth',
      `The user of this key may not do this. In ${KEYS_PAGE}, make the key for an administrator or shop manager.`,
    ];
  }
  if (status === 404) return ['gone', `The shop no longer has this: ${sentence(said)}`];
  return ['rejected', `The shop refused: ${sentence(said)}`];
}

const sentence = (said: string): string => (/[.!?]$/.test(said) ? said : `${said}.`);

/** The shop writes for web pages: entities and tags are not for our sheet. */
export const plain = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#0?39;/g, "'")
    .replace(/&amp;/g, '&')
    .trim()
    .slice(0, 300);
