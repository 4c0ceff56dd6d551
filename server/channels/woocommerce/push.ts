// Tells the shop quantities: read, compare with what we expect, write, and believe only what the shop echoes.

import { ChannelError } from '../../net/channel-error.ts';
import { inChunks, inTurns } from '../../net/in-turns.ts';
import type { AvailableReading, ListingReference, PushResult, PushTarget } from '../channel.ts';
import { BATCH_MAX, manifest, REQUESTS_AT_ONCE } from './manifest.ts';
import { type Place, readHandle } from './map-listing.ts';
import { plain, ShopRefusal } from './refusal.ts';
import { batchShape } from './shapes.ts';
import { readStock, type Shelf, type StockReader } from './stock.ts';

export async function readAvailable(
  reader: StockReader,
  listings: readonly ListingReference[],
): Promise<readonly AvailableReading[]> {
  const shelf = await readStock(reader, listings);
  return listings.map((listing) => {
    const state = shelf(listing.handle);
    const reading: AvailableReading['reading'] =
      state.kind === 'quantity'
        ? { kind: 'quantity', quantity: state.quantity }
        : { kind: state.kind === 'gone' ? 'gone' : 'untracked' };
    return { remoteId: listing.remoteId, handle: listing.handle, reading };
  });
}

export async function setAvailable(
  reader: StockReader,
  targets: readonly PushTarget[],
): Promise<readonly PushResult[]> {
  const shelf = await readStock(reader, targets);
  const decided = new Map<PushTarget, Outcome>();
  const writes: Write[] = [];
  for (const target of targets) {
    const outcome = compare(target, shelf);
    if (outcome !== null) decided.set(target, outcome);
    else writes.push({ target, place: readHandle(target.handle) as Place });
  }
  const groups = groupWrites(writes);
  const failures = await inTurns(groups, REQUESTS_AT_ONCE, (group) => writeGroup(reader, group, decided));
  const failure = failures.find((one) => one !== null);
  if (decided.size === 0 && failure !== undefined) throw failure;
  const message = failure?.message ?? 'The shop did not answer for this product.';
  return targets.map((target) => ({
    remoteId: target.remoteId,
    handle: target.handle,
    ...(decided.get(target) ?? { kind: 'unknown', message }),
  }));
}

type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'stale'; readonly observed: number }
  | { readonly kind: 'rejected' | 'untracked' | 'gone' | 'unknown'; readonly message: string };

const GONE: Outcome = {
  kind: 'gone',
  message: 'This product is no longer in the shop, or is in its trash.',
};

/** Null: to be written. */
function compare(target: PushTarget, shelf: Shelf): Outcome | null {
  const { quantity, expected } = target;
  // Inside a batch the shop turns anything that is no whole number into one, silently.
  if (!Number.isSafeInteger(quantity) || quantity < 0 || quantity > manifest.capabilities.quantityMax) {
    return { kind: 'rejected', message: `${quantity} is not a quantity that can be told to the shop.` };
  }
  const state = shelf(target.handle);
  if (state.kind === 'gone') return GONE;
  if (state.kind === 'untracked') return { kind: 'untracked', message: state.message };
  if (state.kind === 'moved') return { kind: 'rejected', message: state.message };
  if (expected !== null && state.quantity !== expected) return { kind: 'stale', observed: state.quantity };
  return state.quantity === quantity && !state.isUnset ? { kind: 'accepted' } : null;
}

type Write = { readonly target: PushTarget; readonly place: Place };
type Group = { readonly route: string; readonly writes: readonly Write[] };

const writtenId = ({ place }: Write): number =>
  place.isKeptByParent ? (place.parentId ?? place.id) : place.id;

// Variations are written below their parent, everything else together.
function groupWrites(writes: readonly Write[]): readonly Group[] {
  const routes = new Map<string, Write[]>();
  for (const write of writes) {
    const { parentId, isKeptByParent } = write.place;
    const isProduct = parentId === null || isKeptByParent;
    const route = isProduct ? '/wc/v3/products/batch' : `/wc/v3/products/${parentId}/variations/batch`;
    routes.set(route, [...(routes.get(route) ?? []), write]);
  }
  return [...routes].flatMap(([route, all]) =>
    inChunks(all, BATCH_MAX).map((chunk) => ({ route, writes: chunk })),
  );
}

/** Answers the failure when nothing is known about some of the group. */
async function writeGroup(
  reader: StockReader,
  group: Group,
  decided: Map<PushTarget, Outcome>,
): Promise<ChannelError | null> {
  const update = group.writes.map((write) => ({
    id: writtenId(write),
    stock_quantity: write.target.quantity,
  }));
  try {
    const answer = await reader.client.post(group.route, { update }, batchShape);
    const items = new Map(answer.update.map((item) => [item.id, item]));
    for (const write of group.writes) {
      const item = items.get(writtenId(write));
      if (item !== undefined) decided.set(write.target, await judgeItem(reader, item, write.target.quantity));
    }
    return null;
  } catch (problem) {
    if (!(problem instanceof ChannelError)) throw problem;
    return recover(reader, group, decided, problem);
  }
}

const TOO_MANY = 413;

async function recover(
  reader: StockReader,
  group: Group,
  decided: Map<PushTarget, Outcome>,
  problem: ChannelError,
): Promise<ChannelError | null> {
  if (problem.kind === 'gone') {
    for (const { target } of group.writes) decided.set(target, GONE);
    return null;
  }
  // Hosts can lower the limit of a batch.
  if (problem instanceof ShopRefusal && problem.status === TOO_MANY && group.writes.length > 1) {
    const half = Math.ceil(group.writes.length / 2);
    const first = await writeGroup(reader, { ...group, writes: group.writes.slice(0, half) }, decided);
    const second = await writeGroup(reader, { ...group, writes: group.writes.slice(half) }, decided);
    return first ?? second;
  }
  if (problem.kind === 'transient') await readBack(reader, group, decided);
  return problem;
}

// The answer was lost, perhaps after the shop had done it: what it shows now tells. Nothing is written again
// blindly.
async function readBack(reader: StockReader, group: Group, decided: Map<PushTarget, Outcome>): Promise<void> {
  const targets = group.writes.map(({ target }) => target);
  const shelf = await readStock(reader, targets).catch(() => null);
  if (shelf === null) return;
  for (const target of targets) {
    const state = shelf(target.handle);
    if (state.kind === 'quantity' && state.quantity === target.quantity) {
      decided.set(target, { kind: 'accepted' });
    }
  }
}

type Item = (typeof batchShape)['_output']['update'][number];

async function judgeItem(reader: StockReader, item: Item, quantity: number): Promise<Outcome> {
  if (item.error !== null && item.error !== undefined) {
    const { code, message } = item.error;
    if (code.endsWith('_invalid_id')) return GONE;
    return { kind: 'rejected', message: `The shop refused this quantity: ${plain(message)}` };
  }
  // A shop that does not count this product's stock answers 200 and keeps nothing.
  if (item.manage_stock !== true) return { kind: 'untracked', message: await reader.whyUntracked() };
  if (item.stock_quantity === quantity) return { kind: 'accepted' };
  return {
    kind: 'rejected',
    message: `The shop was told ${quantity} and kept ${item.stock_quantity ?? 'nothing'}: a plugin seems to change quantities.`,
  };
}
