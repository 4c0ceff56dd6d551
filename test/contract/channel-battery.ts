// What every channel must do the same way, whatever its shop is like: run against the channel's simulated shop.

import { describe } from '@jest/globals';
import type { ChannelDefinition } from '../../server/channels/channel.ts';
import { checkBattery } from './battery-check.ts';
import { faultBattery } from './battery-faults.ts';
import { listingBattery } from './battery-listings.ts';
import { orderBattery } from './battery-orders.ts';
import { pushBattery } from './battery-push.ts';
import { webhookBattery } from './battery-webhooks.ts';
import { stopShopsAfterEach } from './rehearsal.ts';

/** Differences between channels come from their capabilities only. */
export function channelBattery(definition: ChannelDefinition): void {
  describe(`${definition.manifest.label} keeps the channel contract`, () => {
    stopShopsAfterEach();
    checkBattery(definition);
    listingBattery(definition);
    orderBattery(definition);
    pushBattery(definition);
    faultBattery(definition);
    webhookBattery(definition);
  });
}
