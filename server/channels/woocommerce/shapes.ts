// What WooCommerce answers, as far as we read it. Plugins send numbers as text and leave fields out: read
// leniently.

import * as z from 'zod';

const wholeNumber = z.union([z.number(), z.string().regex(/^-?\d+$/)]).transform(Number);
const text = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? '' : String(value)));

/** Always GMT without a zone, such as `2026-11-23T03:44:07`; null when the thing never happened. */
const gmtDate = z
  .string()
  .nullish()
  .transform((value, context) => {
    if (value === null || value === undefined || value === '') return null;
    const date = new Date(/(Z|[+-]\d\d:\d\d)$/.test(value) ? value : `${value}Z`);
    if (!Number.isNaN(date.getTime())) return date;
    context.addIssue({ code: 'custom', message: 'not a date' });
    return z.NEVER;
  });

/** Stock plugins count in fractions; what cannot be sold whole is not there. */
const stockQuantity = z
  .union([z.number(), z.string()])
  .nullish()
  .transform((value) => {
    const number = typeof value === 'string' && value !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? Math.floor(number) : null;
  });

const manageStock = z
  .union([z.boolean(), z.literal('parent')])
  .nullish()
  .transform((value) => value ?? false);

export const productShape = z.object({
  id: wholeNumber,
  name: text,
  type: text,
  status: text,
  sku: text,
  manage_stock: manageStock,
  stock_quantity: stockQuantity,
  variations: z
    .array(wholeNumber)
    .nullish()
    .transform((value) => value ?? []),
  date_modified_gmt: gmtDate,
});
export type Product = z.infer<typeof productShape>;

/** The official documentation shows a variation's status as true; plugins copied it. */
const variationStatus = z.union([z.boolean().transform((shown) => (shown ? 'publish' : 'private')), text]);

export const variationShape = z.object({
  id: wholeNumber,
  parent_id: wholeNumber.nullish().transform((value) => value ?? 0),
  name: text,
  status: variationStatus,
  sku: text,
  manage_stock: manageStock,
  stock_quantity: stockQuantity,
  attributes: z
    .array(z.object({ option: text }))
    .nullish()
    .transform((value) => value ?? []),
  date_modified_gmt: gmtDate,
});
export type Variation = z.infer<typeof variationShape>;

const meta = z.array(z.object({ key: z.string(), value: z.unknown() })).nullish();

const lineShape = z.object({
  id: wholeNumber,
  name: text,
  product_id: wholeNumber.nullish().transform((value) => value ?? 0),
  variation_id: wholeNumber.nullish().transform((value) => value ?? 0),
  quantity: z.union([z.number(), z.string()]).transform((value) => Math.trunc(Number(value)) || 0),
  sku: z.string().nullish(),
  meta_data: meta,
});
export type Line = z.infer<typeof lineShape>;

export const orderShape = z.object({
  id: wholeNumber,
  number: text,
  status: z.string(),
  date_created_gmt: gmtDate,
  date_modified_gmt: gmtDate,
  date_completed_gmt: gmtDate,
  line_items: z.array(lineShape),
  refunds: z
    .array(z.object({ id: wholeNumber }))
    .nullish()
    .transform((value) => value ?? []),
});
export type Order = z.infer<typeof orderShape>;

export const refundShape = z.object({
  id: wholeNumber,
  date_created_gmt: gmtDate,
  line_items: z
    .array(lineShape)
    .nullish()
    .transform((value) => value ?? []),
});
export type Refund = z.infer<typeof refundShape>;

const parcelItems = z.array(z.object({ item_id: wholeNumber, qty: z.coerce.number() }));

export const fulfilmentShape = z.object({
  is_fulfilled: z.boolean(),
  date_updated: gmtDate,
  date_deleted: gmtDate,
  meta_data: meta,
});
export type Fulfilment = z.infer<typeof fulfilmentShape>;

/** Units of each order line in one parcel. */
export function itemsOf({ meta_data }: Fulfilment): z.infer<typeof parcelItems> {
  const value = meta_data?.find(({ key }) => key === '_items')?.value;
  const items = parcelItems.safeParse(value);
  return items.success ? items.data : [];
}

export const batchShape = z.object({
  update: z
    .array(
      z.object({
        id: wholeNumber,
        manage_stock: manageStock,
        stock_quantity: stockQuantity,
        error: z.object({ code: text, message: text }).nullish(),
      }),
    )
    .nullish()
    .transform((value) => value ?? []),
});

export const webhookShape = z.object({
  id: wholeNumber,
  status: z.string(),
  topic: z.string(),
  delivery_url: z.string(),
});
export type Hook = z.infer<typeof webhookShape>;

export const problemShape = z.object({ code: z.string(), message: text });

export const metaNumber = (line: Line, key: string): number | null => {
  const value = line.meta_data?.find((entry) => entry.key === key)?.value;
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? Math.trunc(number) : null;
};
