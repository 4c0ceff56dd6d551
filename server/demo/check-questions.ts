// Scenes of the unattended check in which the product stops and waits for a person: the first turn-on, the brake, a refund that
// names no units.

import { type Report, until } from './check-report.ts';
import { everyStoreShows, patienceMs, row, shown } from './check-steps.ts';
import { type CheckedShop, type CheckWorld, extraSkus } from './check-world.ts';

/** Nobody has looked at what would change: turned down, in words, and nothing is told to the store. */
export async function turnOnUnseen(world: CheckWorld, report: Report, store: CheckedShop): Promise<void> {
  const answer = await world.api().setSync(store.storeId, { on: true, opening: 'copy' });
  report.line('R23', !answer.accepted, `${store.name} cannot be turned on unseen: ${answer.message}`);
}

/** More than 30 % of what each store lists. */
const EMPTIED = extraSkus.slice(100, 250);
const [EMPTIED_FIRST = ''] = EMPTIED;

export async function brake(world: CheckWorld, report: Report): Promise<void> {
  const before = world.shops.map((store) => shown(store, EMPTIED_FIRST).join());
  await world.api().submitRows(
    'adjustments',
    EMPTIED.map((sku) => row(sku, 'set', 0)),
  );
  const asks = await until(
    async () =>
      (await world.api().problems()).problems.filter(({ kind }) => kind === 'brake').length ===
      world.shops.length,
    patienceMs(world),
  );
  const waits = world.shops.every((store, index) => shown(store, EMPTIED_FIRST).join() === before[index]);
  report.line(
    'brake',
    asks && waits,
    `${EMPTIED.length} of ${extraSkus.length} numbers set to 0 by mistake or not: each store still shows ${before[0]}, and a person is asked`,
  );
  for (const { storeId } of world.shops) await world.api().answerQuestion(storeId, 'push-held-numbers');
  const through = await until(
    () => EMPTIED.every((sku) => everyStoreShows(world, sku, 0)),
    patienceMs(world) * 2,
  );
  report.line('brake', through, `let through by a person: every store shows 0 for all ${EMPTIED.length}`);
}

/** Says twice what came back with the open refund of an order; answers whether it was asked about and counted in once. */
export async function countInRefund(
  world: CheckWorld,
  store: CheckedShop,
  back: { readonly orderId: string; readonly quantity: number },
): Promise<boolean> {
  const find = async () =>
    (await world.api().refunds()).refunds.find(
      ({ storeId, orderId }) => storeId === store.storeId && orderId === back.orderId,
    );
  const refund = await find();
  const [line] = refund?.lines ?? [];
  if (refund === undefined || line === undefined) return false;
  const request = {
    storeId: refund.storeId,
    orderId: refund.orderId,
    refundId: refund.refundId,
    lines: [{ lineId: line.lineId, quantity: back.quantity }],
  };
  const first = await world.api().settleRefund(request);
  const again = await world.api().settleRefund(request);
  return first.accepted && !again.accepted && (await find()) === undefined;
}
