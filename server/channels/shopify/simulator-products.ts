// Products of the simulated shop: added, changed, removed, recounted by its staff.

import { optionOf, type SimulatedProduct } from '../simulator.ts';
import { exactNumber, gid, levelKey, nextId } from './simulator-memory.ts';
import { level, mainLocation, moveLevel, type Shop, second, stock, variantOf } from './simulator-shelf.ts';
import { productBody } from './simulator-webhooks.ts';

const STATUS = { active: 'ACTIVE', draft: 'DRAFT', inactive: 'ARCHIVED' } as const;

export function addProduct(shop: Shop, product: SimulatedProduct): string {
  const group = product.group ?? '';
  let productId = shop.memory.groups.get(group) ?? '';
  if (productId === '' || !shop.memory.products.has(productId)) {
    productId = nextId(shop.memory);
    const title = product.group ?? product.title;
    shop.memory.products.set(productId, { id: productId, title, status: STATUS[product.state ?? 'active'] });
    if (group !== '') shop.memory.groups.set(group, productId);
  }
  const [id, itemId] = [nextId(shop.memory), nextId(shop.memory)];
  shop.memory.variants.set(id, {
    id,
    itemId,
    productId,
    sku: product.sku,
    title: optionOf(product) ?? 'Default Title',
    tracked: product.tracked ?? true,
    requiresComponents: false,
    updatedAt: second(shop),
  });
  stock(shop, itemId, mainLocation(shop), product.quantity);
  productEvent(shop, 'products/create', productId);
  shop.events.changed();
  return gid('ProductVariant', id);
}

function productEvent(shop: Shop, topic: string, productId: string): void {
  const product = shop.memory.products.get(productId);
  if (product === undefined || shop.memory.subscriptions.size === 0) return;
  const variants = [...shop.memory.variants.values()].filter((variant) => variant.productId === productId);
  shop.events.emit(topic, productBody(product, variants));
}

export function removeProduct(shop: Shop, remoteId: string): void {
  const variant = variantOf(shop, remoteId);
  shop.memory.variants.delete(variant.id);
  for (const locationId of shop.memory.locations.keys()) {
    shop.memory.levels.delete(levelKey(variant.itemId, locationId));
  }
  const isLast = ![...shop.memory.variants.values()].some(({ productId }) => productId === variant.productId);
  if (isLast) {
    shop.events.emit('products/delete', { id: exactNumber(variant.productId) });
    shop.memory.products.delete(variant.productId);
  } else productEvent(shop, 'products/update', variant.productId);
  shop.events.changed();
}

export function changeProduct(
  shop: Shop,
  remoteId: string,
  change: Partial<Omit<SimulatedProduct, 'quantity'>>,
): void {
  const variant = variantOf(shop, remoteId);
  const product = shop.memory.products.get(variant.productId);
  if (product === undefined) return;
  if (change.sku !== undefined) variant.sku = change.sku;
  if (change.tracked !== undefined) variant.tracked = change.tracked;
  if (change.state !== undefined) product.status = STATUS[change.state];
  if (change.title !== undefined) {
    if (variant.title === 'Default Title') product.title = change.title;
    else variant.title = change.title;
  }
  variant.updatedAt = second(shop);
  productEvent(shop, 'products/update', variant.productId);
  shop.events.changed();
}

/** Variants may be made to sell the units of one item. */
export function shareItem(shop: Shop, remoteId: string, withRemoteId: string): void {
  const variant = variantOf(shop, remoteId);
  const { itemId } = variantOf(shop, withRemoteId);
  shop.memory.variants.set(variant.id, { ...variant, itemId, updatedAt: second(shop) });
  shop.events.changed();
}

export function editQuantity(shop: Shop, remoteId: string, quantity: number): void {
  const { itemId } = variantOf(shop, remoteId);
  const locationId = mainLocation(shop);
  moveLevel(shop, itemId, locationId, {
    available: quantity - (level(shop, itemId, locationId)?.available ?? 0),
  });
  shop.events.changed();
}
