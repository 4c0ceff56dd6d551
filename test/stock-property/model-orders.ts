// The model of orders: each line has done to stock what its counts say; a newer reading posts the difference.

import type { LineCounts, OrderState } from '../../shared/model/order.ts';
import {
  isBundle,
  type Mapping,
  type ModelLine,
  type ModelOrder,
  type ModelStore,
  partsOf,
  place,
  type StockModel,
  warehouseOf,
} from './model.ts';

export type OrderReading = {
  readonly id: number;
  readonly placedAt: number;
  readonly updatedAt: number;
  readonly readAt: number;
  readonly state: OrderState;
  readonly lines: ReadonlyMap<string, Pick<ModelLine, 'sku' | 'location' | 'counts'>>;
};

const NONE: LineCounts = { ordered: 0, fulfilled: 0, released: 0, writtenOff: 0, restocked: 0 };

const open = ({ ordered, fulfilled, released, writtenOff }: LineCounts): number =>
  Math.max(0, ordered - fulfilled - released - writtenOff);
const effectOf = ({ fulfilled, writtenOff, restocked, sentElsewhere = 0 }: LineCounts): number =>
  Math.min(restocked, fulfilled + sentElsewhere) - fulfilled - writtenOff;

function post(model: StockModel, line: ModelLine, booked: number, effect: number): void {
  if (line.posted === null) return;
  const { sku, parts, warehouse } = line.posted;
  for (const [part, units] of parts.size === 0 ? [[sku, 1] as const] : parts) {
    place(model, part, warehouse).booked += booked * units;
    place(model, part, warehouse).inStock += effect * units;
  }
  line.booked += booked;
  line.effect += effect;
}

function settle(model: StockModel, store: ModelStore, order: ModelOrder, line: ModelLine): void {
  const effect = effectOf(line.counts);
  if (line.since !== store.since) {
    line.base = (order.placedAt < store.since ? effect : 0) - line.effect;
    line.since = store.since;
  }
  const warehouse = warehouseOf(store, line.location);
  if (warehouse === null) {
    line.base = effect - line.effect;
    post(model, line, -line.booked, 0);
    return;
  }
  // What is booked moves along; what has left stays where it left, unless it was another product.
  const same = line.posted?.sku === line.sku ? line.posted : null;
  post(model, line, -line.booked, same === null ? -line.effect : 0);
  const parts = same !== null && same.parts.size > 0 ? same.parts : new Map(partsOf(model, line.sku));
  line.posted = { sku: line.sku, parts, warehouse };
  post(model, line, order.state === 'open' ? open(line.counts) : 0, effect - line.base - line.effect);
}

type Applied = 'silent' | 'unchanged' | 'applied';

export function readOrder(model: StockModel, store: ModelStore, reading: OrderReading): Applied {
  if (!store.isOn) return 'silent';
  const { id, placedAt, updatedAt, lines } = reading;
  const known = store.orders.get(id);
  // Read before it was found deleted: newer counts may count, but do not bring it back.
  const isGone = known?.state === 'deleted' && reading.readAt < known.readAt;
  const readAt = isGone ? known.readAt : reading.readAt;
  const isNewer =
    known === undefined ||
    updatedAt > known.updatedAt ||
    (updatedAt === known.updatedAt && readAt > known.readAt);
  if (!isNewer) return 'unchanged';
  const state = isGone ? 'deleted' : reading.state;
  const order = Object.assign(known ?? { lines: new Map<string, ModelLine>() }, {
    placedAt,
    updatedAt,
    readAt,
    state,
  });
  store.orders.set(id, order);
  for (const [lineId, line] of order.lines) {
    const ordered = line.counts.ordered;
    if (!lines.has(lineId)) line.counts = { ...NONE, ordered, released: ordered };
  }
  for (const [lineId, facts] of lines) {
    const line = order.lines.get(lineId) ?? { posted: null, booked: 0, effect: 0, base: 0, since: -1 };
    order.lines.set(lineId, Object.assign(line, facts));
  }
  for (const line of order.lines.values()) settle(model, store, order, line);
  return 'applied';
}

export function deleteOrder(model: StockModel, store: ModelStore, id: number, readAt: number): Applied {
  if (!store.isOn) return 'silent';
  const order = store.orders.get(id);
  if (order === undefined) return 'unchanged';
  if (order.state === 'deleted') {
    // Found gone once more: a reading from before that does not bring it back either.
    order.readAt = Math.max(order.readAt, readAt);
    return 'unchanged';
  }
  Object.assign(order, { state: 'deleted', readAt });
  for (const line of order.lines.values()) settle(model, store, order, line);
  return 'applied';
}

/** Open orders are booked where they are served now. */
export function map(model: StockModel, store: ModelStore, mapping: Mapping): void {
  store.mapping = mapping;
  rebook(model, store);
}

/** All that was missed has been read. */
export function catchUp(model: StockModel, store: ModelStore): void {
  for (const { lines } of store.orders.values()) {
    for (const line of lines.values()) if (line.posted !== null) line.since = store.since;
  }
  rebook(model, store);
}

function rebook(model: StockModel, store: ModelStore): void {
  for (const order of store.orders.values()) {
    for (const line of order.lines.values()) {
      const isOpen = order.state === 'open' && open(line.counts) > 0;
      if (line.booked === 0 && !isOpen) continue;
      if (store.isOn) settle(model, store, order, line);
      else moveAlong(model, store, line);
    }
  }
}

// While sync is off orders do nothing new.
function moveAlong(model: StockModel, store: ModelStore, line: ModelLine): void {
  const { booked, posted } = line;
  const warehouse = warehouseOf(store, line.location);
  post(model, line, -booked, 0);
  if (warehouse === null || posted === null) return;
  line.posted = { ...posted, warehouse };
  post(model, line, booked, 0);
}

/** A SKU has become a bundle: what open orders hold of it is held of its components. */
function rebookAsBundle(model: StockModel, bundle: string): void {
  for (const { orders } of model.stores) {
    for (const line of [...orders.values()].flatMap(({ lines }) => [...lines.values()])) {
      const { posted, booked } = line;
      if (posted === null || posted.sku !== bundle || posted.parts.size > 0 || booked === 0) continue;
      post(model, line, -booked, 0);
      line.posted = { ...posted, parts: new Map(partsOf(model, bundle)) };
      post(model, line, booked, 0);
    }
  }
}

export type Component = {
  readonly bundle: string;
  readonly component: string;
  readonly units: number | null;
};

/** Rows that are submitted together; `units` null takes the component out. Says for each whether it was taken. */
export function compose(model: StockModel, rows: readonly Component[]): readonly boolean[] {
  const bundlesBefore = new Set(rows.map(({ bundle }) => bundle).filter((bundle) => isBundle(model, bundle)));
  const taken = rows.map((row) => composeOne(model, row));
  for (const { bundle } of rows) {
    if (!bundlesBefore.has(bundle) && isBundle(model, bundle)) rebookAsBundle(model, bundle);
  }
  return taken;
}

function composeOne(model: StockModel, { bundle, component, units }: Component): boolean {
  const parts = model.bundles.get(bundle) ?? new Map<string, number>();
  if (units !== null && bundle === component) return false;
  if (parts.get(component) === (units ?? undefined)) return true;
  if (units === null) return parts.delete(component);
  const isPart = [...model.bundles.values()].some((others) => others.has(bundle));
  const holds = [...model.places].some(
    ([key, { inStock, incoming, isSet }]) =>
      key.startsWith(`${bundle}@`) && ((isSet && inStock !== 0) || incoming !== 0),
  );
  if (isPart || isBundle(model, component) || holds) return false;
  parts.set(component, units);
  model.bundles.set(bundle, parts);
  return true;
}
