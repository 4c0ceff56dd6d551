// Works through actions on lines of purchase orders and transfers while everything they touch is locked.

import type { RowWrites } from '../../shared/api/rows.ts';
import { bundleHasNoStock } from '../ledger/bundles.ts';
import { nextHead } from './delivery-head.ts';
import { type DeliveryLine, referenceOf, type StepOutcome, takeStep } from './delivery-step.ts';
import { type DeliveryWork, type Refused, refuse } from './delivery-work.ts';
import { findLine } from './find-delivery-line.ts';
import type { DeliveryCommand } from './read-delivery.ts';
import { oppositeOf } from './reverse.ts';
import { adviceOn } from './unknown-sku.ts';

export type DeliveryOutcome =
  | {
      readonly kind: 'done';
      readonly message: string;
      readonly line: DeliveryLine | null;
      readonly writes: RowWrites;
    }
  | Refused
  | { readonly kind: 'overtaken'; readonly line: DeliveryLine | null };

export function applyDelivery(work: DeliveryWork, rowId: string, command: DeliveryCommand): DeliveryOutcome {
  const known = work.locked.lines.get(work.locked.lineOfRow.get(rowId) ?? -1);
  if (known !== undefined) {
    if (command.step !== known.revision) return { kind: 'overtaken', line: known };
    if (command.number !== null && command.number !== known.number) {
      return refuse('number', `This row is a line of ${known.number}. Make a new row for another number.`);
    }
    if (command.sku !== null && command.sku !== known.sku) {
      return refuse('sku', `This row is about ${known.sku}. Make a new row for another SKU.`);
    }
    return applyToLine(work, rowId, known, command);
  }
  if (command.sku === null) return applyToAll(work, command);
  if (command.step > 0) return { kind: 'overtaken', line: null };
  const found = findLine(work, command.sku, command);
  if (found.kind !== 'line') return found;
  return applyToLine(work, rowId, found.line, command);
}

function applyToLine(
  work: DeliveryWork,
  rowId: string,
  before: DeliveryLine,
  command: DeliveryCommand,
): DeliveryOutcome {
  const head = nextHead(work, before.number, command);
  if ('kind' in head) return head;
  const outcome = stepOf(work, before, command);
  if (!outcome.ok) return refuse(outcome.field, outcome.message);
  const { line } = outcome;
  const twin = [...work.locked.lines.values()].find(
    (other) =>
      other.id !== line.id &&
      other.number === line.number &&
      other.sku === line.sku &&
      other.warehouseId === line.warehouseId,
  );
  if (twin !== undefined) {
    const field = work.kind === 'purchase' ? 'warehouse' : 'to';
    return refuse(
      field,
      `${line.number} has ${line.sku} for ${work.world.nameOf(line.warehouseId)} already.`,
    );
  }
  record(work, before, outcome, command.action);
  work.changes.heads.set(head.number, head);
  work.changes.rows.push({ rowId, lineId: line.id });
  const news = work.made.has(line.sku)
    ? ` ${line.sku} was not known: it is a product without a listing now. ${adviceOn(line.sku, work.near)}`
    : '';
  return { kind: 'done', message: `${line.number}: ${outcome.said}${news}`, line, writes: {} };
}

function stepOf(work: DeliveryWork, line: DeliveryLine, command: DeliveryCommand): StepOutcome {
  if (command.action === 'reverse') return reverseStep(work, line, command.reverses);
  // It may have become a bundle since the line was written.
  const parts = work.skus.parts(line.sku);
  const moves = command.action === 'order' || command.action === 'send' || command.action === 'receive';
  if (moves && parts.length > 0)
    return { ok: false, field: 'sku', message: bundleHasNoStock(line.sku, parts) };
  return takeStep(line, command, work.world);
}

function record(
  { changes, locked, world, steps }: DeliveryWork,
  before: DeliveryLine,
  { line, moves }: Extract<StepOutcome, { ok: true }>,
  action: DeliveryCommand['action'],
): void {
  changes.lines.set(line.id, line);
  locked.lines.set(line.id, line);
  changes.moves.push(...moves);
  for (const move of moves) world.balances.add(move);
  steps.delete(line.id);
  if (action === 'save draft' || action === 'reverse') return;
  changes.steps.push({
    lineId: line.id,
    revision: line.revision,
    action,
    reference: referenceOf(line),
    before,
  });
}

/** Takes back the newest step of a line: the line is as it was before, and the moves are undone. */
function reverseStep(work: DeliveryWork, line: DeliveryLine, wanted: string | null): StepOutcome {
  if (work.changes.lines.has(line.id)) {
    return {
      ok: false,
      field: null,
      message: 'A row above changed this line just now. Submit this row again.',
    };
  }
  const step = work.steps.get(line.id);
  if (step === undefined)
    return { ok: false, field: 'action', message: 'There is no step of this line to reverse.' };
  if (wanted !== null && wanted !== step.reference) {
    const message = `Later steps of this line rest on it, or it was taken back before. The step to reverse now is ${step.reference}.`;
    return { ok: false, field: null, message };
  }
  const { state, quantity, received, writtenOff, incoming } = step.before;
  const revision = line.revision + 1;
  const after: DeliveryLine = { ...line, state, quantity, received, writtenOff, incoming, revision };
  const names = { reference: step.reference, by: referenceOf(after) };
  const reversal = oppositeOf(work.posted.get(step.reference) ?? [], work.world.balances, names);
  if (!reversal.ok) return { ok: false, field: 'action', message: reversal.message };
  work.changes.links.push(names);
  const said =
    `Took back "${step.action}" (${step.reference}); the line is ${state} again. ${reversal.said}`.trim();
  return { ok: true, line: after, moves: reversal.moves, said };
}

/** One action for every line of a number; lines for which it is not possible are left as they are, and said so. */
function applyToAll(work: DeliveryWork, command: DeliveryCommand): DeliveryOutcome {
  const { number } = command;
  const lines = [...work.locked.lines.values()].filter((line) => line.number === number);
  if (number === null || lines.length === 0) {
    return refuse('sku', `There is no ${number ?? 'such number'} yet. Fill in the SKU to begin it.`);
  }
  if (command.receiveNow !== null) {
    return refuse(
      'receiveNow',
      'Without a SKU everything that is left arrives. Leave this cell empty, or fill in the SKU.',
    );
  }
  const forLine = {
    ...command,
    quantity: null,
    warehouseId: null,
    sourceId: null,
    unitCost: null,
    charges: null,
    reverses: null,
  };
  const done: string[] = [];
  const left: string[] = [];
  for (const line of lines) {
    const outcome = stepOf(work, line, forLine);
    if (outcome.ok) record(work, line, outcome, command.action);
    if (outcome.ok) done.push(line.sku);
    else left.push(`${line.sku}: ${outcome.message}`);
  }
  if (done.length === 0) return refuse('action', left.join(' ').slice(0, SENTENCE_MAX));
  const rest = left.length === 0 ? '' : ` Left as they are: ${left.join(' ')}`;
  const message = `${number}: "${command.action}" done for ${done.length} of ${lines.length} lines.${rest}`;
  const writes = { action: '', step: String(command.step + 1) };
  return { kind: 'done', message: message.slice(0, SENTENCE_MAX), line: null, writes };
}

const SENTENCE_MAX = 2_000;
