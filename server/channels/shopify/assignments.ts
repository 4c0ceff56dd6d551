// Where the units of an order are sent from: Shopify's fulfilment orders, each assigned to one location. Asked for only in
// shops with more than one location.

import type * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import { assignmentsAnswer, moreAssignedLinesAnswer, type ShopifyFulfillmentOrder } from './answers.ts';
import type { ShopifyClient } from './client.ts';
import { MORE_ASSIGNED_LINES, READ_ASSIGNMENTS } from './documents.ts';
import { listLocations } from './locations.ts';

/** Units of one line that a location has still to send; 0 for a location that was in charge and is done. */
export type Assignment = { readonly locationId: string; readonly remaining: number };

/** By line. A line that is missing has no assignment that could be read. */
export type Assignments = ReadonlyMap<string, readonly Assignment[]>;

/** By order. */
export type AssignmentReader = (orderIds: readonly string[]) => Promise<ReadonlyMap<string, Assignments>>;

const ORDERS_AT_ONCE = 50;

export function createAssignmentReader(client: ShopifyClient): AssignmentReader {
  let several: Promise<boolean> | null = null;
  const hasSeveral = (): Promise<boolean> => {
    several ??= listLocations(client)
      .then((locations) => locations.filter(({ isActive }) => isActive).length > 1)
      .catch((problem: unknown) => {
        several = null; // the next call asks again
        throw problem;
      });
    return several;
  };
  return async (orderIds) => {
    const result = new Map<string, Assignments>();
    if (orderIds.length === 0 || !(await hasSeveral())) return result;
    for (let start = 0; start < orderIds.length; start += ORDERS_AT_ONCE) {
      const ids = orderIds.slice(start, start + ORDERS_AT_ONCE);
      const answer = await client.run(READ_ASSIGNMENTS, assignmentsAnswer, { ids }).catch(whenForbidden);
      for (const order of answer.nodes) {
        if (order !== null) result.set(order.id, await assignmentsOf(client, order.fulfillmentOrders.nodes));
      }
    }
    return result;
  };
}

// The check names the missing permission. Orders that are not read at all would be worse than orders without a place.
function whenForbidden(problem: unknown): z.infer<typeof assignmentsAnswer> {
  if (problem instanceof ChannelError && problem.kind === 'auth') return { nodes: [] };
  throw problem;
}

async function assignmentsOf(
  client: ShopifyClient,
  fulfillmentOrders: readonly ShopifyFulfillmentOrder[],
): Promise<Assignments> {
  const byLine = new Map<string, Assignment[]>();
  for (const one of fulfillmentOrders) {
    const locationId = one.assignedLocation.location?.id;
    if (locationId === undefined) continue;
    for (const { remainingQuantity, lineItem } of await allLines(client, one)) {
      const known = byLine.get(lineItem.id) ?? [];
      const earlier = known.find((assignment) => assignment.locationId === locationId);
      const remaining = remainingQuantity + (earlier?.remaining ?? 0);
      byLine.set(lineItem.id, [...known.filter((other) => other !== earlier), { locationId, remaining }]);
    }
  }
  return byLine;
}

async function allLines(client: ShopifyClient, { id, lineItems }: ShopifyFulfillmentOrder) {
  const nodes = [...lineItems.nodes];
  let { pageInfo } = lineItems;
  while (pageInfo.hasNextPage) {
    const { node } = await client.run(MORE_ASSIGNED_LINES, moreAssignedLinesAnswer, {
      id,
      after: pageInfo.endCursor,
    });
    if (node === null) break;
    nodes.push(...node.items.nodes);
    pageInfo = node.items.pageInfo;
  }
  return nodes;
}
