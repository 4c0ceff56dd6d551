// One simulated shop with a clock of its own, and channels opened on it, for the channel battery.

import { afterEach } from '@jest/globals';
import type {
  Channel,
  ChannelDefinition,
  ListingSnapshot,
  OrderQuery,
  PushTarget,
  StoreSettings,
} from '../../server/channels/channel.ts';
import type { Credentials } from '../../server/channels/manifest.ts';
import type { SimulatedShop, SimulatorOptions } from '../../server/channels/simulator.ts';
import type { DayCounts } from '../../server/net/day-counts.ts';
import type { OrderSnapshot } from '../../shared/model/order.ts';
import { createTestSession, type TestSession } from '../support/channel-session.ts';

export type Rehearsal = {
  readonly shop: SimulatedShop;
  readonly clock: { readonly now: () => Date; readonly advance: (ms: number) => void };
  readonly session: (options?: SessionOptions) => TestSession;
  readonly channel: (options?: SessionOptions) => Channel;
};
type SessionOptions = {
  readonly settings?: Partial<StoreSettings>;
  readonly credentials?: Credentials;
  readonly timeoutMs?: number;
  readonly dayCounts?: DayCounts;
};

const START = new Date('2026-11-02T10:00:00Z');
const running: SimulatedShop[] = [];

/** Call once per test file: stops the shops of each test after it. */
export function stopShopsAfterEach(): void {
  afterEach(async () => {
    await Promise.all(running.splice(0).map((shop) => shop.close()));
  });
}

export async function rehearse(
  definition: ChannelDefinition,
  options: Partial<SimulatorOptions> = {},
  startAt = START,
): Promise<Rehearsal> {
  let at = startAt.getTime();
  const now = (): Date => new Date(at);
  const shop = await definition.simulator({ port: 0, now, limits: false, ...options });
  running.push(shop);
  const session = (choice: SessionOptions = {}): TestSession =>
    createTestSession({
      credentials: shop.credentials,
      now,
      passOverWaits: options.limits !== true,
      ...choice,
    });
  return {
    shop,
    clock: {
      now,
      advance: (ms) => {
        at += ms;
      },
    },
    session,
    channel: (choice) => {
      const channel = definition.open(session(choice));
      const listedAfterMs = definition.manifest.capabilities.ordersListedAfterMs ?? 0;
      // Where orders are listed late, whoever asks for them has waited that long.
      const listOrders: Channel['listOrders'] = (query, page) => {
        if (page === null) at += listedAfterMs;
        return channel.listOrders(query, page);
      };
      return { ...channel, listOrders };
    },
  };
}

export async function allListings(
  channel: Channel,
  updatedFrom: Date | null = null,
): Promise<ListingSnapshot[]> {
  const result: ListingSnapshot[] = [];
  let page: string | null = null;
  do {
    const answer = await channel.listListings({ updatedFrom }, page);
    result.push(...answer.listings);
    page = answer.next;
  } while (page !== null);
  return result;
}

export async function allOrders(
  channel: Channel,
  query: OrderQuery,
  afterFirstPage: () => void = () => undefined,
): Promise<OrderSnapshot[]> {
  const result: OrderSnapshot[] = [];
  let page: string | null = null;
  let isFirst = true;
  do {
    const answer = await channel.listOrders(query, page);
    result.push(...answer.orders);
    page = answer.next;
    if (isFirst) afterFirstPage();
    isFirst = false;
  } while (page !== null);
  return result;
}

export async function listingOf(channel: Channel, remoteId: string): Promise<ListingSnapshot> {
  const found = (await allListings(channel)).find((listing) => listing.remoteId === remoteId);
  if (found === undefined) throw new Error(`The shop does not list ${remoteId}.`);
  return found;
}

/** Targets for all listings of a shop, in its order. */
export async function targetsFor(
  channel: Channel,
  quantity: number,
  expected: number | null,
): Promise<PushTarget[]> {
  const listings = await allListings(channel);
  return listings.map(({ remoteId, handle }) => ({ remoteId, handle, quantity, expected }));
}

export const onShelf = (shop: SimulatedShop, remoteId: string): number | undefined =>
  shop.shelf().find((one) => one.remoteId === remoteId)?.quantity;
