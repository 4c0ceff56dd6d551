// What warehouses hold while several rows of one submission are worked through, before anything is posted.

import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import type { Part } from '../ledger/bundles.ts';
import type { Balance, LockedSkus, Move } from '../ledger/moves.ts';

export type RunningBalances = {
  readonly of: (sku: Sku, warehouseId: WarehouseId) => Balance;
  /** Somebody has said in some warehouse how many there are. */
  readonly isCounted: (sku: Sku) => boolean;
  /** Empty unless the SKU is a bundle, which has no stock of its own. */
  readonly parts: (sku: Sku) => readonly Part[];
  readonly add: (move: Move) => void;
};

export function runningBalances(locked: LockedSkus): RunningBalances {
  const changed = new Map<Sku, Map<WarehouseId, Balance>>();
  const of = (sku: Sku, warehouseId: WarehouseId): Balance =>
    changed.get(sku)?.get(warehouseId) ?? locked.balance(sku, warehouseId);
  return {
    of,
    isCounted: (sku) =>
      locked.available(sku) !== null || [...(changed.get(sku)?.values() ?? [])].some(({ isSet }) => isSet),
    parts: locked.parts,
    add: (move) => {
      const { inStock, booked, incoming, isSet } = of(move.sku, move.warehouseId);
      const mine = changed.get(move.sku) ?? new Map<WarehouseId, Balance>();
      mine.set(move.warehouseId, {
        inStock: inStock + move.inStockChange,
        booked: booked + move.bookedChange,
        incoming: incoming + (move.incomingChange ?? 0),
        isSet: isSet || move.sets === true,
      });
      changed.set(move.sku, mine);
    },
  };
}
