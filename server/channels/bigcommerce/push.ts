// Tells the store quantities: read, compare with what we expect, write one request after the other, and find the items
// that make BigCommerce refuse a whole request.

import { ChannelError } from '../../net/channel-error.ts';
import { inChunks, pause } from '../../net/in-turns.ts';
import type { PushResult, PushTarget } from '../channel.ts';
import { contradictedHandles } from '../contradicted.ts';
import { readShelf, type StockReader, type StockState } from './levels.ts';
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

/** As long as a push goes on reading again. Until then a reading may be older than the last write, and look right. */
const SHOWS_WITHIN_MS = 2_500;

export type StockWriter = StockReader & { readonly now: () => Date };

export async function setAvailable(
  writer: StockWriter,
  targets: readonly PushTarget[],
): Promise<readonly PushResult[]> {
  const decided = new Map<PushTarget, Outcome>();
  const contradicted = contradictedHandles(targets);
  const sendable = targets.filter((target) => {
    const problem = whyNotSendable(target, contradicted);
    if (problem !== null) decided.set(target, problem);
    return problem === null;
  });
  const failure = await pushAll(writer, sendable, decided);
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
  writer: StockWriter,
  targets: readonly PushTarget[],
  decided: Decided,
): Promise<ChannelError | null> {
  let left = targets;
  for (let round = 0; left.length > 0; round += 1) {
    const planned = await plan(writer, left, decided).catch(asFailure);
    if (planned instanceof ChannelError) return planned;
    const failure = await writeAll(writer, planned.writes, decided);
    const waitMs = SETTLING_MS[round];
    if (failure !== null || waitMs === undefined) return failure;
    // Either somebody changed it, or our last change is still on its way.
    left = planned.doubtful;
    if (left.length > 0) await pause(waitMs);
  }
  return null;
}

type Planned = {
  readonly writes: readonly Write[];
  /** To be read again: what was read may be older than our last write. */
  readonly doubtful: readonly PushTarget[];
};

async function plan(writer: StockWriter, targets: readonly PushTarget[], decided: Decided): Promise<Planned> {
  const shelf = await readShelf(
    writer,
    targets.map(({ handle }) => handle),
    'remembered',
  );
  const writes: Write[] = [];
  const doubtful: PushTarget[] = [];
  for (const target of targets) {
    const state = shelf(target.handle);
    const step = planWrite(target, state);
    if ('entry' in step) {
      decided.delete(target);
      writes.push(step);
      continue;
    }
    decided.set(target, step);
    if (step.kind === 'stale' || isDoubtful(writer, target, state)) doubtful.push(target);
  }
  return { writes, doubtful };
}

/** A number that is right already may be an old reading, too: behind it our last write is still on its way. */
const isDoubtful = ({ now }: StockWriter, { lastTold }: PushTarget, state: StockState): boolean =>
  lastTold !== undefined &&
  now().getTime() - lastTold.at.getTime() < SHOWS_WITHIN_MS &&
  state.kind === 'level' &&
  state.level.available !== lastTold.quantity;

function asFailure(problem: unknown): ChannelError {
  if (problem instanceof ChannelError) return problem;
  throw problem;
}

/** One after the other, as BigCommerce asks; the order of changes that overlap would be anybody's guess. */
async function writeAll(
  writer: StockWriter,
  writes: readonly Write[],
  decided: Decided,
): Promise<ChannelError | null> {
  for (const chunk of inChunks(writes, ADJUSTMENT_MAX)) {
    const failure = await write(writer, chunk, decided);
    if (failure !== null) return failure;
  }
  return null;
}

async function write(
  writer: StockWriter,
  writes: readonly Write[],
  decided: Decided,
): Promise<ChannelError | null> {
  // Listings that share one number are one item.
  const items = [...new Map(writes.map(({ entry }) => [JSON.stringify(entry), entry])).values()];
  try {
    await writer.client.change('PUT', '/v3/inventory/adjustments/absolute', { reason: 'Stocksheet', items });
    for (const { target } of writes) decided.set(target, { kind: 'accepted' });
    return null;
  } catch (problem) {
    const failure = asFailure(problem);
    if (failure instanceof StoreRefusal && isAboutItems(failure)) {
      return splitRefused(writer, writes, decided, failure);
    }
    // Perhaps it was done before its answer was lost: what the store shows tells.
    if (failure.kind === 'transient') await readBack(writer, writes, decided);
    return failure;
  }
}

const isAboutItems = ({ status }: StoreRefusal): boolean => [400, 404, 409, 413, 422].includes(status);

/** One bad item refuses all of them, and there is no answer per item: its name in the text, or halving, finds it. */
async function splitRefused(
  writer: StockWriter,
  writes: readonly Write[],
  decided: Decided,
  refusal: StoreRefusal,
): Promise<ChannelError | null> {
  const [only] = writes;
  if (only !== undefined && writes.length === 1) {
    decided.set(only.target, await whyRefused(writer, only.target, refusal));
    return null;
  }
  const isNamed = namesIn(refusal.said);
  const named = writes.filter(({ entry }) => isNamed(entry));
  if (named.length > 0 && named.length < writes.length) {
    const rest = await write(
      writer,
      writes.filter((one) => !named.includes(one)),
      decided,
    );
    return rest ?? (await write(writer, named, decided));
  }
  const half = Math.ceil(writes.length / 2);
  const first = await write(writer, writes.slice(0, half), decided);
  return first ?? (await write(writer, writes.slice(half), decided));
}

/** `[Item with variant_id 106 is tracked by product, …]`; several are named side by side. */
function namesIn(said: string): (entry: Entry) => boolean {
  const names = new Set(
    [...said.matchAll(/(variant_id|product_id)\D{0,3}(\d+)/g)].map(([, key, id]) => `${key} ${id}`),
  );
  return ({ variant_id: variantId, product_id: productId }) =>
    names.has(`variant_id ${variantId}`) || names.has(`product_id ${productId}`);
}

async function whyRefused(writer: StockWriter, target: PushTarget, refusal: StoreRefusal): Promise<Outcome> {
  const state = (await readShelf(writer, [target.handle]))(target.handle);
  if (state.kind === 'gone') return GONE;
  if (state.kind === 'untracked') return UNTRACKED;
  if (state.kind === 'moved') return MOVED;
  return { kind: 'rejected', message: `BigCommerce refused this number: ${sentence(refusal.said)}` };
}

/** Nothing is written again blindly: a sale in between would be undone. */
async function readBack(writer: StockWriter, writes: readonly Write[], decided: Decided): Promise<void> {
  let left = writes.map(({ target }) => target);
  for (const waitMs of [0, ...SETTLING_MS]) {
    if (waitMs > 0) await pause(waitMs);
    const shelf = await readShelf(
      writer,
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
