// The least time in which each shop's published limits allow a complete push and a complete reading of its listings. How many
// calls that takes and how fast they may follow is what the shops publish; how long a shop takes to answer nobody publishes, so
// the figures played here stand beside the formulas, and both the simulated shop and the bound use the same ones.

import type { SimulatedShop } from '../../server/channels/simulator.ts';

export type Played = {
  /** How long the played shop takes to answer. */
  readonly readMs: number;
  readonly writeMs: number;
};

type PlayedRequest = { readonly method: string; readonly url: URL; readonly body: string };

export type LeastTime = {
  readonly ms: number;
  /** What the bound counts, in words. */
  readonly says: string;
};

export type ChannelTimes = {
  readonly played: Played;
  readonly isWrite?: (request: PlayedRequest) => boolean;
  /** Where a small write takes less than `writeMs`. */
  readonly writeMsOf?: (request: PlayedRequest) => number;
  /** Listings of one parent; absent: 1. */
  readonly variants?: (listings: number) => number;
  readonly push: (listings: number) => LeastTime;
  readonly listings: (listings: number) => LeastTime;
  /** One number told, that nobody else waits for: read, compared and written. */
  readonly pushOneMs: number;
  /** An order read, by its id or as the only one of a list. */
  readonly readOrderMs: number;
  /** Options of the simulated shop. */
  readonly shop?: (listings: number) => Readonly<Record<string, unknown>>;
  /** How the shop behaves besides. */
  readonly arrange?: (shop: SimulatedShop, now: () => Date) => void;
  /** What has to be asked once a day is asked by a push an hour before. */
  readonly asksOncePerDay?: boolean;
};

const SECOND = 1_000;
const DAY = 24 * 3_600 * SECOND;
const calls = (things: number, each: number): number => Math.ceil(things / each);
/** Of calls that are answered side by side: the last round takes as long as a full one. */
const rounds = calls;
const most = (...times: readonly number[]): number => Math.max(0, ...times);

/** Points in a bucket that refills: what is over the bucket has to be waited for. */
const bucketMs = (points: number, bucket: number, perSecond: number): number =>
  most(((points - bucket) / perSecond) * SECOND);

const shopify: ChannelTimes = {
  // "L ~0.5-1.5 s per 250-item set, k=2..4 parallel" (facts, Shopify 1.7).
  played: { readMs: 300, writeMs: SECOND },
  pushOneMs: SECOND,
  // The access token, which is good for 24 hours (facts, Shopify 1.1).
  asksOncePerDay: true,
  // A list names orders only; they are read by id.
  readOrderMs: 2 * 300,
  isWrite: ({ body }) => body.includes('inventorySetQuantities'),
  // Facts, Shopify 1.7: C = ceil(N/250) x 11 points; T = max((C - 2000)/100, calls x L / k), k = 4.
  push: (n) => ({
    ms: most(bucketMs(calls(n, 250) * 11, 2_000, 100), (calls(n, 250) * SECOND) / 4),
    says: `${calls(n, 250)} mutations of 250, 4 at once, each answered in 1 s; 11 points of 2,000 + 100/s each`,
  }),
  // Facts, Shopify 1.7: C = ceil(N/250) x 35 points. A page begins where the one before ended, so k = 1.
  listings: (n) => ({
    ms: most(bucketMs(calls(n, 250) * 35, 2_000, 100), calls(n, 250) * 300),
    says: `${calls(n, 250)} pages of 250 one after the other, each answered in 0.3 s; 35 points of 2,000 + 100/s each`,
  }),
};

const woocommerce: ChannelTimes = {
  // "t(100) ~4-6 s on a fair VPS (0.4-0.6 s per 10)", lists 1-3 s (facts, WooCommerce 2.7).
  played: { readMs: SECOND, writeMs: 5 * SECOND },
  pushOneMs: SECOND + SECOND / 2,
  readOrderMs: SECOND,
  writeMsOf: ({ body }) => Math.max(SECOND / 2, (body.split('"stock_quantity"').length - 1) * 50),
  // Facts, WooCommerce 2.7: T = R x t / k, R = ceil(N/100), k = 2. There is no compare-and-set (2.3): each batch is read before
  // it is written, so that no sale is overwritten; the bound counts that reading.
  push: (n) => ({
    ms: (calls(n, 100) * (5 + 1) * SECOND) / 2,
    says: `${calls(n, 100)} batches of 100, 2 at once, written in 5 s; counts the reading (1 s) before each, without which a sale would be overwritten`,
  }),
  listings: (n) => ({
    ms: (calls(n, 100) * SECOND) / 2,
    says: `${calls(n, 100)} pages of 100, 2 at once, each answered in 1 s`,
  }),
};

const BIGCOMMERCE_WINDOW = 30 * SECOND;
/** Facts, BigCommerce 3.7: T_wait = max(0, ceil(R/q) - 1) x 30 s, q = 150. */
const quotaMs = (requests: number): number => most(calls(requests, 150) - 1) * BIGCOMMERCE_WINDOW;

const bigcommerce: ChannelTimes = {
  // "bound by latency L (1-5 s each)" (facts, BigCommerce 3.7).
  played: { readMs: 300, writeMs: 3 * SECOND },
  pushOneMs: 300 + 3 * SECOND,
  readOrderMs: 300,
  // Facts, BigCommerce 3.7: R = ceil(N/2000), one after the other as BigCommerce asks. There is no compare-and-set (3.4): the
  // bound counts the reading of each batch, 500 items a call.
  push: (n) => ({
    ms: most(
      quotaMs(calls(n, 2_000) + calls(n, 500)),
      calls(n, 2_000) * 3 * SECOND + (calls(n, 500) * 300) / 4,
    ),
    says: `${calls(n, 2_000)} requests of 2,000 one after the other, each done in 3 s; counts the reading before each (500 a call, 4 at once, 0.3 s), without which a sale would be overwritten`,
  }),
  // Facts, BigCommerce 3.7: R = ceil(V/250) + ceil(P/250) + ceil(V/1000), V = P. A pull of listings asks for no numbers, so the
  // last part is not counted. Products go by the last id and variants by product, one after the other.
  listings: (n) => ({
    ms: most(quotaMs(2 * calls(n, 250)), 2 * calls(n, 250) * 300),
    says: `${2 * calls(n, 250)} pages of 250 products and of their variants one after the other, each answered in 0.3 s; 150 requests in 30 s`,
  }),
};

/** Calls of a day at so many a second: whole days before the last calls, then those. */
const dailyMs = (count: number, perDay: number, perSecond: number): number => {
  const days = calls(count, perDay) - 1;
  return days * DAY + ((count - days * perDay) / perSecond) * SECOND;
};

const etsy: ChannelTimes = {
  played: { readMs: 400, writeMs: 500 },
  pushOneMs: 400 + 500,
  readOrderMs: 400,
  // Lists are said to end at 12,000 (facts, Etsy 1.2), so that 100,000 SKUs are variations of fewer listings.
  variants: (n) => (n > 12_000 ? 10 : 1),
  // Facts, Etsy 1.7: L = ceil(N/v), calls = L + ceil(L/100), time >= calls at 10 a second and 10,000 a day.
  push: (n) => {
    const touched = n > 12_000 ? n / 10 : n;
    const count = touched + calls(touched, 100);
    return {
      ms: dailyMs(count, 10_000, 10),
      says: `${count} calls for ${touched} listings at 10 a second and 10,000 a day`,
    };
  },
  // Facts, Etsy 1.7: ceil(n/100) calls per state at 10 a second. All are active: three more states have one empty page each.
  listings: (n) => {
    const listed = n > 12_000 ? n / 10 : n;
    const count = calls(listed, 100) + 3;
    return {
      ms: most((count / 10) * SECOND, 400),
      says: `${count} calls for ${listed} listings in pages of 100 and three states without any at 10 a second`,
    };
  },
  shop: () => ({ limitsByClock: true }),
};

const amazon: ChannelTimes = {
  played: { readMs: 300, writeMs: 300 },
  // Looked at before, told, and looked at once more, because accepted is not live (facts, 2.8).
  pushOneMs: 3 * 300,
  readOrderMs: 300,
  // Facts, Amazon 2.6: a feed takes seconds to hand in at any size; searchListingsItems reads 20 SKUs at 5 a second, burst 5.
  // Nothing compares and sets, and what was accepted may not be live (2.8): the bound counts looking at each SKU before and after.
  push: (n) => ({
    ms: bucketMs(2 * calls(n, 20), 5, 5),
    says: `${2 * calls(n, 20)} searches of 20 SKUs at 5 a second: counts looking before, without which a sale would be overwritten, and after, because accepted is not live`,
  }),
  // Facts, Amazon 2.6: about 5 calls at any size, and the time Amazon takes to write the report, which is played as 60 s.
  arrange: (shop, now) => {
    if (!('rules' in shop)) return;
    let askedAtMs: number | null = null;
    // Looked at as often as you like, it is written after its time and no sooner.
    Object.defineProperty(shop.rules, 'reportLooks', {
      get: () => {
        askedAtMs ??= now().getTime();
        return now().getTime() - askedAtMs < 60 * SECOND ? Number.POSITIVE_INFINITY : 0;
      },
    });
  },
  listings: () => ({
    ms: 60 * SECOND + 4 * 300,
    says: 'one report: 60 s until it is written, 4 calls of 0.3 s',
  }),
};

const ebay: ChannelTimes = {
  // "at 8 parallel and ~1 s each" (facts, eBay 3.6).
  played: { readMs: SECOND, writeMs: SECOND },
  pushOneMs: 2 * SECOND,
  readOrderMs: SECOND,
  // Facts, eBay 3.6: ceil(N/25) calls, 8 at once, 1 s each. There is no compare-and-set: the bound counts as many for reading.
  // Each SKU's offer is asked for lazily, one call each, and kept for a day (same facts): it is known from a push before.
  asksOncePerDay: true,
  push: (n) => ({
    ms: rounds(2 * calls(n, 25), 8) * SECOND,
    says: `${calls(n, 25)} calls of 25, 8 at once, each answered in 1 s; counts as many for reading, without which a sale would be overwritten; each SKU's offer is known from an earlier push of that day`,
  }),
  // Facts, eBay 3.6: GetMyeBaySelling 200 a page, and getInventoryItems 200 a page to tell the two worlds apart.
  listings: (n) => ({
    ms: rounds(2 * calls(n, 200), 8) * SECOND,
    says: `${2 * calls(n, 200)} pages of 200 in both worlds in rounds of 8, each answered in 1 s`,
  }),
};

/** By ChannelManifest.id. */
export const LEAST_TIMES: Readonly<Record<string, ChannelTimes>> = {
  shopify,
  woocommerce,
  bigcommerce,
  etsy,
  amazon,
  ebay,
};
