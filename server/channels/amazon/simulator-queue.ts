// The simulated seller's own message queue, and Amazon's list of where its notifications go. A signed call takes messages,
// which come again until they are removed; a small number of them comes twice anyway.

import { randomUUID } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import { SELLER_ID } from './simulator-http.ts';

export const QUEUE_KEY = { queueKeyId: 'AKIAREHEARSAL', queueSecretKey: 'rehearsal-queue-secret' };
const QUEUE_PATH = '/123456789012/orders';
const ARN = 'arn:aws:sqs:us-east-1:123456789012:orders';
const REGION = 'us-east-1';
const MESSAGES_MAX = 10;
/** How far the clock of a signature may be off. */
const CLOCK_SKEW_MS = 5 * 60_000;

type Message = { readonly id: string; readonly body: string; hiddenUntilMs: number; handle: string };
type Destination = { readonly destinationId: string; readonly arn: string; readonly name: string };

export type QueueStandIn = {
  readonly urlAt: (address: string) => string;
  readonly isCall: (request: SimulationRequest) => boolean;
  readonly call: (request: SimulationRequest) => Promise<SimulationAnswer>;
  /** Amazon tells that an order changed, if somebody asked it to. */
  readonly tellOrderChange: (orderId: string, isMerchants: boolean) => void;
  /** Anything at all lands in the queue. */
  readonly put: (body: string) => void;
  readonly size: () => number;
  readonly notifications: {
    readonly getDestinations: () => SimulationAnswer;
    readonly createDestination: (request: SimulationRequest) => SimulationAnswer;
    readonly getSubscription: () => SimulationAnswer;
    readonly createSubscription: (request: SimulationRequest) => SimulationAnswer;
  };
};

export function createQueueStandIn(now: () => Date): QueueStandIn {
  const messages = new Map<string, Message>();
  const destinations: Destination[] = [];
  let subscription: { readonly subscriptionId: string; readonly destinationId: string } | null = null;

  const put = (body: string): void => {
    const id = randomUUID();
    messages.set(id, { id, body, hiddenUntilMs: 0, handle: '' });
  };

  async function call(request: SimulationRequest): Promise<SimulationAnswer> {
    if (!(await isSigned(request, now()))) return refusal(403, 'InvalidSignatureException');
    const content = JSON.parse(request.body) as Readonly<Record<string, unknown>>;
    if (new URL(String(content['QueueUrl'])).pathname !== QUEUE_PATH)
      return refusal(400, 'QueueDoesNotExist');
    switch (request.headers['x-amz-target']) {
      case 'AmazonSQS.ReceiveMessage':
        return takeMessages(Number(content['MaxNumberOfMessages']), Number(content['VisibilityTimeout']));
      case 'AmazonSQS.DeleteMessageBatch':
        return removeMessages(content['Entries'] as { Id: string; ReceiptHandle: string }[]);
      default:
        return refusal(400, 'InvalidAction');
    }
  }

  function takeMessages(count: number, hiddenSeconds: number): SimulationAnswer {
    if (!(count >= 1 && count <= MESSAGES_MAX)) return refusal(400, 'ReadCountOutOfRange');
    const nowMs = now().getTime();
    const open = [...messages.values()].filter(({ hiddenUntilMs }) => hiddenUntilMs <= nowMs).slice(0, count);
    for (const message of open) {
      message.hiddenUntilMs = nowMs + hiddenSeconds * 1_000;
      message.handle = randomUUID();
    }
    const Messages = open.map(({ id, handle, body }) => ({
      MessageId: id,
      ReceiptHandle: handle,
      Body: body,
    }));
    return answer(Messages.length === 0 ? {} : { Messages });
  }

  function removeMessages(entries: readonly { Id: string; ReceiptHandle: string }[]): SimulationAnswer {
    if (entries.length === 0 || entries.length > MESSAGES_MAX)
      return refusal(400, 'TooManyEntriesInBatchRequest');
    for (const { ReceiptHandle } of entries) {
      for (const message of messages.values()) {
        if (message.handle === ReceiptHandle) messages.delete(message.id);
      }
    }
    return answer({ Successful: entries.map(({ Id }) => ({ Id })), Failed: [] });
  }

  return {
    urlAt: (address) => address + QUEUE_PATH,
    isCall: ({ headers }) => headers['x-amz-target']?.startsWith('AmazonSQS.') === true,
    call,
    put,
    size: () => messages.size,
    tellOrderChange: (orderId, isMerchants) => {
      if (subscription !== null) put(JSON.stringify(orderChange(orderId, isMerchants, now())));
    },
    notifications: {
      getDestinations: () => ok({ payload: destinations.map(render) }),
      createDestination: (request) => {
        const { name, resourceSpecification } = JSON.parse(request.body) as CreateDestination;
        if (resourceSpecification.sqs?.arn !== ARN) return refusal(400, 'InvalidInput');
        const made = { destinationId: randomUUID(), arn: ARN, name };
        destinations.push(made);
        return ok({ payload: render(made) });
      },
      getSubscription: () =>
        subscription === null
          ? { status: 404, body: { errors: [{ code: 'NotFound', message: 'There is no subscription.' }] } }
          : ok({ payload: { ...subscription, payloadVersion: '1.0' } }),
      createSubscription: (request) => {
        const { destinationId } = JSON.parse(request.body) as { destinationId: string };
        if (!destinations.some((one) => one.destinationId === destinationId))
          return refusal(400, 'InvalidInput');
        subscription = { subscriptionId: randomUUID(), destinationId };
        return ok({ payload: { ...subscription, payloadVersion: '1.0' } });
      },
    },
  };
}

type CreateDestination = {
  readonly name: string;
  readonly resourceSpecification: { readonly sqs?: { readonly arn: string } };
};

const ok = (body: object): SimulationAnswer => ({ status: 200, body });
const render = ({ destinationId, name, arn }: Destination) => ({
  destinationId,
  name,
  resource: { sqs: { arn } },
});
const answer = (body: object): SimulationAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify(body),
});
const refusal = (status: number, code: string): SimulationAnswer => ({
  status,
  body: { __type: `com.amazonaws.sqs#${code}`, errors: [{ code, message: code }] },
});

/** Signature Version 4, made again from what arrived. */
async function isSigned(request: SimulationRequest, now: Date): Promise<boolean> {
  const datetime = request.headers['x-amz-date'] ?? '';
  const at = Date.parse(datetime.replace(/^(\d{4})(\d{2})(\d{2}T\d{2})(\d{2})(\d{2}Z)$/, '$1-$2-$3:$4:$5'));
  if (!(Math.abs(at - now.getTime()) <= CLOCK_SKEW_MS)) return false;
  const expected = await new AwsV4Signer({
    method: request.method,
    url: request.url.href,
    headers: {
      'content-type': request.headers['content-type'] ?? '',
      'x-amz-target': request.headers['x-amz-target'] ?? '',
    },
    body: request.body,
    service: 'sqs',
    region: REGION,
    accessKeyId: QUEUE_KEY.queueKeyId,
    secretAccessKey: QUEUE_KEY.queueSecretKey,
    datetime,
  }).authHeader();
  return request.headers['authorization'] === expected;
}

const orderChange = (AmazonOrderId: string, isMerchants: boolean, now: Date) => ({
  NotificationVersion: '1.0',
  NotificationType: 'ORDER_CHANGE',
  PayloadVersion: '1.0',
  EventTime: now.toISOString(),
  Payload: {
    OrderChangeNotification: {
      NotificationLevel: 'OrderLevel',
      SellerId: SELLER_ID,
      AmazonOrderId,
      OrderChangeType: 'OrderStatusChange',
      OrderChangeTrigger: { TimeOfOrderChange: now.toISOString(), ChangeReason: 'OrderStatusChange' },
      Summary: {
        MarketplaceId: 'ATVPDKIKX0DER',
        OrderStatus: 'Unshipped',
        PurchaseDate: now.toISOString(),
        FulfillmentType: isMerchants ? 'MFN' : 'AFN',
        OrderType: 'StandardOrder',
        NumberOfItemsShipped: 0,
        NumberOfItemsUnshipped: 1,
        OrderItems: [],
      },
    },
  },
  NotificationMetadata: {
    ApplicationId: 'app-id-rehearsal',
    SubscriptionId: 'subscription-id-rehearsal',
    PublishTime: now.toISOString(),
    NotificationId: randomUUID(),
  },
});
