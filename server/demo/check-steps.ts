// What the scenes of the unattended check do and look at: adjust, buy, and what every store shows.

import { randomUUID } from 'node:crypto';
import type { SubmittedRow } from '../../shared/api/rows.ts';
import { type Report, until } from './check-report.ts';
import type { CheckedShop, CheckWorld } from './check-world.ts';

/** How often the server of the check pulls orders where the shop allows it. */
export const ORDERS_EVERY_SECONDS = 10;
const WORK_MS = 20_000;

/** So long the slowest store may take to show what was changed anywhere: its own delays, and time to work in. */
export function patienceMs({ shops }: CheckWorld, { deliveriesLost = false } = {}): number {
  const delays = shops.map(({ manifest: { capabilities, rhythm } }) => {
    const everyMs = Math.max(ORDERS_EVERY_SECONDS * 1_000, rhythm.ordersFastestMs);
    // Where deliveries announce orders the pull is only the guarantee.
    const pulledMs = capabilities.webhooks && !deliveriesLost ? 0 : everyMs;
    return pulledMs + (capabilities.ordersListedAfterMs ?? 0) + (rhythm.ordersAgainAfterMs ?? 0);
  });
  return WORK_MS + Math.max(...delays);
}

export function shown({ shop }: CheckedShop, sku: string): readonly number[] {
  return shop
    .shelf()
    .filter((product) => product.sku === sku)
    .map((product) => product.quantity);
}

export const everyStoreShows = (world: CheckWorld, sku: string, quantity: number): boolean =>
  world.shops.every((store) => {
    const quantities = shown(store, sku);
    return quantities.length > 0 && quantities.every((number) => number === quantity);
  });

export const describeStores = (world: CheckWorld, sku: string): string =>
  world.shops.map((store) => `${store.name} shows ${shown(store, sku).join(' and ')}`).join(', ');

export async function stockOf(world: CheckWorld, sku: string): Promise<string> {
  const { inStock, booked, available } = await world.api().explain(sku);
  return `${inStock ?? 'unset'}/${booked}/${available ?? 'unset'}`;
}

/** Waits for the ledger and every store, and prints both. */
export async function expectNumbers(
  world: CheckWorld,
  report: Report,
  scene: {
    readonly requirement: string;
    readonly what: string;
    readonly sku: string;
    readonly stock: string;
    readonly shows: number;
  },
): Promise<void> {
  const begun = Date.now();
  const holds = await until(
    async () =>
      everyStoreShows(world, scene.sku, scene.shows) && (await stockOf(world, scene.sku)) === scene.stock,
    patienceMs(world),
  );
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  const stock = await stockOf(world, scene.sku);
  report.line(
    scene.requirement,
    holds,
    `${scene.what}: in stock/booked/available ${stock}; ${describeStores(world, scene.sku)} (${seconds} s)`,
  );
}

export const row = (sku: string, action: string, quantity: number): SubmittedRow => ({
  rowId: randomUUID(),
  // The warehouse is named: a scene adds another one.
  cells: { sku, warehouse: 'Main', action, quantity, seen: null, reason: 'stock take', note: '' },
});

export async function adjust(
  world: CheckWorld,
  sku: string,
  action: string,
  quantity: number,
): Promise<void> {
  const { rows } = await world.api().submitRows('adjustments', [row(sku, action, quantity)]);
  const [answer] = rows;
  if (answer?.status !== 'applied')
    throw new Error(`The adjustment of ${sku} was refused: ${answer?.message}`);
}

export function listingOf({ shop, name }: CheckedShop, sku: string): string {
  const product = shop.shelf().find((item) => item.sku === sku);
  if (product === undefined) throw new Error(`${name} does not sell ${sku}.`);
  return product.remoteId;
}

export function buy(store: CheckedShop, sku: string, quantity: number) {
  return store.shop.buy([{ remoteId: listingOf(store, sku), quantity }]);
}

export function shopAt(world: CheckWorld, index: number): CheckedShop {
  const shop = world.shops[index % world.shops.length];
  if (shop === undefined) throw new Error('There is no rehearsal store.');
  return shop;
}
