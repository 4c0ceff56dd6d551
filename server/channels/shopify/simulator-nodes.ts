// The simulated shop's objects as GraphQL fields see them.

import { GraphQLError } from 'graphql';
import { itemOf } from './simulator-inventory.ts';
import {
  digits,
  gid,
  levelKey,
  type ShopMemory,
  type SimulatedFulfillment,
  type SimulatedLineItem,
  type SimulatedLocation,
  type SimulatedRefund,
  type SimulatedReturn,
  type SimulatedShopOrder,
  type SimulatedVariant,
} from './simulator-memory.ts';
import { currentQuantity } from './simulator-orders.ts';
import { type PageArguments, type Place, pageOf } from './simulator-search.ts';

export type Nodes = ReturnType<typeof createNodes>;

export function createNodes(memory: ShopMemory, scopes: readonly string[]) {
  const items = createItemNodes(memory);
  const orders = createOrderNodes(memory, items, requireIn(scopes));
  function byGlobalId(id: string): object | null {
    const found = memory.orders.get(digits('Order', id) ?? '');
    if (found !== undefined) return orders.order(found);
    if (id.startsWith('gid://shopify/InventoryItem/')) {
      const sold = itemOf(memory, id);
      return sold === undefined ? null : items.item(sold);
    }
    for (const each of memory.orders.values()) {
      const sent = each.fulfillments.find((one) => gid('Fulfillment', one.id) === id);
      if (sent !== undefined) return orders.fulfillment(each, sent);
      const refunded = each.refunds.find((one) => gid('Refund', one.id) === id);
      if (refunded !== undefined) return orders.refund(each, refunded);
      const back = each.returns.find((one) => gid('Return', one.id) === id);
      if (back !== undefined) return orders.returned(each, back);
    }
    return null;
  }
  return { ...items, ...orders, byGlobalId };
}

const byId = ({ id }: { readonly id: string }): Place => ({ value: '', id });

function createItemNodes(memory: ShopMemory) {
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
  return { location, locationById, level, item, variant };
}

const requireIn =
  (scopes: readonly string[]) =>
  (scope: string, field: string): void => {
    if (scopes.includes(scope)) return;
    throw new GraphQLError(`Access denied for ${field} field. Required access: \`${scope}\` access scope.`, {
      extensions: { code: 'ACCESS_DENIED' },
    });
  };

function createOrderNodes(
  memory: ShopMemory,
  { locationById, variant }: ReturnType<typeof createItemNodes>,
  requireScope: (scope: string, field: string) => void,
) {
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

  // One for each location that was put in charge of lines, as the real shop makes them.
  const fulfillmentOrders = (order: SimulatedShopOrder) =>
    [...new Set(order.lines.map(({ locationId }) => locationId))].map((locationId, index) => ({
      __typename: 'FulfillmentOrder',
      id: gid('FulfillmentOrder', `${order.id}${index}`),
      assignedLocation: { location: locationById(locationId) },
      lineItems: (page: PageArguments) =>
        pageOf(
          order.lines.filter((one) => one.locationId === locationId),
          page,
          byId,
          (one) => ({
            __typename: 'FulfillmentOrderLineItem',
            id: gid('FulfillmentOrderLineItem', one.id),
            remainingQuantity: one.unfulfilled,
            lineItem: line(order, one),
          }),
        ),
    }));

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

  // One parcel for each return, as when everything came from one location.
  const reverseOrder = (order: SimulatedShopOrder, one: SimulatedReturn) => ({
    __typename: 'ReverseFulfillmentOrder',
    id: gid('ReverseFulfillmentOrder', one.id),
    lineItems: (page: PageArguments) =>
      pageOf([one], page, byId, ({ id, quantity, lineId, dispositions }) => ({
        id: gid('ReverseFulfillmentOrderLineItem', id),
        dispositions: dispositions.map(({ locationId, ...disposition }) => ({
          ...disposition,
          id: gid('ReverseFulfillmentOrderDisposition', disposition.id),
          location: locationById(locationId),
        })),
        fulfillmentLineItem: {
          id: gid('FulfillmentLineItem', id),
          quantity,
          lineItem: lineById(order, lineId),
        },
      })),
  });
  const returned = (order: SimulatedShopOrder, one: SimulatedReturn) => ({
    __typename: 'Return',
    id: gid('Return', one.id),
    refunds: (page: PageArguments) =>
      pageOf(
        order.refunds.filter(({ id }) => one.refundIds.includes(id)),
        page,
        byId,
        (each) => refund(order, each),
      ),
    reverseFulfillmentOrders: (page: PageArguments) =>
      pageOf([one], page, byId, (each) => reverseOrder(order, each)),
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
    returnStatus: one.returns.length === 0 ? 'NO_RETURN' : 'RETURNED',
    returns: (page: PageArguments) => {
      requireScope('read_returns', 'returns');
      return pageOf(one.returns, page, byId, (each) => returned(one, each));
    },
    lineItems: (page: PageArguments) => pageOf(one.lines, page, byId, (each) => line(one, each)),
    fulfillments: one.fulfillments.map((each) => fulfillment(one, each)),
    fulfillmentOrders: (page: PageArguments) => {
      requireScope('read_merchant_managed_fulfillment_orders', 'fulfillmentOrders');
      return pageOf(fulfillmentOrders(one), page, byId, (each) => each);
    },
    refunds: one.refunds.map((each) => refund(one, each)),
  });
  return { fulfillment, refund, returned, order };
}

const quantityNamed = (name: string, level: { available: number; committed: number }): number => {
  if (name === 'available') return level.available;
  if (name === 'committed') return level.committed;
  return name === 'on_hand' ? level.available + level.committed : 0;
};

/** As the real shop: an order that was cancelled or refunded before anything was sent stays "unfulfilled". */
export function fulfillmentStatus(order: SimulatedShopOrder): string {
  const isSent = order.fulfillments.some(({ status }) => status === 'SUCCESS');
  if (!isSent) return 'UNFULFILLED';
  return order.lines.some(({ unfulfilled }) => unfulfilled > 0) ? 'PARTIALLY_FULFILLED' : 'FULFILLED';
}
