// Works through actions on lines of purchase orders and transfers while everything they touch is locked; posts at the end.

import type { RowWrites } from '../../shared/api/rows.ts';
import type { DeliveryKind } from '../../shared/model/delivery.ts';
import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import type { Tx } from '../database/database.ts';
import { bundleHasNoStock } from '../ledger/bundles.ts';
import type { LockedSkus, Move, Stamp } from '../ledger/moves.ts';
import {
  type DeliveryHead,
  type DeliveryStep,
  dropEmpty,
  type LockedDeliveries,
  listedSkus,
  makeLineIds,
  newestSteps,
  type OpenStep,
  saveDeliveries,
} from './delivery-lines.ts';
import {
  type DeliveryLine,
  referenceOf,
  type StepOutcome,
  type StepWorld,
  takeStep,
} from './delivery-step.ts';
import { postDocumentMoves } from './post-moves.ts';
import type { DeliveryCommand } from './read-delivery.ts';
import { keepReversals, oppositeOf, type PostedMove, type ReversalLink, readPosted } from './reverse.ts';
import { runningBalances } from './running-balances.ts';
import { findWarehouse, type Warehouse } from './warehouses.ts';

export type DeliveryOutcome =
  | {
      readonly kind: 'done';
      readonly message: string;
      readonly line: DeliveryLine | null;
      readonly writes: RowWrites;
    }
  | { readonly kind: 'refused'; readonly field: string | null; readonly message: string }
  | { readonly kind: 'overtaken'; readonly line: DeliveryLine | null };

type Opening = {
  readonly locked: LockedDeliveries;
  readonly skus: LockedSkus;
  readonly warehouses: readonly Warehouse[];
  /** Products that were made for these rows. */
  readonly made: ReadonlySet<Sku>;
  readonly newLinesMax: number;
  readonly stamp: Stamp;
};

export type DeliveryWork = Opening & {
  readonly kind: DeliveryKind;
  readonly world: StepWorld;
  readonly headOf: (number: string) => DeliveryHead;
  readonly steps: Map<number, OpenStep>;
  readonly posted: ReadonlyMap<string, readonly PostedMove[]>;
  readonly changes: Changes;
  readonly newLineId: () => number;
  /** Posts and writes everything; returns the SKUs that moved. */
  readonly finish: (numbers: readonly string[]) => Promise<readonly Sku[]>;
};

type Changes = {
  readonly moves: Move[];
  readonly lines: Map<number, DeliveryLine>;
  readonly heads: Map<string, DeliveryHead>;
  readonly rows: { rowId: string; lineId: number }[];
  readonly steps: DeliveryStep[];
  readonly links: ReversalLink[];
};

export async function openWork(tx: Tx, kind: DeliveryKind, opening: Opening): Promise<DeliveryWork> {
  const { locked, skus, warehouses, stamp } = opening;
  const names = new Map<WarehouseId, string>(warehouses.map(({ id, name }) => [id, name]));
  const listed = await listedSkus(tx, [...skus.versions.keys()]);
  const steps = new Map(await newestSteps(tx, [...locked.lines.keys()]));
  const posted = await readPosted(
    tx,
    [...steps.values()].map(({ reference }) => reference),
  );
  const changes: Changes = { moves: [], lines: new Map(), heads: new Map(), rows: [], steps: [], links: [] };
  const ids = [...(await makeLineIds(tx, opening.newLinesMax))];
  return {
    ...opening,
    kind,
    steps,
    posted,
    changes,
    world: {
      balances: runningBalances(skus),
      nameOf: (id) => names.get(id) ?? id,
      isListed: (sku) => listed.has(sku),
    },
    headOf: (number) => {
      const head = changes.heads.get(number) ?? locked.heads.get(number);
      if (head === undefined) throw new Error(`The number ${number} is not locked.`);
      return head;
    },
    newLineId: () => {
      const id = ids.shift();
      if (id === undefined) throw new Error('More lines were made than there are rows.');
      return id;
    },
    finish: async (numbers) => {
      await saveDeliveries(tx, kind, {
        heads: [...changes.heads.values()],
        lines: [...changes.lines.values()],
        rows: changes.rows,
        steps: changes.steps,
      });
      await keepReversals(tx, changes.links, stamp);
      await dropEmpty(tx, kind, numbers);
      return postDocumentMoves(tx, skus, changes.moves, stamp);
    },
  };
}

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

const refuse = (field: string | null, message: string) => ({ kind: 'refused', field, message }) as const;

type Found =
  | { readonly kind: 'line'; readonly line: DeliveryLine }
  | Extract<DeliveryOutcome, { kind: 'refused' }>;

/** The line that a new row names by number and SKU, or a new line. */
function findLine(work: DeliveryWork, sku: Sku, command: DeliveryCommand): Found {
  const { number, warehouseId } = command;
  const mine = [...work.locked.lines.values()].filter((line) => line.number === number && line.sku === sku);
  const fitting = mine.filter((line) => warehouseId === null || line.warehouseId === warehouseId);
  const [line, ...others] = fitting;
  if (line === undefined) return newLine(work, sku, command);
  if (others.length > 0) {
    return refuse(
      work.kind === 'purchase' ? 'warehouse' : 'to',
      `${number} has ${sku} for several warehouses. Fill in which one.`,
    );
  }
  const isFirst = command.action === 'save draft' || command.action === 'order' || command.action === 'send';
  const isOwned = work.locked.ownedLines.has(line.id) || work.changes.lines.has(line.id);
  if (isFirst && isOwned && command.quantity !== null) {
    return refuse(
      'sku',
      `${number} has a line for ${sku} already, with ${line.quantity}. Change that row, or use another number.`,
    );
  }
  return { kind: 'line', line };
}

function newLine(work: DeliveryWork, sku: Sku, command: DeliveryCommand): Found {
  const { kind, skus, warehouses } = work;
  const { action, number } = command;
  const isPurchase = kind === 'purchase';
  const canStart =
    action === 'save draft' ||
    action === 'order' ||
    action === 'send' ||
    (isPurchase && action === 'receive');
  if (!canStart || number === null) {
    return refuse(
      'number',
      `There is no line for ${sku}${number === null ? '' : ` in ${number}`} to ${action}. Check the number.`,
    );
  }
  const parts = skus.parts(sku);
  if (parts.length > 0) return refuse('sku', bundleHasNoStock(sku, parts));
  if (!skus.has(sku)) return refuse('sku', `There is no product "${sku.slice(0, 60)}". Check the spelling.`);
  const quantity = command.quantity ?? (action === 'receive' ? command.receiveNow : null);
  if (quantity === null) return refuse(isPurchase ? 'ordered' : 'quantity', 'Fill in how many.');
  const place = command.warehouseId === null ? findWarehouse(warehouses, null) : null;
  if (place !== null && (!place.ok || !isPurchase)) {
    const problem = place.ok ? 'Fill in the warehouse that it goes to.' : place.problem;
    return refuse(isPurchase ? 'warehouse' : 'to', problem);
  }
  if (!isPurchase && command.sourceId === null)
    return refuse('from', 'Fill in the warehouse that it leaves.');
  const warehouseId = place?.ok ? place.warehouse.id : command.warehouseId;
  if (warehouseId === null) throw new Error('A line without a warehouse.');
  const line: DeliveryLine = {
    id: work.newLineId(),
    kind,
    number,
    sku,
    sourceId: command.sourceId,
    warehouseId,
    state: 'draft',
    quantity,
    received: 0,
    writtenOff: 0,
    incoming: 0,
    unitCost: null,
    charges: '0',
    expectedOn: null,
    note: '',
    revision: 0,
  };
  return { kind: 'line', line };
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
    ? ` ${line.sku} was not known: it is a product without a listing now. Check the spelling.`
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

/** Supplier and currency hold for the whole number. */
function nextHead(
  work: DeliveryWork,
  number: string,
  { supplier, currency, spreadBy }: DeliveryCommand,
): DeliveryHead | Extract<DeliveryOutcome, { kind: 'refused' }> {
  const head = work.headOf(number);
  const differs = (ours: string, said: string) =>
    ours !== '' && said !== '' && ours.toLowerCase() !== said.toLowerCase();
  if (differs(head.supplier, supplier)) {
    return refuse('supplier', `${number} is from ${head.supplier}. Use another number for ${supplier}.`);
  }
  if (differs(head.currency, currency)) {
    return refuse('currency', `${number} is in ${head.currency}. Use another number for ${currency}.`);
  }
  return {
    number,
    supplier: head.supplier || supplier,
    currency: head.currency || currency,
    spreadBy: spreadBy ?? head.spreadBy,
  };
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
