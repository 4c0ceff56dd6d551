// The Shopify channel: one definition, put together from its parts.

import { readByLocation, setByLocation } from '../by-location.ts';
import type { ChannelDefinition } from '../channel.ts';
import { createAssignmentReader } from './assignments.ts';
import { check } from './check.ts';
import { createClient } from './client.ts';
import { readAvailable } from './levels.ts';
import { listListings } from './listings.ts';
import { createOwnLocation, listLocations } from './locations.ts';
import { manifest } from './manifest.ts';
import { listOrders, type OrderReader, readOrders } from './orders.ts';
import { setAvailable } from './push.ts';
import { startShopifySimulator } from './simulator.ts';
import { webhook } from './webhook.ts';

export const shopify: ChannelDefinition = {
  manifest,
  open: (session) => {
    const client = createClient(session);
    const own = createOwnLocation(client, session.settings);
    const at = async (locationId: string | null) => locationId ?? own();
    const orders: OrderReader = {
      client,
      owned: session.settings.locationIds,
      assignments: createAssignmentReader(client),
    };
    return {
      check: () => check(session, client),
      listListings: (query, page) => listListings(client, session, query, page),
      listOrders: (query, page) => listOrders(orders, query, page),
      readOrders: (remoteIds) => readOrders(orders, remoteIds),
      readAvailable: (listings) =>
        readByLocation(listings, async (locationId, some) =>
          readAvailable(client, await at(locationId), some),
        ),
      setAvailable: (targets, key) =>
        setByLocation(targets, async (locationId, some) =>
          setAvailable(
            client,
            await at(locationId),
            some,
            locationId === null ? key : `${key} ${locationId}`,
          ),
        ),
      listLocations: async () =>
        (await listLocations(client))
          .filter(({ isActive }) => isActive)
          .map(({ id, name }) => ({ id, name })),
    };
  },
  webhook,
  simulator: startShopifySimulator,
};
