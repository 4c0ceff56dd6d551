// Two seller accounts on one keyset share a way out of the process: what is kept of one must never answer for the other.

import { expect, it } from '@jest/globals';
import { stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import type { TestSession } from '../../../test/support/channel-session.ts';
import type { Channel, ListingSnapshot } from '../channel.ts';
import { ebay } from './index.ts';
import { readHandle } from './map-listing.ts';
import { rehearseEbay } from './test-support/rehearse-ebay.ts';

stopShopsAfterEach();

/** More than one answer of the walk holds, so that another can begin in between. */
const LISTINGS = 450;

/** The same store on the way out of another one, as stores with the same App ID are opened. */
const onWayOutOf = (other: TestSession, session: TestSession): TestSession =>
  Object.create(session, { http: { value: other.http } });

async function sellerOf(prefix: string) {
  const rehearsal = await rehearseEbay();
  for (let number = 0; number < LISTINGS; number += 1) {
    rehearsal.shop.addProduct({ sku: `${prefix}-${number}`, title: prefix, quantity: 1 });
  }
  return rehearsal;
}

async function walk(channel: Channel, between: () => Promise<unknown>): Promise<readonly ListingSnapshot[]> {
  const found: ListingSnapshot[] = [];
  let page: string | null = null;
  do {
    const answer = await channel.listListings({ updatedFrom: null }, page);
    found.push(...answer.listings);
    page = answer.next;
    await between();
  } while (page !== null);
  return found;
}

const worlds = (listings: readonly ListingSnapshot[]) =>
  new Map(listings.map(({ remoteId, handle }) => [remoteId, readHandle(handle)?.world]));

it('each listing keeps its world while the listings of another account of the keyset are read beside it', async () => {
  const [one, other] = [await sellerOf('ONE'), await sellerOf('OTHER')];
  const session = one.session();
  const channel = ebay.open(session);
  const beside = ebay.open(onWayOutOf(session, other.session()));
  const alone = worlds(await walk(one.channel(), async () => undefined));
  const together = await walk(channel, () => beside.listListings({ updatedFrom: null }, null));
  expect(worlds(together)).toEqual(alone);
});
