// The WooCommerce channel.

import type { Channel, ChannelDefinition, ChannelSession } from '../channel.ts';
import { check } from './check.ts';
import { createClient } from './client.ts';
import { createFulfilmentReader, type ReadFulfilments } from './fulfilments.ts';
import { listListings } from './listings.ts';
import { manifest } from './manifest.ts';
import { listOrders, readOrders } from './orders.ts';
import { readAvailable, setAvailable } from './push.ts';
import { startWooCommerceSimulator } from './simulator.ts';
import {
  PRODUCT_NOT_COUNTED,
  readManageStockOption,
  SHOP_DOES_NOT_COUNT,
  type StockReader,
} from './stock.ts';
import { createVariationReader } from './variations.ts';
import { webhook } from './webhook.ts';

export const woocommerce: ChannelDefinition = {
  manifest,
  open,
  webhook,
  simulator: startWooCommerceSimulator,
};

// A shop address that makes no sense is found out by the first use, so that `check` can say so.
function open(session: ChannelSession): Channel {
  let parts: Parts | null = null;
  const use = (): Parts => {
    parts ??= createParts(session);
    return parts;
  };
  return {
    check: () => check(() => use().client),
    listListings: async (query, page) => listListings(use().client, use().readVariations, query, page),
    listOrders: async (query, page) => listOrders({ ...use(), settings: session.settings }, query, page),
    readOrders: async (ids) => readOrders({ ...use(), settings: session.settings }, ids),
    readAvailable: async (listings) => readAvailable(use(), listings),
    setAvailable: async (targets) => setAvailable(use(), targets),
  };
}

type Parts = StockReader & { readonly readFulfilments: ReadFulfilments };

function createParts(session: ChannelSession): Parts {
  const client = createClient(session);
  let reason: Promise<string> | null = null;
  const findReason = async (): Promise<string> => {
    const counts = await readManageStockOption(client).catch(() => null);
    return counts === false ? SHOP_DOES_NOT_COUNT : PRODUCT_NOT_COUNTED;
  };
  return {
    client,
    readVariations: createVariationReader(client),
    readFulfilments: createFulfilmentReader(client, session),
    whyUntracked: () => {
      reason ??= findReason();
      return reason;
    },
  };
}
