// The Shopify channel: one definition, put together from its parts.

import type { ChannelDefinition } from '../channel.ts';
import { check } from './check.ts';
import { createClient } from './client.ts';
import { readAvailable } from './levels.ts';
import { listListings } from './listings.ts';
import { createOwnedLocationIds } from './locations.ts';
import { manifest } from './manifest.ts';
import { listOrders, readOrders } from './orders.ts';
import { setAvailable } from './push.ts';
import { startShopifySimulator } from './simulator.ts';
import { webhook } from './webhook.ts';

export const shopify: ChannelDefinition = {
  manifest,
  open: (session) => {
    const client = createClient(session);
    const owned = createOwnedLocationIds(client, session.settings);
    return {
      check: () => check(session, client),
      listListings: (query, page) => listListings(client, session.settings, query, page),
      listOrders: (query, page) => listOrders(client, owned, query, page),
      readOrders: (remoteIds) => readOrders(client, owned, remoteIds),
      readAvailable: async (listings) => readAvailable(client, await owned(), listings),
      setAvailable: async (targets, key) => setAvailable(client, await owned(), targets, key),
    };
  },
  webhook,
  simulator: startShopifySimulator,
};
