// Scenes of the unattended check about stores that come: connected with sync off, then turned on with the opening stock.

import { turnOnUnseen } from './check-questions.ts';
import { type Report, until } from './check-report.ts';
import { expectNumbers, patienceMs } from './check-steps.ts';
import { type CheckWorld, extraSkus } from './check-world.ts';

export async function connect(world: CheckWorld, report: Report): Promise<void> {
  for (const { name, pace, manifest } of world.shops) {
    if (pace === 1) continue;
    const seconds = (ms: number): string => `${Math.round((ms * pace) / 1_000)} s`;
    const { ordersListedAfterMs } = manifest.capabilities;
    const late =
      ordersListedAfterMs === undefined ? '' : `lists orders after ${seconds(ordersListedAfterMs)}, `;
    report.note(
      `${name} plays ${pace} times faster than the real one, which ${late}lets them be read every ${seconds(manifest.rhythm.ordersFastestMs)} and has slower limits`,
    );
  }
  for (const store of world.shops) {
    const answer = await world.api().connect(store.channel, store.name, store.shop.credentials);
    store.storeId = answer.store?.id ?? '';
    const findings = answer.findings.map((finding) => finding.message).join(' ');
    report.line('R23', store.storeId !== '', `${store.name} is connected, its sync still off. ${findings}`);
    if (store.storeId === '') throw new Error(`${store.name} could not be connected: ${findings}`);
  }
  const listed = await until(async () => {
    const { stores } = await world.api().stores();
    return stores.every((store) => store.listingsSyncedAt !== null && store.listings >= extraSkus.length);
  }, patienceMs(world));
  const { stores } = await world.api().stores();
  const counts = stores.map((store) => `${store.name}: ${store.listings}`).join(', ');
  report.line('R24', listed, `listings with a SKU were read with sync off (${counts}); nothing was pushed`);
}

export async function importOpening(world: CheckWorld, report: Report): Promise<void> {
  const before = world.shops.map((store) => store.shop.writes().length);
  report.line(
    'R1',
    before.every((writes) => writes === 0),
    'no store was written to while its sync was off',
  );
  const [first, ...others] = world.shops;
  if (first !== undefined) await turnOnUnseen(world, report, first);
  // One alone, so that there are numbers which the others could add to; then all others at once.
  for (const stores of [first === undefined ? [] : [first], others]) {
    for (const store of stores) await world.api().turnOn(store.storeId);
    await until(
      async () =>
        (await world.api().stores()).stores.every((view) => !view.syncOn || view.openingImportedAt !== null),
      patienceMs(world),
    );
  }
  await expectNumbers(world, report, {
    requirement: 'R45-R47',
    what: 'the opening stock was copied once; the other stores added nothing',
    sku: 'APPLES',
    stock: '50/0/50',
    shows: 50,
  });
}
