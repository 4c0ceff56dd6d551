// The channel battery, in both worlds: listings of the Inventory API and listings made on the site.

import { channelBattery } from '../../../test/contract/channel-battery.ts';
import { ebay } from './index.ts';
import { startEbaySimulator } from './simulator.ts';

channelBattery(ebay);
channelBattery({
  ...ebay,
  manifest: { ...ebay.manifest, label: 'eBay with listings made on its site' },
  simulator: (options) => startEbaySimulator({ ...options, legacyOnly: true }),
});
