// What BigCommerce answers, as far as we read it. V2 sends numbers as text here and there, and dates as in e-mails.

import * as z from 'zod';

const wholeNumber = z.union([z.number(), z.string().regex(/^-?\d+(\.0+)?$/)]).transform(Number);
const idOrZero = wholeNumber.nullish().transform((value) => value ?? 0);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

/** `Tue, 05 Mar 2019 21:40:11 +0000` in V2, ISO in V3; an empty text where the thing never happened. */
const date = z
  .string()
  .nullish()
  .transform((value, context) => {
    if (value === null || value === undefined || value === '') return null;
    const parsed = new Date(value);
    if (!Number.isNaN(parsed.getTime())) return parsed;
    context.addIssue({ code: 'custom', message: 'not a date' });
    return z.NEVER;
  });

export const problemShape = z.union([
  z.object({
    title: z.string().nullish(),
    message: z.string().nullish(),
    errors: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  }),
  z.array(
    z.object({
      title: z.string().nullish(),
      message: z.string().nullish(),
      errors: z.undefined().optional().catch(undefined),
    }),
  ),
]);

const pagination = z
  .object({ pagination: z.object({ total: z.number(), total_pages: z.number() }).nullish() })
  .nullish();
/** One page of a V3 list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item), meta: pagination });

// ---- catalogue ------------------------------------------------------------------------------------------------

export const productShape = z.object({
  id: wholeNumber,
  name: text,
  sku: text,
  is_visible: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  availability: text,
  inventory_tracking: z.enum(['none', 'product', 'variant']),
  base_variant_id: wholeNumber.nullish().transform((value) => value || null),
  date_modified: date,
});
export type Product = z.infer<typeof productShape>;

/** What an order line or a missing stock number has to know of its product. */
export const productTrackingShape = productShape.pick({
  id: true,
  inventory_tracking: true,
  base_variant_id: true,
});
export type ProductTracking = z.infer<typeof productTrackingShape>;

export const variantShape = z.object({
  id: wholeNumber,
  product_id: wholeNumber,
  sku: text,
  purchasing_disabled: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
  option_values: z
    .array(z.object({ label: text }))
    .nullish()
    .transform((value) => value ?? []),
});
export type Variant = z.infer<typeof variantShape>;

// ---- inventory ------------------------------------------------------------------------------------------------

export const itemShape = z.object({
  identity: z.object({ variant_id: idOrZero, product_id: idOrZero }),
  locations: z.array(
    z.object({
      location_id: wholeNumber,
      available_to_sell: wholeNumber,
      total_inventory_onhand: wholeNumber,
      settings: z.object({ safety_stock: wholeNumber.nullish() }).nullish(),
    }),
  ),
});
export type InventoryItem = z.infer<typeof itemShape>;

export const locationShape = z.object({
  id: wholeNumber,
  label: text,
  enabled: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
});
export type Location = z.infer<typeof locationShape>;

export const inventorySettingsShape = z.object({
  data: z.object({
    update_stock_behavior: z.enum(['order_placed', 'order_completed_or_shipped']).nullish(),
    edit_order_stock_adjustment: z.boolean().nullish(),
    refund_order_stock_adjustment: z.boolean().nullish(),
  }),
});

// ---- orders ---------------------------------------------------------------------------------------------------

export const lineShape = z.object({
  id: wholeNumber,
  product_id: idOrZero,
  variant_id: idOrZero,
  name: text,
  sku: text,
  type: text,
  quantity: wholeNumber,
  quantity_shipped: idOrZero,
  quantity_refunded: idOrZero,
});
export type Line = z.infer<typeof lineShape>;

const withLines = z.object({ line_items: z.array(lineShape) });
const some = <Item extends z.ZodType>(item: Item) => z.array(item).nullish();

/** Only with `include=consignments.line_items`; without it, this is a link. */
export const consignmentsShape = z.object({
  pickups: some(withLines.extend({ location: z.object({ id: wholeNumber }).nullish() })),
  shipping: some(withLines),
  downloads: some(withLines),
  email: z.object({ gift_certificates: some(withLines) }).nullish(),
});

export const orderShape = z.object({
  id: wholeNumber,
  status_id: wholeNumber,
  status: text,
  custom_status: text,
  date_created: date,
  date_modified: date,
  date_shipped: date,
  is_deleted: z.boolean().nullish(),
  channel_id: idOrZero,
  order_source: text,
  currency_code: text,
  consignments: z.unknown().optional(),
});
export type Order = z.infer<typeof orderShape>;

export const refundShape = z.object({
  id: wholeNumber,
  order_id: wholeNumber,
  created: date,
  total_amount: z.union([z.number(), z.string()]).nullish().catch(null),
  items: some(z.object({ item_type: text, item_id: idOrZero, quantity: idOrZero })),
});
export type Refund = z.infer<typeof refundShape>;

// ---- store and hooks ------------------------------------------------------------------------------------------

export const storeShape = z.object({ name: text, default_channel_id: idOrZero });

export const hookShape = z.object({
  id: wholeNumber,
  scope: z.string(),
  destination: z.string(),
  is_active: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  headers: z.record(z.string(), z.string()).nullish().catch(null),
});
export type Hook = z.infer<typeof hookShape>;
