// One line of a turn-on plan in a sentence that adds up.

import type { PlanKind } from '../../shared/api/turn-on.ts';
import type { ListingId, Sku } from '../../shared/model/ids.ts';
import { describeRule, type Rule } from '../../shared/model/rule.ts';

export type PlannedListing = {
  readonly id: ListingId;
  readonly remoteId: string;
  readonly locationId: string | null;
  readonly handle: string;
  readonly sku: Sku;
  readonly title: string;
  readonly tracked: boolean;
  readonly notPushable: string | null;
  /** What the sheet has for this store, before its open orders are booked; null: never counted. */
  readonly available: number | null;
  readonly rule: Rule | null;
  /** Of a bundle: its components, and what this store could sell of each. */
  readonly parts: readonly { readonly sku: Sku; readonly units: number; readonly available: number }[];
};

export type JudgedListing = {
  readonly listing: PlannedListing;
  readonly kind: PlanKind;
  readonly shown: number | null;
  /** Units of this SKU in open orders of the store. */
  readonly held: number;
  /** Available once those are booked. */
  readonly left: number | null;
  readonly would: number | null;
};

export function explainLine(line: JudgedListing): string {
  const { listing, kind, shown, held } = line;
  if (kind === 'untracked') {
    return (
      listing.notPushable ?? 'The shop does not count its stock, so it is told nothing. Unknown is not 0.'
    );
  }
  if (kind === 'never set') return explainUnset(listing, shown, held);
  if (kind === 'disagrees') {
    return 'Listings with this SKU show different numbers, so none is copied. Set the count in the Adjustments tab.';
  }
  const told = explainTold(line);
  if (kind === 'unknown') return `The shop did not say what it shows. ${told}`;
  return kind === 'same' ? `Stays as it is. ${told}` : told;
}

function explainUnset({ parts }: PlannedListing, shown: number | null, held: number): string {
  if (parts.length > 0) {
    return `A bundle: it waits until all its components are counted (${parts.map(({ sku }) => sku).join(', ')}).`;
  }
  if (shown === null)
    return 'Nobody has counted it, and the shop did not say what it shows. It is told nothing.';
  const orders = held === 0 ? '' : ` + ${held} in open orders`;
  return `Nobody has counted it: it is told nothing, or copied as ${shown}${orders} = ${shown + held} in stock.`;
}

function explainTold({ listing, left, would }: JudgedListing): string {
  const available = listing.available ?? 0;
  const booked = available - (left ?? available);
  const sum =
    booked === 0
      ? `${available} available`
      : `${available} available − ${booked} in this shop's open orders = ${left}`;
  const rule = listing.rule === null ? '' : describeRule(listing.rule);
  if (rule !== '') return `${sum}; this shop ${rule}: ${would}.`;
  return (left ?? 0) < 0 ? `${sum}; a shop is never told less than 0.` : `${sum}.`;
}
