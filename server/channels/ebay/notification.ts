// eBay's notifications, as pure functions: the challenge that proves an endpoint is ours, the check of a delivery's
// signature with eBay's public key, and what a delivery is about.

import { createHash, createPublicKey, verify } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../../net/parse-json.ts';
import type { WebhookHint } from '../channel.ts';

/** The answer to `GET endpoint?challenge_code=…`, as `{ "challengeResponse": … }`. `endpoint` exactly as told to eBay. */
export function challengeResponse(
  challengeCode: string,
  verificationToken: string,
  endpoint: string,
): string {
  return createHash('sha256').update(challengeCode).update(verificationToken).update(endpoint).digest('hex');
}

const signatureShape = z.object({ kid: z.string().min(1), signature: z.string().min(1) });
export type NotificationSignature = z.infer<typeof signatureShape>;

/** Of the header X-EBAY-SIGNATURE; `kid` names the key to fetch from /commerce/notification/v1/public_key/{kid}. */
export function readSignature(header: string | undefined): NotificationSignature | null {
  const parsed = signatureShape.safeParse(parseJson(Buffer.from(header ?? '', 'base64').toString('utf8')));
  return parsed.success ? parsed.data : null;
}

/** What getPublicKey answers. */
export type PublicKey = { readonly key: string; readonly digest: string };

// eBay signs the body as its own library writes it, so the bytes as they came are tried first and then that spelling.
export function verifyNotification(
  rawBody: Buffer,
  signature: NotificationSignature,
  publicKey: PublicKey,
): boolean {
  const rewritten = JSON.stringify(parseJson(rawBody.toString('utf8')));
  const spellings = [rawBody, ...(rewritten === undefined ? [] : [Buffer.from(rewritten, 'utf8')])];
  try {
    const key = createPublicKey(pemOf(publicKey.key));
    const signed = Buffer.from(signature.signature, 'base64');
    return spellings.some((bytes) => verify(publicKey.digest, bytes, key, signed));
  } catch {
    return false; // a key or a signature that is none verifies nothing
  }
}

/** eBay sends the key on one line. */
const pemOf = (text: string): string => {
  const body = text.replace(/-----(BEGIN|END) PUBLIC KEY-----/g, '').replace(/\s/g, '');
  return `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`;
};

const notificationShape = z.object({
  metadata: z.object({ topic: z.string() }),
  notification: z.object({
    notificationId: z.string().nullish(),
    data: z.object({ order: z.object({ orderId: z.string().nullish() }).nullish() }).nullish(),
  }),
});

/** Only after the check. There may be one delivery a line: the id of the order is all that counts. */
export function parseNotification(rawBody: Buffer): {
  readonly deliveryId: string | null;
  readonly hint: WebhookHint;
} {
  const parsed = notificationShape.safeParse(parseJson(rawBody.toString('utf8')));
  if (!parsed.success) return { deliveryId: null, hint: { kind: 'nothing' } };
  const { metadata, notification } = parsed.data;
  const remoteId = notification.data?.order?.orderId ?? '';
  return { deliveryId: notification.notificationId ?? null, hint: hintOf(metadata.topic, remoteId) };
}

function hintOf(topic: string, remoteId: string): WebhookHint {
  if (topic === 'AUTHORIZATION_REVOCATION') return { kind: 'uninstalled' };
  if (topic === 'LISTING') return { kind: 'listings' };
  // MARKETPLACE_ACCOUNT_DELETION is about a buyer's data, of which we keep none.
  return remoteId === '' ? { kind: 'nothing' } : { kind: 'order', remoteId };
}
