// Etsy's webhooks, which only commercial apps have and a person sets up in Etsy's developer portal: who signed a delivery, and
// what it is about. What it is about is read again.

import * as z from 'zod';
import { parseJson } from '../../net/parse-json.ts';
import { verifyHmac } from '../../net/signatures.ts';
import type {
  ChannelSession,
  ChannelWebhook,
  WebhookHealth,
  WebhookHint,
  WebhookRequest,
  WebhookSecrets,
} from '../channel.ts';

/** The key of the signing secret among the credentials. */
const SECRET = 'webhookSecret';
const SECRET_PREFIX = 'whsec_';
/** While a secret is being changed there are two; more are an attempt to make us work. */
const SIGNATURES_MAX = 4;

export const webhook: ChannelWebhook = {
  register: async (session, address) => healthOf(session, address),
  verify,
  parse: ({ headers, rawBody }) => ({ deliveryId: headers['webhook-id'] ?? null, hint: hintOf(rawBody) }),
};

/** Nothing can be registered or asked by a program: whether the person did it shows in the secret. */
function healthOf({ credentials }: ChannelSession, address: string): WebhookHealth {
  if (secretOf(credentials[SECRET]) !== null) return { kind: 'healthy' };
  const message =
    `Only commercial apps have them. If yours is one, add ${address} as an endpoint in Etsy’s developer portal and fill in its ` +
    'signing secret; until then the regular pull finds everything.';
  return { kind: 'unavailable', message };
}

/** The key behind "whsec_…"; null when none was filled in. */
function secretOf(text: string | undefined): Buffer | null {
  const trimmed = (text ?? '').trim();
  if (!trimmed.startsWith(SECRET_PREFIX)) return null;
  const key = Buffer.from(trimmed.slice(SECRET_PREFIX.length), 'base64');
  return key.length === 0 ? null : key;
}

// Standard Webhooks: id, time and body are signed together. Old deliveries that come again are told by their id.
function verify({ headers, rawBody }: WebhookRequest, secrets: WebhookSecrets): boolean {
  const [id = '', timestamp = ''] = [headers['webhook-id'], headers['webhook-timestamp']];
  const key = secretOf(secrets.credentials[SECRET]);
  if (key === null || id === '' || !/^\d+$/.test(timestamp)) return false;
  const signedBytes = Buffer.concat([Buffer.from(`${id}.${timestamp}.`, 'utf8'), rawBody]);
  const signatures = (headers['webhook-signature'] ?? '').split(' ').slice(0, SIGNATURES_MAX);
  return signatures.some((one) =>
    verifyHmac({
      algorithm: 'sha256',
      encoding: 'base64',
      secrets: [key],
      signedBytes,
      // Etsy’s pages show it with and without the version in front.
      signature: one.replace(/^v1,/, ''),
    }),
  );
}

const bodyShape = z.object({ event_type: z.string(), resource_url: z.string() });
const RECEIPT = /\/receipts\/([1-9]\d*)(?:[/?]|$)/;

function hintOf(rawBody: Buffer): WebhookHint {
  const body = bodyShape.safeParse(parseJson(rawBody.toString('utf8'))).data;
  if (body === undefined) return { kind: 'nothing' };
  const { event_type: event, resource_url: resource } = body;
  if (event.startsWith('order.')) {
    const remoteId = RECEIPT.exec(resource)?.[1];
    return remoteId === undefined ? { kind: 'nothing' } : { kind: 'order', remoteId };
  }
  return /^(inventory|listing)\./.test(event) ? { kind: 'listings' } : { kind: 'nothing' };
}
