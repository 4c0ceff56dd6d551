// The Notification API of a simulated eBay account: destinations that must answer a challenge, subscriptions, keys, and signed
// deliveries, tried three times; a destination that fails is marked down.

import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import type { SimulatedDelivery, WebhookCourier } from '../simulation-webhooks.ts';
import { nextId, type ShopMemory, type SimulatedDestination } from './simulator-memory.ts';

export const ATTEMPTS_MAX = 3;
const BASE = '/commerce/notification/v1';

/** Whose token orders it. */
const TOPICS: Readonly<Record<string, 'USER' | 'APPLICATION'>> = {
  ORDER_CONFIRMATION: 'USER',
  ITEM_MARKED_SHIPPED: 'USER',
  ORDER_CANCELLATION_ACTIVITY: 'USER',
  LISTING: 'USER',
  AUTHORIZATION_REVOCATION: 'APPLICATION',
  MARKETPLACE_ACCOUNT_DELETION: 'APPLICATION',
};

export type NotificationRules = {
  readonly memory: ShopMemory;
  readonly now: () => Date;
  readonly changed: () => void;
  /** Topics that eBay does not give to this keyset. */
  readonly withheldTopics: () => readonly string[];
  readonly hasAlertEmail: () => boolean;
};

export type Notifier = {
  readonly answer: (
    request: SimulationRequest,
    isApplication: boolean,
  ) => SimulationAnswer | Promise<SimulationAnswer>;
  readonly tell: (topic: string, data: object) => void;
};

type Body = {
  readonly name?: string;
  readonly status?: 'ENABLED' | 'DISABLED';
  readonly deliveryConfig?: { readonly endpoint?: string; readonly verificationToken?: string };
  readonly topicId?: string;
  readonly destinationId?: string;
};

const refuse = (status: number, errorId: number, message: string): SimulationAnswer => ({
  status,
  body: { errors: [{ errorId, domain: 'API_NOTIFICATION', category: 'REQUEST', message }] },
});
const DONE: SimulationAnswer = { status: 204, body: '' };

export function createNotifier(rules: NotificationRules, courier: () => WebhookCourier): Notifier {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  // On one line, as eBay sends it.
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString().replaceAll('\n', '');
  const kid = randomUUID();
  return {
    answer: (request, isApplication) => {
      const route = `${request.method} ${request.url.pathname.slice(BASE.length)}`;
      const asked = /^GET \/public_key\/(.+)$/.exec(route)?.[1];
      if (asked !== undefined) {
        if (!isApplication) return refuse(403, 1100, 'Insufficient permissions');
        if (asked !== kid) return refuse(404, 195001, 'The specified key id is invalid.');
        return { status: 200, body: { algorithm: 'ECDSA', digest: 'SHA1', key: pem } };
      }
      if (route === 'GET /topic') return listTopics();
      if (/^\w+ \/destination/.test(route)) return answerDestination(rules, request, route, isApplication);
      return answerSubscription(rules, request, route, isApplication);
    },
    tell: (topic, data) => {
      const body = JSON.stringify({
        metadata: { topic, schemaVersion: '1.0', deprecated: false },
        notification: {
          notificationId: `${randomUUID()}_${randomUUID()}`,
          eventDate: rules.now().toISOString(),
          publishDate: rules.now().toISOString(),
          publishAttemptCount: 1,
          data,
        },
      });
      const signature = sign('SHA1', Buffer.from(body, 'utf8'), privateKey).toString('base64');
      const header = JSON.stringify({ alg: 'ECDSA', kid, signature, digest: 'SHA1' });
      for (const { topicId, destinationId, status } of rules.memory.subscriptions.values()) {
        const destination = rules.memory.destinations.get(destinationId);
        if (topicId !== topic || status !== 'ENABLED' || destination?.status !== 'ENABLED') continue;
        courier().deliver({
          subscriptionId: destinationId,
          address: destination.endpoint,
          headers: {
            'content-type': 'application/json',
            'x-ebay-signature': Buffer.from(header, 'utf8').toString('base64'),
          },
          body,
        });
      }
    },
  };
}

function listTopics(): SimulationAnswer {
  const topics = Object.entries(TOPICS).map(([topicId, context]) => ({
    topicId,
    context,
    status: 'ENABLED',
    supportedPayloads: [
      { format: ['JSON'], schemaVersion: '1.0', deliveryProtocol: 'HTTPS', deprecated: false },
    ],
  }));
  return { status: 200, body: { total: topics.length, limit: 100, topics } };
}

// ---- destinations -----------------------------------------------------------------------------------------------

async function answerDestination(
  rules: NotificationRules,
  request: SimulationRequest,
  route: string,
  isApplication: boolean,
): Promise<SimulationAnswer> {
  const { destinations } = rules.memory;
  if (!isApplication) return refuse(403, 1100, 'Insufficient permissions');
  if (route === 'GET /destination') {
    const all = [...destinations.values()].map(render);
    return { status: 200, body: { total: all.length, limit: 100, destinations: all } };
  }
  const id = /^PUT \/destination\/(.+)$/.exec(route)?.[1];
  if (id === undefined && route !== 'POST /destination') return refuse(404, 195022, 'No such destination');
  const known = id === undefined ? undefined : destinations.get(id);
  if (id !== undefined && known === undefined) return refuse(404, 195022, 'No such destination');
  const { name = '', status, deliveryConfig } = JSON.parse(request.body) as Body;
  const { endpoint = '', verificationToken = '' } = deliveryConfig ?? {};
  if (!/^[\w-]{32,80}$/.test(verificationToken)) return refuse(400, 195019, 'Invalid verification token');
  if (status !== 'ENABLED' && status !== 'DISABLED') return refuse(400, 195018, 'Invalid status');
  if (!rules.hasAlertEmail()) return refuse(409, 195003, 'Please provide configurations. Refer to /config');
  const isTaken = [...destinations.values()].some((one) => one.endpoint === endpoint && one !== known);
  if (isTaken) return refuse(409, 195021, 'Destination exists for this endpoint');
  if (!(await answersChallenge(endpoint, verificationToken))) {
    return refuse(409, 195020, 'Challenge verification failed for requested endpoint');
  }
  const destinationId = known?.destinationId ?? nextId(rules.memory);
  destinations.set(destinationId, { destinationId, endpoint, verificationToken, name, status });
  rules.changed();
  return known === undefined ? created(request, `/destination/${destinationId}`) : DONE;
}

const render = ({ destinationId, name, status, endpoint, verificationToken }: SimulatedDestination) => ({
  destinationId,
  name,
  status,
  deliveryConfig: { endpoint, verificationToken },
});

const created = ({ url }: SimulationRequest, path: string): SimulationAnswer => ({
  status: 201,
  headers: { location: `${url.origin}${BASE}${path}`, 'content-type': 'application/json' },
  body: {},
});

async function answersChallenge(endpoint: string, verificationToken: string): Promise<boolean> {
  const code = randomUUID();
  const address = new URL(endpoint);
  address.searchParams.set('challenge_code', code);
  try {
    const answer = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(5_000) });
    const { challengeResponse } = (await answer.json()) as { readonly challengeResponse?: string };
    const expected = createHash('sha256').update(`${code}${verificationToken}${endpoint}`).digest('hex');
    return answer.status === 200 && challengeResponse === expected;
  } catch {
    return false; // refused, too slow, or no JSON
  }
}

/** The last attempt that fails marks the destination down. Answers whether to go on. */
export function createAttemptBook(memory: ShopMemory) {
  const failures = new Map<SimulatedDelivery, number>();
  return (delivery: SimulatedDelivery, accepted: boolean): boolean => {
    const destination = memory.destinations.get(delivery.subscriptionId);
    const count = (failures.get(delivery) ?? 0) + 1;
    if (accepted || count >= ATTEMPTS_MAX) failures.delete(delivery);
    else failures.set(delivery, count);
    if (!accepted && count >= ATTEMPTS_MAX && destination !== undefined) destination.status = 'MARKED_DOWN';
    return destination?.status === 'ENABLED';
  };
}

// ---- subscriptions ----------------------------------------------------------------------------------------------

function answerSubscription(
  rules: NotificationRules,
  request: SimulationRequest,
  route: string,
  isApplication: boolean,
): SimulationAnswer {
  const { subscriptions } = rules.memory;
  const context = isApplication ? 'APPLICATION' : 'USER';
  if (route === 'GET /subscription') {
    const mine = [...subscriptions.values()].filter(({ topicId }) => TOPICS[topicId] === context);
    const payload = { format: 'JSON', schemaVersion: '1.0', deliveryProtocol: 'HTTPS' };
    const body = {
      total: mine.length,
      limit: 100,
      subscriptions: mine.map((one) => ({ ...one, payload })),
    };
    return { status: 200, body };
  }
  const [, id, verb] = /^(?:PUT|POST) \/subscription(?:\/([^/]+))?(\/enable)?$/.exec(route) ?? [];
  const known = subscriptions.get(id ?? '');
  if (id !== undefined && known === undefined) return refuse(404, 195013, 'The subscription does not exist.');
  if (verb !== undefined && known !== undefined) {
    known.status = 'ENABLED';
    rules.changed();
    return DONE;
  }
  const wanted = JSON.parse(request.body) as Body;
  const topicId = known?.topicId ?? wanted.topicId ?? '';
  const destinationId = wanted.destinationId ?? '';
  if (TOPICS[topicId] === undefined) return refuse(400, 195027, 'Invalid or missing topic id.');
  if (TOPICS[topicId] !== context || rules.withheldTopics().includes(topicId)) {
    return refuse(403, 195011, 'Not authorized for this topic.');
  }
  if (!rules.memory.destinations.has(destinationId)) return refuse(400, 195007, 'Invalid destination id.');
  const subscriptionId = known?.subscriptionId ?? nextId(rules.memory);
  subscriptions.set(subscriptionId, {
    subscriptionId,
    topicId,
    destinationId,
    status: wanted.status ?? 'DISABLED',
  });
  rules.changed();
  return known === undefined ? created(request, `/subscription/${subscriptionId}`) : DONE;
}
