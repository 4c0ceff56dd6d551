// What each order status means for stock. WooCommerce has no shipped units: "completed" is the shop's word
// for sent.

import type { StoreSettings } from '../channel.ts';
import { inWords } from '../words.ts';

export type StatusMeaning =
  | { readonly kind: 'open' }
  | { readonly kind: 'sent' }
  /** Money went back: sent before when it had been completed, and otherwise not sent any more. */
  | { readonly kind: 'refunded' }
  | { readonly kind: 'cancelled' }
  /** Moves nothing now, but may later. */
  | { readonly kind: 'waiting'; readonly because: string }
  /** A basket, not yet an order. */
  | { readonly kind: 'draft' }
  | { readonly kind: 'trash' };

const WAITS_FOR_PAYMENT = 'waits for payment';

const CORE: Readonly<Record<string, StatusMeaning>> = {
  processing: { kind: 'open' },
  'on-hold': { kind: 'open' },
  completed: { kind: 'sent' },
  refunded: { kind: 'refunded' },
  cancelled: { kind: 'cancelled' },
  // The shop keeps the units of a failed order off its number; ours are free again, and the next push
  // corrects it.
  failed: { kind: 'cancelled' },
  'checkout-draft': { kind: 'draft' },
  'auto-draft': { kind: 'draft' },
  trash: { kind: 'trash' },
};

/** As WooCommerce's own pages call it. */
export const statusInWords = (status: string): string =>
  status === 'pending' ? 'Pending payment' : inWords(status);

export function statusMeaning(status: string, settings: StoreSettings): StatusMeaning {
  if (status === 'pending') {
    return settings.options['bookPending'] === 'yes'
      ? { kind: 'open' }
      : { kind: 'waiting', because: WAITS_FOR_PAYMENT };
  }
  if (Object.hasOwn(CORE, status)) return CORE[status] as StatusMeaning;
  const choice = settings.options['ownStatuses'];
  if (choice === 'sent') return { kind: 'sent' };
  if (choice === 'ignored') return { kind: 'waiting', because: `status "${status}" is not counted` };
  return { kind: 'open' };
}
