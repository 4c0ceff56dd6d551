// What Amazon answers, as far as this channel reads it. Parsed at the edge; other fields are passed over.

import { z } from 'zod';

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const count = z.number().int();

export const errorList = z.object({
  errors: z.array(z.object({ code: z.string(), message: z.string(), details: z.string().optional() })),
});

// ---- orders ---------------------------------------------------------------------------------------------------

export const PENDING_STATUSES = ['PENDING_AVAILABILITY', 'PENDING'] as const;
export const OPEN_STATUSES = [...PENDING_STATUSES, 'UNSHIPPED', 'PARTIALLY_SHIPPED'] as const;

const orderItem = z.object({
  orderItemId: z.string(),
  quantityOrdered: count,
  product: z.object({ sellerSku: z.string().optional(), title: z.string().optional() }),
  fulfillment: z
    .object({ quantityFulfilled: count.optional(), quantityUnfulfilled: count.optional() })
    .optional(),
  cancellation: z.object({ cancellationExecution: z.object({}).optional() }).optional(),
});
const orderPackage = z.object({
  shipTime: time.optional(),
  packageStatus: z.object({ status: z.string() }).optional(),
  packageItems: z.array(z.object({ orderItemId: z.string(), quantity: count })).optional(),
});
export const orderShape = z.object({
  orderId: z.string(),
  createdTime: time,
  lastUpdatedTime: time,
  salesChannel: z.object({ channelName: z.string() }),
  fulfillment: z.object({ fulfillmentStatus: z.string(), fulfilledBy: z.string().optional() }).optional(),
  orderItems: z.array(orderItem),
  packages: z.array(orderPackage).optional(),
});
export type AmazonOrder = z.output<typeof orderShape>;
export type AmazonOrderItem = z.output<typeof orderItem>;

export const searchOrdersAnswer = z.object({
  orders: z.array(orderShape),
  pagination: z.object({ nextToken: z.string().optional() }).optional(),
  lastUpdatedBefore: time.optional(),
});
export const getOrderAnswer = z.object({ order: orderShape });

// ---- listings -------------------------------------------------------------------------------------------------

const summary = z.object({
  marketplaceId: z.string(),
  status: z.array(z.string()),
  itemName: z.string().optional(),
  createdDate: time,
  lastUpdatedDate: time,
});
export const itemShape = z.object({
  sku: z.string(),
  summaries: z.array(summary).optional(),
  fulfillmentAvailability: z
    .array(z.object({ fulfillmentChannelCode: z.string(), quantity: count.optional() }))
    .optional(),
});
export type AmazonItem = z.output<typeof itemShape>;

export const searchItemsAnswer = z.object({
  numberOfResults: count,
  pagination: z.object({ nextToken: z.string().optional() }).optional(),
  items: z.array(itemShape),
});

const issue = z.object({ code: z.string(), message: z.string(), severity: z.string() });
export const submissionAnswer = z.object({
  sku: z.string(),
  status: z.enum(['ACCEPTED', 'INVALID', 'VALID']),
  submissionId: z.string(),
  issues: z.array(issue).optional(),
});

// ---- reports and feeds ----------------------------------------------------------------------------------------

const processingStatus = z.enum(['CANCELLED', 'DONE', 'FATAL', 'IN_PROGRESS', 'IN_QUEUE']);
export const createReportAnswer = z.object({ reportId: z.string() });
export const reportShape = z.object({
  reportId: z.string(),
  createdTime: time,
  processingStatus,
  reportDocumentId: z.string().optional(),
});
export const documentShape = z.object({
  url: z.string(),
  compressionAlgorithm: z.enum(['GZIP']).optional(),
});
export type AmazonDocument = z.output<typeof documentShape>;
export const createFeedDocumentAnswer = z.object({ feedDocumentId: z.string(), url: z.string() });
export const createFeedAnswer = z.object({ feedId: z.string() });
export const feedShape = z.object({
  feedId: z.string(),
  createdTime: time,
  processingStatus,
  resultFeedDocumentId: z.string().optional(),
});
export const processingReport = z.object({
  issues: z
    .array(
      z.object({
        messageId: z.number().int().optional(),
        sku: z.string().optional(),
        code: z.string().optional(),
        severity: z.string(),
        message: z.string(),
      }),
    )
    .optional(),
  summary: z.object({ messagesProcessed: count, messagesAccepted: count, messagesInvalid: count }),
});
export type ProcessingReport = z.output<typeof processingReport>;

export const feedsAnswer = z.object({ feeds: z.array(feedShape) });

// ---- notifications ----------------------------------------------------------------------------------------------

const destination = z.object({
  destinationId: z.string(),
  resource: z.object({ sqs: z.object({ arn: z.string() }).optional() }),
});
export const destinationsAnswer = z.object({ payload: z.array(destination).optional() });
export const createDestinationAnswer = z.object({ payload: destination });
export const subscriptionAnswer = z.object({
  payload: z.object({ subscriptionId: z.string(), destinationId: z.string() }).optional(),
});

// ---- account --------------------------------------------------------------------------------------------------

export const participationsAnswer = z.object({
  payload: z
    .array(
      z.object({
        marketplace: z.object({ id: z.string() }),
        participation: z.object({ isParticipating: z.boolean(), hasSuspendedListings: z.boolean() }),
        storeName: z.string(),
      }),
    )
    .optional(),
});
