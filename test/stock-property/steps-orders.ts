// Steps of shops and of the owner of a store: orders in any order and repetition, mappings, sync off and on, crowds.

import { expect } from '@jest/globals';
import { applyDeletion, applySnapshot } from '../../server/orders/apply-snapshot.ts';
import { pullChangedOrders } from '../../server/sync/changed-orders.ts';
import { setSync } from '../../server/sync/set-sync.ts';
import type { OrderSnapshot } from '../../shared/model/order.ts';
import { type OrderRow, pick, type Step, type StockLife, storeOf, type Truth } from './life.ts';
import { isBundle, type Mapping, place } from './model.ts';
import * as orders from './model-orders.ts';
import { adjustRows } from './steps-documents.ts';
import { LOCATIONS, mapStore, SKUS } from './world.ts';

function changeOrder(life: StockLife, { store, id, lines, state }: OrderRow): Truth {
  const { world, truths } = life;
  const key = `${store} ${id}`;
  const before = truths.get(key);
  const updatedAt = world.play.now();
  const placedAt = before?.snapshot.placedAt ?? updatedAt;
  const there = lines
    .map((line, index) => ({ ...line, lineId: `${index}` }))
    .filter(({ isThere }) => isThere);
  const made = there.map(({ lineId, counts, location, otherSku }) => ({
    lineId,
    sku: pick(SKUS, id + Number(lineId) * 2 + (otherSku ? 1 : 0)) ?? 'A',
    location: store === 0 ? null : (pick([null, ...LOCATIONS, ...LOCATIONS], location) ?? null),
    counts,
  }));
  const snapshot: OrderSnapshot = {
    remoteId: `order ${id}`,
    number: `#${id}`,
    placedAt,
    updatedAt,
    state,
    channelState: state,
    test: false,
    lines: made.map(({ lineId, sku, location, counts }) => ({
      lineId,
      sku: world.sku(sku),
      title: sku,
      counts,
      dated: [],
      listingRemoteId: null,
      taken: 0,
      locationId: location,
      ignoredBecause: null,
    })),
  };
  const truth: Truth = {
    store,
    id,
    placedAt: placedAt.getTime(),
    updatedAt: updatedAt.getTime(),
    readAt: 0,
    state,
    lines: new Map(made.map(({ lineId, ...facts }) => [lineId, facts])),
    snapshot,
  };
  truths.set(key, truth);
  world.stores[store]?.orders.set(snapshot.remoteId, snapshot);
  return truth;
}

async function tell(life: StockLife, truth: Truth): Promise<void> {
  const { world, counter } = life;
  counter.commands += 1;
  const readAt = new Date(truth.readAt);
  const { id, model } = storeOf(life, truth.store);
  const outcome = await applySnapshot(world.db, id, { snapshot: truth.snapshot, readAt }, world.play.now());
  const wanted = orders.readOrder(world.model, model, truth);
  // An order that a pull has read again meanwhile counts as newer or not; nothing may come of it in either case.
  if (wanted === 'applied' || outcome.kind === 'silent') expect(outcome.kind).toBe(wanted);
}

/** A webhook comes, or a shop deletes the order and a reading by its id finds it gone. */
export async function readOrder(life: StockLife, truth: Truth): Promise<void> {
  const { world } = life;
  const { id, model } = storeOf(life, truth.store);
  if (truth.state === 'deleted') {
    world.stores[truth.store]?.orders.delete(truth.snapshot.remoteId);
    life.truths.delete(`${truth.store} ${truth.id}`);
    life.counter.commands += 1;
    const readAt = world.play.now();
    const outcome = await applyDeletion(world.db, id, truth.snapshot.remoteId, readAt, readAt);
    expect(outcome.kind).toBe(orders.deleteOrder(world.model, model, truth.id, readAt.getTime()));
    return;
  }
  const told = { ...truth, readAt: world.play.now().getTime() };
  life.told.push(told);
  await tell(life, told);
}

export async function changeOrders(life: StockLife, rows: readonly OrderRow[]): Promise<boolean> {
  for (const row of rows) {
    const truth = changeOrder(life, row);
    if (row.isTold || row.state === 'deleted') await readOrder(life, truth);
  }
  return true;
}

/** Readings arrive late, again, and in any order. */
export async function reread(life: StockLife, nths: readonly number[]): Promise<boolean> {
  for (const nth of nths) {
    const now = pick([...life.truths.values()], nth);
    if (nth % 2 === 0 && now !== undefined) await readOrder(life, now);
    const old = pick(life.told, nth);
    if (old !== undefined) await tell(life, old);
  }
  return true;
}

/** Of a store with locations: the nth warehouse serves the nth location; 0: it is not ours. */
export async function mapPlaces(
  life: StockLife,
  index: number,
  warehouses: readonly number[],
): Promise<boolean> {
  const { world } = life;
  life.counter.commands += 1;
  const { model, id } = storeOf(life, index);
  const served = warehouses.filter((number) => number > 0);
  const mapping: Mapping =
    index === 0
      ? new Map([['', served]])
      : new Map(
          LOCATIONS.flatMap((location, nth) => (warehouses[nth] ? [[location, [warehouses[nth]]]] : [])),
        );
  const taken = await mapStore(world, index, mapping);
  const isPossible = new Set(served).size === served.length && (index === 1 || served.length > 0);
  expect(taken).toBe(isPossible);
  if (!isPossible) return false;
  orders.map(world.model, model, mapping);
  for (const key of [...world.told.keys()]) if (key.startsWith(`${id} `)) world.told.delete(key);
  return true;
}

export async function switchSync(life: StockLife, index: number, fromNow: boolean): Promise<boolean> {
  const { world } = life;
  life.counter.commands += 1;
  const { model, id } = storeOf(life, index);
  const { context } = world.play;
  if (model.isOn) {
    await setSync(context, id, { on: false });
    model.isOn = false;
    return true;
  }
  const outcome = await setSync(context, id, { on: true, resume: fromNow ? 'start-from-now' : 'catch-up' });
  expect(outcome.accepted).toBe(model.mapping.size > 0);
  if (!outcome.accepted) return false;
  const row = await world.db
    .selectFrom('stores')
    .select(['sync_on_at', 'orders_cursor'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const store = await context.openStore(id);
  if (store === null) throw new Error('The store is gone.');
  const readAt = world.play.now().getTime();
  await pullChangedOrders(context, store);
  model.isOn = true;
  if (fromNow) model.since = row.sync_on_at?.getTime() ?? 0;
  const from = (row.orders_cursor?.getTime() ?? 0) - store.definition.manifest.rhythm.ordersOverlapMs;
  for (const truth of life.truths.values()) {
    if (truth.store === index && truth.updatedAt >= from)
      orders.readOrder(world.model, model, { ...truth, readAt });
  }
  orders.catchUp(world.model, model);
  return true;
}

/** Several clients at once, with what comes to the same in any order. */
export async function crowd(life: StockLife, step: Extract<Step, { kind: 'crowd' }>): Promise<boolean> {
  const { world, counter } = life;
  const { model } = world;
  const adds = step.adds
    .filter(({ sku, warehouse }) => place(model, sku, warehouse).isSet && !isBundle(model, sku))
    .map((row) => ({ ...row, action: 'add' as const }));
  const readings = step.orders.flatMap((row) => {
    counter.orders += 1;
    const asked = { ...row, id: counter.orders, state: 'open' as const };
    const first = changeOrder(life, asked);
    const ordered = asked.lines.map((line) => ({ ...line, counts: { ...line.counts, ordered: 9 } }));
    const second = changeOrder(life, { ...asked, lines: ordered });
    return [first, second, second].map((truth) => ({ ...truth, readAt: world.play.now().getTime() }));
  });
  counter.commands += readings.length;
  const tell = async (truth: Truth): Promise<void> => {
    const { id } = storeOf(life, truth.store);
    await applySnapshot(
      world.db,
      id,
      { snapshot: truth.snapshot, readAt: new Date(truth.readAt) },
      world.play.now(),
    );
  };
  const lanes = [0, 1, 2].map((lane) => adds.filter((_, index) => index % 3 === lane));
  await Promise.all([
    ...lanes.map((rows, lane) =>
      rows.length === 0 ? true : adjustRows(life, rows, lane === 0 ? 'twice at once' : 'once'),
    ),
    ...readings.map(tell),
  ]);
  for (const truth of readings) orders.readOrder(model, storeOf(life, truth.store).model, truth);
  life.told.push(...readings);
  return true;
}
