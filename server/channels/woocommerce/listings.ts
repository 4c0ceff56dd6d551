// Walks over all products, or over the changed ones. Pages are counted by the shop, so a deletion in between
// shifts them: each page begins with the last product of the page before, and a page that does not is read
// again further up.

import * as z from 'zod';
import type { ListingPage, ListingQuery } from '../channel.ts';
import type { Query, WooClient } from './client.ts';
import { asGmt } from './gmt.ts';
import { BATCH_MAX } from './manifest.ts';
import { hasVariations, mapFamily, mapProduct } from './map-listing.ts';
import { type Product, productShape } from './shapes.ts';
import type { ReadVariations } from './variations.ts';

const FIELDS = 'id,name,type,status,sku,manage_stock,stock_quantity,variations,date_modified_gmt';

const pageShape = z.object({ offset: z.number().int().min(0), lastId: z.number().int() });
type Page = z.infer<typeof pageShape>;

export async function listListings(
  client: WooClient,
  readVariations: ReadVariations,
  query: ListingQuery,
  page: string | null,
): Promise<ListingPage> {
  const from: Page = page === null ? { offset: 0, lastId: 0 } : pageShape.parse(JSON.parse(page));
  const { products, next } = await readPage(client, query, from);
  const families = products.filter(hasVariations);
  const variations = await readVariations(
    families.flatMap((parent) => parent.variations.map((id) => ({ parentId: parent.id, id }))),
  );
  const childrenOf = new Map<number, (typeof variations)[number][]>();
  for (const variation of variations) {
    childrenOf.set(variation.parent_id, [...(childrenOf.get(variation.parent_id) ?? []), variation]);
  }
  const listings = products.flatMap((product) =>
    hasVariations(product) ? mapFamily(product, childrenOf.get(product.id) ?? []) : [mapProduct(product)],
  );
  return { listings, next: next === null ? null : JSON.stringify(next) };
}

async function readPage(
  client: WooClient,
  query: ListingQuery,
  from: Page,
): Promise<{ readonly products: readonly Product[]; readonly next: Page | null }> {
  const read = await readOffset(client, query, from.offset);
  const first = read[0];
  const isShifted = from.offset > 0 && (first === undefined || first.id > from.lastId);
  if (isShifted)
    return readPage(client, query, { ...from, offset: Math.max(0, from.offset - BATCH_MAX / 2) });
  const products = read.filter(({ id }) => id > from.lastId);
  if (read.length < BATCH_MAX) return { products, next: null };
  const lastId = read.at(-1)?.id ?? from.lastId;
  // The next page begins with the last product of this one.
  return { products, next: { offset: from.offset + read.length - 1, lastId } };
}

function readOffset(client: WooClient, query: ListingQuery, offset: number): Promise<readonly Product[]> {
  const since: Query =
    query.updatedFrom === null ? {} : { modified_after: asGmt(query.updatedFrom, -1), dates_are_gmt: 'true' };
  return client.get(
    '/wc/v3/products',
    { status: 'any', orderby: 'id', order: 'asc', per_page: BATCH_MAX, offset, ...since, _fields: FIELDS },
    z.array(productShape),
  );
}
