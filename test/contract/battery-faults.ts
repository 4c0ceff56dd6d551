// Battery: what goes wrong between us and a store, and how each of it must end.

import { expect, it } from '@jest/globals';
import type { ChannelDefinition } from '../../server/channels/channel.ts';
import type { SimulatedFault } from '../../server/channels/simulator.ts';
import { ChannelError, type ChannelErrorKind } from '../../server/net/channel-error.ts';
import { createChannelHttp } from '../../server/net/create-channel-http.ts';
import { createMemoryLimiters } from '../../server/net/limiter.ts';
import { allListings, onShelf, rehearse, targetsFor } from './rehearsal.ts';

const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (problem: unknown) => problem,
  );

export function faultBattery(definition: ChannelDefinition): void {
  it.each<SimulatedFault>(['throttle', 'serverError', 'html', 'timeoutBefore', 'timeoutAfter'])(
    'faults 5, 6, 8, 9: one "%s" is got over without a word',
    async (fault) => {
      const { shop, channel } = await rehearse(definition);
      const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
      const opened = channel();
      const targets = await targetsFor(opened, 15, 10);
      shop.setFault(fault, 1);
      expect(await opened.setAvailable(targets, 'attempt-1')).toMatchObject([{ kind: 'accepted' }]);
      expect(onShelf(shop, product)).toBe(15);
      shop.setFault(fault, 1);
      expect(await allListings(opened)).toHaveLength(1);
    },
  );

  it.each<[SimulatedFault, ChannelErrorKind]>([
    ['serverError', 'transient'],
    ['html', 'transient'],
    ['timeoutBefore', 'transient'],
    ['revoked', 'auth'],
  ])('fault "%s" that stays ends as "%s" with a sentence', async (fault, kind) => {
    const { shop, channel } = await rehearse(definition);
    shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const opened = channel();
    await allListings(opened);
    shop.setFault(fault);
    const failure = await failureOf(opened.listListings({ updatedFrom: null }, null));
    expect(failure).toBeInstanceOf(ChannelError);
    expect(failure).toMatchObject({ kind, message: expect.stringMatching(/\.$/) });
  });

  it('fault 8: every way of saying "too many requests" ends as throttled, with a sane time to wait', async () => {
    const { shop, channel } = await rehearse(definition);
    shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    shop.setFault('throttle');
    for (let round = 0; round < 3; round += 1) {
      const failure = await failureOf(channel().listListings({ updatedFrom: null }, null));
      expect(failure).toMatchObject({ kind: 'throttled' });
      const { retryAfterMs } = failure as ChannelError;
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(retryAfterMs).toBeLessThanOrEqual(24 * 3_600_000);
    }
    shop.clearFaults();
    expect(await allListings(channel())).toHaveLength(1);
  }, 60_000);

  it('a store that was busy and says so in its usual way is asked again within a minute', async () => {
    const { shop, channel } = await rehearse(definition);
    shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    shop.setFault('busy');
    for (let round = 0; round < 3; round += 1) {
      const failure = await failureOf(channel().listListings({ updatedFrom: null }, null));
      expect(failure).toMatchObject({ kind: 'throttled' });
      expect((failure as ChannelError).retryAfterMs).toBeLessThanOrEqual(60_000);
    }
  }, 60_000);

  it('an answer that comes too late is given up', async () => {
    const { shop, channel } = await rehearse(definition);
    const opened = channel({ timeoutMs: 150 });
    await allListings(opened);
    shop.setFault('slow');
    expect(await failureOf(opened.listListings({ updatedFrom: null }, null))).toMatchObject({
      kind: 'transient',
    });
  });

  it('faults 6 and 7: a change whose answer was lost is repeated without wiping a sale in between', async () => {
    const { shop, channel } = await rehearse(definition);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const opened = channel();
    const targets = await targetsFor(opened, 15, 10);
    shop.setFault('timeoutAfter');
    const first = await opened.setAvailable(targets, 'attempt-1').catch((problem: unknown) => problem);
    // A channel that reads the quantity back knows that it arrived; another one cannot know.
    if (!(first instanceof ChannelError)) {
      expect(first).toMatchObject([{ kind: expect.stringMatching(/^(unknown|accepted)$/) }]);
    }
    shop.clearFaults();
    if (onShelf(shop, product) !== 15)
      throw new Error('The shop should have acted before its answer was lost.');
    shop.buy([{ remoteId: product, quantity: 1 }]);
    const again = await channel().setAvailable(targets, 'attempt-1');
    expect(['accepted', 'stale']).toContain(again[0]?.kind);
    expect(onShelf(shop, product)).toBe(14);
  });

  it('a push under a revoked token fails as a whole and changes nothing', async () => {
    const { shop, channel } = await rehearse(definition);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const opened = channel();
    const targets = await targetsFor(opened, 15, 10);
    shop.setFault('revoked');
    expect(await failureOf(opened.setAvailable(targets, 'attempt-1'))).toMatchObject({ kind: 'auth' });
    expect(onShelf(shop, product)).toBe(10);
  });

  it('two sessions of one store share its published limit: no request is refused', async () => {
    // Real time: the shop's limit and ours refill by the same clock.
    const { shop, session } = await rehearse(definition, { limits: true, now: () => new Date() });
    const limiters = createMemoryLimiters(() => new Date());
    let refused = 0;
    const open = () =>
      definition.open({
        ...session(),
        credentials: shop.credentials,
        now: () => new Date(),
        http: createChannelHttp({
          limiter: limiters('store', definition.manifest.limits.rate),
          egress: { allowLoopback: true, hosts: [] },
          timeoutMs: 5_000,
          now: () => new Date(),
          onRetry: () => {
            refused += 1;
          },
        }),
      });
    const [one, other] = [open(), open()];
    const read = (channel: typeof one) => channel.listOrders({ kind: 'open' }, null);
    await Promise.all([read(one), read(other), read(one)]);
    expect(refused).toBe(0);
  }, 30_000);
}
