// Steps of people: rows of adjustments, stock takes, purchase orders, transfers, bundles and rules, and taking them back.

import { expect } from '@jest/globals';
import { reverseReference } from '../../server/documents/reverse-reference.ts';
import type { SubmittedRow } from '../../shared/api/rows.ts';
import type { DeliveryAction } from '../../shared/model/delivery.ts';
import {
  type AdjustRow,
  type DeliveryRow,
  nextRow,
  pick,
  type Sending,
  type SheetRow,
  type Step,
  type StockLife,
  storeOf,
} from './life.ts';
import { isBundle, place, type StockModel } from './model.ts';
import * as documents from './model-documents.ts';
import * as orders from './model-orders.ts';
import { send } from './send-rows.ts';
import { LISTED, SKUS } from './world.ts';

export async function adjustRows(
  life: StockLife,
  rows: readonly AdjustRow[],
  sending: Sending,
): Promise<boolean> {
  const { world } = life;
  const known = life.postings.length;
  const asked = rows.map(({ seen, ...row }) => {
    const { inStock } = place(world.model, row.sku, row.warehouse);
    return { ...row, seen: row.action !== 'set' || seen === null ? null : seen < 0 ? inStock : seen };
  });
  const submitted = asked.map(({ sku, warehouse, ...cells }) => ({
    rowId: nextRow(life),
    cells: { ...cells, sku: world.sku(sku), warehouse: world.warehouse(warehouse), reason: '', note: '' },
  }));
  await send(life, { tab: 'adjustments', rows: submitted }, sending, (index) => {
    const row = asked[index];
    const posting = row === undefined ? null : documents.adjust(world.model, row);
    if (posting !== null) life.postings.push([submitted[index]?.rowId ?? '', posting]);
    return posting !== null;
  });
  return life.postings.length > known;
}

export async function countRows(life: StockLife, step: Extract<Step, { kind: 'count' }>): Promise<boolean> {
  const { world } = life;
  const { model } = world;
  const known = life.postings.length;
  const then = step.ago === null ? undefined : life.past.at(-1 - step.ago);
  const expectedOf = (sku: string, warehouse: number): number | null =>
    then === undefined ? null : (then.places.get(`${sku}@${warehouse}`)?.inStock ?? 0);
  const take = `take ${life.counter.rows}`;
  const moment = then === undefined ? '' : then.at.toISOString().replace('T', ' ');
  const row = (sku: string, warehouse: number, counted: number): SubmittedRow => ({
    rowId: nextRow(life),
    cells: { sku, warehouse: world.warehouse(warehouse), counted, countedAt: moment, take, note: '' },
  });
  const restIn = step.rest ? (step.rows[0]?.warehouse ?? 1) : null;
  const submitted = step.rows.map((it) => row(world.sku(it.sku), it.warehouse, it.counted));
  if (restIn !== null) submitted.push(row('everything else', restIn, 0));
  const others = SKUS.filter((sku) => restIn !== null && place(model, sku, restIn).inStock > 0);
  const counted = new Set<string>();
  await send(life, { tab: 'stock-take', rows: submitted }, step.sending, (index) => {
    const it = step.rows[index];
    const rowId = submitted[index]?.rowId ?? '';
    if (it === undefined) {
      const uncounted = others.filter((sku) => !counted.has(`${sku}@${restIn}`));
      const rest = uncounted.map((sku) => ({ sku, expected: expectedOf(sku, restIn ?? 0) }));
      life.postings.push([rowId, documents.countNothingElse(model, restIn ?? 0, rest)]);
      return true;
    }
    const key = `${it.sku}@${it.warehouse}`;
    if (counted.has(key)) return false;
    const posting = documents.count(model, { ...it, expected: expectedOf(it.sku, it.warehouse) });
    if (posting === null) return false;
    counted.add(key);
    life.postings.push([rowId, posting]);
    return true;
  });
  return life.postings.length > known;
}

const ACTIONS: Readonly<Record<'purchase' | 'transfer', readonly DeliveryAction[]>> = {
  purchase: ['order', 'receive', 'receive', 'close', 'cancel', 'reverse', 'save draft', 'order', 'receive'],
  transfer: ['send', 'receive', 'receive', 'write off', 'cancel', 'reverse', 'save draft', 'send', 'receive'],
};

const TABS = { purchase: 'purchase-orders', transfer: 'transfers' } as const;

export async function deliveryRows(
  life: StockLife,
  kind: 'purchase' | 'transfer',
  rows: readonly DeliveryRow[],
  sending: Sending,
): Promise<boolean> {
  const { world } = life;
  const mine = life.deliveries[kind];
  const number = `${world.name} ${kind} ${life.counter.rows}`;
  const seen = new Set<SheetRow>();
  const lines = new Set<string>();
  const asked = rows.flatMap((wanted) => {
    const known = wanted.nth === null ? undefined : pick(mine, wanted.nth);
    const isNew = known === undefined;
    const row: SheetRow = known ?? { rowId: nextRow(life), cells: {}, line: null, isStale: false };
    if (seen.has(row)) return [];
    seen.add(row);
    const action = pick(ACTIONS[kind], wanted.action) ?? 'receive';
    // A second row for one line speaks of the line above: named tests are about that.
    if (isNew && lines.has(`${wanted.sku}@${wanted.to}`)) return [];
    lines.add(`${wanted.sku}@${wanted.to}`);
    const places =
      kind === 'purchase'
        ? { warehouse: world.warehouse(wanted.to), ordered: wanted.quantity }
        : { from: world.warehouse(wanted.from), to: world.warehouse(wanted.to), quantity: wanted.quantity };
    if (isNew) {
      row.cells = { number, sku: world.sku(wanted.sku), ...places };
      mine.push(row);
    }
    row.cells = { ...row.cells, action, receiveNow: wanted.receiveNow, note: 'why' };
    return [{ row, wanted, action }];
  });
  const submitted = asked.map(({ row }) => ({ rowId: row.rowId, cells: row.cells }));
  let taken = 0;
  const answers = await send(life, { tab: TABS[kind], rows: submitted }, sending, (index) => {
    const it = asked[index];
    if (it === undefined) return false;
    const done = deliver(world.model, kind, it.row, it.wanted, it.action);
    if (done) taken += 1;
    return done;
  });
  answers.forEach((answer, index) => {
    const row = asked[index]?.row;
    if (row === undefined) return;
    row.cells = { ...row.cells, ...answer.writes };
    row.isStale = false;
  });
  for (const { row } of asked) if (row.line === null) mine.splice(mine.indexOf(row), 1);
  return taken > 0;
}

function deliver(
  model: StockModel,
  kind: 'purchase' | 'transfer',
  row: SheetRow,
  wanted: DeliveryRow,
  action: DeliveryAction,
): boolean {
  if (row.isStale) return false;
  const quantityCell = row.cells[kind === 'purchase' ? 'ordered' : 'quantity'];
  const acting = { action, receiveNow: wanted.receiveNow, quantity: Number(quantityCell) };
  if (row.line !== null) return documents.act(model, row.line, acting);
  const starts = action === 'save draft' || action === 'order' || action === 'send';
  const { sku, to, quantity } = wanted;
  const number = String(row.cells['number']);
  if (isBundle(model, sku) || !(starts || (kind === 'purchase' && action === 'receive'))) return false;
  const line = documents.draft({ number, sku, from: kind === 'transfer' ? wanted.from : null, to, quantity });
  if (!documents.act(model, line, acting)) return false;
  row.line = line;
  return true;
}

/** A row with nothing but a number and an action. */
export async function wholeDelivery(
  life: StockLife,
  step: Extract<Step, { kind: 'whole' }>,
): Promise<boolean> {
  const mine = life.deliveries[step.of];
  const number = pick(mine, step.nth)?.line?.number;
  if (number === undefined) return false;
  const action = pick(ACTIONS[step.of], step.action) ?? 'receive';
  const rows = [{ rowId: nextRow(life), cells: { number, action, note: 'why' } }];
  let taken = false;
  await send(life, { tab: TABS[step.of], rows }, 'once', () => {
    for (const row of mine) {
      if (row.line === null || row.line.number !== number) continue;
      const acting = { action, receiveNow: null, quantity: null };
      if (!documents.act(life.world.model, row.line, acting)) continue;
      row.isStale = true;
      taken = true;
    }
    return taken;
  });
  return taken;
}

export async function reverseRows(life: StockLife, nths: readonly number[]): Promise<boolean> {
  const { world, counter } = life;
  let taken = false;
  for (const nth of nths) {
    const [reference, posting] = pick(life.postings, nth) ?? [];
    if (reference === undefined || posting === undefined) continue;
    counter.commands += 1;
    const { answers } = await reverseReference(world.db, reference, world.stamp());
    const before = posting.isReversed;
    const done = before || documents.reverse(world.model, posting);
    expect([reference, answers[0]?.status]).toEqual([reference, done ? 'applied' : 'error']);
    taken ||= done && !before;
  }
  return taken;
}

export async function composeRows(life: StockLife, rows: readonly orders.Component[]): Promise<boolean> {
  const { world } = life;
  const submitted = rows.map(({ bundle, component, units }) => ({
    rowId: nextRow(life),
    cells: {
      bundle: world.sku(bundle),
      component: world.sku(component),
      ...(units === null ? { action: 'remove' } : { units }),
    },
  }));
  let known: readonly boolean[] | null = null;
  await send(life, { tab: 'bundles', rows: submitted }, 'once', (index) => {
    known ??= orders.compose(world.model, rows);
    return known[index] ?? false;
  });
  return true;
}

export async function ruleRows(
  life: StockLife,
  rows: Extract<Step, { kind: 'rules' }>['rows'],
): Promise<boolean> {
  const { world } = life;
  const submitted = rows.map(({ store, sku, rule }) => ({
    rowId: nextRow(life),
    cells: {
      store: world.stores[store]?.id ?? '',
      sku: sku === '' ? '' : world.sku(sku),
      ...(rule === null ? { action: 'remove' } : rule),
    },
  }));
  await send(life, { tab: 'rules', rows: submitted }, 'once', (index) => {
    const row = rows[index];
    if (row === undefined) return false;
    const { rules } = storeOf(life, row.store).model;
    const { sku, rule } = row;
    if (rule === null) rules.delete(sku);
    else if (sku !== '' && !LISTED.has(sku)) return false;
    else rules.set(sku, rule);
    return true;
  });
  return true;
}
