// The shipments of orders that were sent, wholly or in part. Each order takes a call of its own, and a quiet shop shows the same
// orders at every pull: what was read is kept until an order looks otherwise.

import type { EbayClient } from './client.ts';
import { type Order, type Shipments, shipmentsShape } from './map-order.ts';
import { EbayRefusal } from './refusal.ts';

/** More than any shop changes within the stretch that each pull reads again. */
const KEPT_MAX = 10_000;

type Kept = { readonly look: string; readonly shipments: Shipments };
const keptBy = new WeakMap<object, Map<string, Kept>>();

/** `anew`: whatever was kept. An order that changed without a word is found in this way. */
export async function readShipments(
  client: EbayClient,
  order: Order,
  { anew }: { readonly anew: boolean },
): Promise<Shipments> {
  if (!wasSent(order)) return [];
  const kept = keptBy.get(client.seller) ?? new Map<string, Kept>();
  keptBy.set(client.seller, kept);
  const known = kept.get(order.orderId);
  const look = lookOf(order);
  if (!anew && known?.look === look) return known.shipments;
  const shipments = await ask(client, order.orderId);
  // Behind all others, so that the one in front is the longest known.
  kept.delete(order.orderId);
  kept.set(order.orderId, { look, shipments });
  const oldest = kept.size > KEPT_MAX ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  return shipments;
}

const wasSent = ({ lineItems }: Order): boolean =>
  lineItems.some(
    ({ lineItemFulfillmentStatus: status }) => status === 'IN_PROGRESS' || status === 'FULFILLED',
  );

/** Every change moves the time, says eBay; a further part that is sent shows in the addresses of the shipments as well. */
const lookOf = ({ lastModifiedDate, fulfillmentHrefs }: Order): string =>
  [lastModifiedDate.toISOString(), ...(fulfillmentHrefs ?? [])].join(' ');

async function ask(client: EbayClient, orderId: string): Promise<Shipments> {
  try {
    const route = `/sell/fulfillment/v1/order/${encodeURIComponent(orderId)}/shipping_fulfillment`;
    return (await client.get(route, shipmentsShape)).fulfillments ?? [];
  } catch (problem) {
    if (problem instanceof EbayRefusal && problem.kind === 'gone') return [];
    throw problem;
  }
}
