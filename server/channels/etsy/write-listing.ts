// Writes the quantities of one listing: its whole inventory as it was read, and its state where Etsy's rules
// tie stock to it.

import { ChannelError } from '../../net/channel-error.ts';
import type { PushResult, PushTarget } from '../channel.ts';
import type { EtsyClient } from './client.ts';
import {
  bodyOf,
  differences,
  hasSeveralCurrencies,
  holdsOnlyZeros,
  type InventoryBody,
  writeQuery,
} from './document.ts';
import { readListings } from './read-listings.ts';
import { EtsyRefusal } from './refusal.ts';
import { type Inventory, inventoryShape, type Listing, listingShape, type Product } from './shapes.ts';
import { isShown, type StockNumber, shownQuantity, stockNumbers } from './stock.ts';

export type WriteParts = {
  readonly client: EtsyClient;
  readonly renewSoldOut: boolean;
  readonly activateInactive: boolean;
};
type Outcome = PushResult extends infer Result
  ? Result extends PushResult
    ? Omit<Result, 'remoteId' | 'handle'>
    : never
  : never;
export type Write = { readonly target: PushTarget; readonly outcome: Outcome };
type Wanted = readonly { readonly target: PushTarget; readonly number: StockNumber }[];

type Written = {
  readonly outcomes: readonly Write[];
  /** What will meet the next listing too. */
  readonly failure: ChannelError | null;
};

export async function writeListing(parts: WriteParts, listing: Listing, wanted: Wanted): Promise<Written> {
  try {
    const outcome = await write(parts, listing, wanted);
    return { outcomes: wanted.map(({ target }) => ({ target, outcome })), failure: null };
  } catch (problem) {
    if (!(problem instanceof ChannelError)) throw problem;
    return recover(parts, listing, wanted, problem);
  }
}

const ACCEPTED: Outcome = { kind: 'accepted' };
const CURRENCIES =
  'This listing has prices in several currencies, which Etsy would change when its quantity is written. ' +
  'Set one currency on Etsy.';
const rejected = (message: string): Outcome => ({ kind: 'rejected', message });

async function write(parts: WriteParts, listing: Listing, wanted: Wanted): Promise<Outcome> {
  const { inventory } = listing;
  if (inventory == null) return { kind: 'gone', message: 'Etsy has no inventory of this listing any more.' };
  if (hasSeveralCurrencies(inventory)) return rejected(CURRENCIES);
  const quantities = quantitiesFor(listing, inventory, wanted);
  // Etsy takes no document without any stock: a listing that has none is taken off sale, and its numbers stay.
  if (holdsOnlyZeros(inventory, quantities)) {
    if (listing.state === 'active') return changeState(parts, listing, 'inactive');
    return rejected('Etsy does not let a draft have no stock at all. Give it stock, or leave it as it is.');
  }
  switch (listing.state) {
    case 'active':
    case 'draft':
      return putInventory(parts, listing.listing_id, inventory, quantities);
    case 'expired':
      return rejected('This listing has expired. Renew it on Etsy, at Etsy’s fee.');
    case 'sold_out':
      return renew(parts, listing, wanted);
    default:
      return reactivate(parts, listing, inventory, quantities);
  }
}

// Behind a listing that is off sale stand numbers from before: what has a SKU shows none, and gets none unless it is told.
function quantitiesFor(listing: Listing, inventory: Inventory, wanted: Wanted): ReadonlyMap<Product, number> {
  const told = new Map(wanted.map(({ target, number }) => [number.remoteId, target.quantity]));
  const quantities = new Map<Product, number>();
  for (const number of stockNumbers(listing.listing_id, inventory)) {
    const isEmptied = !isShown(listing) && number.sku !== null;
    const quantity = told.get(number.remoteId) ?? (isEmptied ? 0 : undefined);
    if (quantity === undefined) continue;
    for (const product of number.products) quantities.set(product, quantity);
  }
  return quantities;
}

/** One call that replaces everything: what comes back is compared field by field with what was read. */
async function putInventory(
  { client }: WriteParts,
  listingId: number,
  inventory: Inventory,
  quantities: ReadonlyMap<Product, number>,
): Promise<Outcome> {
  const body = bodyOf(inventory, quantities);
  const shown = await client.put(`/listings/${listingId}/inventory`, body, inventoryShape, {
    afterOrders: true,
    query: writeQuery(inventory),
  });
  const changed = differences(inventory, shown);
  if (changed.length > 0) {
    return rejected(
      `Etsy took the quantities and changed ${changed.join(', ')}. Look at the listing on Etsy.`,
    );
  }
  const kept = quantitiesOf(bodyOf(shown));
  if (JSON.stringify(kept) === JSON.stringify(quantitiesOf(body))) return ACCEPTED;
  return rejected('Etsy was told quantities and kept others. Look at the listing on Etsy.');
}

const quantitiesOf = ({ products }: InventoryBody): readonly number[] =>
  products.flatMap(({ offerings }) => offerings.map(({ quantity }) => quantity)).sort((a, b) => a - b);

async function changeState(
  { client }: WriteParts,
  { listing_id: id }: Listing,
  state: 'active' | 'inactive',
): Promise<Outcome> {
  const path = `/shops/${await client.shopId()}/listings/${id}`;
  const after = await client.patch(path, { state }, listingShape, { afterOrders: true });
  return after.state === state
    ? ACCEPTED
    : rejected(`Etsy did not make this listing ${state}. Look at it on Etsy.`);
}

/** Quantities first: a listing that is active with old numbers could be bought. */
async function reactivate(
  parts: WriteParts,
  listing: Listing,
  inventory: Inventory,
  quantities: ReadonlyMap<Product, number>,
): Promise<Outcome> {
  if (!parts.activateInactive) {
    const setting = 'the setting “Inactive listings with stock” leaves it so';
    return rejected(`This listing is inactive on Etsy, and ${setting}. Activate it on Etsy.`);
  }
  const put = await putInventory(parts, listing.listing_id, inventory, quantities);
  return put.kind === 'accepted' ? changeState(parts, listing, 'active') : put;
}

/** The other way round: renewing sets the quantity to 1, whatever the document said. */
async function renew(parts: WriteParts, listing: Listing, wanted: Wanted): Promise<Outcome> {
  if (!parts.renewSoldOut) {
    const ways = 'Renew it there, or let the setting “Renew listings that sold out” do it, at Etsy’s fee';
    return rejected(`This listing has sold out on Etsy. ${ways}.`);
  }
  const renewed = await changeState(parts, listing, 'active');
  if (renewed.kind !== 'accepted') return renewed;
  const again = (await readListings(parts.client, [listing.listing_id], { afterOrders: true })).get(
    listing.listing_id,
  );
  if (again?.inventory == null)
    return { kind: 'unknown', message: 'The listing could not be read after renewing.' };
  // As it was before renewing: what is not told has none.
  const quantities = quantitiesFor({ ...again, state: listing.state }, again.inventory, wanted);
  return putInventory(parts, listing.listing_id, again.inventory, quantities);
}

async function recover(
  { client }: WriteParts,
  listing: Listing,
  wanted: Wanted,
  problem: ChannelError,
): Promise<Written> {
  const all = (outcome: Outcome): readonly Write[] => wanted.map(({ target }) => ({ target, outcome }));
  if (problem instanceof EtsyRefusal && problem.status === 404) {
    const message = 'This listing or variation is no longer in the Etsy shop.';
    return { outcomes: all({ kind: 'gone', message }), failure: null };
  }
  if (problem.kind === 'rejected') return { outcomes: all(rejected(problem.message)), failure: null };
  if (problem.kind !== 'transient') return { outcomes: [], failure: problem };
  // The answer was lost, perhaps after Etsy had done it: what it shows now tells. Nothing is written again blindly.
  const again = await readListings(client, [listing.listing_id], { afterOrders: true }).catch(() => null);
  const shown = again?.get(listing.listing_id);
  const numbers = shown?.inventory == null ? [] : stockNumbers(shown.listing_id, shown.inventory);
  const arrived = ({ number, target }: Wanted[number]): boolean => {
    const now = numbers.find(({ remoteId }) => remoteId === number.remoteId);
    return shown !== undefined && now !== undefined && shownQuantity(shown, now) === target.quantity;
  };
  const outcomes = wanted.map((one) => ({
    target: one.target,
    outcome: arrived(one) ? ACCEPTED : ({ kind: 'unknown', message: problem.message } as const),
  }));
  // A conflict is this listing's own; a shop that fails will fail again.
  return { outcomes, failure: problem instanceof EtsyRefusal || outcomes.every(isAccepted) ? null : problem };
}

const isAccepted = ({ outcome }: Write): boolean => outcome.kind === 'accepted';
