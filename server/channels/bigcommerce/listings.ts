// Walks over the catalogue: products by id, each page with the variants of its products.

import type { ListingPage, ListingQuery } from '../channel.ts';
import type { BigCommerceClient } from './client.ts';
import { PAGE_MAX } from './manifest.ts';
import { mapProduct } from './map-listing.ts';
import { pageOf, productShape, type Variant, variantShape } from './shapes.ts';

const PRODUCT_FIELDS =
  'name,sku,is_visible,availability,inventory_tracking,base_variant_id,date_modified'.split(',');
const VARIANT_FIELDS = 'product_id,sku,purchasing_disabled,option_values'.split(',');

/** `page` is the id of the last product: page numbers would skip products while others are deleted. */
export async function listListings(
  client: BigCommerceClient,
  query: ListingQuery,
  page: string | null,
): Promise<ListingPage> {
  const answer = await client.get(
    '/v3/catalog/products',
    {
      limit: PAGE_MAX,
      sort: 'id',
      direction: 'asc',
      'id:greater': page ?? '0',
      include_fields: PRODUCT_FIELDS,
      // Always with its time: a date alone gets the time of the request, and changes since midnight would be missed.
      ...(query.updatedFrom === null ? {} : { 'date_modified:min': wholeSecond(query.updatedFrom) }),
    },
    pageOf(productShape),
  );
  const products = answer?.data ?? [];
  const variants = await variantsOf(
    client,
    products.map(({ id }) => id),
  );
  const listings = products.flatMap((product) => mapProduct(product, variants.get(product.id) ?? []));
  const last = products.at(-1);
  // Not "shorter than asked for": how long a page may be is the store's business.
  return { listings, next: last === undefined ? null : String(last.id) };
}

const wholeSecond = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

const ROUNDS_MAX = 4;

/** Variants have page numbers only: when their total changes while they are read, they are read again. */
export async function variantsOf(
  client: BigCommerceClient,
  productIds: readonly number[],
): Promise<ReadonlyMap<number, readonly Variant[]>> {
  const byProduct = new Map<number, Variant[]>();
  if (productIds.length === 0) return byProduct;
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const { variants, isSteady } = await readVariants(client, productIds);
    if (!isSteady && round < ROUNDS_MAX) continue;
    const unique = new Map(variants.map((variant) => [variant.id, variant]));
    for (const variant of unique.values()) {
      byProduct.set(variant.product_id, [...(byProduct.get(variant.product_id) ?? []), variant]);
    }
    break;
  }
  return byProduct;
}

async function readVariants(
  client: BigCommerceClient,
  productIds: readonly number[],
): Promise<{ readonly variants: readonly Variant[]; readonly isSteady: boolean }> {
  const variants: Variant[] = [];
  const totals = new Set<number>();
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const answer = await client.get(
      '/v3/catalog/variants',
      { 'product_id:in': productIds, limit: PAGE_MAX, page, include_fields: VARIANT_FIELDS },
      pageOf(variantShape),
    );
    variants.push(...(answer?.data ?? []));
    totals.add(answer?.meta?.pagination?.total ?? 0);
    pages = answer?.meta?.pagination?.total_pages ?? pages;
  }
  return { variants, isSteady: totals.size === 1 };
}
