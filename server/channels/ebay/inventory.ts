// The Inventory API: items with their stock, offers that put them on sale, and the bulk update of both.

import * as z from 'zod';
import { inChunks, inTurns } from '../../net/in-turns.ts';
import type { EbayClient } from './client.ts';
import { INVENTORY_BATCH_MAX, REQUESTS_AT_ONCE } from './manifest.ts';
import { EbayRefusal, errorShape } from './refusal.ts';

// ---- items ------------------------------------------------------------------------------------------------------

const itemShape = z.object({
  sku: z.string().nullish(),
  availability: z
    .object({
      shipToLocationAvailability: z
        .object({
          quantity: z.int().nullish(),
          availabilityDistributions: z.array(z.unknown()).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});
export const bulkItemsShape = z.object({
  responses: z.array(
    z.object({
      sku: z.string().nullish(),
      statusCode: z.int(),
      inventoryItem: itemShape.nullish(),
      errors: z.array(errorShape).nullish(),
    }),
  ),
});

export type InventoryItem = {
  readonly quantity: number;
  /** The item's stock is divided over eBay's warehouses: one number would wipe that. */
  readonly isDistributed: boolean;
};

/** By SKU; what the Inventory API does not know is left out. */
export async function readInventoryItems(
  client: EbayClient,
  skus: readonly string[],
): Promise<ReadonlyMap<string, InventoryItem>> {
  const found = new Map<string, InventoryItem>();
  await inTurns(inChunks(skus, INVENTORY_BATCH_MAX), REQUESTS_AT_ONCE, async (chunk) => {
    for (const { sku, statusCode, inventoryItem } of await readChunk(client, chunk)) {
      if (sku == null || statusCode !== 200) continue;
      const stock = inventoryItem?.availability?.shipToLocationAvailability;
      found.set(sku, {
        quantity: stock?.quantity ?? 0,
        isDistributed: (stock?.availabilityDistributions?.length ?? 0) > 0,
      });
    }
  });
  return found;
}

type ItemAnswer = z.output<typeof bulkItemsShape>['responses'][number];

// A SKU that the Inventory API cannot even take (spaces, signs) is none of its own; its neighbours may be.
async function readChunk(client: EbayClient, skus: readonly string[]): Promise<readonly ItemAnswer[]> {
  const body = { requests: skus.map((sku) => ({ sku })) };
  try {
    const route = '/sell/inventory/v1/bulk_get_inventory_item';
    return (await client.post(route, body, bulkItemsShape, true)).responses;
  } catch (problem) {
    if (!(problem instanceof EbayRefusal) || (problem.status !== 400 && problem.status !== 404))
      throw problem;
    if (skus.length === 1) return [];
    const answers: ItemAnswer[] = [];
    for (const sku of skus) answers.push(...(await readChunk(client, [sku])));
    return answers;
  }
}

// ---- offers -----------------------------------------------------------------------------------------------------

const offerShape = z.object({
  offerId: z.string(),
  sku: z.string().nullish(),
  format: z.string().nullish(),
  availableQuantity: z.int().nullish(),
  status: z.string().nullish(),
  listing: z.object({ listingId: z.string().nullish(), listingStatus: z.string().nullish() }).nullish(),
});
export const offersShape = z.object({ offers: z.array(offerShape).nullish() });
export type Offer = z.output<typeof offerShape>;

async function readOffers(client: EbayClient, sku: string): Promise<readonly Offer[]> {
  try {
    const query = new URLSearchParams({ sku });
    const answer = await client.get(`/sell/inventory/v1/offer?${query}`, offersShape);
    return answer.offers ?? [];
  } catch (problem) {
    if (problem instanceof EbayRefusal && problem.status === 404) return [];
    throw problem;
  }
}

/**
 * Which offer a SKU has changes rarely, and asking costs a call for each SKU: kept for a day, without its number. What is
 * refused or no longer fits is asked for again.
 */
export async function readOffersKept(
  client: EbayClient,
  sku: string,
  fits: (offers: readonly Offer[]) => boolean,
): Promise<readonly Offer[]> {
  const kept = offersBy.get(client.seller) ?? new Map<string, KeptOffers>();
  offersBy.set(client.seller, kept);
  const known = kept.get(sku);
  const isFresh = known !== undefined && client.now().getTime() - known.at.getTime() < OFFERS_KEPT_MS;
  if (isFresh && fits(known.offers)) return known.offers;
  const offers = await readOffers(client, sku);
  kept.set(sku, { at: client.now(), offers: offers.map((offer) => ({ ...offer, availableQuantity: null })) });
  return offers;
}

export const forgetOffers = (client: EbayClient, sku: string): void =>
  void offersBy.get(client.seller)?.delete(sku);

type KeptOffers = { readonly at: Date; readonly offers: readonly Offer[] };
const OFFERS_KEPT_MS = 24 * 3_600_000;
const offersBy = new WeakMap<object, Map<string, KeptOffers>>();

// ---- writing ----------------------------------------------------------------------------------------------------

export const bulkUpdateShape = z.object({
  responses: z
    .array(
      z.object({
        statusCode: z.int(),
        sku: z.string().nullish(),
        offerId: z.string().nullish(),
        errors: z.array(errorShape).nullish(),
      }),
    )
    .nullish(),
});
export type UpdateAnswer = NonNullable<z.output<typeof bulkUpdateShape>['responses']>[number];

export type Update = { readonly sku: string; readonly offerId: string; readonly quantity: number };

/** The listing shows the lower of the item's and the offer's number, so both are told. */
export async function bulkUpdate(
  client: EbayClient,
  updates: readonly Update[],
): Promise<readonly UpdateAnswer[]> {
  const requests = updates.map(({ sku, offerId, quantity }) => ({
    sku,
    shipToLocationAvailability: { quantity },
    offers: [{ offerId, availableQuantity: quantity }],
  }));
  const route = '/sell/inventory/v1/bulk_update_price_quantity';
  const answer = await client.post(route, { requests }, bulkUpdateShape, false);
  return answer.responses ?? [];
}
