// The 250 changes a day that eBay takes of a listing, counted for all processes together.

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { allListings, onShelf, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { openDatabase } from '../../database/database.ts';
import { createDatabaseDayCounts } from '../../net/day-counts-in-database.ts';
import type { Channel, PushResult } from '../channel.ts';
import { type EbayRehearsal, rehearseEbay } from './test-support/rehearse-ebay.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
stopShopsAfterEach();

const HOUR_MS = 3_600_000;
let stores = 0;

/** A listing that shows 1,000, and a way to open its store in another process. */
async function listedOnEbay() {
  stores += 1;
  const storeId = `ebay-${stores}`;
  await sql`insert into stores (id, channel, name, credentials, webhook_secret, settings)
    values (${storeId}, 'ebay', ${storeId}, '', '', '{}')`.execute(database.db);
  const rehearsal = await rehearseEbay({ limits: true });
  const product = rehearsal.shop.addProduct({ sku: 'A', title: 'A', quantity: 1_000 });
  const processOn = (db = database.db): Channel =>
    rehearsal.channel({ dayCounts: createDatabaseDayCounts(db, storeId) });
  const [listing] = await allListings(processOn());
  if (listing === undefined) throw new Error('The listing is not listed.');
  const { remoteId, handle } = listing;
  const tell = async (channel: Channel, quantity: number): Promise<PushResult | undefined> =>
    (await channel.setAvailable([{ remoteId, handle, quantity, expected: null }], 'key'))[0];
  return { ...rehearsal, product, processOn, tell };
}

const refusedByEbay = ({ shop }: Pick<EbayRehearsal, 'shop'>) =>
  shop.writes().filter(({ applied }) => !applied);

it('two processes on one store count together, and the last 50 are kept for lowering', async () => {
  const listed = await listedOnEbay();
  const other = openDatabase(database.url);
  const processes = [listed.processOn(), listed.processOn(other)];
  const pick = (round: number): Channel => processes[round % 2] as Channel;
  for (let round = 1; round <= 200; round += 1) {
    expect(await listed.tell(pick(round), 1_000 + round)).toMatchObject({ kind: 'accepted' });
  }
  for (const channel of processes) {
    expect(await listed.tell(channel, 2_000)).toMatchObject({
      kind: 'postponed',
      message: expect.stringMatching(/200 were made.*last 50 are kept for lowering/),
    });
  }
  for (let round = 0; round < 50; round += 1) {
    expect(await listed.tell(pick(round), 500 - round)).toMatchObject({ kind: 'accepted' });
  }
  expect(await listed.tell(pick(1), 3)).toMatchObject({
    kind: 'postponed',
    message: expect.stringMatching(/All were made/),
  });
  expect(onShelf(listed.shop, listed.product)).toBe(451);
  expect(refusedByEbay(listed)).toEqual([]);
  await other.destroy();
}, 60_000);

it('a process that starts anew knows what was used before', async () => {
  const listed = await listedOnEbay();
  for (let round = 1; round <= 200; round += 1) {
    await listed.tell(listed.processOn(), 1_000 + round);
  }
  expect(await listed.tell(listed.processOn(), 2_000)).toMatchObject({ kind: 'postponed' });
}, 60_000);

it('the day begins at midnight in California, winter and summer', async () => {
  const listed = await listedOnEbay();
  const channel = listed.processOn();
  const at = (time: string): void => listed.clock.advance(Date.parse(time) - listed.clock.now().getTime());
  for (const [lastHour, midnight] of [
    ['2026-11-30T07:30:00Z', '2026-11-30T08:00:00Z'],
    ['2027-06-30T06:30:00Z', '2027-06-30T07:00:00Z'],
  ] as const) {
    at(lastHour);
    for (let round = 1; round <= 200; round += 1) await listed.tell(channel, 1_000 + round);
    expect(await listed.tell(channel, 2_000)).toMatchObject({ kind: 'postponed', until: new Date(midnight) });
    at(midnight);
    expect(await listed.tell(channel, 2_000)).toMatchObject({ kind: 'accepted' });
    expect(await listed.tell(channel, 1_000)).toMatchObject({ kind: 'accepted' });
  }
  expect(refusedByEbay(listed)).toEqual([]);
}, 60_000);

it('of several numbers of one listing the lowest go first when there is not enough for all', async () => {
  const { shop, channel } = await rehearseEbay({ limits: true });
  for (const size of ['S', 'M', 'L']) {
    shop.addProduct({ sku: `T-${size}`, title: size, group: 'Tee', quantity: 1_000 });
  }
  const opened = channel();
  const listings = await allListings(opened);
  const tellAll = (quantities: readonly number[]): Promise<readonly PushResult[]> =>
    opened.setAvailable(
      listings.map(({ remoteId, handle }, index) => ({
        remoteId,
        handle,
        quantity: quantities[index] ?? 0,
        expected: null,
      })),
      'key',
    );
  for (let round = 1; round <= 83; round += 1) await tellAll([1_000 - round, 1_000 - round, 1_000 - round]);
  expect((await tellAll([500, 2_000, 3])).map(({ kind }) => kind)).toEqual([
    'postponed',
    'postponed',
    'accepted',
  ]);
}, 60_000);

it.each([['inventory'], ['trading']])(
  'what eBay refuses because others changed the listing too (%s) is not given up: it follows',
  async (world) => {
    const { shop, clock, channel } = await rehearseEbay({ limits: true, legacyOnly: world === 'trading' });
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const opened = channel();
    const [listing] = await allListings(opened);
    if (listing === undefined) throw new Error('The listing is not listed.');
    shop.listing(product).revisions = { day: clock.now().toISOString().slice(0, 10), count: 250 };
    const { remoteId, handle } = listing;
    const target = { remoteId, handle, quantity: 5, expected: null };
    expect(await opened.setAvailable([target], 'key')).toMatchObject([
      { kind: 'postponed', until: new Date(clock.now().getTime() + HOUR_MS) },
    ]);
  },
);
