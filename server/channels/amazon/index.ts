// The Amazon channel: one definition, put together from its parts.

import type { ChannelDefinition } from '../channel.ts';
import { accessEnds } from './access-end.ts';
import { authorization } from './authorization.ts';
import { check } from './check.ts';
import { createClient } from './client.ts';
import { createFeedDesk } from './feed.ts';
import { createListingReader } from './listings.ts';
import { readAvailable } from './live.ts';
import { manifest } from './manifest.ts';
import { pullHints } from './notifications.ts';
import { listOrders, readOrders } from './orders.ts';
import { setAvailable } from './push.ts';
import { readQueue } from './queue.ts';
import { startAmazonSimulator } from './simulator.ts';

export const amazon: ChannelDefinition = {
  manifest,
  authorization,
  accessEnds,
  open: (session) => {
    const client = createClient(session);
    const listings = createListingReader(session, client);
    const feeds = createFeedDesk(session, client);
    const queue = readQueue(session.credentials);
    return {
      check: () => check(session, client),
      listListings: listings.list,
      listOrders: (query, page) => listOrders(session, client, query, page),
      readOrders: (remoteIds) => readOrders(client, remoteIds),
      readAvailable: (listed) => readAvailable(client, listed),
      setAvailable: (targets) => setAvailable({ session, client, feeds }, targets),
      ...(queue.kind === 'queue' ? { pullHints: () => pullHints(session, client, queue) } : {}),
    };
  },
  simulator: startAmazonSimulator,
};
