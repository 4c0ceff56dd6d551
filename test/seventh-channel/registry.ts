// The product's registry with one line more.

import { channels as shipped } from '../../server/channels/registry.ts';
import { toy } from './toy/index.ts';

export const channels = [...shipped, toy];
