// The REST side of a simulated eBay account: identity, Inventory API and Fulfillment API, with their rules.

import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import { INVENTORY_BATCH_MAX, ORDER_IDS_MAX, PAGE_MAX } from './manifest.ts';
import { offersOf, type ShopMemory, type SimulatedListing, type SimulatedUnit } from './simulator-memory.ts';
import { listOrdersBy, orderBody, shipmentsBody } from './simulator-orders.ts';
import type { Revise } from './simulator-revise.ts';

export type RestRules = {
  readonly memory: ShopMemory;
  readonly inventorySkus: () => readonly string[];
  readonly now: () => Date;
  readonly revise: Revise;
  readonly onlyOneSkuACall: () => boolean;
};

export const refusal = (status: number, errorId: number, message: string): SimulationAnswer => ({
  status,
  body: { errors: [{ errorId, domain: 'API', category: 'REQUEST', message, longMessage: message }] },
});

export function answerRest(rules: RestRules, { method, url, body }: SimulationRequest): SimulationAnswer {
  const { memory } = rules;
  const route = `${method} ${url.pathname}`;
  const query = url.searchParams;
  if (route === 'GET /commerce/identity/v1/user/') {
    return { status: 200, body: { userId: 'rehearsalUser1', username: 'rehearsal_seller' } };
  }
  if (route === 'GET /sell/inventory/v1/inventory_item') return listItems(rules, query);
  if (route === 'POST /sell/inventory/v1/bulk_get_inventory_item') return bulkGet(memory, readRequests(body));
  if (route === 'GET /sell/inventory/v1/offer') return listOffers(memory, query.get('sku') ?? '');
  if (route === 'POST /sell/inventory/v1/bulk_update_price_quantity') {
    return bulkUpdate(rules, readRequests(body));
  }
  if (route === 'GET /sell/fulfillment/v1/order') return listOrders(rules, query);
  const [, orderId, rest] =
    /^GET \/sell\/fulfillment\/v1\/order\/([^/]+)(\/shipping_fulfillment)?$/.exec(route) ?? [];
  const order = memory.orders.get(orderId === undefined ? '' : decodeURIComponent(orderId));
  if (orderId === undefined) return refusal(404, 2002, 'Resource not found');
  if (order === undefined) return refusal(404, 32100, 'Invalid order ID');
  return { status: 200, body: rest === undefined ? orderBody(order) : shipmentsBody(order) };
}

// ---- Inventory API ----------------------------------------------------------------------------------------------

type Request = {
  readonly sku: string;
  readonly shipToLocationAvailability?: { readonly quantity?: number };
  readonly offers?: readonly { readonly offerId: string; readonly availableQuantity?: number }[];
};

const readRequests = (body: string): readonly Request[] =>
  (JSON.parse(body) as { readonly requests: readonly Request[] }).requests;

function findSku(
  memory: ShopMemory,
  sku: string,
): { readonly listing: SimulatedListing; readonly unit: SimulatedUnit } | null {
  const listing = memory.listings.get(memory.inventory.get(sku) ?? '');
  const unit = listing?.units.find((one) => one.sku === sku);
  return listing === undefined || unit === undefined ? null : { listing, unit };
}

const itemBody = ({ listing, unit }: { listing: SimulatedListing; unit: SimulatedUnit }): object => ({
  sku: unit.sku,
  locale: 'en_US',
  condition: 'NEW',
  product: { title: listing.title },
  availability: { shipToLocationAvailability: { quantity: unit.available } },
});

function listItems({ memory, inventorySkus }: RestRules, query: URLSearchParams): SimulationAnswer {
  const limit = Number(query.get('limit') ?? 25);
  // Not a row: the number of the page.
  const page = Number(query.get('offset') ?? 0);
  if (limit > PAGE_MAX) return refusal(400, 25706, 'The limit is above 200');
  const all = inventorySkus();
  const skus = all.slice(page * limit, (page + 1) * limit);
  const inventoryItems = skus.flatMap((sku) => {
    const found = findSku(memory, sku);
    return found === null ? [] : [itemBody(found)];
  });
  return { status: 200, body: { total: all.length, size: inventoryItems.length, limit, inventoryItems } };
}

/** The longest SKU that the Inventory API takes. */
const SKU_LENGTH_MAX = 50;

function bulkGet(memory: ShopMemory, requests: readonly Request[]): SimulationAnswer {
  if (requests.length > INVENTORY_BATCH_MAX) return refusal(400, 25709, 'More than 25 inventory items');
  if (requests.some(({ sku }) => sku === '' || sku.length > SKU_LENGTH_MAX)) {
    return refusal(400, 25707, 'Invalid SKU');
  }
  const responses = requests.map(({ sku }) => {
    const found = findSku(memory, sku);
    if (found !== null) return { statusCode: 200, sku, inventoryItem: itemBody(found), errors: [] };
    return { statusCode: 404, sku, errors: [{ errorId: 25702, message: 'The SKU is not found' }] };
  });
  return { status: responses.every(({ statusCode }) => statusCode === 200) ? 200 : 207, body: { responses } };
}

function listOffers(memory: ShopMemory, sku: string): SimulationAnswer {
  const found = offersOf(memory, sku);
  if (found.length === 0) return refusal(404, 25713, 'This Offer is not available.');
  const offers = found.map(({ listing, unit }, index) => {
    const listingStatus = listing.hasEnded ? 'ENDED' : unit.available === 0 ? 'OUT_OF_STOCK' : 'ACTIVE';
    return {
      offerId: unit.offerId,
      sku,
      marketplaceId: MARKETPLACES[index % MARKETPLACES.length],
      format: 'FIXED_PRICE',
      availableQuantity: unit.offered,
      status: listing.hasEnded ? 'UNPUBLISHED' : 'PUBLISHED',
      listing: { listingId: listing.itemId, listingStatus, soldQuantity: unit.sold },
    };
  });
  return { status: 200, body: { total: offers.length, size: offers.length, limit: 100, offers } };
}

const MARKETPLACES = ['EBAY_US', 'EBAY_GB', 'EBAY_DE', 'EBAY_AU'];

function bulkUpdate(rules: RestRules, requests: readonly Request[]): SimulationAnswer {
  if (requests.length > (rules.onlyOneSkuACall() ? 1 : INVENTORY_BATCH_MAX)) {
    return refusal(400, 25709, 'Too many SKUs in one call');
  }
  const responses = requests.map((request) => {
    const { sku } = request;
    const [offer] = request.offers ?? [];
    const answer = (statusCode: number, errors: readonly object[]) => ({
      statusCode,
      sku,
      ...(offer === undefined ? {} : { offerId: offer.offerId }),
      errors,
      warnings: [],
    });
    const found = offersOf(rules.memory, sku).find(({ unit }) => unit.offerId === offer?.offerId);
    const quantity = request.shipToLocationAvailability?.quantity;
    if (found === undefined) return answer(404, [{ errorId: 25702, message: 'The SKU is not found' }]);
    if (quantity === undefined || quantity !== offer?.availableQuantity) {
      return answer(400, [{ errorId: 25004, message: 'Invalid quantity' }]);
    }
    const refused = rules.revise(found.listing, found.unit, quantity);
    if (refused === null) return answer(200, []);
    return answer(400, [{ errorId: 25002, message: 'A user error has occurred.', longMessage: refused }]);
  });
  return { status: responses.every(({ statusCode }) => statusCode === 200) ? 200 : 207, body: { responses } };
}

// ---- Fulfillment API --------------------------------------------------------------------------------------------

function listOrders({ memory, now }: RestRules, query: URLSearchParams): SimulationAnswer {
  const ids = query.get('orderIds');
  if (ids !== null) {
    const wanted = ids.split(',');
    if (wanted.length > ORDER_IDS_MAX) return refusal(400, 30850, 'More than 50 order ids');
    const found = wanted.flatMap((id) => memory.orders.get(id) ?? []);
    return {
      status: 200,
      body: { total: found.length, limit: ORDER_IDS_MAX, offset: 0, orders: found.map(orderBody) },
    };
  }
  const limit = Number(query.get('limit') ?? 50);
  const offset = Number(query.get('offset') ?? 0);
  if (limit > PAGE_MAX) return refusal(400, 30810, 'The limit is above 200');
  const found = listOrdersBy(memory, query.get('filter') ?? '', now());
  if (found === null) return refusal(400, 30700, 'Invalid filter');
  const orders = found.slice(offset, offset + limit).map(orderBody);
  return { status: 200, body: { total: found.length, limit, offset, orders } };
}
