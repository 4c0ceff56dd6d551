// Writes quantities of listings made on the site or by other tools: four a call, and one by one when a call is refused;
// hundreds and more as one file.

import type { PushTarget } from '../channel.ts';
import type { EbayClient } from './client.ts';
import type { FeedDesk } from './feed.ts';
import type { Outcome, Outcomes, Write } from './outcome.ts';
import { type Revision, reviseInventoryStatus } from './trading.ts';
import { outcomeOf } from './trading-refusal.ts';
import { childrenOf, numberOf, textOf, type XmlElement } from './xml.ts';

export async function writeInTrading(client: EbayClient, writes: readonly Write[]): Promise<Outcomes> {
  const root = await reviseInventoryStatus(client, writes.map(revisionOf));
  const outcomes = new Map<PushTarget, Outcome>();
  const open: Write[] = [];
  for (const write of writes) {
    if (isConfirmed(root, revisionOf(write))) outcomes.set(write.target, { kind: 'accepted' });
    else open.push(write);
  }
  const [only] = open;
  if (only !== undefined && writes.length === 1) outcomes.set(only.target, outcomeOf(root));
  // One bad listing makes eBay refuse its neighbours too, and it does not say which one it was.
  else {
    for (const write of open) {
      for (const [target, outcome] of await writeInTrading(client, [write])) outcomes.set(target, outcome);
    }
  }
  return outcomes;
}

/** As one file. Null: eBay takes none, so that calls of four have to do. */
export async function writeByFeed(desk: FeedDesk, writes: readonly Write[]): Promise<Outcomes | null> {
  const revisions = writes.map(revisionOf);
  const outcome = await desk.send(revisions);
  if (outcome.kind === 'refused') return null;
  const answers = outcome.kind === 'done' ? outcome.answers : new Map<number, XmlElement>();
  return new Map(
    writes.map((write, index): [PushTarget, Outcome] => {
      const answer = answers.get(index);
      if (answer === undefined) return [write.target, STILL_WORKING];
      const isDone = isConfirmed(answer, revisionOf(write));
      return [write.target, isDone ? { kind: 'accepted' } : outcomeOf(answer)];
    }),
  );
}

export const STILL_WORKING = {
  kind: 'unknown',
  takesTime: true,
  message: 'eBay is still working through a file of quantities; what it did is seen once it is done.',
} as const satisfies Outcome;

const revisionOf = ({ target, state }: Write): Revision => ({
  itemId: state.itemId,
  sku: state.way.sku,
  quantity: target.quantity,
});

/** eBay repeats the listings it has changed, with the number it has kept. */
const isConfirmed = (root: XmlElement, { itemId, sku, quantity }: Revision): boolean =>
  textOf(root, 'Ack')?.trim() !== 'Failure' &&
  childrenOf(root, 'InventoryStatus').some(
    (status) =>
      textOf(status, 'ItemID') === itemId &&
      (sku === null || textOf(status, 'SKU') === sku) &&
      numberOf(status, 'Quantity') === quantity,
  );
