// Finds variants of the simulated shop by Shopify's search words, a page of very many without looking at all of them.

import { GraphQLError } from 'graphql';
import type { ShopMemory, SimulatedVariant } from './simulator-memory.ts';
import { matches, parseSearch } from './simulator-search.ts';

/** In the order of their ids; no more than `most`. */
export function findVariants(
  memory: ShopMemory,
  query: string | null | undefined,
  most = Number.POSITIVE_INFINITY,
): readonly SimulatedVariant[] {
  const terms = parseSearch(query);
  const all = [...memory.variants.values()];
  const behind = terms.find(({ field, comparison, not }) => field === 'id' && comparison === '>' && !not);
  const found: SimulatedVariant[] = [];
  for (let index = firstBehind(all, behind?.number ?? null); index < all.length; index += 1) {
    const variant = all[index] as SimulatedVariant;
    const isFound = matches(terms, (field) => {
      if (field === 'id') return BigInt(variant.id);
      if (field === 'updated_at') return new Date(variant.updatedAt);
      if (field === 'product_status') return [memory.products.get(variant.productId)?.status ?? ''];
      throw new GraphQLError(`The simulated shop cannot search variants by ${field}.`);
    });
    if (isFound) found.push(variant);
    if (found.length >= most) break;
  }
  return found;
}

/** Variants are remembered in the order of their ids. */
function firstBehind(all: readonly SimulatedVariant[], id: bigint | null): number {
  if (id === null) return 0;
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (BigInt(all[middle]?.id ?? 0) > id) high = middle;
    else low = middle + 1;
  }
  return low;
}
