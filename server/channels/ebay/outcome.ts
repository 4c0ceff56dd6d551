// What eBay shows for a listing, how a number is told to it, and what became of telling it.

import type { ChannelError } from '../../net/channel-error.ts';
import type { PushResult, PushTarget } from '../channel.ts';

/** How a number is told to a listing. */
export type Way =
  | { readonly kind: 'inventory'; readonly sku: string; readonly offerId: string }
  /** `sku` only for a variation. */
  | { readonly kind: 'trading'; readonly sku: string | null };

export type State =
  | {
      readonly kind: 'quantity';
      readonly quantity: number;
      readonly itemId: string;
      readonly way: Way;
    }
  | { readonly kind: 'untracked' | 'gone' | 'fixed'; readonly message: string }
  /** It could not be read. */
  | { readonly kind: 'unread'; readonly problem: ChannelError };

export type Shelf = (handle: string) => State;

export type Postponed = Pick<
  Extract<PushResult, { readonly kind: 'postponed' }>,
  'kind' | 'message' | 'until'
>;

export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'stale'; readonly observed: number }
  | Postponed
  /** eBay takes no more changes of this listing today. */
  | { readonly kind: 'revised too often' }
  | {
      readonly kind: Exclude<PushResult['kind'], 'accepted' | 'stale' | 'postponed'>;
      readonly message: string;
      readonly takesTime?: true;
    };

export type Write = { readonly target: PushTarget; readonly state: Extract<State, { kind: 'quantity' }> };

/** Of each write there is something to say about. */
export type Outcomes = ReadonlyMap<PushTarget, Outcome>;
