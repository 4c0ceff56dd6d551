// The reference model of stock: what the rules say, in as few lines as possible and without a database. Each kind of command
// is one function here; a property test runs the same command on both sides and compares what `shown` and `sellable` say.

import type { LineCounts } from '../../shared/model/order.ts';
import { NO_RULE, type Rule, toldQuantity } from '../../shared/model/rule.ts';

type Place = { inStock: number; booked: number; isSet: boolean };
type Parts = ReadonlyMap<string, number>;
type ModelOrder = {
  readonly sku: string;
  readonly warehouse: number;
  /** As it was at the first reading; of a product that became a bundle later, as it was then. */
  parts: Parts;
  booked: number;
  effect: number;
};

export type StockModel = {
  readonly places: Map<string, Place>;
  readonly bundles: Map<string, Map<string, number>>;
  readonly orders: Map<number, ModelOrder>;
  readonly rules: Map<string, Rule>;
};

export const emptyModel = (): StockModel => ({
  places: new Map(),
  bundles: new Map(),
  orders: new Map(),
  rules: new Map(),
});

const UNITS_MAX = 1_000_000;

export function place(model: StockModel, sku: string, warehouse: number): Place {
  const key = `${sku}@${warehouse}`;
  const found = model.places.get(key) ?? { inStock: 0, booked: 0, isSet: false };
  model.places.set(key, found);
  return found;
}

const partsOf = (model: StockModel, sku: string): Parts => model.bundles.get(sku) ?? new Map();
const orItself = (sku: string, parts: Parts): Parts => (parts.size === 0 ? new Map([[sku, 1]]) : parts);

function post(model: StockModel, order: ModelOrder, booked: number, effect: number): void {
  for (const [sku, units] of orItself(order.sku, order.parts)) {
    const there = place(model, sku, order.warehouse);
    there.booked += booked * units;
    there.inStock += effect * units;
  }
}

/** False: it is refused. */
export function setCount(model: StockModel, sku: string, warehouse: number, quantity: number): boolean {
  if (partsOf(model, sku).size > 0) return false;
  Object.assign(place(model, sku, warehouse), { inStock: quantity, isSet: true });
  return true;
}

export type OrderReading = {
  readonly id: number;
  readonly sku: string;
  readonly warehouse: number;
  readonly counts: LineCounts;
  readonly cancelled: boolean;
};

export function readOrder(model: StockModel, { id, sku, warehouse, counts, cancelled }: OrderReading): void {
  const { ordered, fulfilled, released, writtenOff, restocked } = counts;
  const order = model.orders.get(id) ?? {
    sku,
    warehouse,
    parts: new Map(partsOf(model, sku)),
    booked: 0,
    effect: 0,
  };
  model.orders.set(id, order);
  const booked = cancelled ? 0 : Math.max(0, ordered - fulfilled - released - writtenOff);
  const effect = Math.min(restocked, fulfilled) - fulfilled - writtenOff;
  post(model, order, booked - order.booked, effect - order.effect);
  Object.assign(order, { booked, effect });
}

/** `units` null: takes the component out. False: it is refused. */
export function compose(model: StockModel, bundle: string, component: string, units: number | null): boolean {
  const parts = model.bundles.get(bundle) ?? new Map<string, number>();
  const wasBundle = parts.size > 0;
  if (parts.get(component) === (units ?? undefined)) return true;
  if (units === null) parts.delete(component);
  else {
    const isPart = [...model.bundles.values()].some((others) => others.has(bundle));
    if (isPart || partsOf(model, component).size > 0 || bundle === component) return false;
    parts.set(component, units);
  }
  model.bundles.set(bundle, parts);
  if (wasBundle || parts.size === 0) return true;
  for (const order of model.orders.values()) {
    if (order.sku !== bundle || order.parts.size > 0 || order.booked === 0) continue;
    post(model, order, -order.booked, 0);
    order.parts = new Map(parts);
    post(model, order, order.booked, 0);
  }
  return true;
}

export const shown = (model: StockModel, sku: string, warehouse: number): string => {
  const { inStock, booked } = place(model, sku, warehouse);
  return `${inStock}/${booked}/${inStock - booked}`;
};

/** What a store that sells from one warehouse is told; null: nobody has counted it. */
export function sellable(model: StockModel, sku: string, warehouse: number): number | null {
  const allowed = [...orItself(sku, partsOf(model, sku))].map(([part, units]) => {
    const { inStock, booked, isSet } = place(model, part, warehouse);
    return isSet ? Math.floor((inStock - booked) / units) : null;
  });
  if (allowed.includes(null)) return null;
  const available = Math.min(...allowed.map((units) => units ?? 0));
  return toldQuantity(available, model.rules.get(sku) ?? NO_RULE, UNITS_MAX);
}
