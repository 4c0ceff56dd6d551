// The routes of the simulated Etsy.

import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import { refuse } from './simulator-answers.ts';
import { numbersOf, putInventory } from './simulator-inventory.ts';
import { forgetLists, listingsIn, type Shop, type ShopListing } from './simulator-memory.ts';
import { listReceipts, readPaging } from './simulator-receipts.ts';
import { renderInventory, renderListing, renderReceipt, SHOP } from './simulator-render.ts';

export type RouteContext = {
  readonly shop: Shop;
  readonly scopes: readonly string[];
  readonly isVacation: boolean;
  /** Where lists end, if they do. */
  readonly offsetMax: number;
};
type Call = RouteContext & {
  readonly query: URLSearchParams;
  readonly text: string;
  /** The numbers in the path, in order, without the shop's. */
  readonly id: number;
};

const ROUTES: Readonly<Record<string, (call: Call) => object>> = {
  'GET /openapi-ping': () => ({ application_id: 1 }),
  'POST /scopes': ({ scopes }) => [...scopes],
  'GET /users/me': () => ({ user_id: SHOP.userId, shop_id: SHOP.id }),
  'GET /shops/SHOP': ({ isVacation }) => ({
    shop_id: SHOP.id,
    user_id: SHOP.userId,
    shop_name: SHOP.name,
    currency_code: 'USD',
    is_vacation: isVacation,
  }),
  'GET /shops/SHOP/listings': listListings,
  'GET /listings/batch/inventory': batchInventory,
  'GET /listings/#/inventory': ({ shop, id }) => renderInventory(findListing(shop, id)),
  'PUT /listings/#/inventory': ({ shop, id, text, query }) =>
    putInventory(shop, findListing(shop, id), parseJson(text), query),
  'PATCH /shops/SHOP/listings/#': patchListing,
  'GET /shops/SHOP/receipts': ({ shop, query }) => listReceipts(shop, query),
  'GET /shops/SHOP/receipts/#': ({ shop, id }) => {
    const receipt = shop.memory.receipts.get(id);
    const missing = `Could not find a Shop Receipt with receipt_id = ${id} associated with shop_id = ${SHOP.id}.`;
    if (receipt === undefined) throw refuse(404, missing);
    return renderReceipt(receipt);
  },
};

export const routeName = (path: string): string =>
  path
    .replace(/^\/v3\/application/, '')
    .replace(new RegExp(`/shops/${SHOP.id}(?=/|$)`), '/shops/SHOP')
    .replace(/\/\d+(?=\/|$)/g, '/#');

export function route(context: RouteContext, request: SimulationRequest): SimulationAnswer {
  const { pathname, searchParams: query } = request.url;
  const handler = ROUTES[`${request.method} ${routeName(pathname)}`];
  if (handler === undefined) throw refuse(404, 'Resource not found');
  const id = Number(/\/(\d+)(?:\/inventory)?$/.exec(pathname)?.[1] ?? 0);
  return { status: 200, body: handler({ ...context, query, id, text: request.body }) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse(400, 'Invalid JSON');
  }
}

function findListing(shop: Shop, id: number): ShopListing {
  const listing = shop.memory.listings.get(id);
  if (listing === undefined) throw refuse(404, `Could not find a Listing with listing_id = ${id}.`);
  return listing;
}

const withInventory = (listing: ShopListing) => ({
  ...renderListing(listing),
  inventory: renderInventory(listing),
});

const LISTED_STATES = ['active', 'inactive', 'sold_out', 'draft', 'expired'];

function listListings({ shop, query, offsetMax }: Call): object {
  const state = query.get('state') ?? 'active';
  if (!LISTED_STATES.includes(state)) throw refuse(400, 'Invalid state');
  const { limit, offset } = readPaging(query);
  if (offset > offsetMax) throw refuse(400, 'Invalid offset');
  const found = listingsIn(shop.memory, state);
  const render =
    query.get('includes')?.split(',').includes('Inventory') === true ? withInventory : renderListing;
  return {
    count: found.length,
    results: found.slice(offset, offset + limit).map((listing) => render(listing)),
  };
}

const IDS_MAX = 100;

function batchInventory({ shop, query }: Call): object {
  const ids = (query.get('listing_ids') ?? '').split(',').map(Number);
  if (ids.length > IDS_MAX) throw refuse(400, `No more than ${IDS_MAX} listing_ids`);
  // One missing listing spoils the call for all.
  const results = ids.map((id) => withInventory(findListing(shop, id)));
  return { count: results.length, results };
}

function patchListing({ shop, id, text }: Call): object {
  const listing = findListing(shop, id);
  const state = new URLSearchParams(text).get('state');
  if (state !== 'active' && state !== 'inactive') throw refuse(400, 'Invalid state');
  if (listing.state === 'expired') throw refuse(400, 'An expired listing must be renewed');
  if (state === 'active' && listing.state === 'sold_out') {
    listing.renewals += 1;
    for (const product of listing.products) product.quantity = 1;
  }
  listing.state = state;
  forgetLists(shop.memory);
  listing.modifiedAt = shop.now();
  if (state === 'inactive')
    for (const { remoteId } of numbersOf(listing)) shop.recordWrite(remoteId, 0, true);
  return renderListing(listing);
}
