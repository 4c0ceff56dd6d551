// The shapes of Shopify's answers that this channel reads, parsed before anything is done with them.

import * as z from 'zod';

const id = z.string().startsWith('gid://shopify/');
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const count = z.int().nonnegative();
const reference = z.object({ id });
const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const page = <Node extends z.ZodType>(node: Node) => z.object({ nodes: z.array(node), pageInfo });

const userErrors = z.array(
  z.object({
    code: z.string().nullish(),
    field: z.array(z.string()).nullish(),
    message: z.string(),
  }),
);
export type UserError = z.infer<typeof userErrors>[number];

// ---- listings -------------------------------------------------------------------------------------------------

export const variant = z.object({
  id,
  legacyResourceId: z.string(),
  sku: z.string().nullable(),
  title: z.string(),
  updatedAt: time,
  requiresComponents: z.boolean(),
  product: z.object({ title: z.string(), status: z.string() }),
  inventoryItem: z.object({ id, tracked: z.boolean() }),
});
export type ShopifyVariant = z.infer<typeof variant>;
export const variantCountAnswer = z.object({
  productVariantsCount: z.object({ count }).nullable(),
});
export const startBulkAnswer = z.object({
  bulkOperationRunQuery: z.object({ bulkOperation: reference.nullable(), userErrors }),
});
export const bulkAnswer = z.object({
  bulkOperation: z.object({ id, status: z.string(), url: z.string().nullable() }).nullable(),
});
export const variantsAnswer = z.object({ productVariants: page(variant) });

// ---- orders ---------------------------------------------------------------------------------------------------

export const orderLine = z.object({
  id,
  sku: z.string().nullable(),
  name: z.string(),
  quantity: count,
  currentQuantity: count,
  unfulfilledQuantity: count,
  requiresShipping: z.boolean(),
  isGiftCard: z.boolean(),
  variant: reference.nullable(),
  fulfillmentService: z
    .object({ type: z.string(), serviceName: z.string(), location: reference.nullable() })
    .nullable(),
});
const fulfillmentLine = z.object({ quantity: count.nullable(), lineItem: reference });
const refundLine = z.object({
  quantity: count,
  restockType: z.string(),
  restocked: z.boolean(),
  location: reference.nullable(),
  lineItem: reference,
});

export const order = z.object({
  id,
  name: z.string(),
  createdAt: time,
  updatedAt: time,
  cancelledAt: time.nullable(),
  confirmed: z.boolean(),
  test: z.boolean(),
  displayFulfillmentStatus: z.string(),
  returnStatus: z.string(),
  lineItems: page(orderLine),
  fulfillments: z.array(
    z.object({
      id,
      status: z.string(),
      createdAt: time,
      location: reference.nullable(),
      fulfillmentLineItems: page(fulfillmentLine),
    }),
  ),
  refunds: z.array(
    z.object({ id, createdAt: time.nullable(), updatedAt: time, refundLineItems: page(refundLine) }),
  ),
});
export type ShopifyOrder = z.infer<typeof order>;
export type ShopifyOrderLine = z.infer<typeof orderLine>;
export const ordersAnswer = z.object({
  orders: page(z.object({ id: z.string(), updatedAt: order.shape.updatedAt })),
});
export const orderNodesAnswer = z.object({ nodes: z.array(order.nullable()) });

const reverseLine = z.object({
  dispositions: z.array(
    z.object({ type: z.string(), quantity: count, createdAt: time, location: reference.nullable() }),
  ),
  fulfillmentLineItem: z.object({ lineItem: reference }).nullable(),
});
const reverseOrder = z.object({ id, lineItems: page(reverseLine) });
const orderReturn = z.object({
  id,
  refunds: page(reference),
  reverseFulfillmentOrders: page(reverseOrder),
});
export type ShopifyReturn = z.infer<typeof orderReturn>;
export const returnsAnswer = z.object({
  nodes: z.array(z.object({ id, returns: page(orderReturn) }).nullable()),
});

const assignedLine = z.object({ remainingQuantity: count, lineItem: reference });
const fulfillmentOrder = z.object({
  id,
  assignedLocation: z.object({ location: reference.nullable() }),
  lineItems: page(assignedLine),
});
export type ShopifyFulfillmentOrder = z.infer<typeof fulfillmentOrder>;
export const assignmentsAnswer = z.object({
  nodes: z.array(
    z.object({ id, fulfillmentOrders: z.object({ nodes: z.array(fulfillmentOrder) }) }).nullable(),
  ),
});

const more = <Node extends z.ZodType>(node: Node) =>
  z.object({ node: z.object({ items: page(node) }).nullable() });
export const moreLinesAnswer = more(orderLine);
export const moreFulfillmentLinesAnswer = more(fulfillmentLine);
export const moreAssignedLinesAnswer = more(assignedLine);
export const moreRefundLinesAnswer = more(refundLine);
export const moreReturnsAnswer = more(orderReturn);
export const moreReturnRefundsAnswer = more(reference);
export const moreReverseOrdersAnswer = more(reverseOrder);
export const moreReverseLinesAnswer = more(reverseLine);

// ---- inventory ------------------------------------------------------------------------------------------------

const level = z.object({
  isActive: z.boolean(),
  quantities: z.array(z.object({ name: z.string(), quantity: z.int() })),
});
export type ShopifyLevel = z.infer<typeof level>;
export const levelsAnswer = z.object({
  nodes: z.array(z.object({ id, tracked: z.boolean(), inventoryLevel: level.nullable() }).nullable()),
});
export const setAnswer = z.object({
  inventorySetQuantities: z.object({
    inventoryAdjustmentGroup: z
      .object({
        changes: z.array(z.object({ item: z.object({ id, tracked: z.boolean() }).nullable() })),
      })
      .nullable(),
    userErrors,
  }),
});
export const activateAnswer = z.object({
  inventoryActivate: z.object({ inventoryLevel: level.nullable(), userErrors }),
});

// ---- shop -----------------------------------------------------------------------------------------------------

export const shopAnswer = z.object({
  shop: z.object({ name: z.string() }),
  currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string() })) }),
});
const location = z.object({
  id,
  name: z.string(),
  isActive: z.boolean(),
  fulfillsOnlineOrders: z.boolean(),
  hasActiveInventory: z.boolean(),
});
export type ShopifyLocation = z.infer<typeof location>;
export const locationsAnswer = z.object({ locations: page(location) });

export const webhooksAnswer = z.object({
  webhookSubscriptions: page(z.object({ id, topic: z.string(), uri: z.string() })),
});
export const createWebhookAnswer = z.object({ webhookSubscriptionCreate: z.object({ userErrors }) });
export const deleteWebhookAnswer = z.object({ webhookSubscriptionDelete: z.object({ userErrors }) });

// ---- every answer ---------------------------------------------------------------------------------------------

export const cost = z.object({
  requestedQueryCost: z.number(),
  throttleStatus: z.object({
    maximumAvailable: z.number(),
    currentlyAvailable: z.number(),
    restoreRate: z.number().positive(),
  }),
});
export const envelope = z.object({
  data: z.unknown().optional(),
  // A string here is how a wrong token is answered: {"errors": "[API] Invalid API key or access token …"}.
  errors: z
    .union([
      z.string(),
      z.array(
        z.object({ message: z.string(), extensions: z.object({ code: z.string().nullish() }).nullish() }),
      ),
    ])
    .nullish(),
  // Cost is advice for the limiter; an answer without it is still an answer.
  extensions: z.object({ cost: cost.optional().catch(undefined) }).nullish(),
});
export type Envelope = z.infer<typeof envelope>;

export const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
});
