// Returns in the simulated shop: what comes back is put on a shelf, or not, before or without any refund.

import { exactNumber, gid, nextId, type SimulatedReturn } from './simulator-memory.ts';
import { lineOf, orderOf, refundLine, stillOut, touch } from './simulator-orders.ts';
import { locationOf, moveLevel, type Shop, second } from './simulator-shelf.ts';
import { refundBody } from './simulator-webhooks.ts';

export type ReturnOptions = {
  readonly disposition: SimulatedReturn['dispositions'][number]['type'];
  /** Where it is put; the location that sent it when not given. */
  readonly locationId?: string;
  /** A refund within the return: one that says once more that the units are on the shelf, or says nothing of it. */
  readonly refund?: 'restock' | 'no restock';
};

/** Units that had been sent come back. Nothing can come back twice. */
export function returnUnits(
  shop: Shop,
  remoteId: string,
  { lineId, quantity }: { readonly lineId: string; readonly quantity: number },
  options: ReturnOptions,
): void {
  const order = orderOf(shop, remoteId);
  const line = lineOf(order, lineId);
  const units = Math.min(quantity, stillOut(order, line));
  if (units <= 0) return;
  const locationId = options.locationId === undefined ? line.locationId : locationOf(options.locationId);
  if (options.disposition === 'RESTOCKED') moveLevel(shop, line.itemId, locationId, { available: units });
  const at = second(shop);
  const refundIds: string[] = [];
  if (options.refund !== undefined) {
    const restockType = options.refund === 'restock' ? 'RETURN' : 'NO_RESTOCK';
    const refund = {
      id: nextId(shop.memory),
      createdAt: at,
      lines: [refundLine(shop, line, units, restockType)],
    };
    order.refunds.push(refund);
    refundIds.push(refund.id);
    shop.events.emit('refunds/create', refundBody(order, refund));
  }
  const id = nextId(shop.memory);
  const { disposition: type } = options;
  order.returns.push({
    id,
    createdAt: at,
    lineId: line.id,
    quantity: units,
    dispositions: [{ id: nextId(shop.memory), createdAt: at, locationId, quantity: units, type }],
    refundIds,
  });
  const order_id = exactNumber(order.id);
  const body = { id: exactNumber(id), admin_graphql_api_id: gid('Return', id), order_id, status: 'closed' };
  shop.events.emit('returns/close', body);
  touch(shop, order, null);
}
