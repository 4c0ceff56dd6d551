// Answers the simulated shop's GraphQL fields from its memory.

import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import type { BulkDesk } from './simulator-bulk.ts';
import {
  activate,
  checkForm,
  itemOf,
  once,
  type QuantityWrite,
  setQuantities,
  type UserError,
} from './simulator-inventory.ts';
import { digits, gid, nextId, type ShopMemory, type SimulatedShopOrder } from './simulator-memory.ts';
import { createNodes, fulfillmentStatus, type Nodes } from './simulator-nodes.ts';
import {
  comparePlaces,
  matches,
  type PageArguments,
  type Place,
  pageOf,
  parseSearch,
} from './simulator-search.ts';
import { findVariants } from './simulator-search-variants.ts';
import type { ShopEvents } from './simulator-shelf.ts';

type ListArguments = PageArguments & { readonly query?: string | null; readonly sortKey?: string };

/** Without read_all_orders. */
const ORDERS_SHOWN_MS = 60 * 24 * 3_600_000;

export function createRoot(
  memory: ShopMemory,
  events: ShopEvents,
  writes: QuantityWrite[],
  shop: { readonly name: string; readonly domain: string; readonly scopes: readonly string[] },
  bulk: BulkDesk,
) {
  const byId = ({ id }: { readonly id: string }): Place => ({ value: '', id });
  const seesAllOrders = shop.scopes.includes('read_all_orders');
  const isShown = (createdAt: string): boolean =>
    seesAllOrders || events.now().getTime() - Date.parse(createdAt) < ORDERS_SHOWN_MS;
  const nodes = createNodes(memory, shop.scopes);
  return {
    shop: { id: gid('Shop', '1'), name: shop.name, myshopifyDomain: shop.domain },
    currentAppInstallation: {
      id: gid('AppInstallation', '1'),
      accessScopes: shop.scopes.map((handle) => ({ handle, description: handle })),
    },
    locations: (page: ListArguments & { readonly includeInactive: boolean }) =>
      pageOf(
        [...memory.locations.values()].filter(({ isActive }) => isActive || page.includeInactive),
        page,
        byId,
        nodes.location,
      ),
    node: ({ id }: { readonly id: string }) => nodes.byGlobalId(id),
    nodes: ({ ids }: { readonly ids: readonly string[] }) => {
      if (ids.length > 250) {
        throw new GraphQLError(
          `The input array size of ${ids.length} is greater than the maximum allowed of 250.`,
          { extensions: { code: 'MAX_INPUT_SIZE_EXCEEDED' } },
        );
      }
      return ids.map(nodes.byGlobalId);
    },
    productVariants: (page: ListArguments) => {
      // One more than the page shows whether there is another.
      const most = page.after == null ? (page.first ?? 0) + 1 : undefined;
      const found = findVariants(memory, page.query, most);
      return pageOf(found, page, byId, nodes.variant);
    },
    productVariantsCount: ({ limit }: { readonly limit?: number | null }) => {
      const most = limit ?? Number.POSITIVE_INFINITY;
      return {
        count: Math.min(memory.variants.size, most),
        precision: memory.variants.size > most ? 'AT_LEAST' : 'EXACT',
      };
    },
    ...bulk.fields,
    orders: (page: ListArguments) => {
      const terms = parseSearch(page.query);
      const placeOf = (order: SimulatedShopOrder): Place => ({
        value: page.sortKey === 'UPDATED_AT' ? order.updatedAt : '',
        id: order.id,
      });
      const found = [...memory.orders.values()]
        .filter((order) => isShown(order.createdAt))
        .filter((order) =>
          matches(terms, (field) => {
            if (field === 'id') return BigInt(order.id);
            if (field === 'updated_at') return new Date(order.updatedAt);
            if (field === 'status')
              return [order.closed ? 'closed' : 'open', order.cancelledAt ? 'cancelled' : ''];
            if (field === 'fulfillment_status') return [fulfillmentStatus(order).toLowerCase()];
            throw new GraphQLError(`The simulated shop cannot search orders by ${field}.`);
          }),
        )
        .sort((a, b) => comparePlaces(placeOf(a), placeOf(b)));
      return pageOf(found, page, placeOf, nodes.order);
    },
    ...createInventoryMutations(memory, events, writes, nodes),
    ...createWebhookFields(memory, events, shop.scopes),
  };
}

function createInventoryMutations(
  memory: ShopMemory,
  events: ShopEvents,
  writes: QuantityWrite[],
  nodes: Nodes,
) {
  const isError = (answer: object): answer is UserError => 'message' in answer;
  return {
    inventorySetQuantities: (
      { input }: { readonly input: Parameters<typeof setQuantities>[3] },
      _context: unknown,
      info: GraphQLResolveInfo,
    ) => {
      checkForm(input);
      const answer = once(memory, info, input, () => setQuantities(memory, events, writes, input));
      if (isError(answer)) return { inventoryAdjustmentGroup: null, userErrors: [answer] };
      const { group, userErrors } = answer;
      if (group === null) return { inventoryAdjustmentGroup: null, userErrors };
      return {
        userErrors,
        inventoryAdjustmentGroup: {
          id: gid('InventoryAdjustmentGroup', group.id),
          reason: group.reason,
          referenceDocumentUri: input.referenceDocumentUri ?? null,
          changes: ({ quantityNames }: { readonly quantityNames?: readonly string[] | null }) =>
            group.changes
              .filter(({ name }) => quantityNames?.includes(name) ?? true)
              .map(({ name, delta, itemId, locationId }) => {
                const changed = itemOf(memory, gid('InventoryItem', itemId));
                const item = changed === undefined ? null : nodes.item(changed);
                const location = nodes.locationById(locationId);
                return { name, delta, quantityAfterChange: null, item, location };
              }),
        },
      };
    },
    inventoryActivate: (
      input: Parameters<typeof activate>[2],
      _context: unknown,
      info: GraphQLResolveInfo,
    ) => {
      const answer = once(memory, info, input, () => activate(memory, events, input));
      if (isError(answer)) return { inventoryLevel: null, userErrors: [answer] };
      const { levelKey: key, userErrors } = answer;
      return { inventoryLevel: key === null ? null : nodes.level(key), userErrors };
    },
  };
}

function createWebhookFields(memory: ShopMemory, events: ShopEvents, scopes: readonly string[]) {
  const toNode = (one: { id: string; topic: string; uri: string; includeFields: readonly string[] }) => ({
    id: gid('WebhookSubscription', one.id),
    topic: one.topic,
    uri: one.uri,
    format: 'JSON',
    includeFields: one.includeFields,
  });
  return {
    webhookSubscriptions: (page: PageArguments) =>
      pageOf([...memory.subscriptions.values()], page, ({ id }) => ({ value: '', id }), toNode),
    webhookSubscriptionCreate: ({
      topic,
      webhookSubscription: { uri = '', includeFields = [] },
    }: {
      readonly topic: string;
      readonly webhookSubscription: { readonly uri?: string; readonly includeFields?: readonly string[] };
    }) => {
      if (topic === 'RETURNS_CLOSE' && !scopes.includes('read_returns')) {
        throw new GraphQLError('Access denied for webhookSubscriptionCreate field.', {
          extensions: { code: 'ACCESS_DENIED' },
        });
      }
      const failed = (message: string) => ({
        webhookSubscription: null,
        userErrors: [{ field: ['webhookSubscription', 'uri'], message }],
      });
      // The real shop takes https only; the rehearsal delivers to this machine as well.
      if (!/^https:\/\/|^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(uri)) {
        return failed('Address protocol http:// is not supported');
      }
      const isTaken = [...memory.subscriptions.values()].some(
        (one) => one.topic === topic && one.uri === uri,
      );
      if (isTaken) return failed('Address for this topic has already been taken');
      const subscription = { id: nextId(memory), topic, uri, includeFields, failures: 0 };
      memory.subscriptions.set(subscription.id, subscription);
      events.changed();
      return { webhookSubscription: toNode(subscription), userErrors: [] };
    },
    webhookSubscriptionDelete: ({ id }: { readonly id: string }) => {
      if (!memory.subscriptions.delete(digits('WebhookSubscription', id) ?? '')) {
        const message = 'Webhook subscription does not exist';
        return { deletedWebhookSubscriptionId: null, userErrors: [{ field: ['id'], message }] };
      }
      events.changed();
      return { deletedWebhookSubscriptionId: id, userErrors: [] };
    },
  };
}
