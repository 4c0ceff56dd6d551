// From the shop address a person typed to the address of its API. Sub-folder shops and stray endings are
// fine.

import { ChannelError } from '../../net/channel-error.ts';

export type ShopAddress = {
  /** Ends without a slash, such as `https://shop.example/sub/wp-json`. */
  readonly api: string;
  /** Over plain HTTP the shop refuses keys and wants every request signed. */
  readonly isSecure: boolean;
  readonly isLoopback: boolean;
};

export function readShopAddress(typed: string): ShopAddress {
  const text = typed.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : null;
  if (text === '' || url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new ChannelError(
      'rejected',
      `"${text.slice(0, 80)}" is not a shop address. Type it as in your browser, such as https://shop.example.`,
    );
  }
  const folder = url.pathname.replace(/\/(wp-json|wp-admin|wp-login\.php)(\/.*)?$/i, '').replace(/\/+$/, '');
  return {
    api: `${url.origin}${folder}/wp-json`,
    isSecure: url.protocol === 'https:',
    isLoopback: /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname),
  };
}
