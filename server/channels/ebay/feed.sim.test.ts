// Hundreds of listings made on eBay's site at once: one file instead of calls of four, its answer per listing, and what is lost
// on the way.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { stopShopsAfterEach, targetsFor } from '../../../test/contract/rehearsal.ts';
import type { TestSession } from '../../../test/support/channel-session.ts';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import type { Channel, PushResult } from '../channel.ts';
import { createClient } from './client.ts';
import { createFeedDesk, fileOf, readResult } from './feed.ts';
import { ebay } from './index.ts';
import { FEED_FROM } from './manifest.ts';
import { type PushDesk, setAvailable } from './push.ts';
import { createRevisionBudget } from './revision-budget.ts';
import { type EbayRehearsal, rehearseEbay } from './test-support/rehearse-ebay.ts';
import { STILL_WORKING } from './write-trading.ts';
import { parseXml } from './xml.ts';

stopShopsAfterEach();

const HOUR_MS = 3_600_000;
const CREATE = 'POST /sell/feed/v1/task';
const UPLOAD = 'POST /sell/feed/v1/task/{taskId}/upload_file';

async function manyListings(count = FEED_FROM + 50): Promise<EbayRehearsal & { readonly ids: string[] }> {
  const rehearsal = await rehearseEbay({ legacyOnly: true });
  const ids = Array.from({ length: count }, (_, number) =>
    rehearsal.shop.addProduct({ sku: `S-${number}`, title: `Thing & thing ${number}`, quantity: 1 }),
  );
  return { ...rehearsal, ids };
}
const kinds = (results: readonly PushResult[]) => {
  const counts: Record<string, number> = {};
  for (const { kind } of results) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};
const push = async (channel: Channel, quantity: number): Promise<readonly PushResult[]> =>
  channel.setAvailable(await targetsFor(channel, quantity, null), 'key');
/** A file that hangs is looked at for a minute or so and left; here the minute passes at once. */
function deskOf(session: TestSession): PushDesk {
  const client = createClient(session);
  const feeds = createFeedDesk(session, client, async () => undefined);
  return { client, feeds, budget: createRevisionBudget(session) };
}
const allShow = ({ shop }: EbayRehearsal, quantity: number): boolean =>
  shop.shelf().every((one) => one.quantity === quantity);

it('hundreds of listings go in one file, read in pages and not one by one', async () => {
  const rehearsal = await manyListings();
  const before = { ...rehearsal.shop.requests() };
  expect(kinds(await push(rehearsal.channel(), 9))).toEqual({ accepted: FEED_FROM + 50 });
  expect(allShow(rehearsal, 9)).toBe(true);
  const requests = rehearsal.shop.requests();
  expect([requests[CREATE], requests[UPLOAD]]).toEqual([1, 1]);
  expect(requests['ReviseInventoryStatus']).toBeUndefined();
  expect(requests['GetItem']).toBeUndefined();
  expect(before[CREATE]).toBeUndefined();
});

it('a few go in calls of four, without a file', async () => {
  const rehearsal = await manyListings(FEED_FROM - 1);
  await push(rehearsal.channel(), 9);
  expect(rehearsal.shop.requests()[CREATE]).toBeUndefined();
  expect(rehearsal.shop.requests()['ReviseInventoryStatus']).toBe(Math.ceil((FEED_FROM - 1) / 4));
});

it('fault 9: what eBay refuses in the file is named, and the others are done', async () => {
  const rehearsal = await manyListings();
  const { shop, ids } = rehearsal;
  const channel = rehearsal.channel();
  const targets = await targetsFor(channel, 9, null);
  const refused = shop.listing(ids[7] ?? '');
  refused.revisions = { day: rehearsal.clock.now().toISOString().slice(0, 10), count: 250 };
  shop.behave({ countsRevisions: true });
  const results = await channel.setAvailable(targets, 'key');
  expect(results.filter(({ kind }) => kind !== 'accepted')).toEqual([
    expect.objectContaining({
      remoteId: ids[7],
      kind: 'postponed',
      message: expect.stringMatching(/250/),
    }),
  ]);
});

it.each([['timeoutBefore'], ['timeoutAfter']] as const)(
  '%s of the upload: the task tells whether the file arrived, and nothing is sent twice',
  async (fault) => {
    const rehearsal = await manyListings();
    const { shop, session } = rehearsal;
    const test = session();
    const channel = ebay.open({
      ...test,
      get credentials() {
        return test.credentials;
      },
      http: {
        ...test.http,
        send: (request, judge) => {
          if (request.url.endsWith('/upload_file')) shop.setFault(fault, 1);
          return test.http.send(request, judge);
        },
      },
    });
    const targets = await targetsFor(channel, 9, null);
    const sent = channel.setAvailable(targets, 'key');
    if (fault === 'timeoutAfter') expect(kinds(await sent)).toEqual({ accepted: targets.length });
    else await expect(sent).rejects.toMatchObject({ kind: 'transient' });
    expect(shop.requests()[UPLOAD]).toBe(1);
    expect(allShow(rehearsal, fault === 'timeoutAfter' ? 9 : 1)).toBe(true);
  },
);

it('while a file is under way nothing is told beside it, by any process; afterwards what it did is seen', async () => {
  const rehearsal = await manyListings();
  const { shop, clock, session } = rehearsal;
  shop.behave({ feedsHang: true });
  const test = session();
  const first = await setAvailable(deskOf(test), await targetsFor(ebay.open(test), 9, null));
  expect(kinds(first)).toEqual({ unknown: FEED_FROM + 50 });
  const credentials = test.savedCredentials();
  const another = rehearsal.channel({ credentials });
  const few = (await targetsFor(another, 3, null)).slice(0, 2);
  expect(kinds(await another.setAvailable(few, 'key'))).toEqual({ unknown: 2 });
  expect(shop.requests()['ReviseInventoryStatus']).toBeUndefined();
  shop.behave({ feedsHang: false });
  clock.advance(60_000);
  const later = rehearsal.channel({ credentials });
  await later.setAvailable(few, 'key');
  expect(kinds(await later.setAvailable(few, 'key'))).toEqual({ accepted: 2 });
  expect(
    shop
      .shelf()
      .map(({ quantity }) => quantity)
      .sort(),
  ).toEqual([3, 3, ...Array.from({ length: FEED_FROM + 48 }, () => 9)]);
});

it('what already shows the right number is not taken for told while a file may still change it', async () => {
  const rehearsal = await manyListings();
  const { shop, session } = rehearsal;
  shop.behave({ feedsHang: true });
  const desk = deskOf(session());
  const targets = await targetsFor(rehearsal.channel(), 9, null);
  await setAvailable(desk, targets);
  // The number before: it shows until the file is done.
  const back = targets.slice(0, 2).map((target) => ({ ...target, quantity: 1 }));
  expect(kinds(await setAvailable(desk, back))).toEqual({ unknown: 2 });
  shop.behave({ feedsHang: false });
  await setAvailable(desk, back);
  expect(kinds(await setAvailable(desk, back))).toEqual({ accepted: 2 });
  expect(shop.shelf().filter(({ quantity }) => quantity === 1)).toHaveLength(2);
});

it('beside a file that is hours late numbers are told, and stay owed until it has ended: then what it undid is put right', async () => {
  const rehearsal = await manyListings();
  const { shop, clock, session } = rehearsal;
  shop.behave({ feedsHang: true });
  const desk = deskOf(session());
  const targets = await targetsFor(rehearsal.channel(), 9, null);
  await setAvailable(desk, targets);
  clock.advance(3 * HOUR_MS);
  const newer = targets.map((target) => ({ ...target, quantity: 4 }));
  expect(await setAvailable(desk, newer)).toEqual(
    newer.map(({ remoteId, handle }) => ({ remoteId, handle, ...STILL_WORKING })),
  );
  expect(allShow(rehearsal, 4)).toBe(true);
  // No second file beside the first.
  expect(shop.requests()[CREATE]).toBe(1);
  // It ends after all, while eBay is asked about it, and what it held is on sale.
  shop.behave({ feedsHang: false });
  expect(kinds(await setAvailable(desk, newer))).toEqual({ unknown: newer.length });
  expect(kinds(await setAvailable(desk, newer))).toEqual({ accepted: newer.length });
  expect(allShow(rehearsal, 4)).toBe(true);
});

it('a late file that eBay no longer knows holds up nothing', async () => {
  const rehearsal = await manyListings(2);
  const at = rehearsal.clock.now().toISOString();
  const credentials = { ...rehearsal.shop.credentials, feedUnderWay: `${at} task-none` };
  const channel = rehearsal.channel({ credentials });
  expect(kinds(await push(channel, 9))).toEqual({ accepted: 2 });
});

it('a second call of the same push does not send a file beside the first', async () => {
  const rehearsal = await manyListings();
  const { shop, session } = rehearsal;
  shop.behave({ feedsHang: true });
  const test = session();
  // The credentials of a job are those it began with.
  const channel = ebay.open({ ...test, credentials: test.credentials, sleep: async () => undefined });
  const targets = await targetsFor(channel, 9, null);
  for (let call = 0; call < 2; call += 1) {
    expect(kinds(await channel.setAvailable(targets, 'key'))).toEqual({ unknown: targets.length });
  }
  expect(shop.requests()[CREATE]).toBe(1);
});

it('where eBay takes no more files today, calls of four do it', async () => {
  const rehearsal = await manyListings();
  rehearsal.shop.behave({ feedsRefused: true });
  expect(kinds(await push(rehearsal.channel(), 9))).toEqual({ accepted: FEED_FROM + 50 });
  expect(rehearsal.shop.requests()['ReviseInventoryStatus']).toBe(Math.ceil((FEED_FROM + 50) / 4));
});

it('a packed result and a plain one read the same', () => {
  const text =
    '<R><ReviseInventoryStatusResponse><Ack>Success</Ack><CorrelationID>task-1:3</CorrelationID></ReviseInventoryStatusResponse></R>';
  for (const file of [Buffer.from(text), gzipSync(text)]) {
    expect([...readResult(file.toString('latin1')).keys()]).toEqual([3]);
  }
  expect(() => readResult('<html>')).toThrow(/could not be read/);
});

const specs = specsDirectory();
if (specs === null) it.todo(SPECS_MISSING);
else
  it('our file has the elements of the sample, message by message', () => {
    const samples: Record<string, string> = JSON.parse(
      readFileSync(join(specs, 'ebay/examples/trading.xml-samples.json'), 'utf8'),
    );
    const ours = fileOf('job1', [{ itemId: '110000000001', sku: null, quantity: 6 }]);
    const sample = (samples['LMS_REVISE_INVENTORY_STATUS.file'] ?? '').replace('job1:MUG-01', 'job1:0');
    expect(parseXml(ours)).toEqual(parseXml(sample));
    expect(ours).toBe(sample);
  });
