// Battery: webhooks are registered once, prove who sent them, and lead to the right thing; losing them loses nothing.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import type { ChannelDefinition, ChannelWebhook, WebhookRequest } from '../../server/channels/channel.ts';
import { allOrders, type Rehearsal, rehearse } from './rehearsal.ts';

const SECRET = 'a-secret-of-our-own-0123456789';

type Receiver = {
  readonly address: string;
  readonly received: WebhookRequest[];
  answerWith: number;
};

export function webhookBattery(definition: ChannelDefinition): void {
  const { webhook } = definition;
  it('says truly whether it has webhooks', () => {
    const { webhooks, webhooksByHand } = definition.manifest.capabilities;
    expect(webhook !== undefined).toBe(webhooks || webhooksByHand === true);
  });
  // What only a person can set up is tested beside the channel.
  if (webhook === undefined || !definition.manifest.capabilities.webhooks) return;

  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });

  async function receive(): Promise<Receiver> {
    const received: WebhookRequest[] = [];
    const server = createServer((incoming, outgoing) => {
      // Some shops ask the address for proof before they send anything to it.
      if (incoming.method === 'GET') {
        const query = Object.fromEntries(new URL(incoming.url ?? '', receiver.address).searchParams);
        const secrets = { own: SECRET, credentials: {} };
        const answer = definition.webhook?.answerChallenge?.(query, receiver.address, secrets) ?? null;
        outgoing.writeHead(answer === null ? 404 : 200, { 'content-type': 'application/json' });
        outgoing.end(JSON.stringify(answer));
        return;
      }
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const headers: Record<string, string | undefined> = {};
        for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value);
        received.push({ headers, rawBody: Buffer.concat(chunks) });
        outgoing.writeHead(receiver.answerWith).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    const { port } = server.address() as AddressInfo;
    const receiver: Receiver = {
      address: `http://127.0.0.1:${port}/webhooks/store-1`,
      received,
      answerWith: 200,
    };
    return receiver;
  }

  async function registered(): Promise<Rehearsal & { receiver: Receiver; product: string }> {
    const rehearsal = await rehearse(definition);
    const product = rehearsal.shop.addProduct({ sku: 'A', title: 'A', quantity: 500 });
    const receiver = await receive();
    await register(webhook as ChannelWebhook, rehearsal, receiver);
    await rehearsal.shop.webhooksSettled();
    receiver.received.length = 0;
    return { ...rehearsal, receiver, product };
  }
  const register = (hook: ChannelWebhook, { session }: Rehearsal, { address }: Receiver) =>
    hook.register(session(), address, SECRET);

  it('registering twice delivers once, and the second time all is well', async () => {
    const rehearsal = await registered();
    const { shop, receiver, product } = rehearsal;
    shop.buy([{ remoteId: product, quantity: 1 }]);
    await shop.webhooksSettled();
    const once = receiver.received.length;
    expect(once).toBeGreaterThan(0);
    expect(await register(webhook, rehearsal, receiver)).toMatchObject({ kind: 'healthy' });
    await shop.webhooksSettled();
    receiver.received.length = 0;
    shop.buy([{ remoteId: product, quantity: 1 }]);
    await shop.webhooksSettled();
    expect(receiver.received).toHaveLength(once);
  });

  it('fault 23: only a delivery that the store signed verifies', async () => {
    const { shop, session, receiver, product } = await registered();
    shop.buy([{ remoteId: product, quantity: 1 }]);
    await shop.webhooksSettled();
    const secrets = { own: SECRET, credentials: shop.credentials, session: session() };
    for (const request of receiver.received) {
      expect(await webhook.verify(request, secrets)).toBe(true);
      const forged = Buffer.from(
        request.rawBody.toString('utf8').replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
      );
      expect(await webhook.verify({ ...request, rawBody: forged }, secrets)).toBe(false);
      expect(await webhook.verify({ ...request, rawBody: Buffer.alloc(0) }, secrets)).toBe(false);
      expect(await webhook.verify({ ...request, headers: {} }, secrets)).toBe(false);
      expect(await webhook.verify(request, { own: '', credentials: {} })).toBe(false);
    }
    expect(receiver.received.length).toBeGreaterThan(0);
  });

  const orderHints = (requests: readonly WebhookRequest[]): string[] =>
    requests
      .map((request) => webhook.parse(request).hint)
      .flatMap((hint) => (hint.kind === 'order' ? [hint.remoteId] : []));

  it('what happens to an order hints at that order', async () => {
    const { shop, channel, receiver, product } = await registered();
    const order = shop.buy([{ remoteId: product, quantity: 4 }]);
    for (const step of [() => shop.fulfil(order.remoteId), () => shop.cancel(order.remoteId)]) {
      await shop.webhooksSettled();
      expect(new Set(orderHints(receiver.received))).toEqual(new Set([order.remoteId]));
      const [reading] = await channel().readOrders(orderHints(receiver.received).slice(0, 1));
      expect(reading).toMatchObject({ kind: 'order', order: { remoteId: order.remoteId } });
      receiver.received.length = 0;
      step();
    }
  });

  it('what happens to a product hints at the listings', async () => {
    const { shop, receiver, product } = await registered();
    shop.changeProduct(product, { title: 'Another title' });
    await shop.webhooksSettled();
    expect(receiver.received.map((request) => webhook.parse(request).hint.kind)).toContain('listings');
  });

  it('fault 1: repeated and shuffled deliveries say the same as single ones in order', async () => {
    const { shop, receiver, product } = await registered();
    shop.setFault('repeatWebhooks');
    shop.setFault('shuffleWebhooks');
    const orders = [1, 2, 3].map(() => shop.buy([{ remoteId: product, quantity: 1 }]).remoteId);
    await shop.webhooksSettled();
    expect(new Set(orderHints(receiver.received))).toEqual(new Set(orders));
    const ids = receiver.received.map((request) => webhook.parse(request).deliveryId);
    expect(receiver.received.length).toBeGreaterThan(orders.length * 2);
    // Where deliveries have ids, a repetition has the id of the first.
    if (ids.every((id) => id !== null)) expect(new Set(ids).size).toBeLessThan(ids.length);
  });

  it('fault 2: when deliveries are lost the order list still has the order', async () => {
    const { shop, clock, channel, receiver, product } = await registered();
    shop.setFault('loseWebhooks');
    const order = shop.buy([{ remoteId: product, quantity: 1 }]);
    await shop.webhooksSettled();
    expect(receiver.received).toEqual([]);
    const orders = await allOrders(channel(), { kind: 'updated', from: clock.now() });
    expect(orders.map(({ remoteId }) => remoteId)).toEqual([order.remoteId]);
  });

  it('fault 2: webhooks that the store gave up are registered again', async () => {
    const rehearsal = await registered();
    const { shop, receiver, product } = rehearsal;
    receiver.answerWith = 500;
    for (let round = 0; round < 10; round += 1) {
      shop.buy([{ remoteId: product, quantity: 1 }]);
      await shop.webhooksSettled();
    }
    receiver.answerWith = 200;
    receiver.received.length = 0;
    shop.buy([{ remoteId: product, quantity: 1 }]);
    await shop.webhooksSettled();
    expect(orderHints(receiver.received)).toEqual([]);
    expect(await register(webhook, rehearsal, receiver)).toMatchObject({ kind: 'mended' });
    const order = shop.buy([{ remoteId: product, quantity: 1 }]);
    await shop.webhooksSettled();
    expect(orderHints(receiver.received)).toContain(order.remoteId);
  });

  it('a body that is no JSON, or about something else, hints at nothing', async () => {
    const { shop, receiver, product } = await registered();
    shop.buy([{ remoteId: product, quantity: 1 }]);
    await shop.webhooksSettled();
    const [request] = receiver.received;
    for (const text of ['', 'null', '{}', '<html></html>', '[1]']) {
      const parsed = webhook.parse({ headers: request?.headers ?? {}, rawBody: Buffer.from(text) });
      expect(['nothing', 'listings']).toContain(parsed.hint.kind);
    }
  });
}
