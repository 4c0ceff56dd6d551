// Order notifications through the seller's own queue: asked for once, hints only, removed when they are stored.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import { amazon } from './index.ts';
import { memoryOf } from './memory.ts';
import { hintOf } from './notifications.ts';
import {
  MINUTE_MS,
  open,
  openSession,
  requestsFor,
  stopShopsAfterEach,
  type World,
} from './test-support/world.ts';

stopShopsAfterEach();

const SELLER = 'A2REHEARSAL01';
const pull = async ({ channel }: World) => {
  if (channel.pullHints === undefined) throw new Error('The store has no queue.');
  return channel.pullHints();
};

describe('the queue', () => {
  it('an order is heard of at once, long before Amazon’s search shows it, and read by its id', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    await pull(world);
    const { remoteId } = world.shop.buy([{ remoteId: 'A', quantity: 1 }]);
    const { hints, acknowledge } = await pull(world);
    expect(hints).toEqual([{ kind: 'order', remoteId }]);
    expect(await world.channel.readOrders([remoteId])).toMatchObject([{ kind: 'order' }]);
    await acknowledge();
    expect(world.shop.queue.size()).toBe(0);
  });

  it('what was not acknowledged comes again: a process that is killed loses nothing', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    await pull(world);
    const { remoteId } = world.shop.buy([{ remoteId: 'A', quantity: 1 }]);
    expect((await pull(world)).hints).toHaveLength(1);
    expect((await pull(world)).hints).toEqual([]); // hidden while somebody is at it
    world.pass(3 * MINUTE_MS);
    expect((await pull(world)).hints).toEqual([{ kind: 'order', remoteId }]);
  });

  it('more than one call’s worth is taken, and what is said twice is one hint', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 100 });
    await pull(world);
    world.shop.setFault('repeatWebhooks');
    for (let count = 0; count < 25; count += 1) world.shop.buy([{ remoteId: 'A', quantity: 1 }]);
    const { hints, acknowledge } = await pull(world);
    expect(hints).toHaveLength(25);
    await acknowledge();
    expect(world.shop.queue.size()).toBe(0);
  });

  it('lost notifications lose no order: the search has it', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const from = world.now();
    await pull(world);
    world.shop.setFault('loseWebhooks');
    world.shop.buy([{ remoteId: 'A', quantity: 1 }]);
    expect((await pull(world)).hints).toEqual([]);
    world.pass(3 * MINUTE_MS);
    expect((await world.channel.listOrders({ kind: 'updated', from }, null)).orders).toHaveLength(1);
  });

  it('what is about nothing, of another seller or sent by Amazon is removed and hints at nothing', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'FBA', title: 'FBA', quantity: 10, tracked: false });
    await pull(world);
    world.shop.buy([{ remoteId: 'FBA', quantity: 1 }]);
    for (const body of ['no JSON', '{}', '[]', '{"NotificationType":"ORDER_CHANGE"}'])
      world.shop.queue.put(body);
    const { hints, acknowledge } = await pull(world);
    expect(hints).toEqual([]);
    expect(world.shop.queue.size()).toBe(5);
    await acknowledge();
    expect(world.shop.queue.size()).toBe(0);
    expect(hintOf(order('A2OTHER', 'MFN'), SELLER)).toEqual({ kind: 'nothing' });
    expect(hintOf(order(SELLER, 'MFN'), SELLER)).toEqual({ kind: 'order', remoteId: '1' });
  });

  it('Amazon is told where to once: another process finds the subscription and leaves it', async () => {
    const world = await open();
    await pull(world);
    await pull(world);
    const other = openSession(world.shop.credentials, world.now);
    await amazon.open(other).pullHints?.();
    expect(requestsFor(world, 'createDestination')).toBe(1);
    expect(requestsFor(world, 'createSubscription')).toBe(1);
    expect(memoryOf(other.http).subscribedTo).toBe('arn:aws:sqs:us-east-1:123456789012:orders');
  });

  it('without a queue there are no hints to pull, and nothing is missing', async () => {
    const world = await open({ queueUrl: '' });
    expect(world.channel.pullHints).toBeUndefined();
    expect((await world.channel.check()).findings).toEqual([]);
  });

  it.each([
    [{ queueSecretKey: 'wrong' }, /does not let us read the queue/],
    [{ queueSecretKey: '' }, /key ID and the secret key/],
    [{ queueUrl: 'https://evil.example/123456789012/orders' }, /must look like/],
    [{ queueUrl: 'https://sqs.us-east-1.amazonaws.com.evil.example/123456789012/orders' }, /must look like/],
  ])('%o is found at connect time', async (change, sentence) => {
    const world = await open(change);
    expect((await world.channel.check()).findings).toEqual([
      { level: 'blocker', message: expect.stringMatching(sentence) },
    ]);
  });

  it('the queue’s key is in no address and no body', async () => {
    const world = await open();
    const sent: string[] = [];
    const session = openSession(world.shop.credentials, world.now);
    const http: typeof session.http = {
      ...session.http,
      send: (request, judge) => {
        sent.push(JSON.stringify(request));
        return session.http.send(request, judge);
      },
    };
    await amazon.open({ ...session, credentials: world.shop.credentials, http }).pullHints?.();
    expect(sent.some((text) => text.includes('AmazonSQS.ReceiveMessage'))).toBe(true);
    expect(sent.filter((text) => text.includes('rehearsal-queue-secret'))).toEqual([]);
  });
});

const order = (SellerId: string, FulfillmentType: string): string =>
  JSON.stringify({
    NotificationType: 'ORDER_CHANGE',
    Payload: { OrderChangeNotification: { SellerId, AmazonOrderId: '1', Summary: { FulfillmentType } } },
  });

const specs = specsDirectory();
if (specs === null) it.todo(SPECS_MISSING);
else
  it('the official examples of notifications are read', () => {
    const read = (name: string): string =>
      readFileSync(join(specs, 'amazon', 'examples', `notification.${name}.json`), 'utf8');
    expect(hintOf(read('ORDER_CHANGE'), 'A3TH9S8BH6GOGM')).toEqual({
      kind: 'order',
      remoteId: '903-8868176-2219830',
    });
    expect(hintOf(read('LISTINGS_ITEM_MFN_QUANTITY_CHANGE'), 'AXXXXXXXXXXXXX')).toEqual({
      kind: 'quantity',
      remoteId: 'NLS-SHOES-03',
    });
    expect(hintOf(read('FEED_PROCESSING_FINISHED'), 'A3TH9S8BH6GOGM')).toEqual({ kind: 'nothing' });
  });
