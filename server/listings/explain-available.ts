// What can be sold of a SKU, from the sums of its moves or of its components', at a moment and over the last days. Pure.

import type { ExplainAnswer } from '../../shared/api/explain.ts';
import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import type { Part } from '../ledger/bundles.ts';
import { add, type Change, NO_SUMS, type PlaceSums, type StockThen, type Sums } from './explain-stock.ts';

export type Stocks = ReadonlyMap<Sku, StockThen>;
export type MadeOf = {
  readonly warehouseId: WarehouseId;
  readonly part: Part;
  readonly available: number;
  readonly makes: number;
};

const placesOf = (stocks: Stocks, sku: Sku): ReadonlyMap<WarehouseId, PlaceSums> =>
  stocks.get(sku)?.places ?? new Map<WarehouseId, PlaceSums>();

export const isSet = (stocks: Stocks, sku: Sku): boolean =>
  [...placesOf(stocks, sku).values()].some((place) => place.isSet);

export const totalOf = (stocks: Stocks, sku: Sku): Sums =>
  [...placesOf(stocks, sku).values()].reduce<Sums>((sum, place) => add(sum, place), NO_SUMS);

/** How many bundles each component allows in each warehouse that holds any of them; null while one of them is uncounted. */
export function makeBundles(stocks: Stocks, parts: readonly Part[]): readonly MadeOf[] | null {
  if (!parts.every((part) => isSet(stocks, part.sku))) return null;
  const warehouses = new Set(parts.flatMap((part) => [...placesOf(stocks, part.sku).keys()]));
  return [...warehouses].flatMap((warehouseId) =>
    parts.map((part) => {
      const { inStock, booked } = placesOf(stocks, part.sku).get(warehouseId) ?? NO_SUMS;
      const available = inStock - booked;
      return { warehouseId, part, available, makes: Math.floor(available / part.units) };
    }),
  );
}

/** In each warehouse the smallest counts; parts that lie in different warehouses make no bundle. */
export const bundlesOf = (made: readonly MadeOf[]): number =>
  [...Map.groupBy(made, ({ warehouseId }) => warehouseId).values()].reduce(
    (sum, ofPlace) => sum + Math.min(...ofPlace.map(({ makes }) => makes)),
    0,
  );

/** Over all warehouses; null while nobody has counted it. `parts` is empty unless it is a bundle. */
export function availableOf(stocks: Stocks, sku: Sku, parts: readonly Part[]): number | null {
  if (parts.length === 0) {
    const { inStock, booked } = totalOf(stocks, sku);
    return isSet(stocks, sku) ? inStock - booked : null;
  }
  const made = makeBundles(stocks, parts);
  return made === null ? null : bundlesOf(made);
}

const DAY_MS = 24 * 60 * 60_000;
/** `day` such as 2026-11-23. */
const dayBefore = (day: string): string => new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10);

/** Goes back from the stocks at `until`, day by day. Before its first count a SKU is uncounted. */
export function seriesOf(
  stocks: Stocks,
  { sku, parts }: { readonly sku: Sku; readonly parts: readonly Part[] },
  changes: readonly Change[],
  { lastDay, days }: { readonly lastDay: string; readonly days: number },
): ExplainAnswer['series'] {
  const byDay = Map.groupBy(changes, ({ day }) => day);
  const series: ExplainAnswer['series'] = [];
  let then = stocks;
  let day = lastDay;
  for (let back = 0; back < days; back += 1) {
    const { inStock, booked } = totalOf(then, sku);
    const counted = parts.length === 0 && isSet(then, sku);
    series.push({ day, inStock: counted ? inStock : null, booked, available: availableOf(then, sku, parts) });
    then = before(then, day, byDay.get(day) ?? []);
    day = dayBefore(day);
  }
  return series.reverse();
}

function before(stocks: Stocks, day: string, changes: readonly Change[]): Stocks {
  if (changes.length === 0) return stocks;
  const earlier = new Map(stocks);
  for (const change of changes) {
    const stock = earlier.get(change.sku);
    const place = stock?.places.get(change.warehouseId);
    if (stock === undefined || place === undefined) continue;
    const places = new Map(stock.places);
    places.set(change.warehouseId, {
      ...add(place, change, -1),
      setOn: place.setOn,
      isSet: place.setOn !== null && place.setOn < day,
    });
    earlier.set(change.sku, { ...stock, places });
  }
  return earlier;
}
