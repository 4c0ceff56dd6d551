// Every channel the product knows, one line each. Nothing else names a channel outside its folder.

import { amazon } from './amazon/index.ts';
import { bigcommerce } from './bigcommerce/index.ts';
import type { ChannelDefinition } from './channel.ts';
import { ebay } from './ebay/index.ts';
import { etsy } from './etsy/index.ts';
import { shopify } from './shopify/index.ts';
import { woocommerce } from './woocommerce/index.ts';

export const channels: readonly ChannelDefinition[] = [shopify, woocommerce, ebay, bigcommerce, etsy, amazon];

export const channelById = (id: string): ChannelDefinition | undefined =>
  channels.find((channel) => channel.manifest.id === id);
