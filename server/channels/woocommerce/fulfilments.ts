// What has left of an order, where the shop uses WooCommerce's optional Order Fulfillments; without it only "completed" tells.

import * as z from 'zod';
import type { WooClient } from './client.ts';
import { ShopRefusal } from './refusal.ts';
import { type Fulfilment, fulfilmentShape } from './shapes.ts';

/** The parcels of an order; none where the shop has no such feature. */
export type ReadFulfilments = (orderId: number) => Promise<readonly Fulfilment[]>;

export function createFulfilmentReader(client: WooClient): ReadFulfilments {
  /** Learnt from the first answer: the feature is off in most shops, and each job asks once. */
  let isOn: Promise<boolean> | null = null;

  async function ask(orderId: number): Promise<readonly Fulfilment[] | null> {
    try {
      return await client.get(`/wc/v3/orders/${orderId}/fulfillments`, {}, z.array(fulfilmentShape));
    } catch (problem) {
      // An order that was deleted meanwhile says "gone"; its own reading will tell.
      if (problem instanceof ShopRefusal && problem.kind === 'gone') return [];
      if (problem instanceof ShopRefusal && problem.code === 'rest_no_route') return null;
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
