// Shops that stand below each other are told apart by their colours.

import { expect, test } from '@jest/globals';
import { channels } from '../../server/channels/registry.ts';
import { badgeColour } from '../../shared/model/badge.ts';

test('no two of the shops that we know look alike', () => {
  const colours = channels.map(({ manifest: { label } }) => badgeColour(label));
  expect(new Set(colours).size).toBe(channels.length);
});
