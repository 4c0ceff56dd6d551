// The Listings Items API of the simulated Amazon: search with its limits, and the patch of a quantity.

import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import { errorAnswer, invalidInput, listIn, notFound } from './simulator-http.ts';
import type { AccountMemory, SimulatedListing } from './simulator-memory.ts';

export const US = 'ATVPDKIKX0DER';
const PAGE_MAX = 20;
const SEARCHED_MAX = 1_000;

export type QuantityWrite = {
  readonly at: Date;
  readonly remoteId: string;
  readonly quantity: number;
  readonly applied: boolean;
};
export type Writing = {
  readonly memory: AccountMemory;
  readonly now: () => Date;
  readonly writes: QuantityWrite[];
  /** How long after it was accepted a quantity is shown. */
  readonly liveAfterMs: () => number;
  /** SKUs whose quantity Amazon calls invalid. */
  readonly refusedSkus: ReadonlySet<string>;
  readonly changed: () => void;
};

export function getItem(memory: AccountMemory, sku: string): SimulationAnswer {
  const listing = memory.listings.get(sku);
  return listing === undefined ? notFound() : { status: 200, body: render(listing) };
}

type Place = { readonly time: string; readonly sku: string; readonly read: number };

export function searchItems(memory: AccountMemory, request: SimulationRequest): SimulationAnswer {
  const query = request.url.searchParams;
  const size = Number(query.get('pageSize') ?? 10);
  if (!Number.isInteger(size) || size < 1 || size > PAGE_MAX) return invalidInput('pageSize');
  const identifiers = listIn(request, 'identifiers');
  if (identifiers.length > 20) return invalidInput('identifiers');
  if (identifiers.length > 0 !== query.has('identifiersType')) return invalidInput('identifiersType');
  if (identifiers.length > 0) {
    const items = [...new Set(identifiers)].flatMap((sku) => memory.listings.get(sku) ?? []);
    return found(items.length, items.slice(0, size), null);
  }
  const by = query.get('sortBy') === 'createdDate' ? 'createdAt' : 'updatedAt';
  const after = query.get(by === 'createdAt' ? 'createdAfter' : 'lastUpdatedAfter');
  const from = after === null ? '' : new Date(after).toISOString();
  const token = query.get('pageToken');
  const place = token === null ? null : (JSON.parse(Buffer.from(token, 'base64url').toString()) as Place);
  const all = [...memory.listings.values()].filter((listing) => listing[by] >= from);
  const isRising = query.get('sortOrder') === 'ASC';
  const isBefore = (a: string, b: string): boolean => (isRising ? a < b : a > b);
  const rest = all
    .filter(
      (listing) => place === null || isBefore(key(place.time, place.sku), key(listing[by], listing.sku)),
    )
    .sort((a, b) => (isBefore(key(a[by], a.sku), key(b[by], b.sku)) ? -1 : 1));
  const items = rest.slice(0, size);
  const last = items.at(-1);
  const read = (place?.read ?? 0) + items.length;
  const more = last !== undefined && rest.length > items.length && read < SEARCHED_MAX;
  return found(all.length, items, more ? { time: last[by], sku: last.sku, read } : null);
}

const key = (time: string, sku: string): string => `${time} ${sku}`;

const found = (
  numberOfResults: number,
  items: readonly SimulatedListing[],
  next: Place | null,
): SimulationAnswer => ({
  status: 200,
  body: {
    numberOfResults,
    ...(next === null
      ? {}
      : { pagination: { nextToken: Buffer.from(JSON.stringify(next)).toString('base64url') } }),
    items: items.map(render),
  },
});

const render = (listing: SimulatedListing): object => ({
  sku: listing.sku,
  summaries: [
    {
      marketplaceId: US,
      asin: listing.asin,
      productType: 'PRODUCT',
      status: isOnSale(listing) ? ['BUYABLE', 'DISCOVERABLE'] : ['DISCOVERABLE'],
      itemName: listing.title,
      createdDate: listing.createdAt,
      lastUpdatedDate: listing.updatedAt,
    },
  ],
  fulfillmentAvailability: [
    listing.isAmazonFulfilled
      ? { fulfillmentChannelCode: 'AMAZON_NA' }
      : { fulfillmentChannelCode: 'DEFAULT', quantity: listing.quantity },
  ],
});

export const isOnSale = (listing: SimulatedListing): boolean =>
  listing.isActive && (listing.isAmazonFulfilled || listing.quantity > 0);

// ---- writing --------------------------------------------------------------------------------------------------

type Patch = { readonly op?: unknown; readonly path?: unknown; readonly value?: unknown };
export type PatchBody = { readonly productType?: unknown; readonly patches?: readonly Patch[] };

export function patchItem(writing: Writing, sku: string, request: SimulationRequest): SimulationAnswer {
  if (!request.url.searchParams.has('marketplaceIds')) return invalidInput('marketplaceIds');
  let body: PatchBody;
  try {
    body = JSON.parse(request.body) as PatchBody;
  } catch {
    return errorAnswer(400, 'BAD_REQUEST', 'Invalid input');
  }
  const problem = applyPatch(writing, sku, body);
  const issues =
    problem === null
      ? []
      : [{ ...problem, severity: 'ERROR', attributeNames: ['fulfillment_availability'], categories: [] }];
  const status = problem === null ? 'ACCEPTED' : 'INVALID';
  return { status: 200, body: { sku, status, submissionId: `submission-${writing.writes.length}`, issues } };
}

const REFUSED = { code: '8541', message: 'The quantity does not fit this offer.' };

/** Null: accepted. What was accepted becomes live later. */
export function applyPatch(
  { memory, now, writes, liveAfterMs, refusedSkus, changed }: Writing,
  sku: string,
  body: PatchBody,
): { readonly code: string; readonly message: string } | null {
  const [patch] = body.patches ?? [];
  const [value] = Array.isArray(patch?.value) ? (patch.value as Record<string, unknown>[]) : [];
  const quantity = value?.['quantity'];
  const listing = memory.listings.get(sku);
  const problem = refusedSkus.has(sku) ? REFUSED : patchProblem(listing, body, patch, value);
  if (typeof quantity === 'number') {
    writes.push({ at: now(), remoteId: sku, quantity, applied: problem === null });
  }
  if (problem !== null || listing === undefined) return problem;
  if (patch?.op === 'replace') listing.handlingDays = null;
  // A second channel beside Amazon's own: the listing is the merchant's from now on.
  listing.isAmazonFulfilled = false;
  listing.updatedAt = now().toISOString();
  if (liveAfterMs() === 0) listing.quantity = quantity as number;
  else {
    const liveAt = new Date(now().getTime() + liveAfterMs()).toISOString();
    listing.onTheWay.push({ quantity: quantity as number, liveAt });
    memory.waiting.set(sku, true);
  }
  changed();
  return null;
}

function patchProblem(
  listing: SimulatedListing | undefined,
  body: PatchBody,
  patch: Patch | undefined,
  value: Record<string, unknown> | undefined,
): { readonly code: string; readonly message: string } | null {
  if (listing === undefined) return { code: '13013', message: 'This SKU is not in your catalog.' };
  if (typeof body.productType !== 'string' || (patch?.op !== 'merge' && patch?.op !== 'replace')) {
    return { code: '4000001', message: 'The patch is invalid.' };
  }
  if (patch.path !== '/attributes/fulfillment_availability') {
    return { code: '4000002', message: 'This attribute cannot be patched here.' };
  }
  const quantity = value?.['quantity'];
  if (
    value?.['fulfillment_channel_code'] !== 'DEFAULT' ||
    !Number.isInteger(quantity) ||
    Number(quantity) < 0
  ) {
    return { code: '90000900', message: 'The attributes are invalid.' };
  }
  return null;
}
