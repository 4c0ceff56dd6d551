// The simulated shop's changes of inventory: every rule that the real one enforces at run time, with its own words.

import { createHash } from 'node:crypto';
import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import { INPUT_ARRAY_MAX } from './manifest.ts';
import { digits, gid, levelKey, nextId, type ShopMemory, type SimulatedVariant } from './simulator-memory.ts';
import type { ShopEvents } from './simulator-shelf.ts';
import { levelBody } from './simulator-webhooks.ts';

type QuantityInput = {
  readonly inventoryItemId: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly changeFromQuantity?: number | null;
};
type SetInput = {
  readonly name: string;
  readonly reason: string;
  readonly referenceDocumentUri?: string | null;
  readonly quantities: readonly QuantityInput[];
};
export type UserError = {
  readonly code: string | null;
  readonly field: readonly string[] | null;
  readonly message: string;
};
export type QuantityWrite = { at: Date; remoteId: string; quantity: number; applied: boolean };
type Change = {
  readonly name: string;
  readonly delta: number;
  readonly itemId: string;
  readonly locationId: string;
};
export type SetAnswer = {
  readonly group: {
    readonly id: string;
    readonly reason: string;
    readonly changes: readonly Change[];
  } | null;
  readonly userErrors: readonly UserError[];
};

const REASONS = `correction, cycle_count_available, damaged, movement_canceled, movement_created, movement_received, \
movement_updated, other, promotion, quality_control, received, reservation_created, reservation_deleted, \
reservation_updated, restock, safety_stock, shrinkage`;
const QUANTITY_BOUND = 1_000_000_000;
const REMEMBERED_KEYS_MAX = 2_000;

const refuse = (message: string, code: string): never => {
  throw new GraphQLError(message, { extensions: { code } });
};

export function itemOf(memory: ShopMemory, remoteId: string): SimulatedVariant | undefined {
  const id = digits('InventoryItem', remoteId);
  if (id === null) return refuse(`Invalid global id '${remoteId}'`, 'INVALID_VARIABLE');
  // Items are made right after their variant, two numbers on.
  const neighbour = memory.variants.get(String(BigInt(id) - 2n));
  return neighbour?.itemId === id ? neighbour : undefined;
}

/** A short, stable name for a value, to tell two requests apart. */
const fingerprint = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** Runs `work` once per idempotency key; the same key again gives the same answer. */
export function once<Answer extends { readonly userErrors: readonly unknown[] }>(
  memory: ShopMemory,
  info: GraphQLResolveInfo,
  input: unknown,
  work: () => Answer,
): Answer | UserError {
  const directive = info.fieldNodes[0]?.directives?.find(({ name }) => name.value === 'idempotent');
  const argument = directive?.arguments?.[0]?.value;
  const key =
    argument?.kind === 'Variable'
      ? String(info.variableValues.coerced[argument.name.value] ?? '')
      : argument?.kind === 'StringValue'
        ? argument.value
        : '';
  if (key === '') {
    return refuse(
      'The @idempotent directive is required for this mutation but was not provided.',
      'BAD_REQUEST',
    );
  }
  const before = memory.requests.get(key);
  const name = fingerprint([info.fieldName, input]);
  if (before !== undefined) {
    if (before.fingerprint !== name) {
      return {
        code: 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH',
        field: null,
        message: 'The same idempotency key cannot be used with different operation parameters.',
      };
    }
    if (before.failed) {
      return {
        code: 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED',
        field: null,
        message: 'The previous attempt failed. Use a new idempotency key.',
      };
    }
    return before.answer as Answer;
  }
  const answer = work();
  // The real shop forgets keys after a day; this one when there are too many, oldest first.
  const [oldest] = memory.requests.keys();
  if (memory.requests.size >= REMEMBERED_KEYS_MAX && oldest !== undefined) memory.requests.delete(oldest);
  memory.requests.set(key, { fingerprint: name, failed: answer.userErrors.length > 0, answer });
  return answer;
}

export function setQuantities(
  memory: ShopMemory,
  events: ShopEvents,
  writes: QuantityWrite[],
  input: SetInput,
): SetAnswer {
  const userErrors = [
    ...checkHead(input),
    ...checkPairs(input),
    ...input.quantities.flatMap((entry, index) => check(memory, input, entry, index)),
  ];
  const applied = userErrors.length === 0;
  for (const { inventoryItemId, quantity } of input.quantities) {
    const variant = itemOf(memory, inventoryItemId);
    const remoteId = variant === undefined ? '' : gid('ProductVariant', variant.id);
    writes.push({ at: events.now(), remoteId, quantity, applied });
  }
  if (!applied) return { group: null, userErrors };
  const changes = input.quantities.flatMap((entry) => apply(memory, events, input.name, entry));
  events.changed();
  if (changes.length === 0) return { group: null, userErrors: [] };
  return { group: { id: nextId(memory), reason: input.reason, changes }, userErrors: [] };
}

function checkHead(input: SetInput): readonly UserError[] {
  const errors: UserError[] = [];
  if (input.name !== 'available' && input.name !== 'on_hand') {
    const message = "The quantity name must be either 'available' or 'on_hand'.";
    errors.push({ field: ['input', 'name'], message, code: 'INVALID_NAME' });
  }
  if (!REASONS.split(', ').includes(input.reason)) {
    const message = `The specified reason is invalid. Valid values are: ${REASONS}.`;
    errors.push({ field: ['input', 'reason'], message, code: 'INVALID_REASON' });
  }
  return errors;
}

/** What the schema cannot say is refused before any entry is looked at. */
export function checkForm(input: SetInput): void {
  if (input.quantities.length > INPUT_ARRAY_MAX) {
    refuse(
      `The input array size of ${input.quantities.length} is greater than the maximum allowed of ${INPUT_ARRAY_MAX}.`,
      'MAX_INPUT_SIZE_EXCEEDED',
    );
  }
  if (input.quantities.some((entry) => !('changeFromQuantity' in entry))) {
    refuse(
      'InventoryQuantityInput must include the following argument: changeFromQuantity.',
      'INVALID_FIELD_ARGUMENTS',
    );
  }
}

function checkPairs({ quantities }: SetInput): readonly UserError[] {
  const nameOf = (entry: QuantityInput): string => `${entry.inventoryItemId} ${entry.locationId}`;
  const times = new Map<string, number>();
  for (const entry of quantities) times.set(nameOf(entry), (times.get(nameOf(entry)) ?? 0) + 1);
  return quantities.flatMap((entry, index) =>
    times.get(nameOf(entry)) === 1
      ? []
      : {
          field: ['input', 'quantities', String(index), 'inventoryItemId'],
          code: 'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR',
          message: 'The combination of inventoryItemId and locationId must be unique.',
        },
  );
}

function check(
  memory: ShopMemory,
  input: SetInput,
  entry: QuantityInput,
  index: number,
): readonly UserError[] {
  const at = (field: string): string[] => ['input', 'quantities', String(index), field];
  const error = (field: string, code: string, message: string): UserError => ({
    field: at(field),
    code,
    message,
  });
  const errors: UserError[] = [];
  const variant = itemOf(memory, entry.inventoryItemId);
  if (variant === undefined) {
    const message = 'The specified inventory item could not be found.';
    errors.push(error('inventoryItemId', 'INVALID_INVENTORY_ITEM', message));
  } else if (variant.requiresComponents) {
    const message = 'The specified inventory item is not allowed to be adjusted via API.';
    errors.push(error('inventoryItemId', 'NON_MUTABLE_INVENTORY_ITEM', message));
  }
  const locationId = digits('Location', entry.locationId) ?? '';
  const level = variant && memory.levels.get(levelKey(variant.itemId, locationId));
  // What 2026-10 answers for an item that is not stocked at the location is not documented; this code is left.
  if (!memory.locations.has(locationId) || (variant !== undefined && !level?.isActive)) {
    errors.push(error('locationId', 'INVALID_LOCATION', 'The specified location could not be found.'));
  }
  if (input.name === 'on_hand' && entry.quantity < 0) {
    errors.push(error('quantity', 'INVALID_QUANTITY_NEGATIVE', "The quantity can't be negative."));
  } else if (entry.quantity > QUANTITY_BOUND) {
    const message = "The quantity can't be higher than 1,000,000,000.";
    errors.push(error('quantity', 'INVALID_QUANTITY_TOO_HIGH', message));
  } else if (entry.quantity < -QUANTITY_BOUND) {
    const message = "The quantity can't be lower than -1,000,000,000.";
    errors.push(error('quantity', 'INVALID_QUANTITY_TOO_LOW', message));
  }
  const shown = level === undefined ? 0 : level.available + (input.name === 'on_hand' ? level.committed : 0);
  if (typeof entry.changeFromQuantity === 'number' && level?.isActive && entry.changeFromQuantity !== shown) {
    const message = 'The changeFromQuantity argument no longer matches the persisted quantity.';
    errors.push(error('changeFromQuantity', 'CHANGE_FROM_QUANTITY_STALE', message));
  }
  return errors;
}

function apply(
  memory: ShopMemory,
  events: ShopEvents,
  name: string,
  entry: QuantityInput,
): readonly Change[] {
  const itemId = digits('InventoryItem', entry.inventoryItemId) ?? '';
  const locationId = digits('Location', entry.locationId) ?? '';
  const level = memory.levels.get(levelKey(itemId, locationId));
  if (level === undefined) return [];
  const available = name === 'on_hand' ? entry.quantity - level.committed : entry.quantity;
  const delta = available - level.available;
  if (delta === 0) return [];
  level.available = available;
  level.updatedAt = `${events.now().toISOString().slice(0, 19)}Z`;
  events.emit('inventory_levels/update', levelBody(itemId, locationId, level));
  return ['available', 'on_hand'].map((one) => ({ name: one, delta, itemId, locationId }));
}

export function activate(
  memory: ShopMemory,
  events: ShopEvents,
  input: {
    readonly inventoryItemId: string;
    readonly locationId: string;
    readonly available?: number | null;
  },
): { readonly levelKey: string | null; readonly userErrors: readonly UserError[] } {
  const failed = (field: string, message: string) => ({
    levelKey: null,
    userErrors: [{ code: null, field: [field], message }],
  });
  const variant = itemOf(memory, input.inventoryItemId);
  if (variant === undefined) {
    return failed('inventoryItemId', "The product couldn't be stocked because it was not found.");
  }
  const location = memory.locations.get(digits('Location', input.locationId) ?? '');
  if (!location?.isActive) {
    return failed('locationId', "The product couldn't be stocked because the location was not found.");
  }
  const key = levelKey(variant.itemId, location.id);
  const level = memory.levels.get(key);
  if (level?.isActive && typeof input.available === 'number') {
    const message = 'Not allowed to set available quantity when the item is already active at the location.';
    return { levelKey: key, userErrors: [{ code: null, field: ['available'], message }] };
  }
  if (level !== undefined) level.isActive = true;
  else {
    const at = `${events.now().toISOString().slice(0, 19)}Z`;
    memory.levels.set(key, { available: input.available ?? 0, committed: 0, isActive: true, updatedAt: at });
  }
  events.changed();
  return { levelKey: key, userErrors: [] };
}
