// What we read of Etsy's answers. Everything else in them is ignored.

import * as z from 'zod';

const id = z.number().int().positive();
const count = z.number().int().min(0);
const timestamp = z.number().int().min(0);

const moneyShape = z.object({
  amount: z.number().int(),
  divisor: z.number().int().positive(),
  currency_code: z.string().nullish(),
});

const offeringShape = z.object({
  quantity: count,
  is_enabled: z.boolean(),
  is_deleted: z.boolean().nullish(),
  price: moneyShape,
  readiness_state_id: z.number().int().nullish(),
});

const propertyValueShape = z.object({
  property_id: id,
  property_name: z.string().nullish(),
  scale_id: z.number().int().nullish(),
  value_ids: z.array(z.number().int()),
  values: z.array(z.string()),
});
export type PropertyValue = z.output<typeof propertyValueShape>;

const productShape = z.object({
  sku: z.string().nullish(),
  is_deleted: z.boolean().nullish(),
  offerings: z.array(offeringShape),
  property_values: z.array(propertyValueShape).nullish(),
});
export type Product = z.output<typeof productShape>;

export const inventoryShape = z.object({
  products: z.array(productShape),
  price_on_property: z.array(z.number().int()).nullish(),
  quantity_on_property: z.array(z.number().int()).nullish(),
  sku_on_property: z.array(z.number().int()).nullish(),
  readiness_state_on_property: z.array(z.number().int()).nullish(),
});
export type Inventory = z.output<typeof inventoryShape>;

export const listingShape = z.object({
  listing_id: id,
  title: z.string().nullish(),
  state: z.string(),
  listing_type: z.string().nullish(),
  last_modified_timestamp: timestamp.nullish(),
  updated_timestamp: timestamp.nullish(),
  inventory: inventoryShape.nullish(),
  skus: z.array(z.string()).nullish(),
});
export type Listing = z.output<typeof listingShape>;

export const listingsShape = z.object({ count, results: z.array(listingShape) });

export const meShape = z.object({ shop_id: id.nullish() });
export const shopShape = z.object({ shop_name: z.string().nullish(), is_vacation: z.boolean().nullish() });
/** The description leaves the form open: a list of words, or an object that holds one. */
export const scopesShape = z.union([
  z.array(z.string()),
  z.object({ scopes: z.array(z.string()) }).transform(({ scopes }) => scopes),
]);

const transactionShape = z.object({
  transaction_id: id,
  title: z.string().nullish(),
  quantity: count,
  shipped_timestamp: timestamp.nullish(),
  is_digital: z.boolean().nullish(),
  listing_id: z.number().int().min(0).nullish(),
  sku: z.string().nullish(),
  product_data: z.array(z.unknown()).nullish(),
  variations: z.array(z.object({ value_id: z.number().int().nullish() })).nullish(),
});
export type Transaction = z.output<typeof transactionShape>;

const refundShape = z.object({
  amount: z
    .object({ amount: z.number(), divisor: z.number().positive(), currency_code: z.string() })
    .nullish(),
  created_timestamp: timestamp,
});
export type Refund = z.output<typeof refundShape>;

export const receiptShape = z.object({
  receipt_id: id,
  status: z.string(),
  is_shipped: z.boolean(),
  created_timestamp: timestamp,
  updated_timestamp: timestamp,
  transactions: z.array(transactionShape),
  shipments: z.array(z.object({ shipment_notification_timestamp: timestamp.nullish() })).nullish(),
  refunds: z.array(refundShape).nullish(),
});
export type Receipt = z.output<typeof receiptShape>;

export const receiptsShape = z.object({ count, results: z.array(receiptShape) });
