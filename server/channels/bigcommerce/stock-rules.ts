// When BigCommerce itself takes units off its number and gives them back: settings of the store, and of each sales channel.

import type { BigCommerceClient } from './client.ts';
import { inventorySettingsShape, type Order } from './shapes.ts';

export type StockRules = {
  /** `placed`: an order takes its units at once; `sent`: only when it is completed or shipped. */
  readonly takes: 'placed' | 'sent';
  /** An edited order takes or gives back the difference. */
  readonly followsEdits: boolean;
  /** A cancelled order, or one marked as refunded, gives its units back. */
  readonly givesBack: boolean;
};

/** Null: the settings that hold wherever a channel has none of its own. */
export async function readStockRules(
  client: BigCommerceClient,
  channelId: number | null,
  inherited?: StockRules,
): Promise<StockRules> {
  const query = channelId === null ? {} : { channel_id: channelId };
  const answer = await client.get('/v3/settings/inventory', query, inventorySettingsShape);
  // A channel answers null for what it inherits.
  const { data } = answer ?? { data: {} };
  const takes = data.update_stock_behavior;
  return {
    takes: takes == null ? (inherited?.takes ?? 'placed') : takes === 'order_placed' ? 'placed' : 'sent',
    followsEdits: data.edit_order_stock_adjustment ?? inherited?.followsEdits ?? true,
    givesBack: data.refund_order_stock_adjustment ?? inherited?.givesBack ?? true,
  };
}

export type RulesFor = (order: Order) => StockRules;

/** Reads the rules of every channel these orders came through, each once. */
export function createRulesReader(
  client: BigCommerceClient,
): (orders: readonly Order[]) => Promise<RulesFor> {
  const known = new Map<number | null, StockRules>();
  const read = async (channelId: number | null, inherited?: StockRules): Promise<StockRules> => {
    const before = known.get(channelId);
    if (before !== undefined) return before;
    const rules = await readStockRules(client, channelId, inherited);
    known.set(channelId, rules);
    return rules;
  };
  return async (orders) => {
    const general = await read(null);
    for (const order of orders) {
      const channelId = channelOf(order);
      if (channelId !== null) await read(channelId, general);
    }
    return (order) => known.get(channelOf(order)) ?? general;
  };
}

/** Orders entered by hand follow the general settings. */
const channelOf = (order: Order): number | null =>
  order.order_source === 'manual' || order.channel_id === 0 ? null : order.channel_id;
