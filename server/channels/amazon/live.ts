// What Amazon really shows for some SKUs, 20 a request.

import { ChannelError } from '../../net/channel-error.ts';
import { inChunks, inTurns } from '../../net/in-turns.ts';
import type { AvailableReading, ListingReference } from '../channel.ts';
import { type AmazonItem, itemShape, searchItemsAnswer } from './answers.ts';
import type { AmazonClient } from './client.ts';
import { SEARCH_PAGE_MAX } from './listings-search.ts';
import { lastChangeOf, readQuantityOf } from './map-listing.ts';

const AT_ONCE = 5;
const INCLUDED = ['summaries', 'fulfillmentAvailability'];

export type Live = {
  readonly reading: AvailableReading['reading'];
  /** When the listing last changed, as far as Amazon says. */
  readonly changedAt: Date;
};

const GONE: Live = { reading: { kind: 'gone' }, changedAt: new Date(0) };

export async function readLive(
  client: AmazonClient,
  skus: readonly string[],
): Promise<ReadonlyMap<string, Live>> {
  const found = new Map<string, Live>();
  const keep = (item: AmazonItem): void => {
    found.set(item.sku, { reading: readQuantityOf(item), changedAt: lastChangeOf(item) });
  };
  // The search takes SKUs in a list with commas: one that holds a comma itself, or blanks around it, is read alone.
  const alone = skus.filter(isOdd);
  const together = inChunks(
    skus.filter((sku) => !isOdd(sku)),
    SEARCH_PAGE_MAX,
  );
  await inTurns(together, AT_ONCE, async (chunk) => (await readTogether(client, chunk)).forEach(keep));
  await inTurns(alone, AT_ONCE, async (sku) => (await readAlone(client, sku)).forEach(keep));
  return new Map(skus.map((sku) => [sku, found.get(sku) ?? GONE]));
}

const isOdd = (sku: string): boolean => sku.includes(',') || sku !== sku.trim();

async function readTogether(client: AmazonClient, skus: readonly string[]): Promise<readonly AmazonItem[]> {
  const { sellerId, marketplaces } = client.account();
  const query = {
    marketplaceIds: marketplaces.map(({ id }) => id),
    identifiers: skus,
    identifiersType: 'SKU',
    includedData: INCLUDED,
    pageSize: SEARCH_PAGE_MAX,
  };
  const answer = await client.call('searchListingsItems', { path: { sellerId }, query }, searchItemsAnswer);
  return answer.items.filter(({ sku }) => skus.includes(sku));
}

async function readAlone(client: AmazonClient, sku: string): Promise<readonly AmazonItem[]> {
  const { sellerId, marketplaces } = client.account();
  const query = { marketplaceIds: marketplaces.map(({ id }) => id), includedData: INCLUDED };
  try {
    return [await client.call('getListingsItem', { path: { sellerId, sku }, query }, itemShape)];
  } catch (problem) {
    if (problem instanceof ChannelError && problem.kind === 'gone') return [];
    throw problem;
  }
}

export async function readAvailable(
  client: AmazonClient,
  listings: readonly ListingReference[],
): Promise<readonly AvailableReading[]> {
  const live = await readLive(
    client,
    listings.map(({ remoteId }) => remoteId),
  );
  return listings.map(({ remoteId, handle }) => ({
    remoteId,
    handle,
    reading: (live.get(remoteId) ?? GONE).reading,
  }));
}
