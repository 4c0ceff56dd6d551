// Every GraphQL document that is sent to Shopify, with the points it is likely to cost at most.

export type ShopifyOperation = { readonly name: string; readonly document: string; readonly cost: number };

const PAGE_INFO = 'pageInfo { hasNextPage endCursor }';

// Fragments of one order. Lists without a page (fulfillments, refunds) are asked for without `first`: a number there
// would cut them short without a word.
const LINE_FIELDS = `
  id sku name quantity currentQuantity unfulfilledQuantity requiresShipping isGiftCard
  variant { id }
  fulfillmentService { type serviceName location { id } }`;
const FULFILLMENT_LINE_FIELDS = 'quantity lineItem { id }';
const REFUND_LINE_FIELDS = 'quantity restockType restocked location { id } lineItem { id }';

const ORDER_FIELDS = `
  id name createdAt updatedAt cancelledAt confirmed test displayFulfillmentStatus returnStatus
  lineItems(first: 50) { nodes { ${LINE_FIELDS} } ${PAGE_INFO} }
  fulfillments {
    id status createdAt location { id }
    fulfillmentLineItems(first: 50) { nodes { ${FULFILLMENT_LINE_FIELDS} } ${PAGE_INFO} }
  }
  refunds {
    id createdAt updatedAt
    refundLineItems(first: 50) { nodes { ${REFUND_LINE_FIELDS} } ${PAGE_INFO} }
  }`;

const VARIANT_FIELDS = `
  id legacyResourceId sku title updatedAt requiresComponents
  product { title status }
  inventoryItem { id tracked }`;

export const LIST_VARIANTS: ShopifyOperation = {
  name: 'ListVariants',
  cost: 35,
  document: `query ListVariants($first: Int!, $query: String!) {
    productVariants(first: $first, query: $query, sortKey: ID) {
      nodes { ${VARIANT_FIELDS} }
      ${PAGE_INFO}
    }
  }`,
};

export const COUNT_VARIANTS: ShopifyOperation = {
  name: 'CountVariants',
  cost: 5,
  document: 'query CountVariants($limit: Int) { productVariantsCount(limit: $limit) { count } }',
};

/** Not sent as it is, but given to START_BULK, which writes every variant found into a file. */
export const bulkVariants = (search: string): string =>
  `{ productVariants(query: ${JSON.stringify(search)}) { edges { node { ${VARIANT_FIELDS} } } } }`;

export const START_BULK: ShopifyOperation = {
  name: 'StartBulk',
  cost: 15,
  document: `mutation StartBulk($query: String!) {
    bulkOperationRunQuery(query: $query) { bulkOperation { id } userErrors { code field message } }
  }`,
};

export const READ_BULK: ShopifyOperation = {
  name: 'ReadBulk',
  cost: 5,
  document: 'query ReadBulk($id: ID!) { bulkOperation(id: $id) { id status url } }',
};

// Names only: whole orders in a list cost fifty times as much, and most pulls find nothing new.
export const LIST_ORDERS: ShopifyOperation = {
  name: 'ListOrders',
  cost: 15,
  document: `query ListOrders($first: Int!, $after: String, $query: String!, $sortKey: OrderSortKeys!) {
    orders(first: $first, after: $after, query: $query, sortKey: $sortKey) {
      nodes { id updatedAt }
      ${PAGE_INFO}
    }
  }`,
};

export const READ_ORDERS: ShopifyOperation = {
  name: 'ReadOrders',
  cost: 75,
  document: `query ReadOrders($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { ${ORDER_FIELDS} } } }`,
};

export const MORE_LINES: ShopifyOperation = {
  name: 'MoreLines',
  cost: 60,
  document: `query MoreLines($id: ID!, $after: String) {
    node(id: $id) {
      ... on Order { items: lineItems(first: 250, after: $after) { nodes { ${LINE_FIELDS} } ${PAGE_INFO} } }
    }
  }`,
};

export const MORE_FULFILLMENT_LINES: ShopifyOperation = {
  name: 'MoreFulfillmentLines',
  cost: 30,
  document: `query MoreFulfillmentLines($id: ID!, $after: String) {
    node(id: $id) {
      ... on Fulfillment {
        items: fulfillmentLineItems(first: 250, after: $after) { nodes { ${FULFILLMENT_LINE_FIELDS} } ${PAGE_INFO} }
      }
    }
  }`,
};

export const MORE_REFUND_LINES: ShopifyOperation = {
  name: 'MoreRefundLines',
  cost: 40,
  document: `query MoreRefundLines($id: ID!, $after: String) {
    node(id: $id) {
      ... on Refund {
        items: refundLineItems(first: 250, after: $after) { nodes { ${REFUND_LINE_FIELDS} } ${PAGE_INFO} }
      }
    }
  }`,
};

// What came back. Asked for only for orders that have returns: it needs a permission of its own.
const REVERSE_LINE_FIELDS =
  'dispositions { type quantity createdAt location { id } } fulfillmentLineItem { lineItem { id } }';
const REVERSE_ORDER_FIELDS = `id lineItems(first: 50) { nodes { ${REVERSE_LINE_FIELDS} } ${PAGE_INFO} }`;
const RETURN_FIELDS = `
  id
  refunds(first: 20) { nodes { id } ${PAGE_INFO} }
  reverseFulfillmentOrders(first: 3) { nodes { ${REVERSE_ORDER_FIELDS} } ${PAGE_INFO} }`;

export const READ_RETURNS: ShopifyOperation = {
  name: 'ReadReturns',
  cost: 265,
  document: `query ReadReturns($ids: [ID!]!) {
    nodes(ids: $ids) {
      ... on Order { id returns(first: 5) { nodes { ${RETURN_FIELDS} } ${PAGE_INFO} } }
    }
  }`,
};

export const MORE_RETURNS: ShopifyOperation = {
  name: 'MoreReturns',
  cost: 440,
  document: `query MoreReturns($id: ID!, $after: String) {
    node(id: $id) {
      ... on Order { items: returns(first: 20, after: $after) { nodes { ${RETURN_FIELDS} } ${PAGE_INFO} } }
    }
  }`,
};

export const MORE_RETURN_REFUNDS: ShopifyOperation = {
  name: 'MoreReturnRefunds',
  cost: 20,
  document: `query MoreReturnRefunds($id: ID!, $after: String) {
    node(id: $id) {
      ... on Return { items: refunds(first: 250, after: $after) { nodes { id } ${PAGE_INFO} } }
    }
  }`,
};

export const MORE_REVERSE_ORDERS: ShopifyOperation = {
  name: 'MoreReverseOrders',
  cost: 200,
  document: `query MoreReverseOrders($id: ID!, $after: String) {
    node(id: $id) {
      ... on Return {
        items: reverseFulfillmentOrders(first: 20, after: $after) {
          nodes { ${REVERSE_ORDER_FIELDS} }
          ${PAGE_INFO}
        }
      }
    }
  }`,
};

export const MORE_REVERSE_LINES: ShopifyOperation = {
  name: 'MoreReverseLines',
  cost: 65,
  document: `query MoreReverseLines($id: ID!, $after: String) {
    node(id: $id) {
      ... on ReverseFulfillmentOrder {
        items: lineItems(first: 250, after: $after) { nodes { ${REVERSE_LINE_FIELDS} } ${PAGE_INFO} }
      }
    }
  }`,
};

// Which location an order's lines are sent from. Asked for only where the shop has more than one.
const ASSIGNED_LINE_FIELDS = 'remainingQuantity lineItem { id }';

export const READ_ASSIGNMENTS: ShopifyOperation = {
  name: 'ReadAssignments',
  cost: 105,
  document: `query ReadAssignments($ids: [ID!]!) {
    nodes(ids: $ids) {
      ... on Order {
        id
        fulfillmentOrders(first: 10) {
          nodes {
            id
            assignedLocation { location { id } }
            lineItems(first: 100) { nodes { ${ASSIGNED_LINE_FIELDS} } ${PAGE_INFO} }
          }
        }
      }
    }
  }`,
};

export const MORE_ASSIGNED_LINES: ShopifyOperation = {
  name: 'MoreAssignedLines',
  cost: 30,
  document: `query MoreAssignedLines($id: ID!, $after: String) {
    node(id: $id) {
      ... on FulfillmentOrder {
        items: lineItems(first: 250, after: $after) { nodes { ${ASSIGNED_LINE_FIELDS} } ${PAGE_INFO} }
      }
    }
  }`,
};

export const READ_LEVELS: ShopifyOperation = {
  name: 'ReadLevels',
  cost: 5,
  document: `query ReadLevels($ids: [ID!]!, $locationId: ID!) {
    nodes(ids: $ids) {
      ... on InventoryItem {
        id tracked
        inventoryLevel(locationId: $locationId) { isActive quantities(names: ["available"]) { name quantity } }
      }
    }
  }`,
};

/** Asks for the changed items, too: an untracked item takes the number, but the shop does not sell by it. */
export const SET_AVAILABLE: ShopifyOperation = {
  name: 'SetAvailable',
  cost: 15,
  document: `mutation SetAvailable($input: InventorySetQuantitiesInput!, $key: String!) {
    inventorySetQuantities(input: $input) @idempotent(key: $key) {
      inventoryAdjustmentGroup { id changes(quantityNames: ["available"]) { item { id tracked } } }
      userErrors { code field message }
    }
  }`,
};

export const ACTIVATE: ShopifyOperation = {
  name: 'Activate',
  cost: 15,
  document: `mutation Activate($item: ID!, $location: ID!, $key: String!) {
    inventoryActivate(inventoryItemId: $item, locationId: $location) @idempotent(key: $key) {
      inventoryLevel { isActive quantities(names: ["available"]) { name quantity } }
      userErrors { field message }
    }
  }`,
};

export const LOOK_AT_SHOP: ShopifyOperation = {
  name: 'LookAtShop',
  cost: 5,
  document: `query LookAtShop {
    shop { name }
    currentAppInstallation { accessScopes { handle } }
  }`,
};

export const LIST_LOCATIONS: ShopifyOperation = {
  name: 'ListLocations',
  cost: 15,
  document: `query ListLocations($after: String) {
    locations(first: 250, after: $after, sortKey: ID) {
      nodes { id name isActive fulfillsOnlineOrders hasActiveInventory }
      ${PAGE_INFO}
    }
  }`,
};

export const LIST_WEBHOOKS: ShopifyOperation = {
  name: 'ListWebhooks',
  cost: 15,
  document: `query ListWebhooks($after: String) {
    webhookSubscriptions(first: 250, after: $after) { nodes { id topic uri } ${PAGE_INFO} }
  }`,
};

export const CREATE_WEBHOOK: ShopifyOperation = {
  name: 'CreateWebhook',
  cost: 11,
  document: `mutation CreateWebhook($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!) {
    webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) {
      webhookSubscription { id }
      userErrors { field message }
    }
  }`,
};

export const DELETE_WEBHOOK: ShopifyOperation = {
  name: 'DeleteWebhook',
  cost: 11,
  document: `mutation DeleteWebhook($id: ID!) {
    webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } }
  }`,
};

export const operations: readonly ShopifyOperation[] = [
  LIST_VARIANTS,
  COUNT_VARIANTS,
  START_BULK,
  READ_BULK,
  LIST_ORDERS,
  READ_ORDERS,
  MORE_LINES,
  MORE_FULFILLMENT_LINES,
  MORE_REFUND_LINES,
  READ_RETURNS,
  MORE_RETURNS,
  MORE_RETURN_REFUNDS,
  MORE_REVERSE_ORDERS,
  MORE_REVERSE_LINES,
  READ_ASSIGNMENTS,
  MORE_ASSIGNED_LINES,
  READ_LEVELS,
  SET_AVAILABLE,
  ACTIVATE,
  LOOK_AT_SHOP,
  LIST_LOCATIONS,
  LIST_WEBHOOKS,
  CREATE_WEBHOOK,
  DELETE_WEBHOOK,
];
