// From eBay's listings to ours: one for each listing without variations, one for each variation of the others.

import type { ListingSnapshot } from '../channel.ts';
import type { Item, Variation } from './item.ts';

/**
 * inventory: made through the Inventory API, and changed only there. trading: made any other way, invisible there.
 * auction: has no quantity that could be changed.
 */
const WORLDS = ['inventory', 'trading', 'auction'] as const;
export type World = (typeof WORLDS)[number];

export type Place = {
  readonly world: World;
  readonly itemId: string;
  readonly sku: string | null;
  /** Which variation; null for a listing without variations. */
  readonly key: string | null;
};

/** `world:itemId:sku:key`, each part without a colon of its own; `-` where there is none. */
export function writeHandle({ world, itemId, sku, key }: Place): string {
  const part = (text: string | null): string => (text === null ? '-' : `=${encodeURIComponent(text)}`);
  return `${world}:${itemId}:${part(sku)}:${part(key)}`;
}

const HANDLE = /^([a-z]+):(\d+):(-|=[^:]*):(-|=[^:]*)$/;

export function readHandle(handle: string): Place | null {
  const match = HANDLE.exec(handle);
  const world = WORLDS.find((one) => one === match?.[1]);
  if (match === null || world === undefined) return null;
  const part = (text: string | undefined): string | null =>
    text === undefined || text === '-' ? null : decodeURIComponent(text.slice(1));
  return { world, itemId: match[2] ?? '', sku: part(match[3]), key: part(match[4]) };
}

/** The listing's own id, which an order line can be led back to: SKUs change, what a variation is does not. */
export const remoteIdOf = (itemId: string, key: string | null): string =>
  key === null ? itemId : `${itemId}~${key}`;

const FIXED_PRICE: ReadonlySet<string> = new Set(['FixedPriceItem', 'StoresFixedPrice']);

export const isFixedPrice = (item: Item): boolean => FIXED_PRICE.has(item.listingType);

export const skusOf = (item: Item): readonly string[] =>
  (item.variations.length === 0 ? [item.sku] : item.variations.map(({ sku }) => sku)).filter(
    (sku) => sku !== null,
  );

/** `isInInventory`: whether the Inventory API knows a SKU. eBay does not say when a listing changed. */
export function mapItem(
  item: Item,
  isInInventory: (sku: string) => boolean,
  readAt: Date,
): readonly ListingSnapshot[] {
  const worldOf = (sku: string | null): World => {
    if (!isFixedPrice(item)) return 'auction';
    return sku !== null && isInInventory(sku) ? 'inventory' : 'trading';
  };
  const base = {
    state: 'active' as const,
    tracked: isFixedPrice(item),
    notPushable: isFixedPrice(item) ? null : NO_FIXED_PRICE,
    updatedAt: readAt,
  };
  const { itemId, sku, title } = item;
  if (item.variations.length === 0) {
    const place = { world: worldOf(sku), itemId, sku, key: null };
    const handle = writeHandle(place);
    return [{ ...base, remoteId: remoteIdOf(itemId, null), handle, ...stockIdOf(place), sku, title }];
  }
  return item.variations.map((variation) => {
    const place = { world: worldOf(variation.sku), itemId, sku: variation.sku, key: variation.key };
    return {
      ...base,
      remoteId: remoteIdOf(itemId, variation.key),
      handle: writeHandle(place),
      ...stockIdOf(place),
      sku: variation.sku,
      title: titleOf(item, variation),
      notPushable: base.notPushable ?? (variation.sku === null ? NO_SKU : null),
    };
  });
}

/** All listings that offer an item of the Inventory API show its number. */
const stockIdOf = ({ world, sku }: Place): { readonly stockId?: string } =>
  world === 'inventory' && sku !== null ? { stockId: `inventory item ${sku}` } : {};

const titleOf = ({ title }: Item, { label }: Variation): string =>
  label.startsWith(title) ? label : `${title} - ${label}`;

export const NO_FIXED_PRICE = 'This is not a fixed price listing: eBay lets nobody change its quantity.';
export const NO_SKU =
  'This variation has no SKU, and eBay finds a variation by its SKU. Give it one in Seller Hub.';
