// One sentence that derives a SKU's number. Pure.

import type { WarehouseId } from '../../shared/model/ids.ts';
import { bundlesOf, type MadeOf } from './explain-available.ts';

export type Numbers = {
  readonly inStock: number | null;
  readonly booked: number;
  readonly available: number | null;
  /** Of a bundle: what each component allows. Null: it is no bundle, or a component is uncounted. */
  readonly made: readonly MadeOf[] | null;
  readonly isBundle: boolean;
  /** Null: a past moment is asked for, of which nobody knows what stores were to show. */
  readonly listings: number | null;
};

export function sentenceFor(numbers: Numbers, nameOf: (warehouseId: WarehouseId) => string): string {
  const { inStock, booked, available, made, isBundle } = numbers;
  if (isBundle) {
    if (made === null || available === null) {
      return 'A component of this bundle has not been counted yet, so nothing is pushed.';
    }
    return `${bundleSum(made, nameOf)}${pushed(available, numbers.listings)}`;
  }
  if (inStock === null || available === null) {
    const waiting = booked === 0 ? '' : ` Open orders have booked ${booked}.`;
    return `Nobody has said yet how many there are, so nothing is pushed.${waiting}`;
  }
  const sold = `${inStock} in stock − ${booked} booked by open orders = ${available} available`;
  return `${sold}${pushed(available, numbers.listings)}`;
}

function pushed(available: number, listings: number | null): string {
  if (listings === null) return '.';
  const where = listings === 1 ? '1 listing' : `${listings} listings`;
  if (available >= 0) return `, pushed to ${where}.`;
  return `; ${-available} more were sold than there are, so 0 is pushed to ${where}.`;
}

function bundleSum(made: readonly MadeOf[], nameOf: (warehouseId: WarehouseId) => string): string {
  const places = [...Map.groupBy(made, ({ warehouseId }) => warehouseId)];
  const sums = places.map(([warehouseId, ofPlace]) => {
    const parts = ofPlace.map(
      ({ part, available, makes }) => `${part.sku} ${available}/${part.units} → ${makes}`,
    );
    const smallest = `smallest of: ${parts.join(', ')}`;
    return places.length === 1 ? smallest : `${nameOf(warehouseId)} has the ${smallest}`;
  });
  return `${sums.join('; ')} = ${bundlesOf(made)} available`;
}
