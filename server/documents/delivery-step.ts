// What one action does to one line of a purchase order or transfer: the line after it, the moves to post, and the sentence.

import type { DeliveryKind, DeliveryState } from '../../shared/model/delivery.ts';
import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import type { Move, MoveCause } from '../ledger/moves.ts';
import type { DeliveryCommand } from './read-delivery.ts';
import type { RunningBalances } from './running-balances.ts';

export type DeliveryLine = {
  readonly id: number;
  readonly kind: DeliveryKind;
  readonly number: string;
  readonly sku: Sku;
  /** Of a transfer: where it comes from. */
  readonly sourceId: WarehouseId | null;
  readonly warehouseId: WarehouseId;
  readonly state: DeliveryState;
  readonly quantity: number;
  readonly received: number;
  readonly writtenOff: number;
  /** What the ledger holds as incoming because of this line. */
  readonly incoming: number;
  readonly unitCost: string | null;
  readonly charges: string;
  readonly expectedOn: string | null;
  readonly note: string;
  readonly revision: number;
};

export type StepWorld = {
  readonly balances: RunningBalances;
  readonly nameOf: (warehouse: WarehouseId) => string;
  /** Some store offers this SKU. */
  readonly isListed: (sku: Sku) => boolean;
};

export type StepOutcome =
  | {
      readonly ok: true;
      readonly line: DeliveryLine;
      readonly moves: readonly Move[];
      readonly said: string;
    }
  | { readonly ok: false; readonly field: string | null; readonly message: string };

/** Of a step, before the ledger's part is worked out. */
type Plan =
  | {
      readonly ok: true;
      readonly line: DeliveryLine;
      /** Units that arrive at the destination. */
      readonly arriving?: number;
      /** Units that leave the source; negative: they come back. */
      readonly leaving?: number;
      readonly cause: MoveCause;
      readonly said: string;
    }
  | { readonly ok: false; readonly field: string | null; readonly message: string };

export const referenceOf = (line: DeliveryLine): string => `${line.number}/${line.id}.${line.revision}`;

/** Every action but "reverse". */
export function takeStep(before: DeliveryLine, command: DeliveryCommand, world: StepWorld): StepOutcome {
  const edited = edit(before, command, world);
  if (!edited.ok) return edited;
  const plan = planOf(edited.line, command, world);
  if (!plan.ok) return plan;
  const line = { ...plan.line, revision: before.revision + 1, incoming: incomingOf(plan.line) };
  const moves = movesOf(before, line, plan, world);
  return { ok: true, line, moves, said: plan.said };
}

// What is under way, follows from the line.
const incomingOf = (line: DeliveryLine): number =>
  line.state === 'ordered' || line.state === 'sent' || line.state === 'partly received'
    ? Math.max(0, line.quantity - line.received - line.writtenOff)
    : 0;

const refuse = (field: string | null, message: string) => ({ ok: false, field, message }) as const;

/** The row's cells become the line's, as far as they still may. */
function edit(
  line: DeliveryLine,
  command: DeliveryCommand,
  { nameOf }: StepWorld,
): { readonly ok: true; readonly line: DeliveryLine } | ReturnType<typeof refuse> {
  const isTransfer = line.kind === 'transfer';
  const quantity = command.quantity ?? line.quantity;
  const warehouseId = command.warehouseId ?? line.warehouseId;
  const sourceId = isTransfer ? (command.sourceId ?? line.sourceId) : null;
  if (isTransfer && sourceId === warehouseId) {
    return refuse('to', `From and to are both ${nameOf(warehouseId)}. Choose another warehouse.`);
  }
  if (line.state !== 'draft') {
    if (warehouseId !== line.warehouseId || sourceId !== line.sourceId) {
      const field = warehouseId !== line.warehouseId ? (isTransfer ? 'to' : 'warehouse') : 'from';
      const message = `This line is ${line.state}, so its warehouse stays ${nameOf(field === 'from' && line.sourceId !== null ? line.sourceId : line.warehouseId)}. Reverse or cancel it, and make a new row.`;
      return refuse(field, message);
    }
    if (isTransfer && quantity !== line.quantity) {
      return refuse('quantity', `${line.quantity} were sent. Reverse the sending first to change that.`);
    }
  }
  return {
    ok: true,
    line: {
      ...line,
      quantity,
      warehouseId,
      sourceId,
      unitCost: command.unitCost ?? line.unitCost,
      charges: command.charges ?? line.charges,
      expectedOn: command.expectedOn ?? line.expectedOn,
      note: command.note === '' ? line.note : command.note,
    },
  };
}

function planOf(line: DeliveryLine, command: DeliveryCommand, world: StepWorld): Plan {
  switch (command.action) {
    case 'save draft':
      if (line.state !== 'draft') {
        return refuse('action', `This line is ${line.state} and no draft any more. Choose another action.`);
      }
      return { ok: true, line, cause: 'purchase changed', said: 'Saved as a draft; nothing has moved.' };
    case 'order':
      return order(line);
    case 'send':
      return send(line, world);
    case 'receive':
      return receive(line, command.receiveNow, world);
    case 'close':
    case 'write off':
      return giveUpRest(line, command);
    case 'cancel':
      return cancel(line, world);
    default:
      return refuse('action', `"${command.action}" is not possible here.`);
  }
}

function order(line: DeliveryLine): Plan {
  if (line.state === 'received' || line.state === 'cancelled') {
    return refuse('action', `This line is ${line.state}. Make a new row to order more.`);
  }
  const state =
    line.received === 0 ? 'ordered' : line.received >= line.quantity ? 'received' : 'partly received';
  const said = `Ordered ${line.quantity}, ${Math.max(0, line.quantity - line.received)} are on their way.`;
  return { ok: true, line: { ...line, state }, cause: 'purchase ordered', said };
}

function send(line: DeliveryLine, { balances, nameOf }: StepWorld): Plan {
  if (line.state !== 'draft') return refuse('action', `This transfer is ${line.state} already.`);
  const source = line.sourceId;
  if (source === null) return refuse('from', 'Fill in the warehouse that it leaves.');
  const { inStock, booked, isSet } = balances.of(line.sku, source);
  if (!isSet) {
    return refuse(
      'from',
      `Nobody has counted ${line.sku} in ${nameOf(source)} yet. Set its number in Adjustments first.`,
    );
  }
  if (inStock < line.quantity) {
    return refuse(
      'quantity',
      `Only ${Math.max(0, inStock)} are in stock in ${nameOf(source)}, so ${line.quantity} cannot be sent.`,
    );
  }
  const left = inStock - line.quantity;
  const promised =
    left < booked ? ` ${booked - left} of the rest are promised to orders and missing there now.` : '';
  const said = `Sent ${line.quantity} to ${nameOf(line.warehouseId)}; ${left} left in ${nameOf(source)}.${promised}`;
  return { ok: true, line: { ...line, state: 'sent' }, leaving: line.quantity, cause: 'transfer sent', said };
}

function receive(line: DeliveryLine, now: number | null, { balances, nameOf, isListed }: StepWorld): Plan {
  const isTransfer = line.kind === 'transfer';
  if (line.state === 'cancelled')
    return refuse('action', 'This line was cancelled. Make a new row for what arrived.');
  if (isTransfer && line.state === 'draft')
    return refuse('action', 'This transfer was not sent yet. Choose "send" first.');
  const left = Math.max(0, line.quantity - line.received - line.writtenOff);
  const units = now ?? left;
  if (units === 0) return refuse('receiveNow', 'Everything has arrived already. Type how many more arrived.');
  if (isTransfer && units > left) {
    return refuse(
      'receiveNow',
      `Only ${left} are still on their way. Add what is beyond that in Adjustments, as found.`,
    );
  }
  const received = line.received + units;
  const isDone = received + line.writtenOff >= line.quantity;
  const beyond = received - line.quantity;
  const sum =
    beyond > 0
      ? `${received} in all, ${beyond} more than ordered`
      : isDone
        ? 'everything has arrived'
        : `${line.quantity - received - line.writtenOff} are still on their way`;
  const place = balances.of(line.sku, line.warehouseId);
  const counts = arrivalCounts(line, { balances, isListed });
  const stock = counts
    ? ` In stock in ${nameOf(line.warehouseId)}: ${place.inStock + units}.`
    : ` Nobody has counted ${line.sku} yet, so stores are told nothing: set its number in Adjustments.`;
  const state = isDone ? 'received' : 'partly received';
  const cause = isTransfer ? 'transfer received' : 'purchase received';
  const said = `Received ${units}: ${sum}.${stock}`;
  return { ok: true, line: { ...line, received, state }, arriving: units, cause, said };
}

/**
 * An arrival says how many there are when somebody has counted the SKU anywhere, or when no store offers it. Else units may lie
 * on the shelf that nobody has counted, and telling stores only what arrived would wipe their number.
 */
function arrivalCounts(
  line: DeliveryLine,
  { balances, isListed }: Pick<StepWorld, 'balances' | 'isListed'>,
): boolean {
  return balances.isCounted(line.sku) || !isListed(line.sku);
}

function giveUpRest(line: DeliveryLine, command: DeliveryCommand): Plan {
  const rest = line.quantity - line.received - line.writtenOff;
  const isUnderWay = line.state === 'ordered' || line.state === 'sent' || line.state === 'partly received';
  if (!isUnderWay) return refuse('action', `This line is ${line.state}; nothing is on its way.`);
  if (line.kind === 'transfer') {
    if (command.note === '') return refuse('note', `Say in the note why ${rest} are missing.`);
    const said = `${rest} written off: ${line.note}. ${line.received} of ${line.quantity} arrived.`;
    const after = { ...line, writtenOff: line.writtenOff + rest, state: 'received' as const };
    return { ok: true, line: after, cause: 'transfer changed', said };
  }
  const state = line.received === 0 ? 'cancelled' : 'received';
  const said = `Closed: ${line.received} of ${line.quantity} arrived, ${rest} will not come.`;
  return { ok: true, line: { ...line, state }, cause: 'purchase changed', said };
}

function cancel(line: DeliveryLine, { nameOf }: StepWorld): Plan {
  if (line.state === 'cancelled') return refuse('action', 'This line was cancelled before.');
  if (line.received > 0 || line.writtenOff > 0) {
    const other = line.kind === 'purchase' ? 'close" to give up the rest' : 'write off" for what is missing';
    return refuse('action', `${line.received} have arrived already. Choose "${other}, or "reverse".`);
  }
  const after = { ...line, state: 'cancelled' as const };
  if (line.kind === 'transfer' && line.state === 'sent' && line.sourceId !== null) {
    const said = `Cancelled: ${line.quantity} are back in ${nameOf(line.sourceId)}.`;
    return { ok: true, line: after, leaving: -line.quantity, cause: 'transfer changed', said };
  }
  const cause = line.kind === 'transfer' ? 'transfer changed' : 'purchase changed';
  return { ok: true, line: after, cause, said: 'Cancelled; nothing is on its way.' };
}

function movesOf(
  before: DeliveryLine,
  line: DeliveryLine,
  plan: Extract<Plan, { ok: true }>,
  world: StepWorld,
): readonly Move[] {
  const reference = referenceOf(line);
  const note = [line.number, line.note].filter((part) => part !== '').join(': ');
  const common = { sku: line.sku, bookedChange: 0, cause: plan.cause, reference, note };
  const moves: Move[] = [];
  const { leaving = 0, arriving = 0 } = plan;
  if (leaving !== 0 && line.sourceId !== null) {
    moves.push({ ...common, warehouseId: line.sourceId, inStockChange: -leaving });
  }
  const incomingChange = line.incoming - before.incoming;
  if (arriving !== 0 || incomingChange !== 0) {
    const sets = arriving > 0 && arrivalCounts(line, world);
    moves.push({ ...common, warehouseId: line.warehouseId, inStockChange: arriving, incomingChange, sets });
  }
  return moves;
}
