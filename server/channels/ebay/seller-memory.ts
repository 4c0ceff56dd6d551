// What a process remembers of one seller from job to job: the object that it is kept with.

import type { ChannelSession } from '../channel.ts';
import { typed } from './credentials.ts';

/**
 * Stores with the same App ID share one way out, for eBay counts their calls together. Whose SKUs and orders they are only the
 * refresh token tells: each is one seller's.
 */
const sellersBy = new WeakMap<object, Map<string, object>>();

export function sellerMemory({ http, credentials }: Pick<ChannelSession, 'http' | 'credentials'>): object {
  const sellers = sellersBy.get(http) ?? new Map<string, object>();
  sellersBy.set(http, sellers);
  const seller = `${typed(credentials, 'apiBase')} ${typed(credentials, 'refreshToken')}`;
  const memory = sellers.get(seller) ?? {};
  sellers.set(seller, memory);
  return memory;
}
