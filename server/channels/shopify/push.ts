// Sets available quantities: compare-and-set, one outcome per listing, failing ones set aside and the rest sent again.

import { ChannelError } from '../../net/channel-error.ts';
import { inChunks, inTurns } from '../../net/in-turns.ts';
import type { PushResult, PushTarget } from '../channel.ts';
import { contradictedHandles } from '../contradicted.ts';
import { activateAnswer, setAnswer, type UserError } from './answers.ts';
import type { ShopifyClient } from './client.ts';
import { ACTIVATE, SET_AVAILABLE } from './documents.ts';
import { availableAt, readLevels } from './levels.ts';
import { INPUT_ARRAY_MAX, REQUESTS_AT_ONCE } from './manifest.ts';
import {
  GONE,
  type Outcome,
  type Plan,
  rejected,
  requestKey,
  toPlan,
  toResult,
  UNTRACKED,
  unknown,
  whyNotSendable,
} from './push-plan.ts';

type Push = {
  readonly client: ShopifyClient;
  readonly locationId: string;
  readonly key: string;
  /** By inventory item; what is missing at the end was never answered. */
  readonly outcomes: Map<string, Outcome>;
  /** Items that were put on the location's shelf by this push; that is tried once. */
  readonly activated: Set<string>;
};

export async function setAvailable(
  client: ShopifyClient,
  locationId: string,
  targets: readonly PushTarget[],
  key: string,
): Promise<readonly PushResult[]> {
  const push: Push = { client, locationId, key, outcomes: new Map(), activated: new Set() };
  const sendable: PushTarget[] = [];
  const known = new Set<string>();
  const contradicted = contradictedHandles(targets);
  for (const target of targets) {
    const problem = whyNotSendable(target, contradicted);
    if (problem !== null) push.outcomes.set(target.handle, problem);
    else if (!known.has(target.handle)) {
      known.add(target.handle);
      sendable.push(target);
    }
  }
  let failure: unknown = null;
  try {
    await sendAll(push, sendable.map(toPlan));
  } catch (problem) {
    // Some outcomes may be known by now; only when none is, the failure is the whole answer.
    if (!(problem instanceof ChannelError) || push.outcomes.size === 0) throw problem;
    failure = problem;
  }
  const unanswered = unknown(failure instanceof Error ? failure.message : 'Shopify did not answer for it.');
  return targets.map((target) => toResult(target, push.outcomes.get(target.handle) ?? unanswered));
}

/** Requests that are full are sent side by side; each is all or nothing by itself. */
async function sendAll(push: Push, plans: readonly Plan[]): Promise<void> {
  let failure: unknown = null;
  await inTurns(inChunks(plans, INPUT_ARRAY_MAX), REQUESTS_AT_ONCE, async (chunk) => {
    if (failure !== null) return;
    try {
      await send(push, chunk);
    } catch (problem) {
      failure = problem;
    }
  });
  if (failure !== null) throw failure;
}

async function send(push: Push, plans: readonly Plan[]): Promise<void> {
  if (plans.length === 0) return;
  let answer: SetAnswer;
  try {
    answer = await requestSet(push, plans);
  } catch (problem) {
    // A refusal of the request as a whole is the fault of one item in it: halving finds which.
    if (!(problem instanceof ChannelError) || problem.kind !== 'rejected') throw problem;
    if (plans.length > 1) return sendHalves(push, plans);
    return settle(push, plans, rejected(problem.message));
  }
  if (answer.userErrors.some(({ code }) => code === 'IDEMPOTENCY_CONCURRENT_REQUEST')) {
    return settle(push, plans, unknown('Shopify is still working on the same change.'));
  }
  if (answer.userErrors.length === 0) return settleWritten(push, plans, answer);
  return sortErrors(push, plans, answer.userErrors);
}

async function sendHalves(push: Push, plans: readonly Plan[]): Promise<void> {
  const middle = Math.ceil(plans.length / 2);
  await send(push, plans.slice(0, middle));
  await send(push, plans.slice(middle));
}

function settle(push: Push, plans: readonly Plan[], outcome: Outcome): void {
  for (const { itemId } of plans) push.outcomes.set(itemId, outcome);
}

type SetAnswer = (typeof setAnswer)['_output']['inventorySetQuantities'];

/** An idempotency key whose first use failed stays burnt for a day: the same request then goes with another key. */
const KEYS_MAX = 4;
const BURNT_KEY = ['IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED', 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH'];

async function requestSet(push: Push, plans: readonly Plan[]): Promise<SetAnswer> {
  for (let again = 0; again < KEYS_MAX; again += 1) {
    const { inventorySetQuantities: answer } = await push.client.run(SET_AVAILABLE, setAnswer, {
      key: requestKey(push.key, push.locationId, plans, again),
      input: {
        name: 'available',
        reason: 'correction',
        referenceDocumentUri: `gid://stocksheet/Push/${encodeURIComponent(push.key)}`,
        quantities: plans.map(({ itemId, quantity, changeFromQuantity }) => ({
          inventoryItemId: itemId,
          locationId: push.locationId,
          quantity,
          changeFromQuantity,
        })),
      },
    });
    if (!answer.userErrors.some(({ code }) => BURNT_KEY.includes(code ?? ''))) return answer;
  }
  throw new ChannelError(
    'transient',
    'Shopify refuses to take this change a second time. It is tried again.',
  );
}

async function settleWritten(push: Push, plans: readonly Plan[], answer: SetAnswer): Promise<void> {
  const tracked = new Map<string, boolean>();
  for (const { item } of answer.inventoryAdjustmentGroup?.changes ?? []) {
    if (item !== null) tracked.set(item.id, item.tracked);
  }
  const silent: Plan[] = [];
  for (const plan of plans) {
    const known = tracked.get(plan.itemId);
    // Nothing to change is success; where a change was due its absence is looked into.
    if (known === undefined && plan.expected !== plan.quantity) silent.push(plan);
    else push.outcomes.set(plan.itemId, known === false ? UNTRACKED : { kind: 'accepted' });
  }
  await settleByReading(push, silent, () => true);
}

/** Right by chance is stale too: behind it may stand a sale that is not read yet. */
const isAsExpected = ({ expected, quantity }: Plan): boolean => expected === null || expected === quantity;

/** Looks at what the shop shows. What is wanted is success where `mayBeOurs`; anything else is stale. */
async function settleByReading(
  push: Push,
  plans: readonly Plan[],
  mayBeOurs: (plan: Plan) => boolean,
): Promise<void> {
  if (plans.length === 0) return;
  const levels = await readLevels(
    push.client,
    plans.map(({ itemId }) => itemId),
    push.locationId,
  );
  for (const plan of plans) {
    const { itemId, quantity } = plan;
    const item = levels.get(itemId);
    if (item === undefined) push.outcomes.set(itemId, GONE);
    else if (!item.tracked) push.outcomes.set(itemId, UNTRACKED);
    else if (item.available === quantity && mayBeOurs(plan)) push.outcomes.set(itemId, { kind: 'accepted' });
    else push.outcomes.set(itemId, { kind: 'stale', observed: item.available });
  }
}

const STALE = ['CHANGE_FROM_QUANTITY_STALE', 'COMPARE_QUANTITY_STALE'];
/** The first code is gone in 2026-10, which does not say what it answers instead: both are tried on. */
const NOT_STOCKED = ['ITEM_NOT_STOCKED_AT_LOCATION', 'INVALID_LOCATION'];

/** One bad entry keeps the whole request from being done: those named are dealt with, the others are sent again. */
async function sortErrors(push: Push, plans: readonly Plan[], errors: readonly UserError[]): Promise<void> {
  const named = new Map<Plan, UserError[]>();
  for (const error of errors) {
    const index = Number(error.field?.[2] ?? Number.NaN);
    const plan = error.field?.[1] === 'quantities' ? plans[index] : undefined;
    if (plan !== undefined) named.set(plan, [...(named.get(plan) ?? []), error]);
  }
  if (named.size === 0) {
    if (plans.length > 1) return sendHalves(push, plans);
    return settle(push, plans, rejected(refusal(errors)));
  }
  const stale: Plan[] = [];
  const again: Plan[] = plans.filter((plan) => !named.has(plan));
  for (const [plan, its] of named) {
    const codes = its.map(({ code }) => code ?? '');
    if (codes.includes('INVALID_INVENTORY_ITEM')) push.outcomes.set(plan.itemId, GONE);
    else if (codes.some((code) => STALE.includes(code))) stale.push(plan);
    // Nothing to sell where nothing is stocked: no shelf is needed for that.
    else if (codes.some((code) => NOT_STOCKED.includes(code)) && plan.quantity === 0) stale.push(plan);
    else if (codes.some((code) => NOT_STOCKED.includes(code)) && !push.activated.has(plan.itemId)) {
      const onShelf = await activate(push, plan);
      if (onShelf !== null) again.push(onShelf);
    } else push.outcomes.set(plan.itemId, rejected(refusal(its)));
  }
  await settleByReading(push, stale, isAsExpected);
  await send(push, again);
}

const refusal = (errors: readonly UserError[]): string =>
  `Shopify refuses this quantity: ${errors.map(({ message }) => message).join(' ')}`;

/** Puts the item on its location's shelf. Then the number is set against whatever that shelf already held. */
async function activate(push: Push, plan: Plan): Promise<Plan | null> {
  push.activated.add(plan.itemId);
  const { inventoryActivate } = await push.client.run(ACTIVATE, activateAnswer, {
    item: plan.itemId,
    location: push.locationId,
    key: requestKey(`${push.key} activate`, push.locationId, [plan], 0),
  });
  if (inventoryActivate.inventoryLevel === null) {
    push.outcomes.set(
      plan.itemId,
      rejected(
        `Shopify cannot stock this item at the chosen location: ${refusal(inventoryActivate.userErrors)} Check the location in the store's settings.`,
      ),
    );
    return null;
  }
  return { ...plan, changeFromQuantity: availableAt(inventoryActivate.inventoryLevel) };
}
