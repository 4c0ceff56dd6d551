// The eBay channel: one definition, put together from its parts.

import type { ChannelHttp } from '../../net/channel-http.ts';
import type { ChannelDefinition, ChannelSession } from '../channel.ts';
import { authorization } from './authorization.ts';
import { check } from './check.ts';
import { createClient } from './client.ts';
import { accessEnds } from './credentials.ts';
import { createFeedDesk } from './feed.ts';
import { listListings } from './listings.ts';
import { manifest } from './manifest.ts';
import { listOrders, readOrders } from './orders.ts';
import { setAvailable } from './push.ts';
import { createRevisionBudget, type RevisionBudget } from './revision-budget.ts';
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
    return {
      check: () => check(session, client),
      listListings: (_query, page) => listListings(client, page),
      listOrders: (query, page) => listOrders(client, query, page),
      readOrders: (remoteIds) => readOrders(client, remoteIds),
      readAvailable: (listings) => readAvailable(client, listings),
      setAvailable: (targets) =>
        setAvailable(
          { client, budget: budgetOf(session), feeds: createFeedDesk(session, client, session.sleep) },
          targets,
        ),
    };
  },
  simulator: startEbaySimulator,
};

// A store is opened anew for every job; its way out to the network lives as long as the process, and the budget with it.
const budgets = new WeakMap<ChannelHttp, RevisionBudget>();

function budgetOf({ http, now }: ChannelSession): RevisionBudget {
  const known = budgets.get(http);
  if (known !== undefined) return known;
  const budget = createRevisionBudget(now);
  budgets.set(http, budget);
  return budget;
}
