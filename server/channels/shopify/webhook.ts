// Shopify's webhooks: which are registered, how a delivery proves itself, and what it is about.

import * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import { verifyHmac } from '../../net/signatures.ts';
import type {
  ChannelSession,
  ChannelWebhook,
  WebhookHealth,
  WebhookHint,
  WebhookRequest,
} from '../channel.ts';
import { createWebhookAnswer, deleteWebhookAnswer, webhooksAnswer } from './answers.ts';
import { createClient, type ShopifyClient } from './client.ts';
import { CREATE_WEBHOOK, DELETE_WEBHOOK, LIST_WEBHOOKS } from './documents.ts';

const ID_ONLY = ['id', 'admin_graphql_api_id'];
const LEVEL = ['inventory_item_id', 'location_id', 'admin_graphql_api_id'];

/** Topic → the fields asked for. A hint needs no more, and so no customer's name or address ever arrives here. */
export const TOPICS: Readonly<Record<string, readonly string[]>> = {
  ORDERS_CREATE: ID_ONLY,
  ORDERS_UPDATED: ID_ONLY,
  ORDERS_CANCELLED: ID_ONLY,
  ORDERS_EDITED: ['order_edit'],
  ORDERS_FULFILLED: ID_ONLY,
  ORDERS_PARTIALLY_FULFILLED: ID_ONLY,
  ORDERS_DELETE: ['id'],
  REFUNDS_CREATE: ['id', 'order_id'],
  RETURNS_CLOSE: ['id', 'order_id'],
  PRODUCTS_CREATE: ID_ONLY,
  PRODUCTS_UPDATE: ID_ONLY,
  PRODUCTS_DELETE: ['id'],
  INVENTORY_ITEMS_UPDATE: ID_ONLY,
  INVENTORY_ITEMS_DELETE: ID_ONLY,
  INVENTORY_LEVELS_UPDATE: LEVEL,
  INVENTORY_LEVELS_CONNECT: LEVEL,
  INVENTORY_LEVELS_DISCONNECT: ['inventory_item_id', 'location_id'],
  APP_UNINSTALLED: ['id'],
};

/** Shopify refuses these to an app without a permission that is not needed for the rest. The check names it. */
const WITH_PERMISSION: readonly string[] = ['RETURNS_CLOSE'];

export const webhook: ChannelWebhook = {
  register: (session, address) => register(session, address),
  // Shopify signs with the app's own secret; one that we chose does not exist here.
  verify: (request, secrets) =>
    verifyHmac({
      algorithm: 'sha256',
      encoding: 'base64',
      secrets: [secrets.credentials['clientSecret'] ?? ''],
      signedBytes: request.rawBody,
      signature: header(request, 'hmac-sha256'),
    }),
  parse: (request) => ({
    deliveryId: header(request, 'webhook-id') ?? null,
    hint: hintOf(header(request, 'topic') ?? '', readLossless(request.rawBody)),
  }),
};

/** Deliveries of the older and of the newer kind differ in the beginning of their header names. */
const header = ({ headers }: WebhookRequest, name: string): string | undefined =>
  headers[`x-shopify-${name}`] ?? headers[`shopify-${name}`];

// ---- registering ----------------------------------------------------------------------------------------------

async function register(session: ChannelSession, address: string): Promise<WebhookHealth> {
  if ((session.credentials['clientSecret'] ?? '') === '') {
    return {
      kind: 'unavailable',
      message: "Fill in the app's API secret key: without it no message from Shopify can be trusted.",
    };
  }
  const client = createClient(session);
  const present = await listSubscriptions(client);
  const missing = Object.keys(TOPICS).filter(
    (topic) => !present.some((subscription) => subscription.topic === topic && subscription.uri === address),
  );
  // Only this app's own subscriptions are listed. One of our topics with another address is of an earlier address
  // of this server; a second one with the right address would deliver everything twice.
  const superfluous = present.filter(
    (subscription, index) =>
      subscription.topic in TOPICS &&
      (subscription.uri !== address ||
        present.findIndex(({ topic, uri }) => topic === subscription.topic && uri === address) !== index),
  );
  const { refused, problems: refusals } = await create(client, missing, address);
  const problems = [
    ...refusals,
    ...(await remove(
      client,
      superfluous.map(({ id }) => id),
    )),
  ];
  if (problems.length > 0) {
    return { kind: 'unavailable', message: `Shopify does not send messages here: ${problems[0]}` };
  }
  const made = missing.length - refused;
  if (made === 0) return { kind: 'healthy' };
  return {
    kind: 'mended',
    message: `${made} of ${Object.keys(TOPICS).length} webhooks were registered.`,
  };
}

type Subscription = { readonly id: string; readonly topic: string; readonly uri: string };

async function listSubscriptions(client: ShopifyClient): Promise<readonly Subscription[]> {
  const result: Subscription[] = [];
  let after: string | null = null;
  do {
    const { webhookSubscriptions: page }: z.infer<typeof webhooksAnswer> = await client.run(
      LIST_WEBHOOKS,
      webhooksAnswer,
      { after },
    );
    result.push(...page.nodes);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return result;
}

async function create(
  client: ShopifyClient,
  topics: readonly string[],
  address: string,
): Promise<{ readonly refused: number; readonly problems: readonly string[] }> {
  const problems: string[] = [];
  let refused = 0;
  for (const topic of topics) {
    const subscription = { uri: address, format: 'JSON', includeFields: TOPICS[topic] ?? [] };
    const mayBeRefused = WITH_PERMISSION.includes(topic);
    const messages = await createOne(client, topic, subscription).catch((problem: unknown) => {
      if (!(mayBeRefused && problem instanceof ChannelError && problem.kind === 'auth')) throw problem;
      return [problem.message];
    });
    if (messages.length > 0 && mayBeRefused) refused += 1;
    else problems.push(...messages);
  }
  return { refused, problems };
}

async function createOne(
  client: ShopifyClient,
  topic: string,
  subscription: object,
): Promise<readonly string[]> {
  const variables = { topic, subscription };
  const { webhookSubscriptionCreate } = await client.run(CREATE_WEBHOOK, createWebhookAnswer, variables);
  // Another process was quicker, or the answer to our own request was lost.
  const isTaken = (message: string): boolean => /already been taken/i.test(message);
  return webhookSubscriptionCreate.userErrors
    .map(({ message }) => message)
    .filter((message) => !isTaken(message));
}

async function remove(client: ShopifyClient, ids: readonly string[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const id of ids) {
    const { webhookSubscriptionDelete } = await client.run(DELETE_WEBHOOK, deleteWebhookAnswer, { id });
    for (const { message } of webhookSubscriptionDelete.userErrors) {
      if (!/does not exist/i.test(message)) problems.push(message);
    }
  }
  return problems;
}

// ---- reading --------------------------------------------------------------------------------------------------

/** Ids in webhook bodies exceed what a JavaScript number holds exactly; those are kept as their digits. */
function readLossless(rawBody: Buffer): unknown {
  const keepDigits = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) ? (context?.source ?? value) : value;
  try {
    return JSON.parse(rawBody.toString('utf8'), keepDigits);
  } catch {
    return null;
  }
}

const number = z.union([z.int().nonnegative().transform(String), z.string().regex(/^\d+$/)]);
const gid = z.string().startsWith('gid://shopify/');
const named = z.object({ admin_graphql_api_id: gid.optional().catch(undefined), id: number });
const editedOrder = z.object({ order_edit: z.object({ order_id: number }) });
const refund = z.object({ order_id: number });
const level = z.object({ inventory_item_id: number, admin_graphql_api_id: gid.optional().catch(undefined) });

function hintOf(topic: string, body: unknown): WebhookHint {
  const [subject, event] = topic.split('/');
  if (topic === 'app/uninstalled') return { kind: 'uninstalled' };
  if (topic === 'orders/edited') return orderHint(editedOrder.safeParse(body).data?.order_edit.order_id);
  if (subject === 'refunds' || subject === 'returns') return orderHint(refund.safeParse(body).data?.order_id);
  if (subject === 'orders') {
    const order = named.safeParse(body).data;
    if (order?.admin_graphql_api_id !== undefined) {
      return { kind: 'order', remoteId: order.admin_graphql_api_id };
    }
    return orderHint(order?.id);
  }
  if (subject === 'products' || subject === 'inventory_items') return { kind: 'listings' };
  if (subject === 'inventory_levels' && event !== undefined) {
    const changed = level.safeParse(body).data;
    if (changed === undefined) return { kind: 'nothing' };
    // The level's own id carries the exact id of the item even where the number beside it was rounded.
    const exact = changed.admin_graphql_api_id?.match(/inventory_item_id=(\d+)/)?.[1];
    const itemId = exact ?? changed.inventory_item_id;
    return { kind: 'quantity', remoteId: `gid://shopify/InventoryItem/${itemId}` };
  }
  return { kind: 'nothing' };
}

const orderHint = (number: string | undefined): WebhookHint =>
  number === undefined ? { kind: 'nothing' } : { kind: 'order', remoteId: `gid://shopify/Order/${number}` };
