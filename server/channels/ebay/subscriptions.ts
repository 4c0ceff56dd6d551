// Keeps what eBay sends to us in order: one destination, our address, and a subscription for every topic that helps.

import * as z from 'zod';
import type { EbayClient } from './client.ts';
import { EbayRefusal } from './refusal.ts';

/** eBay has no topic for a sold unit or an order's state; polling finds what these do not tell. */
const TOPICS: ReadonlySet<string> = new Set([
  'ORDER_CONFIRMATION',
  'ITEM_MARKED_SHIPPED',
  'ORDER_CANCELLATION_ACTIVITY',
  'ORDER_RETURN_ACTIVITY',
  'LISTING',
  'AUTHORIZATION_REVOCATION',
  'MARKETPLACE_ACCOUNT_DELETION',
]);

const BASE = '/commerce/notification/v1';
const LIST_MAX = 100;

// ---- destination ------------------------------------------------------------------------------------------------

const destinationsShape = z.object({
  destinations: z
    .array(
      z.object({
        destinationId: z.string(),
        status: z.string().nullish(),
        deliveryConfig: z.object({ endpoint: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
});

/** eBay asks the address for proof while it is being made, and marks it down when deliveries fail. */
export async function keepDestination(
  application: EbayClient,
  endpoint: string,
  verificationToken: string,
): Promise<{ readonly id: string; readonly changed: boolean }> {
  const wanted = { name: 'Stocksheet', status: 'ENABLED', deliveryConfig: { endpoint, verificationToken } };
  const { destinations } = await application.get(`${BASE}/destination?limit=${LIST_MAX}`, destinationsShape);
  const here = (destinations ?? []).find(({ deliveryConfig }) => deliveryConfig?.endpoint === endpoint);
  if (here?.status === 'ENABLED') return { id: here.destinationId, changed: false };
  if (here !== undefined) {
    await application.change('PUT', `${BASE}/destination/${here.destinationId}`, wanted, true);
    return { id: here.destinationId, changed: true };
  }
  const created = await application.change('POST', `${BASE}/destination`, wanted, false);
  return { id: created.headers['location']?.split('/').at(-1) ?? '', changed: true };
}

// ---- subscriptions ----------------------------------------------------------------------------------------------

const topicsShape = z.object({
  topics: z
    .array(
      z.object({
        topicId: z.string(),
        context: z.string().nullish(),
        supportedPayloads: z
          .array(z.object({ schemaVersion: z.string().nullish(), deprecated: z.boolean().nullish() }))
          .nullish(),
      }),
    )
    .nullish(),
});
const subscriptionsShape = z.object({
  subscriptions: z
    .array(
      z.object({
        subscriptionId: z.string(),
        topicId: z.string().nullish(),
        destinationId: z.string().nullish(),
        status: z.string().nullish(),
      }),
    )
    .nullish(),
});
type Topic = NonNullable<z.output<typeof topicsShape>['topics']>[number];
type Subscription = NonNullable<z.output<typeof subscriptionsShape>['subscriptions']>[number];
type Clients = { readonly application: EbayClient; readonly seller: EbayClient };

/** Answers how many had to be made or mended. */
export async function keepSubscriptions(clients: Clients, destinationId: string): Promise<number> {
  const offered = await clients.application.get(`${BASE}/topic?limit=${LIST_MAX}`, topicsShape);
  const topics = (offered.topics ?? []).filter(({ topicId }) => TOPICS.has(topicId));
  let changed = 0;
  for (const kind of ['application', 'seller'] as const) {
    const client = clients[kind];
    const mine = topics.filter(({ context }) => (context === 'APPLICATION') === (kind === 'application'));
    const { subscriptions } = await client.get(`${BASE}/subscription?limit=${LIST_MAX}`, subscriptionsShape);
    for (const topic of mine) {
      const existing = (subscriptions ?? []).find(({ topicId }) => topicId === topic.topicId);
      // Of the application there is one for all its stores, wherever it leads.
      if (existing !== undefined && (kind === 'application' || existing.destinationId === destinationId)) {
        changed += await enable(client, existing);
      } else changed += await order(client, topic, destinationId, existing);
    }
  }
  return changed;
}

async function enable(client: EbayClient, { subscriptionId, status }: Subscription): Promise<number> {
  if (status === 'ENABLED') return 0;
  await client.change('POST', `${BASE}/subscription/${subscriptionId}/enable`, null, true);
  return 1;
}

async function order(
  client: EbayClient,
  { topicId, supportedPayloads }: Topic,
  destinationId: string,
  existing: Subscription | undefined,
): Promise<number> {
  const payloads = supportedPayloads ?? [];
  const usable = payloads.find(({ deprecated }) => deprecated !== true) ?? payloads[0];
  const payload = {
    format: 'JSON',
    schemaVersion: usable?.schemaVersion ?? '1.0',
    deliveryProtocol: 'HTTPS',
  };
  const wanted = { status: 'ENABLED', destinationId, payload };
  try {
    if (existing === undefined) {
      await client.change('POST', `${BASE}/subscription`, { ...wanted, topicId }, false);
    } else await client.change('PUT', `${BASE}/subscription/${existing.subscriptionId}`, wanted, true);
    return 1;
  } catch (problem) {
    // Some topics need scopes that eBay gives only to few keysets: the others are worth having.
    if (problem instanceof EbayRefusal && problem.status === 403) return 0;
    throw problem;
  }
}
