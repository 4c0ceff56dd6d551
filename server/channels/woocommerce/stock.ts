// What the shop shows right now for given listings.

import * as z from 'zod';
import { inChunks, inTurns } from '../../net/in-turns.ts';
import type { ListingReference } from '../channel.ts';
import type { WooClient } from './client.ts';
import { BATCH_MAX, REQUESTS_AT_ONCE } from './manifest.ts';
import { readHandle } from './map-listing.ts';
import { type Product, productShape, type Variation } from './shapes.ts';
import type { ReadVariations } from './variations.ts';

export type StockReader = {
  readonly client: WooClient;
  readonly readVariations: ReadVariations;
  /** The sentence for a listing whose stock the shop does not count. */
  readonly whyUntracked: () => Promise<string>;
};

export type StockState =
  /** `isUnset`: the shop counts this product's stock but was never given a number, which sells like 0. */
  | { readonly kind: 'quantity'; readonly quantity: number; readonly isUnset: boolean }
  | { readonly kind: 'untracked'; readonly message: string }
  | { readonly kind: 'gone' }
  /** The number is kept somewhere else than when the listings were read. */
  | { readonly kind: 'moved'; readonly message: string };

/** By handle. */
export type Shelf = (handle: string) => StockState;

const MOVED =
  'In the shop, this variation began or stopped sharing the stock of its product. Refresh the listings of this store.';

export async function readStock(reader: StockReader, listings: readonly ListingReference[]): Promise<Shelf> {
  const places = listings.map(({ handle }) => readHandle(handle)).filter((place) => place !== null);
  const productIds = places.filter(({ parentId }) => parentId === null).map(({ id }) => id);
  const products = new Map(
    (await readProducts(reader.client, productIds)).map((product) => [product.id, product]),
  );
  const variationIds = places.flatMap(({ parentId, id }) => (parentId === null ? [] : [{ parentId, id }]));
  const variations = new Map(
    (await reader.readVariations(variationIds)).map((variation) => [variation.id, variation]),
  );
  const found = [...products.values(), ...variations.values()];
  const needsReason = found.some(({ manage_stock }) => manage_stock === false);
  const reason = needsReason ? await reader.whyUntracked() : '';
  return (handle) => {
    const place = readHandle(handle);
    if (place === null) return { kind: 'gone' };
    const thing = place.parentId === null ? products.get(place.id) : variations.get(place.id);
    return stateOf(thing, place.isKeptByParent, reason);
  };
}

function stateOf(
  thing: Product | Variation | undefined,
  isKeptByParent: boolean,
  reason: string,
): StockState {
  if (thing === undefined) return { kind: 'gone' };
  if (thing.manage_stock === false) return { kind: 'untracked', message: reason };
  if ((thing.manage_stock === 'parent') !== isKeptByParent) return { kind: 'moved', message: MOVED };
  return { kind: 'quantity', quantity: thing.stock_quantity ?? 0, isUnset: thing.stock_quantity === null };
}

async function readProducts(client: WooClient, ids: readonly number[]): Promise<readonly Product[]> {
  const pages = await inTurns(inChunks(ids, BATCH_MAX), REQUESTS_AT_ONCE, (chunk) =>
    client.get(
      '/wc/v3/products',
      { include: chunk.join(','), per_page: BATCH_MAX, _fields: 'id,manage_stock,stock_quantity' },
      z.array(productShape),
    ),
  );
  return pages.flat();
}

// ---- why not ------------------------------------------------------------------------------------------

const setting = z.object({ value: z.unknown() });

/**
 * Whether the shop counts stock at all (WooCommerce › Settings › Products › Inventory). Null when it does not
 * say.
 */
export async function readManageStockOption(client: WooClient): Promise<boolean | null> {
  const { value } = await client.get('/wc/v3/settings/products/woocommerce_manage_stock', {}, setting);
  return typeof value === 'string' ? value === 'yes' : null;
}

export const SHOP_DOES_NOT_COUNT =
  'The shop does not count stock at all. In WooCommerce › Settings › Products › Inventory, tick "Enable stock management".';
export const PRODUCT_NOT_COUNTED =
  'The shop does not count the stock of this product. In Products › (the product) › Inventory, tick "Stock management" ' +
  '("Manage stock?" on a variation).';
