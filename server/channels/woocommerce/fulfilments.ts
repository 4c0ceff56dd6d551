// What has left of an order, where the shop uses WooCommerce's optional Order Fulfillments; without it only "completed" tells.

import * as z from 'zod';
import type { ChannelSession } from '../channel.ts';
import type { WooClient } from './client.ts';
import { ShopRefusal } from './refusal.ts';
import { type Fulfilment, fulfilmentShape } from './shapes.ts';

/** The parcels of an order; none where the shop has no such feature. */
export type ReadFulfilments = (orderId: number) => Promise<readonly Fulfilment[]>;

/** The feature is off in most shops: so long a process takes that for known. A shop that turns it on is found out then. */
const OFF_FOR_MS = 3_600_000;

// Each store of a process has one way out to the network, for as long as the process lives.
const knownOff = new WeakMap<ChannelSession['http'], Date>();

export function createFulfilmentReader(
  client: WooClient,
  { http, now }: Pick<ChannelSession, 'http' | 'now'>,
): ReadFulfilments {
  const offSince = knownOff.get(http);
  const isKnownOff = offSince !== undefined && now().getTime() - offSince.getTime() < OFF_FOR_MS;
  /** Learnt from the first answer. */
  let isOn: Promise<boolean> | null = isKnownOff ? Promise.resolve(false) : null;

  async function ask(orderId: number): Promise<readonly Fulfilment[] | null> {
    try {
      return await client.get(`/wc/v3/orders/${orderId}/fulfillments`, {}, z.array(fulfilmentShape));
    } catch (problem) {
      // An order that was deleted meanwhile says "gone"; its own reading will tell.
      if (problem instanceof ShopRefusal && problem.kind === 'gone') return [];
      if (problem instanceof ShopRefusal && problem.code === 'rest_no_route') {
        knownOff.set(http, now());
        return null;
      }
      throw problem;
    }
  }

  return async (orderId) => {
    if (isOn === null) {
      const first = ask(orderId);
      isOn = first.then(
        (answer) => answer !== null,
        () => true,
      );
      return (await first) ?? [];
    }
    if (!(await isOn)) return [];
    return (await ask(orderId)) ?? [];
  };
}
