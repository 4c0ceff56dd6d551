// What one adjustment does to the number in stock: the move to post and the sentence for the person, or the refusal.

import type { RowAnswer } from '../../shared/api/rows.ts';
import type { Balance, Move } from '../ledger/moves.ts';
import type { Adjustment } from './read-adjustment.ts';
import type { Warehouse } from './warehouses.ts';

export type AdjustOutcome =
  | { readonly ok: true; readonly move: Move; readonly message: string }
  | { readonly ok: false; readonly field: RowAnswer['field']; readonly message: string };

/** `balance` is what the warehouse holds at this moment, rows of the same submission before this one included. */
export function adjust(adjustment: Adjustment, warehouse: Warehouse, balance: Balance): AdjustOutcome {
  const change = changeOf(adjustment, balance);
  if (!change.ok) return change;
  const after = balance.inStock + change.units;
  const move: Move = {
    sku: adjustment.sku,
    warehouseId: warehouse.id,
    inStockChange: change.units,
    bookedChange: 0,
    sets: true,
    cause: 'adjustment',
    reference: adjustment.rowId,
    note: [adjustment.reason, adjustment.note].filter((text) => text !== '').join(': '),
  };
  const available = after - balance.booked;
  const booked = balance.booked === 0 ? '' : `, ${balance.booked} booked, ${available} available`;
  const message = `${change.said}In stock in ${warehouse.name}: ${after}${booked}.`;
  return { ok: true, move, message };
}

type Change =
  | { readonly ok: true; readonly units: number; readonly said: string }
  | { readonly ok: false; readonly field: RowAnswer['field']; readonly message: string };

function changeOf(adjustment: Adjustment, balance: Balance): Change {
  const { action, quantity } = adjustment;
  if (!balance.isSet) {
    if (action === 'subtract') {
      const message = `${adjustment.sku} has no count yet, so nothing can be subtracted. Use "set" to say how many there are.`;
      return { ok: false, field: 'action', message };
    }
    if (action === 'add' && balance.inStock > 0) {
      const message = `${adjustment.sku} has no count yet, but ${balance.inStock} were received. Use "set" to say how many there are now.`;
      return { ok: false, field: 'action', message };
    }
    // What orders took while nobody had counted is in the person's count already.
    return { ok: true, units: quantity - balance.inStock, said: 'First count. ' };
  }
  if (action === 'add') return { ok: true, units: quantity, said: `Added ${quantity}. ` };
  if (action === 'subtract') return subtract(quantity, balance);
  return set(adjustment, balance);
}

function subtract(quantity: number, balance: Balance): Change {
  if (quantity > balance.inStock) {
    const message = `Only ${balance.inStock} are in stock, so ${quantity} cannot be subtracted. Check the quantity.`;
    return { ok: false, field: 'quantity', message };
  }
  return { ok: true, units: -quantity, said: `Subtracted ${quantity}. ` };
}

// "Set" carries the number the person saw: if stock moved since, the difference they meant is applied, so that a sale
// in between is not erased.
function set({ quantity, seen }: Adjustment, balance: Balance): Change {
  if (seen === null || seen === balance.inStock) {
    return { ok: true, units: quantity - balance.inStock, said: `Set to ${quantity}. ` };
  }
  const units = quantity - seen;
  if (balance.inStock + units < 0) {
    const message = `In stock moved from ${seen} to ${balance.inStock} meanwhile; setting ${quantity} would leave less than 0. Count again.`;
    return { ok: false, field: 'quantity', message };
  }
  if (units === 0) {
    const said = `In stock moved from ${seen} to ${balance.inStock} since you looked. You typed the number that you saw, so nothing was changed. `;
    return { ok: true, units, said };
  }
  const signed = units < 0 ? `${units}` : `+${units}`;
  const said = `In stock moved from ${seen} to ${balance.inStock} since you looked, so the difference ${signed} was applied. `;
  return { ok: true, units, said };
}
