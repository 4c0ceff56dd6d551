// The last scene of the unattended check: customers buy everywhere at once, then every shelf of every store is compared with
// the ledger, and nothing may have been called drift or an oversell.

import { type Report, until } from './check-report.ts';
import { patienceMs } from './check-steps.ts';
import { BUNDLES, type CheckWorld } from './check-world.ts';
import { startCustomers } from './customers.ts';

const CUSTOMERS_EVERY_MS = 150;
const CUSTOMERS_FOR_MS = 4_000;
const FALSE_ALARMS: readonly string[] = ['drift', 'oversell'];

export async function shelvesAgree(world: CheckWorld, report: Report): Promise<void> {
  const customers = startCustomers(
    world.shops.map(({ shop }) => shop),
    { everyMs: CUSTOMERS_EVERY_MS, random: Math.random },
  );
  await new Promise((resolve) => setTimeout(resolve, CUSTOMERS_FOR_MS));
  customers.stop();
  let differing: readonly string[] = [];
  const agree = await until(
    async () => {
      differing = await differences(world);
      return differing.length === 0;
      // A kill -9 before may have cost deliveries, and a shop that met a dead server may have stopped them: the pull finds all.
    },
    patienceMs(world, { deliveriesLost: true }),
  );
  const said = agree ? 'shows what the ledger says' : `differs: ${differing.slice(0, 5).join('; ')}`;
  report.line('shelves', agree, `after a rush of customers every listing of every store ${said}`);
  const { problems } = await world.api().problems();
  const alarms = problems.filter(({ kind }) => FALSE_ALARMS.includes(kind));
  const named = alarms.map(({ message }) => message).join(' ');
  report.line('no noise', alarms.length === 0, `nothing was called drift or an oversell. ${named}`);
}

/** Listings that show something else than the ledger says, in words. */
async function differences(world: CheckWorld): Promise<readonly string[]> {
  const shelves = world.shops.flatMap(({ name, shop }) =>
    shop.shelf().flatMap(({ sku, quantity }) => (sku === null ? [] : [{ name, sku, quantity }])),
  );
  const skus = [...new Set(shelves.map(({ sku }) => sku))];
  const { rows } = await world.api().stock(skus);
  const available = new Map(skus.map((sku, index) => [sku, rows[index]?.available ?? null]));
  // A bundle has no stock of its own: what its components allow.
  for (const { bundle, component, units } of BUNDLES)
    available.set(bundle, Math.floor((available.get(component) ?? 0) / units));
  return shelves.flatMap(({ name, sku, quantity }) => {
    const ours = available.get(sku) ?? null;
    // Uncounted: the store's own number stands.
    if (ours === null || quantity === Math.max(0, ours)) return [];
    return [`${name} shows ${quantity} of ${sku} instead of ${ours}`];
  });
}
