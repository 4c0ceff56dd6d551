// Warehouses as people manage them, and which of them serve a store's locations.

import * as z from 'zod/mini';

const id = z.string().check(z.minLength(1), z.maxLength(100));
const name = z.string().check(z.minLength(1), z.maxLength(100));

export const warehouseView = z.object({
  id: z.string(),
  name: z.string(),
  archived: z.boolean(),
  /** Names of the stores, and their locations, that it serves. */
  serves: z.array(z.string()),
});
export type WarehouseView = z.infer<typeof warehouseView>;
export const listWarehousesAnswer = z.object({ warehouses: z.array(warehouseView) });
export type ListWarehousesAnswer = z.infer<typeof listWarehousesAnswer>;

export const createWarehouseRequest = z.strictObject({ name });
export type CreateWarehouseRequest = z.infer<typeof createWarehouseRequest>;
export const changeWarehouseRequest = z.strictObject({
  name: z.optional(name),
  archived: z.optional(z.boolean()),
  /** 1 is the first: the one meant where nobody names any. */
  position: z.optional(z.int().check(z.minimum(1), z.maximum(10_000))),
});
export type ChangeWarehouseRequest = z.infer<typeof changeWarehouseRequest>;

export const warehouseAnswer = z.object({
  accepted: z.boolean(),
  message: z.string(),
  warehouses: z.array(warehouseView),
});
export type WarehouseAnswer = z.infer<typeof warehouseAnswer>;

/** `ours` null: nobody has decided yet, and nothing is told or booked there. */
export const storeLocationView = z.object({
  id: z.string(),
  name: z.string(),
  warehouseId: z.nullable(z.string()),
  ours: z.nullable(z.boolean()),
});

const preview = z.optional(z.boolean());
export const mapPlacesRequest = z.union([
  /** A store without locations: it is told the sum; its orders book in the first. */
  z.strictObject({ warehouseIds: z.array(id).check(z.maxLength(100)), preview }),
  /** A store with locations: each of them, either with its warehouse or as not ours. */
  z.strictObject({
    locations: z
      .array(
        z.strictObject({
          id: z.string(),
          warehouseId: z.nullable(id),
          ours: z.optional(z.nullable(z.boolean())),
        }),
      )
      .check(z.maxLength(1_000)),
    preview,
  }),
]);
export type MapPlacesRequest = z.infer<typeof mapPlacesRequest>;
