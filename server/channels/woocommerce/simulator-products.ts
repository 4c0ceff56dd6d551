// Products and variations of the simulated shop: lists, single writes that are checked, and batches that are
// not.

import type { SimulationAnswer } from '../simulation-server.ts';
import { answer, invalidParameter, Refusal, refuse } from './simulator-answers.ts';
import { includedIds, listOf, trim } from './simulator-list.ts';
import type { Shop, ShopProduct } from './simulator-memory.ts';
import { renderProduct, renderVariation } from './simulator-render.ts';
import { stockKeeper, touchProduct } from './simulator-stock.ts';

type Body = Readonly<Record<string, unknown>>;

const invalidProduct = (status: number): Refusal =>
  refuse(status, 'woocommerce_rest_product_invalid_id', 'Invalid ID.');

// ---- reading ------------------------------------------------------------------------------------------

export function listProducts(shop: Shop, query: URLSearchParams): SimulationAnswer {
  const status = query.get('status') ?? 'any';
  const skus = query.get('sku')?.split(',');
  const items = candidates(shop, query).filter((product) => {
    if (status === 'any' ? product.status === 'trash' : product.status !== status) return false;
    return skus === undefined ? product.parentId === 0 : skus.includes(product.sku);
  });
  return listOf(items, query, (product) => renderProduct(shop, product));
}

/** Asked for by id, a few of very many are found at once. */
function candidates({ memory }: Shop, query: URLSearchParams): readonly ShopProduct[] {
  const ids = includedIds(query);
  return ids === null
    ? [...memory.products.values()]
    : [...ids].flatMap((id) => memory.products.get(id) ?? []);
}

export function listVariations(
  shop: Shop,
  parentId: number | null,
  query: URLSearchParams,
): SimulationAnswer {
  if (parentId !== null && shop.memory.products.get(parentId)?.parentId !== 0) throw invalidProduct(404);
  const items = candidates(shop, query).filter(
    (product) => product.parentId > 0 && (parentId === null || product.parentId === parentId),
  );
  return listOf(items, query, (variation) => renderVariation(shop, variation));
}

export function getProduct(shop: Shop, id: number, query: URLSearchParams): SimulationAnswer {
  const product = shop.memory.products.get(id);
  if (product === undefined) throw invalidProduct(404);
  return answer(200, trim(renderProduct(shop, product), query));
}

export function getVariation(
  shop: Shop,
  parentId: number,
  id: number,
  query: URLSearchParams,
): SimulationAnswer {
  return answer(200, trim(renderVariation(shop, findVariation(shop, parentId, id)), query));
}

function findVariation(shop: Shop, parentId: number, id: number): ShopProduct {
  const variation = shop.memory.products.get(id);
  if (variation === undefined || variation.parentId !== parentId) {
    throw refuse(404, 'woocommerce_rest_product_variation_invalid_id', 'Invalid ID.');
  }
  return variation;
}

// ---- writing ------------------------------------------------------------------------------------------

export function putProduct(shop: Shop, id: number, body: Body, query: URLSearchParams): SimulationAnswer {
  checkQuantity(body);
  const product = shop.memory.products.get(id);
  if (product === undefined) throw invalidProduct(404);
  write(shop, product, body);
  return answer(200, trim(renderProduct(shop, product), query));
}

export function putVariation(
  shop: Shop,
  [parentId, id]: readonly [number, number],
  body: Body,
  query: URLSearchParams,
): SimulationAnswer {
  checkQuantity(body);
  const variation = findVariation(shop, parentId, id);
  write(shop, variation, body);
  return answer(200, trim(renderVariation(shop, variation), query));
}

// Null is let through by the real shop and becomes 0.
function checkQuantity({ stock_quantity: quantity }: Body): void {
  if (quantity === undefined || quantity === null) return;
  const isWhole =
    typeof quantity === 'number' ? Number.isInteger(quantity) : /^-?\d+$/.test(String(quantity));
  if (!isWhole) throw invalidParameter('stock_quantity', 'stock_quantity is not of type integer.');
}

/** PHP's way of reading a number: what begins like one counts, the rest is 0. */
const phpInteger = (value: unknown): number =>
  Math.trunc(typeof value === 'number' ? value : Number.parseFloat(String(value)) || 0);

function write(shop: Shop, thing: ShopProduct, body: Body): void {
  if (typeof body['name'] === 'string') thing.name = body['name'];
  if (typeof body['sku'] === 'string') setSku(shop, thing, body['sku']);
  if (typeof body['status'] === 'string') thing.status = body['status'];
  // With the shop option off, products keep their old number; variations take the new one all the same.
  const isIgnored = !shop.memory.countsStock && thing.parentId === 0;
  if (!isIgnored && typeof body['manage_stock'] === 'boolean') {
    thing.manageStock = body['manage_stock'];
    if (!thing.manageStock) thing.quantity = null;
  }
  if (body['stock_quantity'] !== undefined) {
    const quantity = phpInteger(body['stock_quantity']);
    const isKept = thing.manageStock && !isIgnored && thing.type !== 'grouped' && thing.type !== 'external';
    if (isKept) thing.quantity = quantity;
    shop.recordWrite(thing.id, quantity, isKept);
  }
  if (body['inventory_delta'] !== undefined && stockKeeper(shop, thing) === thing) {
    thing.quantity = (thing.quantity ?? 0) + phpInteger(body['inventory_delta']);
  }
  touchProduct(shop, thing);
}

export function setSku(shop: Shop, thing: ShopProduct, sku: string): void {
  const { skuOwners } = shop.memory;
  const key = sku.toLowerCase();
  const owner = skuOwners.get(key);
  if (sku !== '' && owner !== undefined && owner !== thing.id) {
    throw refuse(400, 'product_invalid_sku', 'Invalid or duplicated SKU.', {
      resource_id: owner,
      unique_sku: `${sku}-1`,
    });
  }
  skuOwners.delete(thing.sku.toLowerCase());
  if (sku !== '') skuOwners.set(key, thing.id);
  thing.sku = sku;
}

export function forgetProduct(shop: Shop, id: number): void {
  const product = shop.memory.products.get(id);
  if (product === undefined) return;
  shop.memory.skuOwners.delete(product.sku.toLowerCase());
  shop.memory.products.delete(id);
}

const BATCH_MAX = 100;

export function batch(
  shop: Shop,
  parentId: number | null,
  body: Body,
  query: URLSearchParams,
): SimulationAnswer {
  const update = Array.isArray(body['update']) ? (body['update'] as Body[]) : [];
  const others = ['create', 'delete'].flatMap((name) => (Array.isArray(body[name]) ? body[name] : []));
  if (update.length + others.length > BATCH_MAX) {
    const message = `Unable to accept more than ${BATCH_MAX} items for this request.`;
    throw refuse(413, 'woocommerce_rest_request_entity_too_large', message);
  }
  // PHP knows one kind of empty list.
  if (update.length === 0) return answer(200, []);
  const answers = update.map((item) => updateItem(shop, parentId, item));
  return answer(200, trim({ update: answers }, query));
}

// Items are not checked against the schema: what is no number becomes one.
function updateItem(shop: Shop, parentId: number | null, item: Body): object {
  const id = Number(item['id']);
  try {
    if (parentId !== null) {
      const variation = findVariation(shop, parentId, id);
      write(shop, variation, item);
      return renderVariation(shop, variation);
    }
    const product = shop.memory.products.get(id);
    if (product === undefined) throw invalidProduct(400);
    if (product.parentId > 0) {
      const message =
        'To manipulate product variations you should use the /products/&lt;product_id&gt;/variations/&lt;id&gt; endpoint.';
      throw refuse(404, 'woocommerce_rest_invalid_product_id', message);
    }
    write(shop, product, item);
    return renderProduct(shop, product);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { id, error: JSON.parse(String(error.answer.body)) };
  }
}
