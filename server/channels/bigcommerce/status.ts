// What each order status means for stock. Statuses are known by their ids: merchants rename the labels.

import type { StoreSettings } from '../channel.ts';

export const STATUS = {
  incomplete: 0,
  pending: 1,
  shipped: 2,
  partiallyShipped: 3,
  refunded: 4,
  cancelled: 5,
  declined: 6,
  awaitingPayment: 7,
  awaitingPickup: 8,
  awaitingShipment: 9,
  completed: 10,
  awaitingFulfillment: 11,
  manualVerification: 12,
  disputed: 13,
  partiallyRefunded: 14,
} as const;

export type StatusMeaning =
  | { readonly kind: 'open' }
  /** Everything has left, whatever the counts of its lines say. */
  | { readonly kind: 'sent' }
  /** The whole order: what had not been sent will not be. */
  | { readonly kind: 'refunded' }
  | { readonly kind: 'cancelled' }
  /** Moves nothing now, but may later. */
  | { readonly kind: 'waiting'; readonly because: string }
  /** A checkout that was not finished: not yet an order. */
  | { readonly kind: 'draft' };

const MEANINGS: Readonly<Record<number, StatusMeaning>> = {
  [STATUS.incomplete]: { kind: 'draft' },
  [STATUS.shipped]: { kind: 'sent' },
  [STATUS.completed]: { kind: 'sent' },
  [STATUS.refunded]: { kind: 'refunded' },
  [STATUS.cancelled]: { kind: 'cancelled' },
  [STATUS.declined]: { kind: 'cancelled' },
};

export function statusMeaning(statusId: number, settings: StoreSettings): StatusMeaning {
  if (statusId === STATUS.pending && settings.options['bookPending'] === 'no') {
    return { kind: 'waiting', because: 'waits for payment' };
  }
  return MEANINGS[statusId] ?? { kind: 'open' };
}

/** Orders in these may still have units to send. */
export const OPEN_STATUSES: readonly number[] = [
  STATUS.pending,
  STATUS.partiallyShipped,
  STATUS.awaitingPayment,
  STATUS.awaitingPickup,
  STATUS.awaitingShipment,
  STATUS.awaitingFulfillment,
  STATUS.manualVerification,
  STATUS.disputed,
  STATUS.partiallyRefunded,
];
