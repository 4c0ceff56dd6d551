// The model of documents: adjustments, stock takes, purchase orders and transfers, and taking any of them back.

import type { DeliveryAction } from '../../shared/model/delivery.ts';
import { isBundle, isCounted, place, type StockModel } from './model.ts';

type Moved = {
  readonly sku: string;
  readonly warehouse: number;
  readonly inStock: number;
  readonly incoming: number;
};
/** What a row, or one step of it, has done. */
export type Posting = {
  readonly moves: readonly Moved[];
  readonly isFirstCount: boolean;
  isReversed: boolean;
};

function post(model: StockModel, moves: readonly Moved[], sets: boolean): Posting {
  const isFirstCount = sets && moves.some(({ sku, warehouse }) => !place(model, sku, warehouse).isSet);
  for (const { sku, warehouse, inStock, incoming } of moves) {
    const held = place(model, sku, warehouse);
    held.inStock += inStock;
    held.incoming += incoming;
    held.isSet ||= sets;
  }
  return { moves, isFirstCount, isReversed: false };
}

const one = (sku: string, warehouse: number, inStock: number, incoming = 0): Moved => ({
  sku,
  warehouse,
  inStock,
  incoming,
});

type Adjusting = {
  readonly sku: string;
  readonly warehouse: number;
  readonly action: 'add' | 'subtract' | 'set';
  readonly quantity: number;
  /** The number the person saw when setting. */
  readonly seen: number | null;
};

/** Null: it is refused. */
export function adjust(model: StockModel, adjusting: Adjusting): Posting | null {
  const { sku, warehouse, action, quantity, seen } = adjusting;
  const { inStock, isSet } = place(model, sku, warehouse);
  if (isBundle(model, sku) || (action !== 'set' && quantity === 0)) return null;
  if (!isSet && (action === 'subtract' || (action === 'add' && inStock > 0))) return null;
  const change =
    action === 'subtract'
      ? -quantity
      : action === 'add'
        ? quantity - (isSet ? 0 : inStock)
        : quantity - (isSet ? (seen ?? inStock) : inStock);
  if (isSet && action !== 'add' && inStock + change < 0) return null;
  return post(model, [one(sku, warehouse, change)], true);
}

type Counting = {
  readonly sku: string;
  readonly warehouse: number;
  readonly counted: number;
  /** In stock when it was counted; null: it is counted now. */
  readonly expected: number | null;
};

/** Null: it is refused. */
export function count(model: StockModel, { sku, warehouse, counted, expected }: Counting): Posting | null {
  const { inStock } = place(model, sku, warehouse);
  const difference = counted - (expected ?? inStock);
  if (isBundle(model, sku) || inStock + difference < 0) return null;
  return post(model, [one(sku, warehouse, difference)], true);
}

/** Everything that was not counted there is gone, as far as it was there when it was counted. */
export function countNothingElse(
  model: StockModel,
  warehouse: number,
  others: readonly { readonly sku: string; readonly expected: number | null }[],
): Posting {
  const gone = others.flatMap(({ sku, expected }) => {
    const { inStock, isSet } = place(model, sku, warehouse);
    const units = Math.min(inStock, expected ?? inStock);
    return isSet && units > 0 ? [one(sku, warehouse, -units)] : [];
  });
  return post(model, gone, true);
}

export function reverse(model: StockModel, posting: Posting): boolean {
  const isNothing = posting.moves.length === 0;
  if (isNothing || posting.isFirstCount || !canTakeBack(model, posting)) return false;
  takeBack(model, posting);
  return true;
}

const canTakeBack = (model: StockModel, { moves, isReversed }: Posting): boolean =>
  !isReversed &&
  moves.every(
    ({ sku, warehouse, inStock, incoming }) =>
      (!isBundle(model, sku) || (inStock === 0 && incoming === 0)) &&
      (inStock <= 0 || place(model, sku, warehouse).inStock >= inStock),
  );

function takeBack(model: StockModel, posting: Posting): void {
  const back = posting.moves.map((move) => ({ ...move, inStock: -move.inStock, incoming: -move.incoming }));
  post(model, back, false);
  posting.isReversed = true;
}

type Progress = {
  state: 'draft' | 'ordered' | 'sent' | 'partly received' | 'received' | 'cancelled';
  quantity: number;
  received: number;
  writtenOff: number;
  incoming: number;
};
/** A line of a purchase order (no `from`) or of a transfer. */
export type ModelDelivery = Progress & {
  readonly number: string;
  readonly sku: string;
  readonly from: number | null;
  readonly to: number;
  /** Newest last, each with what the line was before. */
  readonly steps: { readonly before: Progress; readonly posting: Posting }[];
};

export const draft = (
  facts: Pick<ModelDelivery, 'number' | 'sku' | 'from' | 'to' | 'quantity'>,
): ModelDelivery => ({ ...facts, state: 'draft', received: 0, writtenOff: 0, incoming: 0, steps: [] });

const isUnderWay = ({ state }: Progress): boolean =>
  state === 'ordered' || state === 'sent' || state === 'partly received';

type Acting = {
  readonly action: DeliveryAction;
  readonly receiveNow: number | null;
  /** Null: as it was. */
  readonly quantity: number | null;
};

/** False: it is refused, and the line is as it was. */
export function act(
  model: StockModel,
  line: ModelDelivery,
  { action, receiveNow, quantity }: Acting,
): boolean {
  if (action === 'reverse') return reverseStep(model, line);
  const isTransfer = line.from !== null;
  if (line.from === line.to) return false;
  if (isTransfer && line.state !== 'draft' && (quantity ?? line.quantity) !== line.quantity) return false;
  const { state, received, writtenOff, incoming } = line;
  const before: Progress = { state, quantity: line.quantity, received, writtenOff, incoming };
  const next = { ...before, quantity: quantity ?? line.quantity };
  const rest = next.quantity - next.received - next.writtenOff;
  let [leaving, arriving] = [0, 0];
  if (action !== 'cancel' && action !== 'save draft' && isBundle(model, line.sku)) return false;
  if (action === 'save draft') {
    if (line.state === 'draft') line.quantity = next.quantity;
    return line.state === 'draft';
  }
  if (action === 'order') {
    if (next.state === 'received' || next.state === 'cancelled') return false;
    next.state = next.received === 0 ? 'ordered' : rest <= 0 ? 'received' : 'partly received';
  } else if (action === 'send') {
    const source = place(model, line.sku, line.from ?? 0);
    if (next.state !== 'draft' || !source.isSet || source.inStock < next.quantity) return false;
    next.state = 'sent';
    leaving = next.quantity;
  } else if (action === 'receive') {
    if (next.state === 'cancelled' || (isTransfer && next.state === 'draft')) return false;
    arriving = receiveNow ?? Math.max(0, rest);
    if (arriving === 0 || (isTransfer && arriving > rest)) return false;
    next.received += arriving;
    next.state = arriving >= rest ? 'received' : 'partly received';
  } else if (action === 'cancel') {
    if (next.state === 'cancelled' || next.received > 0 || next.writtenOff > 0) return false;
    if (next.state === 'sent') leaving = -next.quantity;
    next.state = 'cancelled';
  } else {
    if (!isUnderWay(next)) return false;
    if (isTransfer) next.writtenOff += rest;
    next.state = isTransfer || next.received > 0 ? 'received' : 'cancelled';
  }
  next.incoming = isUnderWay(next) ? Math.max(0, next.quantity - next.received - next.writtenOff) : 0;
  const sets = arriving > 0 && (isCounted(model, line.sku) || !model.listed.has(line.sku));
  const left = leaving === 0 ? [] : post(model, [one(line.sku, line.from ?? 0, -leaving)], false).moves;
  const came = post(model, [one(line.sku, line.to, arriving, next.incoming - line.incoming)], sets).moves;
  const posting = { moves: [...left, ...came], isFirstCount: false, isReversed: false };
  line.steps.push({ before, posting });
  Object.assign(line, next);
  return true;
}

function reverseStep(model: StockModel, line: ModelDelivery): boolean {
  const step = line.steps.at(-1);
  if (step === undefined || !canTakeBack(model, step.posting)) return false;
  takeBack(model, step.posting);
  line.steps.pop();
  Object.assign(line, step.before);
  return true;
}
