// Stock of the simulated shop by item and location, and the small helpers that everything played there needs.

import {
  digits,
  gid,
  levelKey,
  nextId,
  type ShopMemory,
  type SimulatedLevel,
  type SimulatedVariant,
} from './simulator-memory.ts';
import { levelBody } from './simulator-webhooks.ts';

export type ShopEvents = {
  readonly now: () => Date;
  /** Tells the subscribers of a topic. */
  readonly emit: (topic: string, body: object) => void;
  readonly changed: () => void;
};
export type Shop = { readonly memory: ShopMemory; readonly events: ShopEvents };

/** Shopify keeps whole seconds. */
export const second = (shop: Shop): string => `${shop.events.now().toISOString().slice(0, 19)}Z`;

export function variantOf(shop: Shop, remoteId: string): SimulatedVariant {
  const variant = shop.memory.variants.get(digits('ProductVariant', remoteId) ?? '');
  if (variant === undefined) throw new RangeError(`The simulated shop has no listing ${remoteId}.`);
  return variant;
}

export function level(shop: Shop, itemId: string, locationId: string): SimulatedLevel | undefined {
  const found = shop.memory.levels.get(levelKey(itemId, locationId));
  return found?.isActive ? found : undefined;
}
export function moveLevel(
  shop: Shop,
  itemId: string,
  locationId: string,
  change: Partial<Record<'available' | 'committed', number>>,
): void {
  const moved = level(shop, itemId, locationId);
  if (moved === undefined) return;
  moved.available += change.available ?? 0;
  moved.committed += change.committed ?? 0;
  moved.updatedAt = second(shop);
  if (change.available !== undefined && change.available !== 0) {
    shop.events.emit('inventory_levels/update', levelBody(itemId, locationId, moved));
  }
}
export function stock(shop: Shop, itemId: string, locationId: string, quantity: number): void {
  const before = shop.memory.levels.get(levelKey(itemId, locationId));
  shop.memory.levels.set(levelKey(itemId, locationId), {
    available: quantity,
    committed: before?.committed ?? 0,
    isActive: true,
    updatedAt: second(shop),
  });
}
export const mainLocation = (shop: Shop): string => {
  const first = [...shop.memory.locations.values()].find((one) => one.isActive && one.fulfillsOnlineOrders);
  if (first === undefined) throw new RangeError('No location of the simulated shop fulfils online orders.');
  return first.id;
};

export const locationOf = (locationId: string): string => digits('Location', locationId) ?? '';

export function addLocation(
  shop: Shop,
  name: string,
  options: { readonly fulfillsOnlineOrders?: boolean } = {},
): string {
  const id = nextId(shop.memory);
  const fulfillsOnlineOrders = options.fulfillsOnlineOrders ?? true;
  shop.memory.locations.set(id, { id, name, isActive: true, fulfillsOnlineOrders });
  shop.events.changed();
  return gid('Location', id);
}
export const locationName = (shop: Shop, locationId: string): string =>
  shop.memory.locations.get(digits('Location', locationId) ?? '')?.name ?? '';

/** Stocks a listing at a place; null takes it off that place's shelf. */
export function stockAt(shop: Shop, remoteId: string, locationId: string, quantity: number | null): void {
  const { itemId } = variantOf(shop, remoteId);
  const place = digits('Location', locationId) ?? '';
  if (quantity !== null) stock(shop, itemId, place, quantity);
  else shop.memory.levels.delete(levelKey(itemId, place));
  shop.events.changed();
}
export function stockOf(shop: Shop, remoteId: string, locationId?: string): SimulatedLevel | undefined {
  const place = locationId === undefined ? mainLocation(shop) : (digits('Location', locationId) ?? '');
  return level(shop, variantOf(shop, remoteId).itemId, place);
}
