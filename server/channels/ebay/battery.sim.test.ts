// The channel battery once more, for accounts whose listings were all made on eBay's site.

import { channelBattery } from '../../../test/contract/channel-battery.ts';
import { ebay } from './index.ts';
import { startEbaySimulator } from './simulator.ts';

channelBattery({
  ...ebay,
  manifest: { ...ebay.manifest, label: 'eBay with listings made on its site' },
  simulator: (options) => startEbaySimulator({ ...options, legacyOnly: true }),
});
