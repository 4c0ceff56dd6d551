// Writes quantities through the Inventory API: 25 SKUs a call, or one by one where eBay takes no more.

import type { PushTarget } from '../channel.ts';
import type { EbayClient } from './client.ts';
import { bulkUpdate, forgetOffers, type Update, type UpdateAnswer } from './inventory.ts';
import type { Outcome, Outcomes, Write } from './outcome.ts';
import { EbayRefusal, said } from './refusal.ts';
import { speaksOfRevisions } from './revision-budget.ts';

export async function writeInInventory(client: EbayClient, writes: readonly Write[]): Promise<Outcomes> {
  try {
    const answers = await bulkUpdate(client, writes.flatMap(updateOf));
    return new Map(
      writes.flatMap((write): [PushTarget, Outcome][] => {
        const [update] = updateOf(write);
        const mine = answers.filter(({ sku }) => sku === update?.sku);
        if (mine.length === 0) return [];
        const outcome = outcomeOf(mine);
        if (outcome.kind !== 'accepted') forgetOffers(client, update?.sku ?? '');
        return [[write.target, outcome]];
      }),
    );
  } catch (problem) {
    if (!(problem instanceof EbayRefusal) || problem.kind === 'auth' || problem.kind === 'transient') {
      throw problem;
    }
    for (const { sku } of writes.flatMap(updateOf)) forgetOffers(client, sku);
    return writes.length === 1 ? refusedAlone(writes, problem) : oneByOne(client, writes);
  }
}

const updateOf = ({ target, state }: Write): readonly Update[] =>
  state.way.kind === 'inventory'
    ? [{ sku: state.way.sku, offerId: state.way.offerId, quantity: target.quantity }]
    : [];

// eBay's own description says "only one SKU per call" in one place and "up to 25" in another.
async function oneByOne(client: EbayClient, writes: readonly Write[]): Promise<Outcomes> {
  const outcomes = new Map<PushTarget, Outcome>();
  for (const write of writes) {
    for (const [target, outcome] of await writeInInventory(client, [write])) outcomes.set(target, outcome);
  }
  return outcomes;
}

function refusedAlone(writes: readonly Write[], problem: EbayRefusal): Outcomes {
  const outcome: Outcome = speaksOfRevisions(problem.message)
    ? { kind: 'revised too often' }
    : { kind: problem.kind === 'gone' ? 'gone' : 'rejected', message: problem.message };
  return new Map(writes.map(({ target }) => [target, outcome]));
}

/** System error, and "somebody else is changing it": both pass. */
const PASSING: ReadonlySet<number> = new Set([25001, 25025]);
const UNKNOWN_SKU = 25702;

function outcomeOf(answers: readonly UpdateAnswer[]): Outcome {
  const failed = answers.find(({ statusCode }) => statusCode < 200 || statusCode >= 300);
  if (failed === undefined) return { kind: 'accepted' };
  const [error] = failed.errors ?? [];
  const code = error?.errorId ?? 0;
  if (failed.statusCode >= 500 || PASSING.has(code)) {
    return { kind: 'unknown', message: 'eBay is busy with this listing; it is told again shortly.' };
  }
  if (code === UNKNOWN_SKU || failed.statusCode === 404) {
    return { kind: 'gone', message: 'eBay no longer has this SKU.' };
  }
  const reason = said(error ?? {});
  if (speaksOfRevisions(reason)) return { kind: 'revised too often' };
  return { kind: 'rejected', message: `eBay refused this quantity: ${reason}` };
}
