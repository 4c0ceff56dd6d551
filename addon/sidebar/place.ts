// Where in the sidebar somebody is.

import type { Question } from '../../shared/api/stores.ts';

export type Place =
  | { readonly screen: 'home' | 'files' | 'refunds' | 'people' | 'warehouses' | 'connect' | 'pair' }
  | { readonly screen: 'why'; readonly sku: string }
  | { readonly screen: 'refund'; readonly problemId: number }
  | { readonly screen: 'answer'; readonly storeId: string; readonly question: Question }
  | { readonly screen: 'store' | 'turn-on' | 'turn-off' | 'refresh-inventory'; readonly storeId: string };

/** `said`: what to tell the person there. */
export type Go = (to: Place, said?: string) => void;
export const HOME: Place = { screen: 'home' };
