// The Etsy channel.

import type { Channel, ChannelDefinition, ChannelSession } from '../channel.ts';
import { createAgainBudget } from './again-budget.ts';
import { authorization } from './authorization.ts';
import { check } from './check.ts';
import { createClient } from './client.ts';
import { listListings } from './listings.ts';
import { manifest } from './manifest.ts';
import { listOrders, readOrders } from './orders.ts';
import { readAvailable, setAvailable } from './push.ts';
import { startEtsySimulator } from './simulator.ts';
import { accessEnds } from './token-pair.ts';
import { webhook } from './webhook.ts';
import type { WriteParts } from './write-listing.ts';

export const etsy: ChannelDefinition = {
  manifest,
  open,
  webhook,
  authorization,
  accessEnds,
  simulator: startEtsySimulator,
};

function open(session: ChannelSession): Channel {
  const client = createClient(session);
  const { options } = session.settings;
  const parts: WriteParts = {
    client,
    renewSoldOut: options['renewSoldOut'] === 'yes',
    activateInactive: options['activateInactive'] !== 'no',
  };
  return {
    check: () => check(session, client),
    // Etsy cannot say which listings changed: all are read, a hundred for one call.
    listListings: (_query, page) => listListings(client, session.settings, page),
    listOrders: (query, page) => listOrders(client, query, page, session.now()),
    readOrders: (remoteIds) => readOrders(client, remoteIds, createAgainBudget(session)),
    readAvailable: (listings) => readAvailable(parts, listings),
    setAvailable: (targets) => setAvailable(parts, targets),
  };
}
