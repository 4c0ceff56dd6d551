// What came back through Shopify's returns: units that were put on a shelf again without a refund saying so.

import { ChannelError } from '../../net/channel-error.ts';
import {
  moreReturnRefundsAnswer,
  moreReturnsAnswer,
  moreReverseLinesAnswer,
  moreReverseOrdersAnswer,
  returnsAnswer,
  type ShopifyReturn,
} from './answers.ts';
import type { ShopifyClient } from './client.ts';
import { complete } from './complete.ts';
import {
  MORE_RETURN_REFUNDS,
  MORE_RETURNS,
  MORE_REVERSE_LINES,
  MORE_REVERSE_ORDERS,
  READ_RETURNS,
} from './documents.ts';

export const RETURNS_SCOPE = 'read_returns';

export type Restock = {
  readonly lineId: string;
  readonly quantity: number;
  readonly at: Date;
  readonly locationId: string | null;
};

export type OrderReturn = {
  /** The refunds that belong to this return: they may tell of the same units once more. */
  readonly refundIds: ReadonlySet<string>;
  readonly restocked: readonly Restock[];
};

/** By order; only those with returns. */
export async function readReturns(
  client: ShopifyClient,
  orders: readonly { readonly id: string; readonly returnStatus: string }[],
): Promise<ReadonlyMap<string, readonly OrderReturn[]>> {
  const result = new Map<string, readonly OrderReturn[]>();
  const ids = orders.filter(({ returnStatus }) => returnStatus !== 'NO_RETURN').map(({ id }) => id);
  if (ids.length === 0) return result;
  const { nodes } = await client.run(READ_RETURNS, returnsAnswer, { ids }).catch(whenForbidden);
  for (const order of nodes) {
    if (order === null) continue;
    const all = await complete(client, MORE_RETURNS, moreReturnsAnswer, order.id, order.returns);
    const returns: OrderReturn[] = [];
    for (const one of all.nodes) returns.push(await readOne(client, one));
    result.set(order.id, returns);
  }
  return result;
}

// The check names the missing permission. Orders that are not read at all would be worse than a return not seen.
function whenForbidden(problem: unknown): { readonly nodes: readonly never[] } {
  if (problem instanceof ChannelError && problem.kind === 'auth') return { nodes: [] };
  throw problem;
}

async function readOne(client: ShopifyClient, one: ShopifyReturn): Promise<OrderReturn> {
  const refunds = await complete(client, MORE_RETURN_REFUNDS, moreReturnRefundsAnswer, one.id, one.refunds);
  const parcels = await complete(
    client,
    MORE_REVERSE_ORDERS,
    moreReverseOrdersAnswer,
    one.id,
    one.reverseFulfillmentOrders,
  );
  const restocked: Restock[] = [];
  for (const parcel of parcels.nodes) {
    const lines = await complete(
      client,
      MORE_REVERSE_LINES,
      moreReverseLinesAnswer,
      parcel.id,
      parcel.lineItems,
    );
    for (const { fulfillmentLineItem, dispositions } of lines.nodes) {
      if (fulfillmentLineItem === null) continue;
      for (const { type, quantity, createdAt, location } of dispositions) {
        // Missing, thrown away or still to be looked at: nothing of these is on sale again.
        if (type !== 'RESTOCKED') continue;
        const lineId = fulfillmentLineItem.lineItem.id;
        restocked.push({ lineId, quantity, at: createdAt, locationId: location?.id ?? null });
      }
    }
  }
  return { refundIds: new Set(refunds.nodes.map(({ id }) => id)), restocked };
}
