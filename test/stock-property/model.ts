// The reference model of stock: what the rules say, in as few lines as possible and without a database. Each kind of command is
// one function here; a property test runs the same command on both sides and compares. Orders are in model-orders.ts,
// documents in model-documents.ts.

import type { LineCounts, OrderState } from '../../shared/model/order.ts';
import { NO_RULE, type Rule, toldQuantity } from '../../shared/model/rule.ts';

export type Place = { inStock: number; booked: number; incoming: number; isSet: boolean };
type Parts = ReadonlyMap<string, number>;
/** The warehouses that serve a location of a store; '' is the store itself. */
export type Mapping = ReadonlyMap<string, readonly number[]>;

export type ModelLine = {
  sku: string;
  location: string | null;
  counts: LineCounts;
  /** Under which SKU and where it has posted so far; null: it has not. */
  posted: { readonly sku: string; readonly parts: Parts; readonly warehouse: number } | null;
  booked: number;
  effect: number;
  /** The part of its effect that is no concern of ours, and since when. */
  base: number;
  since: number;
};

export type ModelOrder = {
  placedAt: number;
  updatedAt: number;
  readAt: number;
  state: OrderState;
  readonly lines: Map<string, ModelLine>;
};

export type ModelStore = {
  readonly hasLocations: boolean;
  isOn: boolean;
  /** T0: what happened before it is no concern of ours. */
  since: number;
  mapping: Mapping;
  readonly orders: Map<number, ModelOrder>;
  /** By SKU; '' is the rule of the whole store. */
  readonly rules: Map<string, Rule>;
};

export type StockModel = {
  readonly places: Map<string, Place>;
  readonly bundles: Map<string, Map<string, number>>;
  readonly stores: readonly ModelStore[];
  /** SKUs that some store offers. */
  readonly listed: ReadonlySet<string>;
};

const UNITS_MAX = 1_000_000;

export function place(model: StockModel, sku: string, warehouse: number): Place {
  const key = `${sku}@${warehouse}`;
  const found = model.places.get(key) ?? { inStock: 0, booked: 0, incoming: 0, isSet: false };
  model.places.set(key, found);
  return found;
}

const placesOf = (model: StockModel, sku: string): readonly Place[] =>
  [...model.places].flatMap(([key, held]) => (key.startsWith(`${sku}@`) ? [held] : []));

export const isCounted = (model: StockModel, sku: string): boolean =>
  placesOf(model, sku).some(({ isSet }) => isSet);

export const partsOf = (model: StockModel, sku: string): Parts => model.bundles.get(sku) ?? new Map();
export const isBundle = (model: StockModel, sku: string): boolean => partsOf(model, sku).size > 0;

/** What a store is told; null: nobody has counted it. */
export function sellable(model: StockModel, store: ModelStore, sku: string, location: string): number | null {
  const available = availableIn(model, sku, store.mapping.get(location) ?? []);
  const rule = store.rules.get(sku) ?? store.rules.get('') ?? NO_RULE;
  return available === null ? null : toldQuantity(available, rule, UNITS_MAX);
}

/** Of a bundle, in each warehouse, as many as its components there allow. */
export function availableIn(model: StockModel, sku: string, warehouses: readonly number[]): number | null {
  const parts = isBundle(model, sku) ? [...partsOf(model, sku)] : [[sku, 1] as const];
  const known = parts.every(([part]) => warehouses.some((warehouse) => place(model, part, warehouse).isSet));
  if (!known) return null;
  const allowed = (warehouse: number): number =>
    Math.min(
      ...parts.map(([part, units]) => {
        const { inStock, booked } = place(model, part, warehouse);
        return Math.floor((inStock - booked) / units);
      }),
    );
  return warehouses.reduce((sum, warehouse) => sum + allowed(warehouse), 0);
}

/** Where a store's listings are told a number. */
export const locationsOf = ({ mapping }: ModelStore): readonly string[] =>
  mapping.size === 0 ? [''] : [...mapping.keys()];

/** Null: a location that is not ours. */
export function warehouseOf({ mapping, hasLocations }: ModelStore, location: string | null): number | null {
  const [first] = mapping.values();
  if (!hasLocations || location === null) return first?.[0] ?? null;
  return mapping.get(location)?.[0] ?? null;
}
