// What became of telling one quantity, and what it takes to tell it.

import type { PushResult, PushTarget } from '../channel.ts';
import type { State } from './stock.ts';

export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'stale'; readonly observed: number }
  | { readonly kind: Exclude<PushResult['kind'], 'accepted' | 'stale'>; readonly message: string };

export type Write = { readonly target: PushTarget; readonly state: Extract<State, { kind: 'quantity' }> };

/** Of each write there is something to say about. */
export type Outcomes = ReadonlyMap<PushTarget, Outcome>;
