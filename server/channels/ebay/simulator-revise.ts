// One change of a listing's quantity in a simulated account: counted against eBay's 250 a day, and written down.

import type { ShopMemory, SimulatedListing, SimulatedUnit } from './simulator-memory.ts';
import { setQuantity, unitId } from './simulator-shop.ts';

const REVISIONS_MAX = 250;
const QUANTITY_MAX = 1_000_000_000;
const CALIFORNIA = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Los_Angeles', dateStyle: 'short' });

export type WriteRecord = {
  readonly at: Date;
  readonly remoteId: string;
  readonly quantity: number;
  readonly applied: boolean;
};

/** Answers why it was refused, or null. */
export type Revise = (listing: SimulatedListing, unit: SimulatedUnit, quantity: number) => string | null;

export function createRevise(options: {
  readonly now: () => Date;
  readonly changed: () => void;
  readonly countsRevisions: () => boolean;
  readonly outOfStockControl: () => boolean;
  readonly memory: ShopMemory;
  readonly writes: WriteRecord[];
}): Revise {
  return (listing, unit, quantity) => {
    const at = options.now();
    const problem = countRevision(listing, at, options.countsRevisions()) ?? problemOf(listing, quantity);
    const remoteId = unitId(listing, unit.option);
    options.writes.push({ at, remoteId, quantity, applied: problem === null });
    if (problem !== null) return problem;
    setQuantity(listing, unit, quantity, options);
    options.changed();
    return null;
  };
}

function countRevision(listing: SimulatedListing, at: Date, limits: boolean): string | null {
  const day = CALIFORNIA.format(at);
  const count = listing.revisions.day === day ? listing.revisions.count : 0;
  if (limits && count >= REVISIONS_MAX) return 'This listing was revised 250 times today.';
  listing.revisions = { day, count: count + 1 };
  return null;
}

function problemOf({ hasEnded }: SimulatedListing, quantity: number): string | null {
  if (hasEnded) return 'You are not allowed to revise ended listings.';
  const isPossible = Number.isInteger(quantity) && quantity >= 0 && quantity <= QUANTITY_MAX;
  return isPossible ? null : 'The quantity is not valid.';
}
