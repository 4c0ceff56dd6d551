// Every channel the product knows, one line each. Nothing else names a channel outside its folder.

import { bigcommerce } from './bigcommerce/index.ts';
import type { ChannelDefinition } from './channel.ts';
import { ebay } from './ebay/index.ts';
import { shopify } from './shopify/index.ts';
import { woocommerce } from './woocommerce/index.ts';

export const channels: readonly ChannelDefinition[] = [shopify, woocommerce, ebay, bigcommerce];

export const channelById = (id: string): ChannelDefinition | undefined =>
  channels.find((channel) => channel.manifest.id === id);
