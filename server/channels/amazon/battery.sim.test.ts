// The channel battery for Amazon. Here, not through the registry: see README.md, "Not in the registry".

import { channelBattery } from '../../../test/contract/channel-battery.ts';
import { amazon } from './index.ts';

channelBattery(amazon);
