// Answers the simulated shop's GraphQL fields from its memory.

import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import {
  activate,
  checkForm,
  itemOf,
  once,
  type QuantityWrite,
  setQuantities,
  type UserError,
} from './simulator-inventory.ts';
import {
  digits,
  gid,
  levelKey,
  nextId,
  type ShopMemory,
  type SimulatedFulfillment,
  type SimulatedLineItem,
  type SimulatedLocation,
  type SimulatedRefund,
  type SimulatedShopOrder,
  type SimulatedVariant,
} from './simulator-memory.ts';
import {
  comparePlaces,
  matches,
  type PageArguments,
  type Place,
  pageOf,
  parseSearch,
} from './simulator-search.ts';
import { currentQuantity, type ShopEvents } from './simulator-shop.ts';

type ListArguments = PageArguments & { readonly query?: string | null; readonly sortKey?: string };

export function createRoot(
  memory: ShopMemory,
  events: ShopEvents,
  writes: QuantityWrite[],
  shop: { readonly name: string; readonly domain: string; readonly scopes: readonly string[] },
) {
  const byId = ({ id }: { readonly id: string }): Place => ({ value: '', id });
  const nodes = createNodes(memory);
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
      const terms = parseSearch(page.query);
      const found = [...memory.variants.values()].filter((variant) =>
        matches(terms, (field) => {
          if (field === 'id') return BigInt(variant.id);
          if (field === 'updated_at') return new Date(variant.updatedAt);
          if (field === 'product_status') return [memory.products.get(variant.productId)?.status ?? ''];
          throw new GraphQLError(`The simulated shop cannot search variants by ${field}.`);
        }),
      );
      return pageOf(found, page, byId, nodes.variant);
    },
    orders: (page: ListArguments) => {
      const terms = parseSearch(page.query);
      const placeOf = (order: SimulatedShopOrder): Place => ({
        value: page.sortKey === 'UPDATED_AT' ? order.updatedAt : '',
        id: order.id,
      });
      const found = [...memory.orders.values()]
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
    ...createWebhookFields(memory, events),
  };
}

type Nodes = ReturnType<typeof createNodes>;

function createNodes(memory: ShopMemory) {
  const byId = ({ id }: { readonly id: string }): Place => ({ value: '', id });

  const location = (one: SimulatedLocation) => ({
    __typename: 'Location',
    id: gid('Location', one.id),
    name: one.name,
    isActive: one.isActive,
    fulfillsOnlineOrders: one.fulfillsOnlineOrders,
    hasActiveInventory: () =>
      [...memory.levels].some(([key, level]) => key.endsWith(`@${one.id}`) && level.isActive),
  });
  const locationById = (id: string | null) => {
    const found = memory.locations.get(id ?? '');
    return found === undefined ? null : location(found);
  };

  const level = (key: string) => {
    const found = memory.levels.get(key);
    if (!found?.isActive) return null;
    const [itemId, locationId] = key.split('@');
    const id = `gid://shopify/InventoryLevel/${locationId}?inventory_item_id=${itemId}`;
    return {
      __typename: 'InventoryLevel',
      id,
      isActive: found.isActive,
      quantities: ({ names }: { readonly names: readonly string[] }) =>
        names.map((name) => ({
          id: `gid://shopify/InventoryQuantity/${locationId}?inventory_item_id=${itemId}&name=${name}`,
          name,
          quantity: quantityNamed(name, found),
          updatedAt: name === 'on_hand' ? null : found.updatedAt,
        })),
    };
  };

  const item = (one: SimulatedVariant) => ({
    __typename: 'InventoryItem',
    id: gid('InventoryItem', one.itemId),
    sku: one.sku,
    tracked: one.tracked,
    inventoryLevel: ({ locationId }: { readonly locationId: string }) =>
      level(levelKey(one.itemId, digits('Location', locationId) ?? '')),
  });

  const variant = (one: SimulatedVariant) => {
    const product = memory.products.get(one.productId);
    return {
      __typename: 'ProductVariant',
      id: gid('ProductVariant', one.id),
      legacyResourceId: one.id,
      sku: one.sku,
      title: one.title,
      displayName: `${product?.title} - ${one.title}`,
      updatedAt: one.updatedAt,
      requiresComponents: one.requiresComponents,
      product: {
        id: gid('Product', one.productId),
        title: product?.title,
        status: product?.status,
      },
      inventoryItem: item(one),
    };
  };

  const line = (order: SimulatedShopOrder, one: SimulatedLineItem) => {
    const sold = memory.variants.get(one.variantId);
    return {
      __typename: 'LineItem',
      id: gid('LineItem', one.id),
      sku: one.sku,
      name: one.name,
      quantity: one.quantity,
      currentQuantity: currentQuantity(order, one),
      unfulfilledQuantity: one.unfulfilled,
      requiresShipping: one.requiresShipping,
      isGiftCard: one.isGiftCard,
      variant: sold === undefined ? null : variant(sold),
      fulfillmentService: {
        type: one.service === null ? 'MANUAL' : 'THIRD_PARTY',
        serviceName: one.service?.name ?? 'Manual',
        location: one.service === null ? null : locationById(one.service.locationId),
      },
    };
  };
  const lineById = (order: SimulatedShopOrder, id: string) => {
    const found = order.lines.find((one) => one.id === id);
    return found === undefined ? null : line(order, found);
  };

  const fulfillment = (order: SimulatedShopOrder, one: SimulatedFulfillment) => ({
    __typename: 'Fulfillment',
    id: gid('Fulfillment', one.id),
    status: one.status,
    createdAt: one.createdAt,
    location: locationById(one.locationId),
    fulfillmentLineItems: (page: PageArguments) =>
      pageOf(one.lines, page, byId, ({ id, quantity, lineId }) => ({
        id: gid('FulfillmentLineItem', id),
        quantity,
        lineItem: lineById(order, lineId),
      })),
  });

  const refund = (order: SimulatedShopOrder, one: SimulatedRefund) => ({
    __typename: 'Refund',
    id: gid('Refund', one.id),
    createdAt: one.createdAt,
    updatedAt: one.createdAt,
    refundLineItems: (page: PageArguments) =>
      pageOf(one.lines, page, byId, (refunded) => ({
        id: gid('RefundLineItem', refunded.id),
        quantity: refunded.quantity,
        restockType: refunded.restockType,
        restocked: refunded.restocked,
        location: locationById(refunded.locationId),
        lineItem: lineById(order, refunded.lineId),
      })),
  });

  const order = (one: SimulatedShopOrder) => ({
    __typename: 'Order',
    id: gid('Order', one.id),
    legacyResourceId: one.id,
    name: one.name,
    createdAt: one.createdAt,
    updatedAt: one.updatedAt,
    cancelledAt: one.cancelledAt,
    closed: one.closed,
    confirmed: one.confirmed,
    edited: one.edited,
    test: one.test,
    displayFulfillmentStatus: fulfillmentStatus(one),
    lineItems: (page: PageArguments) => pageOf(one.lines, page, byId, (each) => line(one, each)),
    fulfillments: one.fulfillments.map((each) => fulfillment(one, each)),
    refunds: one.refunds.map((each) => refund(one, each)),
  });

  function byGlobalId(id: string): object | null {
    const found = memory.orders.get(digits('Order', id) ?? '');
    if (found !== undefined) return order(found);
    if (id.startsWith('gid://shopify/InventoryItem/')) {
      const sold = itemOf(memory, id);
      return sold === undefined ? null : item(sold);
    }
    for (const each of memory.orders.values()) {
      const sent = each.fulfillments.find((one) => gid('Fulfillment', one.id) === id);
      if (sent !== undefined) return fulfillment(each, sent);
      const refunded = each.refunds.find((one) => gid('Refund', one.id) === id);
      if (refunded !== undefined) return refund(each, refunded);
    }
    return null;
  }
  return { location, locationById, level, item, variant, order, byGlobalId };
}

const quantityNamed = (name: string, level: { available: number; committed: number }): number => {
  if (name === 'available') return level.available;
  if (name === 'committed') return level.committed;
  return name === 'on_hand' ? level.available + level.committed : 0;
};

/** As the real shop: an order that was cancelled or refunded before anything was sent stays "unfulfilled". */
function fulfillmentStatus(order: SimulatedShopOrder): string {
  const isSent = order.fulfillments.some(({ status }) => status === 'SUCCESS');
  if (!isSent) return 'UNFULFILLED';
  return order.lines.some(({ unfulfilled }) => unfulfilled > 0) ? 'PARTIALLY_FULFILLED' : 'FULFILLED';
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

function createWebhookFields(memory: ShopMemory, events: ShopEvents) {
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
