// Which line a row that has not been a line yet is about: one that its number and SKU name, or a new one.

import type { DeliveryAction, DeliveryKind } from '../../shared/model/delivery.ts';
import type { Sku } from '../../shared/model/ids.ts';
import { bundleHasNoStock } from '../ledger/bundles.ts';
import type { DeliveryLine } from './delivery-step.ts';
import { type DeliveryWork, type Refused, refuse } from './delivery-work.ts';
import type { DeliveryCommand } from './read-delivery.ts';
import { unknownSku } from './unknown-sku.ts';
import { findWarehouse } from './warehouses.ts';

type Found = { readonly kind: 'line'; readonly line: DeliveryLine } | Refused;

/** The line that a new row names by number and SKU, or a new line. */
export function findLine(work: DeliveryWork, sku: Sku, command: DeliveryCommand): Found {
  const { number, warehouseId } = command;
  const mine = [...work.locked.lines.values()].filter((line) => line.number === number && line.sku === sku);
  const fitting = mine.filter((line) => warehouseId === null || line.warehouseId === warehouseId);
  const [line, ...others] = fitting;
  if (line === undefined) return newLine(work, sku, command);
  if (others.length > 0) {
    return refuse(
      work.kind === 'purchase' ? 'warehouse' : 'to',
      `${number} has ${sku} for several warehouses. Fill in which one.`,
    );
  }
  const isFirst = command.action === 'save draft' || command.action === 'order' || command.action === 'send';
  const isOwned = work.locked.ownedLines.has(line.id) || work.changes.lines.has(line.id);
  if (isFirst && isOwned && command.quantity !== null) {
    return refuse(
      'sku',
      `${number} has a line for ${sku} already, with ${line.quantity}. Change that row, or use another number.`,
    );
  }
  return { kind: 'line', line };
}

/** Whether a row may begin a new line with it. */
export const canBegin = (kind: DeliveryKind, action: DeliveryAction): boolean =>
  action === 'save draft' ||
  action === 'order' ||
  action === 'send' ||
  (kind === 'purchase' && action === 'receive');

function newLine(work: DeliveryWork, sku: Sku, command: DeliveryCommand): Found {
  const { kind, skus, warehouses } = work;
  const { action, number } = command;
  const isPurchase = kind === 'purchase';
  if (number === null) {
    const what = isPurchase ? 'purchase order' : 'transfer';
    return refuse('number', `Fill in the number of the ${what} that is meant; the Deliveries tab has it.`);
  }
  if (!canBegin(kind, action)) {
    return refuse('number', `There is no line for ${sku} in ${number} to ${action}. Check the number.`);
  }
  const parts = skus.parts(sku);
  if (parts.length > 0) return refuse('sku', bundleHasNoStock(sku, parts));
  if (!skus.has(sku)) return refuse('sku', unknownSku(sku, work.near));
  const quantity = command.quantity ?? (action === 'receive' ? command.receiveNow : null);
  if (quantity === null) return refuse(isPurchase ? 'ordered' : 'quantity', 'Fill in how many.');
  const place = command.warehouseId === null ? findWarehouse(warehouses, null) : null;
  if (place !== null && (!place.ok || !isPurchase)) {
    const problem = place.ok ? 'Fill in the warehouse that it goes to.' : place.problem;
    return refuse(isPurchase ? 'warehouse' : 'to', problem);
  }
  if (!isPurchase && command.sourceId === null)
    return refuse('from', 'Fill in the warehouse that it leaves.');
  const warehouseId = place?.ok ? place.warehouse.id : command.warehouseId;
  if (warehouseId === null) throw new Error('A line without a warehouse.');
  const line: DeliveryLine = {
    id: work.newLineId(),
    kind,
    number,
    sku,
    sourceId: command.sourceId,
    warehouseId,
    state: 'draft',
    quantity,
    received: 0,
    writtenOff: 0,
    incoming: 0,
    unitCost: null,
    charges: '0',
    expectedOn: null,
    note: '',
    revision: 0,
  };
  return { kind: 'line', line };
}
