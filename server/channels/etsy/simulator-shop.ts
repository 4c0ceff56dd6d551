// What can be played in a simulated Etsy shop.

import { optionOf, type SimulatedLine, type SimulatedOrder, type SimulatedProduct } from '../simulator.ts';
import { numbersOf } from './simulator-inventory.ts';
import {
  forgetLists,
  nextId,
  type Shop,
  type ShopListing,
  type ShopProduct,
  type ShopReceipt,
} from './simulator-memory.ts';
import { UNIT_CENTS } from './simulator-render.ts';
import { listingIdOf } from './stock.ts';

const QUANTITY_MAX = 999;
const PROPERTY = { id: 513, name: 'Style' };
const READINESS_ID = 1403;

export type EtsyActions = ReturnType<typeof createActions>;

type Found = { readonly listing: ShopListing; readonly products: readonly ShopProduct[] };

/** A listing's id alone is all its products: they share one number, or there is only one. */
function find(shop: Shop, remoteId: string): Found {
  const listing = shop.memory.listings.get(listingIdOf(remoteId) ?? 0);
  const [, key] = remoteId.split('/');
  const products = (listing?.products ?? []).filter((product) => key === undefined || isNamed(product, key));
  if (listing === undefined || products.length === 0) throw new Error(`The shop does not sell ${remoteId}.`);
  return { listing, products };
}

const isNamed = (product: ShopProduct, key: string): boolean =>
  key
    .split('&')
    .every((part) => product.values.some(({ propertyId, valueId }) => part === `${propertyId}=${valueId}`));

const total = ({ products }: ShopListing): number =>
  products.reduce((sum, { quantity }) => sum + quantity, 0);

function makeProduct(shop: Shop, sku: string | null, quantity: number): ShopProduct {
  return {
    productId: nextId(shop.memory),
    offeringId: nextId(shop.memory),
    sku: sku ?? '',
    quantity: Math.min(quantity, QUANTITY_MAX),
    priceCents: UNIT_CENTS,
    isEnabled: true,
    readinessId: READINESS_ID,
    values: [],
  };
}

function makeListing(shop: Shop, title: string, products: ShopProduct[]): ShopListing {
  const listing: ShopListing = {
    id: nextId(shop.memory),
    title,
    state: 'active',
    type: 'physical',
    products,
    priceOn: [],
    quantityOn: [],
    skuOn: [],
    readinessOn: [],
    createdAt: shop.now(),
    modifiedAt: shop.now(),
    renewals: 0,
  };
  shop.memory.listings.set(listing.id, listing);
  return listing;
}

function addProduct(shop: Shop, product: SimulatedProduct): string {
  const made = makeProduct(shop, product.sku, product.quantity);
  const known = product.group === undefined ? undefined : shop.memory.groups.get(product.group);
  const listing =
    (known === undefined ? undefined : shop.memory.listings.get(known)) ??
    makeListing(shop, product.group ?? product.title, []);
  listing.products.push(made);
  listing.modifiedAt = shop.now();
  if (product.tracked === false) listing.type = 'download';
  if (product.group !== undefined) {
    shop.memory.groups.set(product.group, listing.id);
    const { id: propertyId, name: propertyName } = PROPERTY;
    made.values.push({
      propertyId,
      propertyName,
      valueId: nextId(shop.memory),
      value: optionOf(product) ?? '',
    });
    listing.quantityOn = [propertyId];
    listing.skuOn = [propertyId];
  }
  listing.state = product.state ?? (total(listing) > 0 ? 'active' : 'inactive');
  const [value] = made.values;
  return value === undefined ? String(listing.id) : `${listing.id}/${value.propertyId}=${value.valueId}`;
}

function removeProduct(shop: Shop, remoteId: string): void {
  const { listing, products } = find(shop, remoteId);
  listing.products = listing.products.filter((product) => !products.includes(product));
  listing.modifiedAt = shop.now();
  if (listing.products.length === 0) shop.memory.listings.delete(listing.id);
}

function changeProduct(
  shop: Shop,
  remoteId: string,
  change: Partial<Omit<SimulatedProduct, 'quantity'>>,
): void {
  const { listing, products } = find(shop, remoteId);
  for (const product of products) {
    if (change.sku !== undefined) product.sku = change.sku ?? '';
    const [value] = product.values;
    if (change.title !== undefined && value !== undefined) value.value = change.title;
  }
  if (change.title !== undefined && remoteId === String(listing.id)) listing.title = change.title;
  if (change.tracked !== undefined) listing.type = change.tracked ? 'physical' : 'download';
  if (change.state !== undefined) listing.state = change.state;
  listing.modifiedAt = shop.now();
}

function editQuantity(shop: Shop, remoteId: string, quantity: number): void {
  const { listing, products } = find(shop, remoteId);
  for (const product of products) product.quantity = Math.min(Math.max(0, quantity), QUANTITY_MAX);
  if (listing.state === 'active' && total(listing) === 0) listing.state = 'inactive';
  else if (listing.state !== 'active' && listing.state !== 'draft' && quantity > 0) listing.state = 'active';
  listing.modifiedAt = shop.now();
}

function buy(shop: Shop, lines: readonly SimulatedLine[]): SimulatedOrder {
  const receipt: ShopReceipt = {
    id: nextId(shop.memory),
    status: 'paid',
    isShipped: false,
    createdAt: shop.now(),
    updatedAt: shop.now(),
    transactions: [],
    shipments: [],
    refunds: [],
  };
  shop.memory.receipts.set(receipt.id, receipt);
  const sold = lines.map(({ remoteId, quantity }) => {
    const { listing, products } = find(shop, remoteId);
    for (const product of products) product.quantity = Math.max(0, product.quantity - quantity);
    listing.modifiedAt = shop.now();
    if (listing.state === 'active' && total(listing) === 0) listing.state = 'sold_out';
    const [first] = products;
    const id = nextId(shop.memory);
    receipt.transactions.push({
      id,
      listingId: listing.id,
      productId: first?.productId ?? 1,
      sku: first?.sku ?? '',
      title: listing.title,
      isDigital: listing.type === 'download',
      values: structuredClone(first?.values ?? []),
      quantity,
      sent: 0,
      shippedAt: null,
    });
    return { lineId: String(id), remoteId, quantity };
  });
  return { remoteId: String(receipt.id), lines: sold };
}

function findReceipt(shop: Shop, orderRemoteId: string): ShopReceipt {
  const receipt = shop.memory.receipts.get(Number(orderRemoteId));
  if (receipt === undefined) throw new Error(`The shop has no order ${orderRemoteId}.`);
  return receipt;
}

/** A part of a line's units cannot be told to Etsy: the line counts as sent when all of them are. */
function fulfil(
  shop: Shop,
  orderRemoteId: string,
  lines?: readonly { readonly lineId: string; readonly quantity: number }[],
): void {
  const receipt = findReceipt(shop, orderRemoteId);
  for (const transaction of receipt.transactions) {
    const wish = lines?.find(({ lineId }) => lineId === String(transaction.id));
    transaction.sent += lines === undefined ? transaction.quantity - transaction.sent : (wish?.quantity ?? 0);
    if (transaction.sent >= transaction.quantity) transaction.shippedAt ??= shop.now();
  }
  receipt.shipments.push({ id: nextId(shop.memory), at: shop.now() });
  receipt.updatedAt = shop.now();
  receipt.isShipped = receipt.transactions.every(({ shippedAt }) => shippedAt !== null);
  if (receipt.isShipped) receipt.status = 'completed';
}

/** The time of change stays, and no unit goes back on the shelf. */
function cancel(shop: Shop, orderRemoteId: string): void {
  findReceipt(shop, orderRemoteId).status = 'canceled';
}

/** A sum of money, without a word of units; the time of change stays. */
function refund(
  shop: Shop,
  orderRemoteId: string,
  lines: readonly { readonly lineId: string; readonly quantity: number }[],
): void {
  const receipt = findReceipt(shop, orderRemoteId);
  const cents = lines.reduce((sum, { quantity }) => sum + quantity * UNIT_CENTS, 0);
  receipt.refunds.push({ cents, at: shop.now() });
  const refunded = receipt.refunds.reduce((sum, one) => sum + one.cents, 0);
  const paid = receipt.transactions.reduce((sum, { quantity }) => sum + quantity * UNIT_CENTS, 0);
  receipt.status = refunded >= paid ? 'fully refunded' : 'partially refunded';
}

function shelf({ memory }: Shop) {
  return [...memory.listings.values()].flatMap((listing) =>
    numbersOf(listing).map(({ remoteId, sku, name, quantity }) => ({
      remoteId,
      sku,
      title: name === '' ? listing.title : `${listing.title} - ${name}`,
      quantity: listing.state === 'active' || listing.state === 'draft' ? quantity : 0,
    })),
  );
}

export type OwnVariation = {
  readonly sku: string;
  readonly quantity: number;
  readonly values: readonly string[];
  readonly isEnabled?: boolean;
  readonly priceCents?: number;
};

/** A listing with several properties; `varyBy` says by how many of them quantities vary. */
function addListing(shop: Shop, title: string, varyBy: number, variations: readonly OwnVariation[]): number {
  const valueIds = new Map<string, number>();
  const listing = makeListing(shop, title, []);
  for (const variation of variations) {
    const product = makeProduct(shop, variation.sku, variation.quantity);
    product.isEnabled = variation.isEnabled ?? true;
    product.priceCents = variation.priceCents ?? UNIT_CENTS;
    for (const [index, value] of variation.values.entries()) {
      const valueId = valueIds.get(`${index} ${value}`) ?? nextId(shop.memory);
      valueIds.set(`${index} ${value}`, valueId);
      const propertyId = PROPERTY.id + index;
      product.values.push({ propertyId, propertyName: `${PROPERTY.name} ${index}`, valueId, value });
    }
    listing.products.push(product);
  }
  const properties = variations[0]?.values.map((_value, index) => PROPERTY.id + index) ?? [];
  listing.quantityOn = properties.slice(0, varyBy);
  listing.skuOn = [...properties];
  listing.priceOn = [...properties];
  return listing.id;
}

export function createActions(shop: Shop, changed: () => void) {
  const bound =
    <Rest extends readonly unknown[], Result>(action: (shop: Shop, ...rest: Rest) => Result) =>
    (...rest: Rest): Result => {
      const result = action(shop, ...rest);
      forgetLists(shop.memory);
      changed();
      return result;
    };
  return {
    addProduct: bound(addProduct),
    removeProduct: bound(removeProduct),
    changeProduct: bound(changeProduct),
    editQuantity: bound(editQuantity),
    buy: bound(buy),
    fulfil: bound(fulfil),
    cancel: bound(cancel),
    refund: bound(refund),
    // A receipt is what was bought; Etsy lets nobody edit its lines.
    editLine: () => undefined,
    // Etsy keeps receipts for good, but one may become unreadable all the same.
    deleteOrder: bound(
      (one, orderRemoteId: string) => void one.memory.receipts.delete(Number(orderRemoteId)),
    ),
    shelf: () => shelf(shop),
    addListing: bound(addListing),
    listing: (id: number) => structuredClone(shop.memory.listings.get(id)),
    /** What the shop owner does in the listing editor, whatever it is. */
    editListing: bound((one, id: number, edit: (listing: ShopListing) => void) => {
      const listing = one.memory.listings.get(id);
      if (listing !== undefined) edit(listing);
    }),
  };
}
