// eBay's notifications joined to the product: which are ordered, how eBay proves that one is its own, and the answer that
// proves that the address is ours. Whatever is in one, the thing itself is read again.

import { createHash } from 'node:crypto';
import { ChannelError } from '../../net/channel-error.ts';
import type {
  ChannelSession,
  ChannelWebhook,
  WebhookHealth,
  WebhookRequest,
  WebhookSecrets,
} from '../channel.ts';
import { createClient } from './client.ts';
import { isRehearsal, typed } from './credentials.ts';
import { challengeResponse, parseNotification, readSignature, verifyNotification } from './notification.ts';
import { publicKeyOf } from './public-keys.ts';
import { EbayRefusal } from './refusal.ts';
import { keepDestination, keepSubscriptions } from './subscriptions.ts';
import { createApplicationTokenSource } from './token.ts';

export const webhook: ChannelWebhook = {
  register: (session, address, secret) => register(session, address, secret),
  verify,
  answerChallenge: (query, address, secrets) => {
    const code = query['challenge_code'] ?? '';
    if (code === '') return null;
    const token = verificationTokenOf(secrets);
    return { challengeResponse: challengeResponse(code, token, address) };
  },
  parse: ({ rawBody }) => parseNotification(rawBody),
};

/** 32 to 80 letters and digits: the one the person entered at eBay, or one made of our own secret. */
const verificationTokenOf = ({ credentials, own }: Pick<WebhookSecrets, 'credentials' | 'own'>): string =>
  typed(credentials, 'verificationToken') ||
  createHash('sha256').update(`ebay verification ${own}`).digest('hex');

async function verify(request: WebhookRequest, { own, session }: WebhookSecrets): Promise<boolean> {
  const signature = readSignature(request.headers['x-ebay-signature']);
  if (own === '' || session === undefined || signature === null) return false;
  const key = await publicKeyOf(session, signature.kid);
  return key !== null && verifyNotification(request.rawBody, signature, key);
}

async function register(session: ChannelSession, address: string, own: string): Promise<WebhookHealth> {
  const { credentials } = session;
  if (new URL(address).protocol !== 'https:' && !isRehearsal(credentials)) {
    return { kind: 'unavailable', message: NO_HTTPS };
  }
  const verificationToken = verificationTokenOf({ credentials, own });
  if (!/^[\w-]{32,80}$/.test(verificationToken)) return { kind: 'unavailable', message: BAD_TOKEN };
  const application = createClient(session, createApplicationTokenSource(session));
  const seller = createClient(session);
  try {
    const destination = await keepDestination(application, address, verificationToken);
    const changedCount = await keepSubscriptions({ application, seller }, destination.id);
    return destination.changed || changedCount > 0
      ? { kind: 'mended', message: MENDED }
      : { kind: 'healthy' };
  } catch (problem) {
    if (!(problem instanceof ChannelError) || problem.kind === 'transient' || problem.kind === 'throttled') {
      throw problem;
    }
    const isEmailMissing = problem instanceof EbayRefusal && problem.code === NO_ALERT_EMAIL;
    const message = isEmailMissing ? NO_EMAIL : `eBay does not send notifications here. ${problem.message}`;
    return { kind: 'unavailable', message };
  }
}

const NO_ALERT_EMAIL = 195_003;
const MENDED =
  'eBay’s notifications were ordered, or switched on again. What was not sent meanwhile is found by the regular pull.';
const NO_HTTPS = 'eBay sends notifications only to https addresses. Orders are found by the regular pull.';
const BAD_TOKEN =
  'The verification token must be 32 to 80 letters, digits, _ and -. Change it here and at eBay.';
const NO_EMAIL =
  'eBay sends notifications only once it knows an e-mail address for its alerts. Enter one on developer.ebay.com under ' +
  'Alerts & Notifications.';
