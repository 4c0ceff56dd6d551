// The simulated store's catalogue: its two lists, and how products come, change and go.

import type { SimulationAnswer } from '../simulation-server.ts';
import { idsIn, pageOf, pick } from './simulator-answers.ts';
import type { Shop, ShopProduct, ShopVariant } from './simulator-memory.ts';
import { baseVariantOf, keyOf, sellable } from './simulator-stock.ts';

export function listProducts(shop: Shop, query: URLSearchParams): SimulationAnswer {
  const ids = idsIn(query, 'id:in');
  const after = Number(query.get('id:greater') ?? 0);
  const modifiedMin = query.get('date_modified:min');
  const since = modifiedMin === null ? null : boundOf(shop, modifiedMin);
  const candidates =
    ids === null
      ? productsAfter(shop, after)
      : [...ids].sort((a, b) => a - b).flatMap((id) => shop.memory.products.get(id) ?? []);
  if (ids === null && since === null) {
    return pageOf(candidates, query, (product) => pick(renderProduct(shop, product), query));
  }
  const products = candidates.filter(
    (product) =>
      product.id > after &&
      (ids === null || ids.has(product.id)) &&
      (since === null || product.modifiedAt >= since),
  );
  return pageOf(products, query, (product) => pick(renderProduct(shop, product), query));
}

const lists = new WeakMap<object, { readonly key: string; readonly products: readonly ShopProduct[] }>();

/** By id, which is the order they were made in; found by halving, since a walk asks for every page of a large catalogue. */
function productsAfter({ memory }: Shop, after: number): readonly ShopProduct[] {
  const key = `${memory.products.size} ${memory.nextId}`;
  let list = lists.get(memory.products);
  if (list?.key !== key) {
    list = { key, products: [...memory.products.values()].sort((a, b) => a.id - b.id) };
    lists.set(memory.products, list);
  }
  const { products } = list;
  let [low, high] = [0, products.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((products[middle]?.id ?? 0) > after) high = middle;
    else low = middle + 1;
  }
  return low === 0 ? products : products.slice(low);
}

/** A date without its time gets the time of the request. */
function boundOf(shop: Shop, text: string): number {
  if (text.includes('T')) return Date.parse(text);
  const day = 86_400_000;
  return Date.parse(`${text}T00:00:00Z`) + (shop.now() % day);
}

const iso = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}+00:00`;

function renderProduct(shop: Shop, product: ShopProduct): object {
  const key = product.tracking === 'product' ? `p${product.id}` : null;
  return {
    id: product.id,
    name: product.name,
    type: 'physical',
    sku: product.sku,
    weight: 1,
    price: 10,
    is_visible: product.visible,
    availability: 'available',
    inventory_tracking: product.tracking,
    inventory_level: key === null ? 0 : sellable(shop, key),
    base_variant_id: baseVariantOf(shop, product)?.id ?? null,
    date_created: iso(product.createdAt),
    date_modified: iso(product.modifiedAt),
  };
}

export function listVariants(shop: Shop, query: URLSearchParams): SimulationAnswer {
  const ids = idsIn(query, 'product_id:in');
  const variants =
    ids === null ? [...shop.memory.variants.values()] : [...ids].flatMap((id) => shop.variantsOf(id));
  return pageOf(variants, query, (variant) => pick(renderVariant(shop, variant), query));
}

function renderVariant(shop: Shop, variant: ShopVariant): object {
  const key = keyOf(shop, variant.productId, variant.id);
  return {
    id: variant.id,
    product_id: variant.productId,
    sku: variant.sku,
    purchasing_disabled: false,
    inventory_level: key === null ? 0 : sellable(shop, key),
    calculated_price: 10,
    option_values:
      variant.label === ''
        ? []
        : [
            {
              id: variant.id * 10,
              label: variant.label,
              option_id: variant.productId * 10,
              option_display_name: 'Size',
            },
          ],
  };
}

export function touchProduct(shop: Shop, product: ShopProduct): void {
  product.modifiedAt = shop.now();
  shop.emit('store/product/updated', { type: 'product', id: product.id });
}
