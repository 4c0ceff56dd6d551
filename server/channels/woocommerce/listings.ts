// Walks over all products, or over the changed ones. Pages are counted by the shop, so a deletion in between
// shifts them: each page begins with the last product of the page before, and a page that does not is read
// again further up.

import * as z from 'zod';
import { inTurns } from '../../net/in-turns.ts';
import type { ListingPage, ListingQuery } from '../channel.ts';
import type { Query, WooClient } from './client.ts';
import { asGmt } from './gmt.ts';
import { BATCH_MAX, REQUESTS_AT_ONCE } from './manifest.ts';
import { hasVariations, mapFamily, mapProduct } from './map-listing.ts';
import { type Product, productShape } from './shapes.ts';
import type { ReadVariations } from './variations.ts';

const FIELDS = 'id,name,type,status,sku,manage_stock,stock_quantity,variations,date_modified_gmt';

const pageShape = z.object({ offset: z.number().int().min(0), lastId: z.number().int() });
type Page = z.infer<typeof pageShape>;

/** Each page shares one product with the page before. */
const STEP = BATCH_MAX - 1;

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

type Read = { readonly products: readonly Product[]; readonly next: Page | null };

async function readPage(client: WooClient, query: ListingQuery, from: Page): Promise<Read> {
  // In a large shop two pages at once, as hard as it may be worked: the second begins with what should be the last of the
  // first. Most shops have one page.
  const pages = from.offset === 0 ? 1 : REQUESTS_AT_ONCE;
  const offsets = Array.from({ length: pages }, (_, turn) => from.offset + turn * STEP);
  const reads = await inTurns(offsets, REQUESTS_AT_ONCE, (offset) => readOffset(client, query, offset));
  const products: Product[] = [];
  let { lastId } = from;
  for (const [turn, read] of reads.entries()) {
    const offset = offsets[turn] ?? from.offset;
    const first = read[0];
    const isShifted = offset > 0 && (first === undefined || first.id > lastId);
    // Something was deleted further up: what was read so far stands, the rest is looked for there.
    if (isShifted) return { products, next: { offset: Math.max(0, offset - BATCH_MAX / 2), lastId } };
    const fresh = lastId;
    products.push(...read.filter(({ id }) => id > fresh));
    if (read.length < BATCH_MAX) return { products, next: null };
    lastId = Math.max(lastId, read.at(-1)?.id ?? 0);
  }
  return { products, next: { offset: from.offset + reads.length * STEP, lastId } };
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
