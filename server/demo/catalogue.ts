// What the rehearsal stores sell: a small clothes shop, the same SKUs in every store, and what makes real catalogues odd.

import type { SimulatedProduct } from '../channels/simulator.ts';

/** How many times faster than real the rehearsal shops are whose real times are too long to watch. */
export const REHEARSAL_PACE = 60;

export const CATALOGUE: readonly SimulatedProduct[] = [
  { sku: 'BLUEJEANSM', title: 'Blue Jeans - Medium', quantity: 21, group: 'Blue Jeans' },
  { sku: 'BLUEJEANSL', title: 'Blue Jeans - Large', quantity: 17, group: 'Blue Jeans' },
  { sku: 'APPLES', title: 'Apples, box of one', quantity: 50 },
  { sku: 'TEE-RED-S', title: 'Red T-shirt - Small', quantity: 34, group: 'Red T-shirt' },
  { sku: 'TEE-RED-M', title: 'Red T-shirt - Medium', quantity: 12, group: 'Red T-shirt' },
  { sku: 'TEE-RED-L', title: 'Red T-shirt - Large', quantity: 3, group: 'Red T-shirt' },
  { sku: '00123', title: 'Canvas belt', quantity: 10 },
  { sku: 'HAT-WOOL', title: 'Wool hat', quantity: 8 },
  { sku: 'SOCKS-3', title: 'Socks, three pairs', quantity: 120 },
  { sku: 'SCARF', title: 'Scarf', quantity: 1 },
  { sku: 'BAG/TOTE', title: 'Tote bag', quantity: 40 },
  { sku: 'GIFTBOX', title: 'Gift box', quantity: 0 },
];

/** Only one store has these: a second listing of a SKU, a product without SKU, one whose stock the store does not count. */
export const ODDITIES: readonly SimulatedProduct[] = [
  { sku: 'BLUEJEANSM', title: 'Blue Jeans - Medium Special Edition', quantity: 21 },
  { sku: null, title: 'Repair service', quantity: 0 },
  { sku: 'STICKERS', title: 'Stickers', quantity: 0, tracked: false },
];

/** The shop that a person connects: some numbers that differ from ours, and products that nobody else sells. */
export const STALL: readonly SimulatedProduct[] = [
  { sku: 'BLUEJEANSM', title: 'Blue Jeans - Medium', quantity: 24 },
  { sku: 'SOCKS-3', title: 'Socks, three pairs', quantity: 95 },
  { sku: 'HAT-WOOL', title: 'Wool hat', quantity: 8 },
  { sku: 'BAG/TOTE', title: 'Tote bag', quantity: 40 },
  { sku: 'MUG-ENAMEL', title: 'Enamel mug', quantity: 18 },
  { sku: 'APRON', title: 'Linen apron', quantity: 7 },
];

/** Open there before it is connected. */
export const STALL_ORDERS = [
  { sku: 'MUG-ENAMEL', quantity: 2 },
  { sku: 'APRON', quantity: 1 },
] as const;
