// The identities everything is keyed by, as branded types, so that one cannot be passed for another.

declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

export type Sku = Brand<string, 'Sku'>;
export type StoreId = Brand<string, 'StoreId'>;
export type WarehouseId = Brand<string, 'WarehouseId'>;
/** Our number for a listing; the store's own id of it is its `remoteId`. */
export type ListingId = Brand<number, 'ListingId'>;

export const toStoreId = (text: string): StoreId => text as StoreId;
export const toWarehouseId = (text: string): WarehouseId => text as WarehouseId;
