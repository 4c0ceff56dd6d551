// Runs the channel battery for every channel of the registry.

import { channels } from '../../server/channels/registry.ts';
import { channelBattery } from './channel-battery.ts';

for (const definition of channels) channelBattery(definition);
