// Tells Amazon absolute quantities: reads what is live, compares, writes by PATCH or feed, and reads back, because what
// Amazon accepted is not what it shows.

import { ChannelError } from '../../net/channel-error.ts';
import { inTurns, pause } from '../../net/in-turns.ts';
import type { ChannelSession, PushResult, PushTarget } from '../channel.ts';
import { submissionAnswer } from './answers.ts';
import type { AmazonClient } from './client.ts';
import type { FeedDesk } from './feed.ts';
import { readLive } from './live.ts';
import { ordersListedAfterMs, PATCH_MAX } from './manifest.ts';
import { memoryOf, type ProcessMemory } from './memory.ts';
import {
  decide,
  FEED_MAY_UNDO,
  GONE,
  NOT_LIVE_YET,
  notSent,
  type Outcome,
  rejected,
  unknown,
  whyNotSendable,
} from './push-plan.ts';
import { patchRequest } from './quantity-patch.ts';

const PATCHES_AT_ONCE = 5;
/** Read back so often; what is not live then counts as unknown, and is looked at again at the next attempt. */
const READ_BACK_AFTER_MS = [0, 300, 1_500];
/** Many take minutes to be live and a request for every 20 to look at: these are read back once, and again next time. */
const READ_BACK_AGAIN_MAX = 100;
/** After a feed that Amazon gave up, numbers go by PATCH for this long. */
const FEEDS_REST_MS = 3_600_000;

export type PushParts = {
  readonly session: ChannelSession;
  readonly client: AmazonClient;
  readonly feeds: FeedDesk;
};
type Write = { readonly target: PushTarget; readonly before: number };
type Push = PushParts & {
  readonly memory: ProcessMemory;
  readonly outcomes: Map<string, Outcome>;
  /** A feed hangs, or has ended a moment ago, and may undo what goes around it. */
  isFeedHanging: boolean;
  /** What stopped the push half-way: nothing is known about the rest. */
  halted: ChannelError | null;
};

export async function setAvailable(
  parts: PushParts,
  targets: readonly PushTarget[],
): Promise<readonly PushResult[]> {
  if (targets.length === 0) return [];
  const push: Push = {
    ...parts,
    memory: memoryOf(parts.session.http),
    outcomes: new Map(),
    isFeedHanging: false,
    halted: null,
  };
  const sendable = targets.filter((target) => {
    const problem = whyNotSendable(target);
    if (problem !== null) push.outcomes.set(target.remoteId, problem);
    return problem === null;
  });
  try {
    await send(push, sendable);
  } catch (problem) {
    if (!(problem instanceof ChannelError)) throw problem;
    push.halted = problem;
  }
  // Some outcomes may be known; only when none is, the failure is the whole answer.
  if (push.halted !== null && push.outcomes.size === 0) throw push.halted;
  const unanswered = unknown(push.halted?.message ?? 'Amazon did not answer for it.');
  return targets.map(({ remoteId, handle }) => ({
    remoteId,
    handle,
    ...(push.outcomes.get(remoteId) ?? unanswered),
  }));
}

async function send(push: Push, sendable: readonly PushTarget[]): Promise<void> {
  if (sendable.length === 0) return;
  const last = await push.feeds.last();
  push.isFeedHanging = last?.kind === 'hangs';
  // What a feed is about waits for it, or the older number might overtake the newer one; the others go around it.
  const isBusy = last?.kind === 'under way';
  const free = isBusy ? sendable.filter(({ remoteId }) => !mayBeFed(push, remoteId)) : sendable;
  for (const { remoteId } of sendable) if (isBusy) push.outcomes.set(remoteId, notSent(NOT_LIVE_YET));
  if (last?.kind === 'never sent') forgetSubmitted(push, push.memory.fed?.keys() ?? []);
  if (last?.kind === 'failed') push.memory.feedFailedAt = push.session.now();
  const refused = last?.kind === 'done' ? last.refused : new Map<string, string>();
  const writes = await compare(push, free, refused);
  const written = await write(push, writes, isBusy || push.isFeedHanging);
  await readBack(push, written);
}

/** Whether the last feed says something of it, as far as this process knows. */
const mayBeFed = ({ memory }: Push, remoteId: string): boolean => memory.fed?.has(remoteId) !== false;

/** Answers what is to be written. */
async function compare(
  push: Push,
  targets: readonly PushTarget[],
  refused: ReadonlyMap<string, string>,
): Promise<readonly Write[]> {
  const live = await readLive(
    push.client,
    targets.map(({ remoteId }) => remoteId),
  );
  const writes: Write[] = [];
  for (const target of targets) {
    const { remoteId } = target;
    const refusal = refused.get(remoteId);
    const circumstances = {
      now: push.session.now(),
      ordersListedAfterMs: ordersListedAfterMs(push.session),
      fed: push.isFeedHanging ? (push.memory.fed?.get(remoteId) ?? null) : null,
    };
    const decision = decide(target, live.get(remoteId), push.memory, circumstances);
    if (decision.kind === 'accepted') settle(push, remoteId, { isSentNow: false });
    else if (refusal !== undefined) push.outcomes.set(remoteId, rejected(refusal));
    else if (decision.kind === 'write') writes.push({ target, before: decision.before });
    else push.outcomes.set(remoteId, decision);
  }
  return writes;
}

/** It shows what it shall. What a feed may still undo stays owed: nobody would look at it again otherwise. */
function settle(push: Push, remoteId: string, { isSentNow }: { readonly isSentNow: boolean }): void {
  if (push.isFeedHanging && mayBeFed(push, remoteId)) {
    push.outcomes.set(remoteId, isSentNow ? FEED_MAY_UNDO : notSent(FEED_MAY_UNDO));
    return;
  }
  push.outcomes.set(remoteId, { kind: 'accepted' });
  push.memory.submitted.delete(remoteId);
}

// ---- writing --------------------------------------------------------------------------------------------------

async function write(push: Push, writes: readonly Write[], isBusy: boolean): Promise<readonly Write[]> {
  const { feedFailedAt } = push.memory;
  const now = push.session.now().getTime();
  const feedsRest = isBusy || (feedFailedAt !== null && now - feedFailedAt.getTime() < FEEDS_REST_MS);
  if (writes.length > PATCH_MAX && !feedsRest) return writeByFeed(push, writes);
  // Around a feed only the most urgent go: those with the fewest units left to oversell.
  const urgent = [...writes].sort((a, b) => a.target.quantity - b.target.quantity);
  for (const { target } of urgent.slice(PATCH_MAX)) push.outcomes.set(target.remoteId, LATER);
  return writeByPatch(push, urgent.slice(0, PATCH_MAX));
}

const NEVER_SENT = notSent(
  unknown('The connection to Amazon broke before it took the quantities; they are sent again.'),
);
const LATER = notSent(unknown('Amazon takes no feed at the moment; listings with little stock go first.'));

async function writeByPatch(push: Push, writes: readonly Write[]): Promise<readonly Write[]> {
  const written: Write[] = [];
  await inTurns(writes, PATCHES_AT_ONCE, async (one) => {
    if (push.halted !== null) return;
    noteSubmitted(push, one);
    const outcome = await patch(push, one.target);
    if (outcome === null) written.push(one);
    else {
      push.memory.submitted.delete(one.target.remoteId);
      push.outcomes.set(one.target.remoteId, outcome);
    }
  });
  return written;
}

/** Null: Amazon took it, or may have taken it. */
async function patch(push: Push, target: PushTarget): Promise<Outcome | null> {
  const { sellerId, marketplaces } = push.client.account();
  try {
    const answer = await push.client.call(
      'patchListingsItem',
      {
        path: { sellerId, sku: target.remoteId },
        // One marketplace: the merchant's quantity of a SKU is the same in all of the region.
        query: { marketplaceIds: marketplaces.slice(0, 1).map(({ id }) => id) },
        body: patchRequest(target.quantity),
      },
      submissionAnswer,
    );
    if (answer.status !== 'INVALID') return null;
    const errors = (answer.issues ?? []).filter(({ severity }) => severity === 'ERROR');
    return rejected(errors.map(({ message }) => message).join(' ') || 'Amazon calls the quantity invalid.');
  } catch (problem) {
    if (!(problem instanceof ChannelError)) throw problem;
    if (problem.kind === 'gone') return GONE;
    if (problem.kind === 'rejected') return rejected(problem.message);
    if (problem.kind === 'transient') return null;
    push.halted = problem;
    return unknown(problem.message);
  }
}

async function writeByFeed(push: Push, writes: readonly Write[]): Promise<readonly Write[]> {
  for (const one of writes) noteSubmitted(push, one);
  const changes = writes.map(({ target }) => ({ sku: target.remoteId, quantity: target.quantity }));
  push.memory.fed = new Map(changes.map(({ sku, quantity }) => [sku, quantity]));
  const outcome = await push.feeds.send(changes).catch((problem: unknown) => {
    if (!push.feeds.isUnderWay())
      forgetSubmitted(
        push,
        changes.map(({ sku }) => sku),
      );
    throw problem;
  });
  if (outcome.kind === 'done') {
    for (const [sku, message] of outcome.refused) push.outcomes.set(sku, rejected(message));
    return writes.filter(({ target }) => !outcome.refused.has(target.remoteId));
  }
  if (outcome.kind === 'failed') push.memory.feedFailedAt = push.session.now();
  if (outcome.kind === 'never sent') forgetSubmitted(push, push.memory.fed.keys());
  const result =
    outcome.kind === 'failed'
      ? unknown(outcome.message)
      : outcome.kind === 'never sent'
        ? NEVER_SENT
        : NOT_LIVE_YET;
  for (const { target } of writes) push.outcomes.set(target.remoteId, result);
  return [];
}

const noteSubmitted = ({ memory, session }: Push, { target, before }: Write): void => {
  memory.submitted.set(target.remoteId, { quantity: target.quantity, before, at: session.now() });
};

/** Nothing is on its way to Amazon: they may be sent again at once. */
function forgetSubmitted({ memory, session }: Push, skus: Iterable<string>): void {
  for (const sku of skus) {
    memory.submitted.delete(sku);
    memory.neverSent.set(sku, session.now());
  }
}

// ---- reading back -----------------------------------------------------------------------------------------------

async function readBack(push: Push, written: readonly Write[]): Promise<void> {
  let waiting = written;
  for (const waitMs of READ_BACK_AFTER_MS) {
    if (waiting.length === 0) return;
    if (waitMs > 0 && waiting.length > READ_BACK_AGAIN_MAX) break;
    if (waitMs > 0) await (push.session.sleep ?? pause)(waitMs);
    const live = await readLive(
      push.client,
      waiting.map(({ target }) => target.remoteId),
    );
    waiting = waiting.filter(({ target }) => {
      const reading = live.get(target.remoteId)?.reading;
      const isLive = reading?.kind === 'quantity' && reading.quantity === target.quantity;
      if (isLive) settle(push, target.remoteId, { isSentNow: true });
      return !isLive;
    });
  }
  for (const { target } of waiting) push.outcomes.set(target.remoteId, NOT_LIVE_YET);
}
