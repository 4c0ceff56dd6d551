// The BigCommerce channel: one definition, put together from its parts.

import { readByLocation, setByLocation } from '../by-location.ts';
import type { ChannelDefinition } from '../channel.ts';
import { check } from './check.ts';
import { createClient } from './client.ts';
import type { OrderReader } from './complete-orders.ts';
import { readAvailable } from './levels.ts';
import { listListings } from './listings.ts';
import { createOwnLocation, listLocations } from './locations.ts';
import { manifest } from './manifest.ts';
import { listOrders, readOrders } from './orders.ts';
import { type StockWriter, setAvailable } from './push.ts';
import { startBigCommerceSimulator } from './simulator.ts';
import { createRulesReader } from './stock-rules.ts';
import { webhook } from './webhook.ts';

export const bigcommerce: ChannelDefinition = {
  manifest,
  open: (session) => {
    const client = createClient(session);
    const own = createOwnLocation(client, session.settings);
    const stockAt = (locationId: string | null): StockWriter => ({
      client,
      now: session.now,
      locationOf: locationId === null ? own : async () => Number(locationId),
    });
    const orders: OrderReader = {
      client,
      settings: session.settings,
      readRules: createRulesReader(client),
    };
    return {
      check: () => check(session, client),
      listListings: (query, page) => listListings(client, query, page),
      listOrders: (query, page) => listOrders(orders, query, page),
      readOrders: (remoteIds) => readOrders(orders, remoteIds),
      readAvailable: (listings) =>
        readByLocation(listings, (locationId, some) => readAvailable(stockAt(locationId), some)),
      setAvailable: (targets) =>
        setByLocation(targets, (locationId, some) => setAvailable(stockAt(locationId), some)),
      listLocations: async () =>
        (await listLocations(client))
          .filter(({ enabled }) => enabled)
          .map(({ id, label }) => ({ id: String(id), name: label })),
    };
  },
  webhook,
  simulator: startBigCommerceSimulator,
};
