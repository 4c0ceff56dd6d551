// Order notifications: Amazon is asked to leave them in the seller's own queue, and they are fetched from there. Nobody signs
// them, so each is a hint only: the order itself is read again.

import { z } from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import { parseJson } from '../../net/parse-json.ts';
import type { ChannelSession, PulledHints, WebhookHint } from '../channel.ts';
import { createDestinationAnswer, destinationsAnswer, subscriptionAnswer } from './answers.ts';
import type { AmazonClient } from './client.ts';
import { memoryOf } from './memory.ts';
import { type QueueAccess, type QueueMessage, receive, remove } from './queue.ts';

const ORDER_CHANGE = 'ORDER_CHANGE';
const DESTINATION_NAME = 'stocksheet-orders';
/** Most calls to the queue at a time, ten messages each; what is over waits for the next time. */
const RECEIVES_MAX = 20;

export async function pullHints(
  session: ChannelSession,
  client: AmazonClient,
  queue: QueueAccess,
): Promise<PulledHints> {
  await subscribe(session, client, queue);
  const taken: QueueMessage[] = [];
  for (let time = 0; time < RECEIVES_MAX; time += 1) {
    const messages = await receive(session, queue, { hidden: true });
    taken.push(...messages);
    if (messages.length === 0) break;
  }
  const { sellerId } = client.account();
  // At least once and in no order: what is said twice is read once.
  const hints = new Map<string, WebhookHint>();
  for (const { Body } of taken) {
    const hint = hintOf(Body, sellerId);
    if (hint.kind !== 'nothing') hints.set(JSON.stringify(hint), hint);
  }
  return { hints: [...hints.values()], acknowledge: () => remove(session, queue, taken) };
}

const orderChange = z.object({
  NotificationType: z.literal(ORDER_CHANGE),
  Payload: z.object({
    OrderChangeNotification: z.object({
      SellerId: z.string(),
      AmazonOrderId: z.string(),
      Summary: z.object({ FulfillmentType: z.string().nullish() }).nullish(),
    }),
  }),
});
const quantityChange = z.object({
  NotificationType: z.literal('LISTINGS_ITEM_MFN_QUANTITY_CHANGE'),
  Payload: z.object({ SellerId: z.string(), Sku: z.string() }),
});

/** Pure. Whatever is no news of this seller's own orders or quantities is nothing, and is removed with the rest. */
export function hintOf(body: string, sellerId: string): WebhookHint {
  const message = parseJson(body);
  const order = orderChange.safeParse(message).data?.Payload.OrderChangeNotification;
  if (order !== undefined) {
    const isOurs = order.SellerId === sellerId && order.Summary?.FulfillmentType !== 'AFN';
    return isOurs ? { kind: 'order', remoteId: order.AmazonOrderId } : { kind: 'nothing' };
  }
  const quantity = quantityChange.safeParse(message).data?.Payload;
  const isOurs = quantity !== undefined && quantity.SellerId === sellerId;
  return isOurs ? { kind: 'quantity', remoteId: quantity.Sku } : { kind: 'nothing' };
}

/** Once for each process: a subscription that is there already stays. */
export async function subscribe(
  session: ChannelSession,
  client: AmazonClient,
  queue: QueueAccess,
): Promise<void> {
  const memory = memoryOf(session.http);
  if (memory.subscribedTo === queue.arn) return;
  const destinationId = await destinationOf(client, queue);
  const path = { notificationType: ORDER_CHANGE };
  const subscribed = await client
    .call('getSubscription', { path }, subscriptionAnswer)
    .catch((problem: unknown) => {
      if (problem instanceof ChannelError && problem.kind === 'gone') return null;
      throw problem;
    });
  if (subscribed?.payload?.destinationId !== destinationId) {
    if (subscribed?.payload !== undefined) throw new ChannelError('rejected', ELSEWHERE);
    const body = { payloadVersion: '1.0', destinationId };
    await client.call('createSubscription', { path, body }, subscriptionAnswer);
  }
  memory.subscribedTo = queue.arn;
}

const ELSEWHERE =
  'The order notifications of this app already go to another queue. Fill in the address of that queue, or leave it empty.';

/** The app's own list of queues; it is asked for by the app, not for the seller. */
async function destinationOf(client: AmazonClient, { arn }: QueueAccess): Promise<string> {
  const { payload: known = [] } = await client.callAsApp('getDestinations', {}, destinationsAnswer);
  const found = known.find(({ resource }) => resource.sqs?.arn === arn);
  if (found !== undefined) return found.destinationId;
  const body = { name: DESTINATION_NAME, resourceSpecification: { sqs: { arn } } };
  const { payload } = await client.callAsApp('createDestination', { body }, createDestinationAnswer);
  return payload.destinationId;
}
