// Reads the shop's variants as listings, page by page.

import { together } from '../../net/in-turns.ts';
import type { ChannelSession, ListingPage, ListingQuery, ListingSnapshot, ListingState } from '../channel.ts';
import { type ShopifyVariant, variantsAnswer } from './answers.ts';
import { isLarge, readBulk, readBulkPlace, startBulk } from './bulk-listings.ts';
import type { ShopifyClient } from './client.ts';
import { LIST_VARIANTS } from './documents.ts';
import { PAGE_MAX } from './manifest.ts';

const LAST_ID = /^\d+$/;

export async function listListings(
  client: ShopifyClient,
  session: ChannelSession,
  query: ListingQuery,
  page: string | null,
): Promise<ListingPage> {
  if (page !== null && !LAST_ID.test(page)) return readPiece(client, session, page);
  // Only a complete reading is worth a file.
  const isBeginning = page === null && query.updatedFrom === null;
  const [answer, large] = await together([
    readPage(client, session, query, page),
    isBeginning ? isLarge(client) : false,
  ]);
  if (!large || answer.next === null) return answer;
  const bulk = await startBulk(client, session, statuses(session), answer.next);
  return bulk === null ? answer : { ...answer, next: JSON.stringify(bulk) };
}

async function readPiece(client: ShopifyClient, session: ChannelSession, page: string): Promise<ListingPage> {
  const here = readBulkPlace(page);
  const piece = await readBulk(client, session, here);
  if (piece.kind === 'failed') return { listings: [], next: here.behind };
  return {
    listings: piece.variants.map(toListing),
    next: piece.next === null ? null : JSON.stringify(piece.next),
  };
}

/** UNLISTED products are on sale for whoever has the link. */
const statuses = ({ settings }: ChannelSession): string =>
  `product_status:ACTIVE,UNLISTED${settings.drafts ? ',DRAFT' : ''}`;

/**
 * Pages go by the last id, not by Shopify's cursor: a list paged by cursor ends at 25,000 objects, and a product that
 * is added or removed meanwhile cannot shift this one.
 */
async function readPage(
  client: ShopifyClient,
  session: ChannelSession,
  query: ListingQuery,
  lastId: string | null,
): Promise<ListingPage> {
  const terms = [
    statuses(session),
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
    // Variants may share an item.
    stockId: inventoryItem.id,
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
