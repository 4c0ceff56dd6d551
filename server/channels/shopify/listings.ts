// Reads the shop's variants as listings, page by page.

import * as z from 'zod';
import type { ListingPage, ListingQuery, ListingSnapshot, ListingState, StoreSettings } from '../channel.ts';
import { type ShopifyVariant, variantsAnswer } from './answers.ts';
import type { ShopifyClient } from './client.ts';
import { LIST_VARIANTS } from './documents.ts';
import { PAGE_MAX } from './manifest.ts';

/**
 * Pages go by the last id, not by Shopify's cursor: a list paged by cursor ends at 25,000 objects, and a product that
 * is added or removed meanwhile cannot shift this one.
 */
export async function listListings(
  client: ShopifyClient,
  settings: StoreSettings,
  query: ListingQuery,
  page: string | null,
): Promise<ListingPage> {
  const lastId = page === null ? null : z.string().regex(/^\d+$/).parse(page);
  const terms = [
    // UNLISTED products are on sale for whoever has the link.
    `product_status:ACTIVE,UNLISTED${settings.drafts ? ',DRAFT' : ''}`,
    query.updatedFrom === null ? '' : `updated_at:>='${query.updatedFrom.toISOString()}'`,
    lastId === null ? '' : `id:>${lastId}`,
  ];
  const { productVariants } = await client.run(LIST_VARIANTS, variantsAnswer, {
    first: PAGE_MAX,
    query: terms.filter((term) => term !== '').join(' '),
  });
  return {
    listings: productVariants.nodes.map(toListing),
    next: productVariants.pageInfo.hasNextPage
      ? (productVariants.nodes.at(-1)?.legacyResourceId ?? null)
      : null,
  };
}

const STATES: Readonly<Record<string, ListingState>> = {
  ACTIVE: 'active',
  UNLISTED: 'active',
  DRAFT: 'draft',
};

export function toListing(variant: ShopifyVariant): ListingSnapshot {
  const { product, inventoryItem } = variant;
  return {
    remoteId: variant.id,
    handle: inventoryItem.id,
    sku: variant.sku === '' ? null : variant.sku,
    title: variant.title === 'Default Title' ? product.title : `${product.title} – ${variant.title}`,
    state: STATES[product.status] ?? 'inactive',
    tracked: inventoryItem.tracked,
    notPushable: variant.requiresComponents
      ? 'Shopify works out the stock of this bundle from its parts.'
      : null,
    updatedAt: variant.updatedAt,
  };
}
