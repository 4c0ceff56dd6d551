// Tells the store quantities: read, compare with what we expect, write one request after the other, and find the items
// that make BigCommerce refuse a whole request.

import { ChannelError } from '../../net/channel-error.ts';
import { inChunks, pause } from '../../net/in-turns.ts';
import type { PushResult, PushTarget } from '../channel.ts';
import { readShelf, type StockReader } from './levels.ts';
import { ADJUSTMENT_MAX } from './manifest.ts';
import {
  type Entry,
  GONE,
  MOVED,
  type Outcome,
  planWrite,
  UNTRACKED,
  type Write,
  whyNotSendable,
} from './push-plan.ts';
import { StoreRefusal, sentence } from './refusal.ts';

/** Reading right after a change may show the number before it: how long to wait before reading again. */
const SETTLING_MS = [250, 750, 1_500];

export async function setAvailable(
  reader: StockReader,
  targets: readonly PushTarget[],
): Promise<readonly PushResult[]> {
  const decided = new Map<PushTarget, Outcome>();
  const wanted = new Map<string, Set<number>>();
  for (const { handle, quantity } of targets) {
    wanted.set(handle, (wanted.get(handle) ?? new Set<number>()).add(quantity));
  }
  const sendable = targets.filter((target) => {
    const problem = whyNotSendable(target, wanted);
    if (problem !== null) decided.set(target, problem);
    return problem === null;
  });
  const failure = await pushAll(reader, sendable, decided);
  if (failure !== null && sendable.every((target) => !decided.has(target))) throw failure;
  const message = failure?.message ?? 'BigCommerce did not answer for this product.';
  return targets.map((target) => ({
    remoteId: target.remoteId,
    handle: target.handle,
    ...(decided.get(target) ?? { kind: 'unknown', message }),
  }));
}

type Decided = Map<PushTarget, Outcome>;

/** Answers the failure when nothing is known about some of the targets. */
async function pushAll(
  reader: StockReader,
  targets: readonly PushTarget[],
  decided: Decided,
): Promise<ChannelError | null> {
  let left = targets;
  for (let round = 0; left.length > 0; round += 1) {
    const planned = await plan(reader, left, decided).catch(asFailure);
    if (planned instanceof ChannelError) return planned;
    const failure = await writeAll(reader, planned.writes, decided);
    const waitMs = SETTLING_MS[round];
    if (failure !== null || waitMs === undefined) return failure;
    // Not what is expected: either somebody changed it, or our last change is still on its way.
    left = planned.stale;
    if (left.length > 0) await pause(waitMs);
  }
  return null;
}

type Planned = { readonly writes: readonly Write[]; readonly stale: readonly PushTarget[] };

async function plan(reader: StockReader, targets: readonly PushTarget[], decided: Decided): Promise<Planned> {
  const shelf = await readShelf(
    reader,
    targets.map(({ handle }) => handle),
    'remembered',
  );
  const writes: Write[] = [];
  const stale: PushTarget[] = [];
  for (const target of targets) {
    const step = planWrite(target, shelf(target.handle));
    if ('entry' in step) {
      decided.delete(target);
      writes.push(step);
      continue;
    }
    decided.set(target, step);
    if (step.kind === 'stale') stale.push(target);
  }
  return { writes, stale };
}

function asFailure(problem: unknown): ChannelError {
  if (problem instanceof ChannelError) return problem;
  throw problem;
}

/** One after the other, as BigCommerce asks; the order of changes that overlap would be anybody's guess. */
async function writeAll(
  reader: StockReader,
  writes: readonly Write[],
  decided: Decided,
): Promise<ChannelError | null> {
  for (const chunk of inChunks(writes, ADJUSTMENT_MAX)) {
    const failure = await write(reader, chunk, decided);
    if (failure !== null) return failure;
  }
  return null;
}

async function write(
  reader: StockReader,
  writes: readonly Write[],
  decided: Decided,
): Promise<ChannelError | null> {
  // Listings that share one number are one item.
  const items = [...new Map(writes.map(({ entry }) => [JSON.stringify(entry), entry])).values()];
  try {
    await reader.client.change('PUT', '/v3/inventory/adjustments/absolute', { reason: 'Stocksheet', items });
    for (const { target } of writes) decided.set(target, { kind: 'accepted' });
    return null;
  } catch (problem) {
    const failure = asFailure(problem);
    if (failure instanceof StoreRefusal && isAboutItems(failure)) {
      return splitRefused(reader, writes, decided, failure);
    }
    // Perhaps it was done before its answer was lost: what the store shows tells.
    if (failure.kind === 'transient') await readBack(reader, writes, decided);
    return failure;
  }
}

const isAboutItems = ({ status }: StoreRefusal): boolean => [400, 404, 409, 413, 422].includes(status);

/** One bad item refuses all of them, and there is no answer per item: its name in the text, or halving, finds it. */
async function splitRefused(
  reader: StockReader,
  writes: readonly Write[],
  decided: Decided,
  refusal: StoreRefusal,
): Promise<ChannelError | null> {
  const [only] = writes;
  if (only !== undefined && writes.length === 1) {
    decided.set(only.target, await whyRefused(reader, only.target, refusal));
    return null;
  }
  const isNamed = namesIn(refusal.said);
  const named = writes.filter(({ entry }) => isNamed(entry));
  if (named.length > 0 && named.length < writes.length) {
    const rest = await write(
      reader,
      writes.filter((one) => !named.includes(one)),
      decided,
    );
    return rest ?? (await write(reader, named, decided));
  }
  const half = Math.ceil(writes.length / 2);
  const first = await write(reader, writes.slice(0, half), decided);
  return first ?? (await write(reader, writes.slice(half), decided));
}

/** `[Item with variant_id 106 is tracked by product, …]`; several are named side by side. */
function namesIn(said: string): (entry: Entry) => boolean {
  const names = new Set(
    [...said.matchAll(/(variant_id|product_id)\D{0,3}(\d+)/g)].map(([, key, id]) => `${key} ${id}`),
  );
  return ({ variant_id: variantId, product_id: productId }) =>
    names.has(`variant_id ${variantId}`) || names.has(`product_id ${productId}`);
}

async function whyRefused(reader: StockReader, target: PushTarget, refusal: StoreRefusal): Promise<Outcome> {
  const state = (await readShelf(reader, [target.handle]))(target.handle);
  if (state.kind === 'gone') return GONE;
  if (state.kind === 'untracked') return UNTRACKED;
  if (state.kind === 'moved') return MOVED;
  return { kind: 'rejected', message: `BigCommerce refused this number: ${sentence(refusal.said)}` };
}

/** Nothing is written again blindly: a sale in between would be undone. */
async function readBack(reader: StockReader, writes: readonly Write[], decided: Decided): Promise<void> {
  let left = writes.map(({ target }) => target);
  for (const waitMs of [0, ...SETTLING_MS]) {
    if (waitMs > 0) await pause(waitMs);
    const shelf = await readShelf(
      reader,
      left.map(({ handle }) => handle),
    ).catch(() => null);
    if (shelf === null) return;
    left = left.filter((target) => {
      const state = shelf(target.handle);
      const arrived = state.kind === 'level' && state.level.available === target.quantity;
      if (arrived) decided.set(target, { kind: 'accepted' });
      return !arrived;
    });
    if (left.length === 0) return;
  }
}
