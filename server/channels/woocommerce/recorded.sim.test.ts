// Every recorded exchange of a real WooCommerce 10.5 shop goes through our client and our map.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import { ChannelError } from '../../net/channel-error.ts';
import { createClient } from './client.ts';
import { batchShape, orderShape, productShape, refundShape, variationShape, webhookShape } from './shapes.ts';
import { type Recording, recordings, startReplay } from './test-support/recordings.ts';
import { webhook } from './webhook.ts';

const all = recordings();
const SECRET = 'dummy-webhook-secret';

/** Which of our shapes reads an answer, by its route; `null`: our client never asks for it. */
const SHAPES: readonly (readonly [RegExp, z.ZodType])[] = [
  [/\/(products|orders)\/batch$/, batchShape.or(z.object({ update: z.array(orderShape) }))],
  [/\/variations\/batch$/, batchShape],
  [/\/variations(\/\d+)?$/, variationShape],
  [/\/products(\/\d+)?\/?$/, productShape],
  [/\/orders\/\d+\/refunds$|\/refunds$/, refundShape],
  [/\/orders(\/\d+)?$/, orderShape],
  [/\/webhooks(\/\d+)?$/, webhookShape],
  [/./, z.unknown()],
];

const shapeOf = (path: string): z.ZodType =>
  SHAPES.find(([pattern]) => pattern.test(path))?.[1] ?? z.unknown();

const isDelivery = (one: Recording): boolean => one.request.raw_body !== undefined;
const isHistory = (one: Recording): boolean =>
  one.request.path === undefined ||
  Array.isArray(one.response?.status) ||
  one.name === 'orders-Q4-orders-and-deltas-at-once';
const isHead = (one: Recording): boolean => one.request.method === 'HEAD';
const exchanges = all.filter((one) => !isDelivery(one) && !isHistory(one) && !isHead(one));

/** Answers trimmed to a few fields by the recording are read field by field, as far as they go. */
function lenient(shape: z.ZodType, one: Recording): z.ZodType {
  const trimmed = one.request.query?.['_fields'] !== undefined && shape instanceof z.ZodObject;
  const item = trimmed ? (shape as z.ZodObject).partial() : shape;
  return Array.isArray(one.response?.body) ? z.array(item) : item;
}

const expectedKind = ({ response }: Recording): string | null => {
  const { status = 0, body } = response ?? {};
  const { code = '', message = '' } = (body ?? {}) as { code?: string; message?: string };
  if (Number(status) < 300) return null;
  if (message.startsWith('Invalid nonce')) return 'transient';
  if (status === 401 || status === 403) return 'auth';
  if (code === 'rest_no_route' || Number(status) >= 500) return 'transient';
  return status === 404 ? 'gone' : 'rejected';
};

if (specsDirectory() === null) it.todo(SPECS_MISSING);
else
  describe('the recorded shop', () => {
    let replay: Awaited<ReturnType<typeof startReplay>>;
    beforeAll(async () => {
      replay = await startReplay();
    });
    afterAll(() => {
      replay.server.close();
      replay.server.closeAllConnections();
    });

    it('has 213 recordings and more, each of them classified', () => {
      const classes = [all.filter(isDelivery), all.filter(isHistory), all.filter(isHead), exchanges];
      expect(classes.reduce((sum, one) => sum + one.length, 0)).toBe(all.length);
      expect(all.length).toBeGreaterThanOrEqual(213);
    });

    it.each(exchanges.map((one) => [one.name, one] as const))(
      '%s is read or refused rightly',
      async (_name, one) => {
        replay.answer = one.response;
        const client = createClient(
          createTestSession({
            credentials: { url: replay.url, consumerKey: 'ck', consumerSecret: 'cs' },
          }),
        );
        const shape = lenient(shapeOf(one.request.path ?? ''), one);
        const call =
          one.request.method === 'GET'
            ? client.get('/wc/v3/replayed', {}, shape)
            : client.post('/wc/v3/replayed', {}, shape);
        const outcome = await call.then(
          () => null,
          (problem: unknown) => problem,
        );
        const kind = expectedKind(one);
        if (kind === null) expect(outcome).toBeNull();
        else {
          expect(outcome).toBeInstanceOf(ChannelError);
          expect(outcome).toMatchObject({ kind, message: expect.stringMatching(/^[A-Z].+[.?]$/) });
        }
      },
    );

    const deliveries = all.filter(isDelivery);
    it.each(deliveries.map((one) => [one.name, one] as const))(
      '%s: its signature and what it is about',
      (_name, one) => {
        const headers = one.request.headers ?? {};
        const request = { headers, rawBody: Buffer.from(one.request.raw_body ?? '', 'utf8') };
        const isSigned = headers['x-wc-webhook-topic'] !== undefined;
        const secrets = { own: SECRET, credentials: {} };
        expect(webhook.verify(request, secrets)).toBe(isSigned);
        expect(webhook.verify(request, { ...secrets, own: '' })).toBe(false);
        expect(webhook.verify({ ...request, rawBody: Buffer.from('{"id":1}') }, secrets)).toBe(false);
        const { hint, deliveryId } = webhook.parse(request);
        expect(deliveryId).toBeNull();
        const id = String(((one.request.body ?? {}) as { id?: number }).id);
        const topic = headers['x-wc-webhook-topic'] ?? '';
        if (topic.startsWith('order.')) expect(hint).toEqual({ kind: 'order', remoteId: id });
        else expect(hint.kind).toBe(topic.startsWith('product.') ? 'listings' : 'nothing');
      },
    );

    const series = all.filter((one) => (one.deliveries ?? []).length > 0);
    it.each(series.map((one) => [one.name, one] as const))(
      '%s: each delivery leads to what it is about',
      (_name, one) => {
        for (const delivery of one.deliveries ?? []) {
          const { hint } = webhook.parse({
            headers: { 'x-wc-webhook-topic': delivery.topic },
            rawBody: Buffer.from(JSON.stringify({ id: delivery.body_id })),
          });
          expect(hint).toEqual(
            delivery.topic.startsWith('order.')
              ? { kind: 'order', remoteId: String(delivery.body_id) }
              : { kind: 'listings' },
          );
        }
      },
    );

    it('a delivery id is shared by different deliveries, so none is given on', () => {
      const shared = recordings().find(({ name }) => name === 'webhooks-33-series-order-three-lines');
      const ids = (shared?.deliveries ?? []).map(({ delivery_id }) => delivery_id);
      expect(new Set(ids).size).toBeLessThan(ids.length);
    });
  });
