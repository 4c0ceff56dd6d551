// The eBay channel: one definition, put together from its parts.

import type { ChannelDefinition } from '../channel.ts';
import { authorization } from './authorization.ts';
import { check } from './check.ts';
import { createClient } from './client.ts';
import { accessEnds } from './credentials.ts';
import { createFeedDesk } from './feed.ts';
import { listListings } from './listings.ts';
import { manifest } from './manifest.ts';
import { listOrders, readOrders } from './orders.ts';
import { setAvailable } from './push.ts';
import { createRevisionBudget } from './revision-budget.ts';
import { createSharedItems } from './shared-items.ts';
import { startEbaySimulator } from './simulator.ts';
import { readAvailable } from './stock.ts';
import { webhook } from './webhook.ts';

export const ebay: ChannelDefinition = {
  manifest,
  authorization,
  accessEnds,
  webhook,
  open: (session) => {
    const client = createClient(session);
    const feeds = createFeedDesk(session, client, session.sleep);
    let items = createSharedItems(client);
    return {
      check: () => check(session, client),
      listListings: async (_query, page) => {
        if (page === null) items = createSharedItems(client);
        const answer = await listListings(client, page);
        return { ...answer, listings: await items.settle(answer.listings) };
      },
      listOrders: (query, page) => listOrders(client, query, page),
      readOrders: (remoteIds) => readOrders(client, remoteIds),
      readAvailable: (listings) => readAvailable(client, listings),
      setAvailable: (targets) =>
        setAvailable({ client, budget: createRevisionBudget(session), feeds }, targets),
    };
  },
  simulator: startEbaySimulator,
};
