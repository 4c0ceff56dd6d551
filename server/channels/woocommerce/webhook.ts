// WooCommerce's webhooks: which we keep registered, how a delivery proves itself, and what it is about.

import * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import { parseJson } from '../../net/parse-json.ts';
import { verifyHmac } from '../../net/signatures.ts';
import type { ChannelSession, ChannelWebhook, WebhookHealth, WebhookHint } from '../channel.ts';
import { createClient, type WooClient } from './client.ts';
import { BATCH_MAX } from './manifest.ts';
import { type Hook, webhookShape } from './shapes.ts';

export const TOPICS = [
  'order.created',
  'order.updated',
  'order.deleted',
  'order.restored',
  'product.created',
  'product.updated',
  'product.deleted',
  'product.restored',
] as const;

export const webhook: ChannelWebhook = {
  register,
  verify: ({ headers, rawBody }, secrets) =>
    verifyHmac({
      algorithm: 'sha256',
      encoding: 'base64',
      secrets: [secrets.own],
      signedBytes: rawBody,
      signature: headers['x-wc-webhook-signature'],
    }),
  // The shop's delivery id is made of the webhook and the second: different deliveries share it.
  parse: ({ headers, rawBody }) => ({
    deliveryId: null,
    hint: hintOf(headers['x-wc-webhook-topic'] ?? '', rawBody),
  }),
};

const bodyShape = z.object({ id: z.union([z.number().int(), z.string().regex(/^\d+$/)]) });

function hintOf(topic: string, rawBody: Buffer): WebhookHint {
  if (topic.startsWith('product.')) return { kind: 'listings' };
  if (!topic.startsWith('order.')) return { kind: 'nothing' };
  const body = bodyShape.safeParse(parseJson(rawBody.toString('utf8')));
  return body.success ? { kind: 'order', remoteId: String(body.data.id) } : { kind: 'nothing' };
}

// ---- registering --------------------------------------------------------------------------------------

async function register(session: ChannelSession, address: string, secret: string): Promise<WebhookHealth> {
  try {
    const client = createClient(session);
    const ours = (await listHooks(client)).filter((hook) => hook.delivery_url === address);
    const kept = TOPICS.map((topic) => ours.find((hook) => hook.topic === topic)).filter(
      (hook) => hook !== undefined,
    );
    const create = TOPICS.filter((topic) => !kept.some((hook) => hook.topic === topic)).map((topic) => ({
      name: `Stocksheet ${topic}`,
      topic,
      delivery_url: address,
      secret,
      status: 'active',
    }));
    // The shop never shows a secret, so it is written again: whatever happened to it, from now on it is ours.
    const update = kept.map(({ id }) => ({ id, status: 'active', secret }));
    const extra = ours.filter((hook) => !kept.includes(hook)).map(({ id }) => id);
    const refused = await saveHooks(client, { create, update, delete: extra });
    if (refused !== null) return { kind: 'unavailable', message: refused };
    return healthOf(kept, create.length);
  } catch (problem) {
    if (!(problem instanceof ChannelError) || problem.kind === 'transient' || problem.kind === 'throttled') {
      throw problem;
    }
    return { kind: 'unavailable', message: problem.message };
  }
}

const PAGES_MAX = 20;

async function listHooks(client: WooClient): Promise<readonly Hook[]> {
  const all: Hook[] = [];
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const query = { per_page: BATCH_MAX, page, orderby: 'id', order: 'asc' };
    const hooks = await client.get('/wc/v3/webhooks', query, z.array(webhookShape));
    all.push(...hooks);
    if (hooks.length < BATCH_MAX) break;
  }
  return all;
}

const savedItem = z.object({ error: z.object({ message: z.string() }).nullish() });
const savedShape = z.object({
  create: z.array(savedItem).nullish(),
  update: z.array(savedItem).nullish(),
  delete: z.array(z.unknown()).nullish(),
});

/** Answers why the shop refused one of them, or null. */
async function saveHooks(client: WooClient, changes: object): Promise<string | null> {
  const saved = await client.post('/wc/v3/webhooks/batch', changes, savedShape);
  const refused = [...(saved.create ?? []), ...(saved.update ?? [])].find((item) => item.error != null);
  if (refused === undefined) return null;
  return `The shop did not take our webhooks (${refused.error?.message}). Orders are found by the regular pull.`;
}

function healthOf(kept: readonly Hook[], createdCount: number): WebhookHealth {
  const disabled = kept.filter((hook) => hook.status !== 'active').length;
  if (disabled > 0) {
    return {
      kind: 'mended',
      message:
        `The shop had switched off ${disabled} of our webhooks, as it does after seven failed deliveries; they are on ` +
        'again. What it did not send is found by the regular pull, and one more failed delivery switches them off again.',
    };
  }
  if (createdCount > 0 && kept.length > 0) {
    return {
      kind: 'mended',
      message: `${createdCount} of our webhooks were missing in the shop; they are back.`,
    };
  }
  return { kind: 'healthy' };
}
