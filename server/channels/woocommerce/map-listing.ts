// From products and variations to listings, and which number in the shop each of them sells from.

import type { ListingSnapshot, ListingState } from '../channel.ts';
import type { Product, Variation } from './shapes.ts';

// ---- handles ------------------------------------------------------------------------------------------

/**
 * Where a listing's number is kept. A product: its id. A variation: `parent/variation`, and with `@parent`
 * when the parent product keeps the number.
 */
export type Place = {
  readonly id: number;
  readonly parentId: number | null;
  readonly isKeptByParent: boolean;
};

const HANDLE = /^(\d+)(?:\/(\d+)(@parent)?)?$/;

export function readHandle(handle: string): Place | null {
  const match = HANDLE.exec(handle);
  if (match === null) return null;
  const [, first, variation, parent] = match;
  return variation === undefined
    ? { id: Number(first), parentId: null, isKeptByParent: false }
    : { id: Number(variation), parentId: Number(first), isKeptByParent: parent !== undefined };
}

// ---- products -----------------------------------------------------------------------------------------

const BUNDLE =
  'A plugin puts this product together from others and works out its stock from theirs. Give the parts SKUs instead.';

const UNSELLABLE_TYPES: Readonly<Record<string, string>> = {
  grouped: 'A grouped product has no stock of its own: its parts are sold one by one.',
  external: 'An external product is sold in another shop.',
  bundle: BUNDLE,
  composite: BUNDLE,
  mix_and_match: BUNDLE,
  'mix-and-match': BUNDLE,
  woosb: BUNDLE,
  yith_bundle: BUNDLE,
};

export const hasVariations = (product: Product): boolean =>
  product.type === 'variable' || product.variations.length > 0;

export function mapProduct(product: Product): ListingSnapshot {
  return {
    remoteId: String(product.id),
    handle: String(product.id),
    sku: product.sku === '' ? null : product.sku,
    title: product.name,
    state: stateOf(product.status),
    tracked: product.manage_stock === true,
    notPushable: UNSELLABLE_TYPES[product.type] ?? null,
    updatedAt: product.date_modified_gmt ?? new Date(0),
  };
}

function stateOf(status: string): ListingState {
  if (status === 'publish') return 'active';
  return status === 'draft' || status === 'pending' || status === 'future' || status === 'auto-draft'
    ? 'draft'
    : 'inactive';
}

// ---- variations ---------------------------------------------------------------------------------------

/**
 * A variation without a SKU answers its parent's, and the shop lets no two things share a SKU: equal means
 * inherited. Letter case does not tell SKUs apart in WooCommerce.
 */
export const inheritsSku = (sku: string, parentSku: string): boolean =>
  sku === '' || sku.toLowerCase() === parentSku.toLowerCase();

/**
 * A parent that keeps one number for several variations is one listing, under the parent's own SKU, as long
 * as nobody else claims that number; a single variation that sells from it may carry it under its own. As
 * soon as two SKUs sell from one number, or one SKU and variations that have none, no quantity of any would be true, so none
 * is pushed.
 */
export function mapFamily(parent: Product, variations: readonly Variation[]): readonly ListingSnapshot[] {
  const sharing = variations.filter((variation) => variation.manage_stock === 'parent');
  const skus = sharing.map((variation) => variation.sku).filter((sku) => !inheritsSku(sku, parent.sku));
  const isSoldAsParent = parent.sku !== '' && skus.length < sharing.length;
  const hasNameless = skus.length > 0 && skus.length < sharing.length;
  const claims = [...skus, ...(isSoldAsParent ? [parent.sku] : hasNameless ? [NAMELESS] : [])];
  const conflict = claims.length > 1 ? sharedNumber(parent, claims) : null;
  const listings = variations.map((variation) => mapVariation(parent, variation, conflict));
  if (!isSoldAsParent) return listings;
  return [{ ...mapProduct(parent), tracked: true, notPushable: conflict }, ...listings];
}

function mapVariation(parent: Product, variation: Variation, conflict: string | null): ListingSnapshot {
  const isKeptByParent = variation.manage_stock === 'parent';
  const sku = inheritsSku(variation.sku, parent.sku) ? null : variation.sku;
  const sellsAsParent =
    sku === null ? `It has no SKU of its own and sells from the stock of ${named(parent)}.` : null;
  return {
    remoteId: String(variation.id),
    handle: `${parent.id}/${variation.id}${isKeptByParent ? '@parent' : ''}`,
    sku,
    title: titleOf(parent, variation),
    state: stateOf(parent.status) === 'active' ? stateOf(variation.status) : stateOf(parent.status),
    tracked: variation.manage_stock !== false,
    notPushable: isKeptByParent ? (sellsAsParent ?? conflict) : null,
    updatedAt: variation.date_modified_gmt ?? parent.date_modified_gmt ?? new Date(0),
  };
}

function titleOf(parent: Product, variation: Variation): string {
  const own =
    variation.name === ''
      ? variation.attributes
          .map(({ option }) => option)
          .filter((option) => option !== '')
          .join(', ')
      : variation.name;
  if (own === '' || own.startsWith(parent.name)) return own === '' ? parent.name : own;
  return `${parent.name} - ${own}`;
}

const NAMELESS = 'variations without a SKU';

const sharedNumber = (parent: Product, skus: readonly string[]): string =>
  `The shop keeps one stock number for ${skus.slice(0, 5).join(', ')}${skus.length > 5 ? ' …' : ''}. ` +
  `In Products › ${parent.name} › Variations, tick "Manage stock?" on each of them.`;

const named = ({ name, sku }: Product): string => (sku === '' ? name : `${name} (${sku})`);
