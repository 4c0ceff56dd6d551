// A running simulated store with a clock of its own, and the channel opened on it, for this channel's tests.

import { afterEach } from '@jest/globals';
import { createTestSession, type TestSession } from '../../../../test/support/channel-session.ts';
import type { Channel, ListingSnapshot, PushTarget, StoreSettings } from '../../channel.ts';
import { bigcommerce } from '../index.ts';
import {
  type BigCommerceSimulatedShop,
  type BigCommerceSimulatorOptions,
  startBigCommerceSimulator,
} from '../simulator.ts';

export type TestStore = {
  readonly shop: BigCommerceSimulatedShop;
  readonly channel: Channel;
  readonly session: TestSession;
  readonly open: (settings: Partial<StoreSettings>) => Channel;
  readonly now: () => Date;
  readonly advance: (ms: number) => void;
};

const running: BigCommerceSimulatedShop[] = [];

/** Call once per test file: stops the stores of each test after it. */
export function stopStoresAfterEach(): void {
  afterEach(async () => {
    await Promise.all(running.splice(0).map((shop) => shop.close()));
  });
}

export async function startStore(options: Partial<BigCommerceSimulatorOptions> = {}): Promise<TestStore> {
  let at = Date.parse('2026-11-02T10:00:00Z');
  const now = (): Date => new Date(at);
  const shop = await startBigCommerceSimulator({ port: 0, now, limits: false, ...options });
  running.push(shop);
  const session = createTestSession({ credentials: shop.credentials, now });
  return {
    shop,
    session,
    channel: bigcommerce.open(session),
    open: (settings) => bigcommerce.open(createTestSession({ credentials: shop.credentials, settings, now })),
    now,
    advance: (ms) => {
      at += ms;
    },
  };
}

export async function listingsOf(channel: Channel): Promise<readonly ListingSnapshot[]> {
  const all: ListingSnapshot[] = [];
  let page: string | null = null;
  do {
    const answer: Awaited<ReturnType<Channel['listListings']>> = await channel.listListings(
      { updatedFrom: null },
      page,
    );
    all.push(...answer.listings);
    page = answer.next;
  } while (page !== null);
  return all;
}

export async function targetFor(
  channel: Channel,
  remoteId: string,
  quantity: number,
  expected: number | null,
): Promise<PushTarget> {
  const listing = (await listingsOf(channel)).find((one) => one.remoteId === remoteId);
  if (listing === undefined) throw new Error(`The store does not list ${remoteId}.`);
  return { remoteId, handle: listing.handle, quantity, expected };
}
