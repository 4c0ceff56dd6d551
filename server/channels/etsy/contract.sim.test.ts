// The battery that every channel must pass, run for Etsy.

import { channelBattery } from '../../../test/contract/channel-battery.ts';
import { etsy } from './index.ts';

channelBattery(etsy);
